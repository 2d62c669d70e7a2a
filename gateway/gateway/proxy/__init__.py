"""Requests carried to the services and back."""
