"""QR images, and the posters that hang at the stalls."""
