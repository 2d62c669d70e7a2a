"""Cursors of lists that are not sorted by a single id."""

from collections.abc import Callable
from typing import Any

from chassis.errors import FieldError, InvalidQuery
from chassis.web.routing import Page


def key_after(page: Page, *kinds: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """The sort key after which a page starts, its parts read as these kinds; 400 for a cursor of another list."""
    after = page.after()
    if after is None:
        return None
    try:
        return tuple(kind(part) for kind, part in zip(kinds, after, strict=True))
    except (ValueError, TypeError, AttributeError):
        raise InvalidQuery(errors=[FieldError("/cursor", "not-a-cursor", "Con trỏ trang không hợp lệ.",
                                              "This is not a cursor of ours.")]) from None  # fmt: skip


def text_part(part: Any) -> str:
    """A part that is text without NUL, which PostgreSQL cannot store."""
    if not isinstance(part, str) or "\0" in part:
        raise ValueError("not a text")
    return part
