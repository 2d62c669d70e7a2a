"""Full personal and phone numbers never stand in a URL, which proxies and browsers write down."""

import re

from chassis.errors import FieldError, InvalidQuery
from registry.identifiers import plain

_NUMBER = re.compile(r"\d{9}")


def refuse_numbers_in_url(q: str | None, lookup: str = "POST /v1/residents/lookup") -> None:
    """400 for a search by a personal or phone number; it is looked up by POST."""
    if q is not None and _NUMBER.search(plain(q)):
        raise InvalidQuery(errors=[FieldError(
            "/q", "number-in-url", f"Không ghi số định danh, số điện thoại trên địa chỉ: hãy dùng {lookup}.",
            f"Personal and phone numbers do not belong in a URL: use {lookup}.",
        )])  # fmt: skip
