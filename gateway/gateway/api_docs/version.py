"""The version of the public API, by semantic versioning, and the introduction of the document."""

from typing import Any

API_VERSION = "1.1.0"
"""Raised with a release: a patch for texts, a minor version for additions. What would break users gets a new path beside the
old one, which stays twelve months with `Deprecation` and `Sunset`; a major version only removes what has ended so."""

INFO: dict[str, Any] = {
    "title": "Ba Khong API",
    "version": API_VERSION,
    "summary": "Nothing declared twice, no cash, no trips to the office: the 3 KHÔNG model of a province",
    "description": "Nền tảng 3 KHÔNG của tỉnh: không khai lại, không tiền mặt, không phải đến công sở.\n\n"
    "- Errors are `application/problem+json` (RFC 9457); the page under `type` explains each kind in Vietnamese and English.\n"
    "- Lists have `items` and `next_cursor`; request the next page with `cursor`. Ids are UUIDv7, times RFC 3339 "
    "(`+07:00` in answers), dates `YYYY-MM-DD`, money whole VND.\n"
    "- Reading another person's data needs `X-Purpose`; the person sees every such read.\n"
    "- Any POST may carry an `Idempotency-Key`; single resources have an `ETag` for `If-Match`.\n"
    "- Versions: additions come at any time and readers ignore members that they do not know; what ends is announced a year "
    "before by `Deprecation` and `Sunset`.",
    "contact": {"name": "The operators of the platform"},
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}
