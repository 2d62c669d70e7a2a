"""What the registry does: one function per use case."""
