"""Questions: one function each. `get_` raises when there is none, `find_` gives None, `list_` a page."""
