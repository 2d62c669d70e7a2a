"""Limits of payments-qr."""

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
"""Uploaded files; a settlement of 200,000 rows has about 12 MB."""
