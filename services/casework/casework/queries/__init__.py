"""One function per query."""
