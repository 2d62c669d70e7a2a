"""What the services say to one another, and only that."""
