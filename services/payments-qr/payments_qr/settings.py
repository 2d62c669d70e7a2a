"""What payments-qr reads from the environment beside the common settings."""

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
"""Files that people hand in; a settlement of 200,000 rows has about 12 MB."""
