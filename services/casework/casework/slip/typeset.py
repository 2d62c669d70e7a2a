"""Sets a form with typst: the template is fixed, what it prints comes as data and can never become markup."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst


def typeset(
    template: Path,
    content: Mapping[str, Any],
    form: Literal["pdf", "png"] = "pdf",
    *,
    letterhead: Path | None = None,
) -> bytes:
    """The filled form as PDF, or as a PNG picture of its page; the definitions of a `letterhead` go before the template.

    Works in the calling thread for some tens of milliseconds: call it off the event loop.
    """
    inputs = {"slip": json.dumps(content, ensure_ascii=False)}
    source = (_read(letterhead) if letterhead else b"") + _read(template)
    return bytes(typst.compile(source, format=form, ppi=150, sys_inputs=inputs))


@cache
def _read(template: Path) -> bytes:
    return template.read_bytes()
