"""The public state of the platform: what is shown at `/status`, by the gateway and by the reverse proxy in front of it."""
