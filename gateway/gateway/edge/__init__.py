"""What every request meets first and every response leaves by: parsing, limits, headers."""
