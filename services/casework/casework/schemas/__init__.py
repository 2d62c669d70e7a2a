"""Request bodies and views of the HTTP API."""
