"""The resident's journey into the digital services, and the campaign that brings it."""
