"""Local copies of residents and organizations, kept from the registry's events."""
