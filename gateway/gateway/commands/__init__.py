"""What operators do with partners and their deliveries."""
