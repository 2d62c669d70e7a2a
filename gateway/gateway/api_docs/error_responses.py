"""The error responses of each operation in the API document, derived from its parameters and body."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PROBLEMS_FILE = Path(__file__).with_name("problem_pages.json")
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. The page under `type` explains it; a kind of problem may add members.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "pattern": "^/problems/[a-z-]+$", "examples": ["/problems/not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
CONTENT: dict[str, Any] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
SECONDS: dict[str, Any] = {
    "schema": {"type": "integer", "minimum": 0},
    "description": "Seconds until the next try",
}

MEANINGS = {
    400: "A parameter or header is wrong or unknown, or the request is malformed",
    401: "Missing or invalid credential",
    403: "The caller's role or unit does not allow this",
    404: "Not found, or not visible to the caller; `Retry-After` where it may be too new",
    405: "This resource does not know this method",
    408: "The request came too slowly",
    409: "The current state does not allow this, or the same request is still running",
    410: "The partner is retired",
    412: "`If-Match` names a version that is no longer the newest",
    413: "The body is over the limit",
    414: "Path and query are over the limit",
    415: "Unsupported media type",
    422: "Invalid request body; `errors` names every wrong field",
    428: "Reading another person's data needs `X-Purpose`",
    429: "Over the quota of the caller or the address",
    431: "Too many headers, or too large ones",
    502: "A service broke off its response",
    503: "Overloaded, or a part is down; nothing was done",
    504: "A service took too long",
}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    404: {"Retry-After": SECONDS},
    409: {"Retry-After": SECONDS},
    429: {"Retry-After": SECONDS | {"required": True}},
    503: {"Retry-After": SECONDS},
}
ALWAYS = (400, 414, 429, 431, 503)
OF_A_CALLER = (401, 403)
OF_A_BODY = (408, 413, 415, 422)
OF_A_CHANGE = (409,)
BEHIND = (502, 504)
CHANGES = frozenset({"post", "put", "patch", "delete"})


def committed_problems() -> dict[str, Any]:
    """The problems of all services by slug, as `problem_pages.json` has them."""
    problems: dict[str, Any] = json.loads(PROBLEMS_FILE.read_text(encoding="utf-8"))
    return problems


def error_responses(problems: Mapping[str, Any]) -> dict[str, Any]:
    """The `responses` of the document's components, by the names that `errors_of` refers to."""
    titles = _problems_by_status(problems)
    return {name_of(status): _described(status, titles.get(status, [])) for status in MEANINGS}


def name_of(status: int) -> str:
    """`Error404`."""
    return f"Error{status}"


def errors_of(method: str, path: str, operation: Mapping[str, Any], *, is_behind: bool) -> dict[str, Any]:
    """The error responses of an operation as references; `is_behind`: another process responds, through the gateway."""
    return {str(status): reference(status) for status in sorted(set(_statuses(method, path, operation, is_behind)))}


def is_error_status(code: str) -> bool:
    """Whether the code of a response (`404`, `2XX`, `default`) is one that the document describes for all."""
    return code.isdigit() and int(code) in MEANINGS


def reference(status: int) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{name_of(status)}"}


def _statuses(method: str, path: str, operation: Mapping[str, Any], is_behind: bool) -> Iterator[int]:
    yield from ALWAYS
    headers = {one["name"].lower() for one in operation.get("parameters", []) if one["in"] == "header"}
    # An invalid credential is refused by public operations too.
    yield from OF_A_CALLER
    if "{" in path or operation.get("parameters") or "requestBody" in operation:
        yield 404
    if "requestBody" in operation:
        yield from OF_A_BODY
    if method in CHANGES:
        yield from OF_A_CHANGE
        yield 422
    if "if-match" in headers:
        yield 412
    if "x-purpose" in headers:
        yield 428
    if is_behind:
        yield from BEHIND


def _described(status: int, slugs: list[str]) -> dict[str, Any]:
    kinds = f" ({', '.join(f'`{slug}`' for slug in slugs)})" if slugs else ""
    described: dict[str, Any] = {"description": f"{MEANINGS[status]}{kinds}", "content": CONTENT}
    return described | ({"headers": HEADERS[status]} if status in HEADERS else {})


def _problems_by_status(problems: Mapping[str, Any]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for slug, (status, *_) in sorted(problems.items()):
        found.setdefault(status, []).append(slug)
    return found
