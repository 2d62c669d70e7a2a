"""Bodies that pass the HTTP door."""
