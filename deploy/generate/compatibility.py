"""Breaking changes between two versions of an API document: what a user of the older one no longer finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

METHODS = ("get", "put", "post", "delete", "patch")
Document = Mapping[str, Any]
Direction = Literal["request", "response"]
"""Which way a schema's values go: requests may accept more, responses may contain more, never the reverse."""


def breaking_api_changes(before: Document, after: Document) -> list[str]:
    """Of two OpenAPI documents: operations, parameters, fields, types and values that are gone, and new requirements."""
    found: list[str] = []
    for path, item in before["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            now = after["paths"].get(path, {}).get(method)
            if now is None:
                found.append(f"{method.upper()} {path} is gone")
                continue
            found += [f"{method.upper()} {path}: {change}" for change in _changes(before, item[method], after, now)]
    return found


def breaking_event_changes(before: Document, after: Document) -> list[str]:
    """Of two AsyncAPI documents: topics, messages, fields, types and values that are gone."""
    found: list[str] = []
    for name, channel in before["channels"].items():
        now = after["channels"].get(name)
        if now is None:
            found.append(f"{name} is gone")
            continue
        found += [
            f"{name} carries no {message} any more" for message in set(channel["messages"]) - set(now["messages"])
        ]
    for name, message in before["components"]["messages"].items():
        now = after["components"]["messages"].get(name)
        if now is not None:
            pair = _Pair(before, after, "response")
            found += [f"{name}: {change}" for change in pair.changes(message["payload"], now["payload"], "", ())]
    return sorted(found)


def resolve(document: Document, reference: str) -> dict[str, Any] | None:
    """The target of a `#/…` reference, or None."""
    place: Any = document
    for step in reference.removeprefix("#/").split("/"):
        place = place.get(step) if isinstance(place, dict) else None
    return place if isinstance(place, dict) else None


def _changes(before: Document, old: Document, after: Document, new: Document) -> Iterator[str]:
    yield from _changed_parameters(before, old, after, new)
    requests = _Pair(before, after, "request")
    for kind, body in _contents(old.get("requestBody", {})).items():
        kept = _contents(new.get("requestBody", {})).get(kind)
        if kept is None:
            yield f"does not accept {kind} any more"
        else:
            yield from requests.changes(body, kept, "body", ())
    responses = _Pair(before, after, "response")
    for status, response in old.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        if status not in new.get("responses", {}):
            yield f"has no response {status} any more"
            continue
        for kind, body in _contents(response).items():
            kept = _contents(new["responses"][status]).get(kind)
            if kept is None:
                yield f"does not respond with {kind} any more"
            else:
                yield from responses.changes(body, kept, "response", ())


def _changed_parameters(before: Document, old: Document, after: Document, new: Document) -> Iterator[str]:
    known = {(one["name"], one["in"]): one for one in old.get("parameters", [])}
    kept = {(one["name"], one["in"]): one for one in new.get("parameters", [])}
    for (name, place), parameter in known.items():
        if place == "path":
            continue  # its name is not part of the address
        if (name, place) not in kept:
            yield f"has no parameter {name} any more"
        else:
            pair = _Pair(before, after, "request")
            yield from pair.changes(
                _not_null(parameter.get("schema", {})), kept[name, place].get("schema", {}), name, ()
            )
    for (name, place), parameter in kept.items():
        was_needed = known.get((name, place), {}).get("required", False)
        if place != "path" and parameter.get("required") and not was_needed:
            yield f"needs the parameter {name} now"


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out; it is never null."""
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    return parts[0] if len(parts) == 1 else schema


def _contents(part: Document) -> dict[str, Any]:
    return {kind: content.get("schema", {}) for kind, content in part.get("content", {}).items()}


@dataclass(frozen=True)
class _Pair:
    """Compares a schema of one document with its successor in another."""

    before: Document
    after: Document
    direction: Direction

    def changes(self, old: Any, new: Any, place: str, inside: tuple[str, ...]) -> Iterator[str]:
        if "$ref" in old:
            if old["$ref"] in inside:
                return
            inside = (*inside, old["$ref"])
        old, new = self._open(self.before, old), self._open(self.after, new)
        yield from self._values(old, new, place)
        yield from self._types(old, new, place)
        yield from self._fields(old, new, place, inside)
        if "items" in old and "items" in new:
            yield from self.changes(old["items"], new["items"], f"{place}/*", inside)

    def _open(self, document: Document, schema: Any) -> dict[str, Any]:
        while "$ref" in schema:
            schema = resolve(document, schema["$ref"]) or {}
        parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
        # "or null" is the usual second alternative: the first is the schema, the other a type more.
        if len(parts) == 1 and len(schema["anyOf"]) == 2:
            opened = self._open(document, parts[0])
            return opened | {"type": [*_list(opened.get("type")), "null"]}
        return dict(schema)

    def _values(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[str]:
        given, kept = _enum(old), _enum(new)
        if given is None or kept is None:
            return
        # A value that responses no longer have is a breaking change too: a client may wait for it.
        for value in sorted(given - kept):
            yield f"{place} has no value {value} any more"

    def _types(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[str]:
        given, kept = set(_list(old.get("type"))), set(_list(new.get("type")))
        if not given or not kept:
            return
        if "number" in kept:
            kept |= {"integer"}
        gone = (
            given - kept
            if self.direction == "request"
            else kept - given - ({"integer"} if "number" in given else set())
        )
        if gone:
            yield f"{place} is {'no' if self.direction == 'request' else 'sometimes'} {', '.join(sorted(gone))} now"

    def _fields(self, old: dict[str, Any], new: dict[str, Any], place: str, inside: tuple[str, ...]) -> Iterator[str]:
        given, kept = old.get("properties", {}), new.get("properties", {})
        for name in sorted(set(given) - set(kept)) if kept or given else ():
            yield f"{place} has no field {name} any more"
        required, guaranteed = set(new.get("required", ())), set(old.get("required", ()))
        if self.direction == "request":
            for name in sorted(required - guaranteed):
                yield f"{place} needs the field {name} now"
        else:
            for name in sorted((guaranteed - required) & set(kept)):
                yield f"{place} has the field {name} only sometimes now"
        for name in sorted(set(given) & set(kept)):
            yield from self.changes(given[name], kept[name], f"{place}/{name}", inside)


def _list(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _enum(schema: dict[str, Any]) -> set[str] | None:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return None if values is None else {str(value) for value in values}
