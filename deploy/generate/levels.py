"""The table of `docs/levels.md`: operation, roles, least level of the sign-in, its age, and what a representative may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
HEAD = """# Operations by role, level of sign-in and acting for another

Written by `make generate` from the code (`allow(...)` beside each operation). *Level*: the least level of a resident's or
organization's sign-in; officials have none. *Age*: how many seconds ago they may have signed in at most. *For another*: the
scope that a representative needs (`any`: one of them); without one only the person may call it.

| operation | roles | level | age | for another |
| --- | --- | --- | --- | --- |
"""


def levels_page(api: Mapping[str, Any]) -> str:
    """The page, from the merged API document."""
    rows = [
        _row(method, path, item[method])
        for path, item in sorted(api["paths"].items())
        for method in METHODS
        if method in item and "x-audience" in item[method]
    ]
    return HEAD + "".join(rows)


def _row(method: str, path: str, operation: Mapping[str, Any]) -> str:
    members = (operation.get(name, "") for name in ("x-level", "x-max-age", "x-acting-for"))
    return f"| `{method.upper()} {path}` | {', '.join(operation['x-audience'])} | {' | '.join(map(str, members))} |\n"
