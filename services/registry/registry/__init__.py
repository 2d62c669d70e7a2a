"""Declare once: units, people, organizations, facts and their sources."""
