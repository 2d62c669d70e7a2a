"""Reads the merged OpenAPI document for the tests beside this file."""

from collections.abc import Iterator
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method.upper(), path, operation


def properties_of(document: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """The names of all members of the operation's successful answers, however deep."""
    found: set[str] = set()
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            for content in response.get("content", {}).values():
                _collect(document, content.get("schema", {}), found, set())
    return found


def _collect(document: dict[str, Any], schema: Any, found: set[str], seen: set[str]) -> None:
    if not isinstance(schema, dict):
        return
    if reference := schema.get("$ref"):
        if reference in seen:
            return
        seen.add(reference)
        schema = document["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    found |= set(schema.get("properties", {}))
    inner = [schema.get("items"), schema.get("additionalProperties"), *schema.get("properties", {}).values()]
    for part in [*inner, *(part for kind in ("anyOf", "allOf", "oneOf") for part in schema.get(kind, []))]:
        _collect(document, part, found, seen)
