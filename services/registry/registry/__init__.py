"""Declare once: units, residents, organizations, attributes and their sources."""
