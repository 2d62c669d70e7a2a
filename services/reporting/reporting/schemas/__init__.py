"""The bodies of responses, by what they report."""
