"""How any service of Ba Không runs."""
