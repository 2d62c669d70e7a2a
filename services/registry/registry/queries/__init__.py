"""Questions to the registry: one function per question."""
