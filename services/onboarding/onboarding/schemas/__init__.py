"""Request bodies and views of the REST API."""
