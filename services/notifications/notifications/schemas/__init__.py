"""Request bodies and views."""
