"""What leaves this service on paper or on a screen: QR images and the posters that hang at the stalls."""
