"""Who is calling: from a credential to one internal token."""
