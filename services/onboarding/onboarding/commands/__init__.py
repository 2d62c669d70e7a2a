"""One function per use case: load, decide, save, publish."""
