"""What this service does: one function per use case. Load, decide, save, announce; the door commits."""
