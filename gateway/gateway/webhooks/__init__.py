"""Messages of partners: verified, understood, durable."""
