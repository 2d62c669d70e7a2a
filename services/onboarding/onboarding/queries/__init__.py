"""One function per read."""
