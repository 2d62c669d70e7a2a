"""Breaking changes between two versions of an API document: what somebody who relied on the older would stumble over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

METHODS = ("get", "put", "post", "delete", "patch")
Document = Mapping[str, Any]
Way = Literal["asked", "answered"]
"""Which way a schema's values go: what we read may become wider, what we say may become richer, never the reverse."""


def broken_promises(before: Document, after: Document) -> list[str]:
    """Of two OpenAPI documents: operations, parameters, fields, types and values that are gone, and new demands."""
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


def broken_facts(before: Document, after: Document) -> list[str]:
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
            pair = _Pair(before, after, "answered")
            found += [f"{name}: {change}" for change in pair.changes(message["payload"], now["payload"], "", ())]
    return sorted(found)


def resolve(document: Document, reference: str) -> dict[str, Any] | None:
    """What a `#/…` reference leads to, or None."""
    place: Any = document
    for step in reference.removeprefix("#/").split("/"):
        place = place.get(step) if isinstance(place, dict) else None
    return place if isinstance(place, dict) else None


def _changes(before: Document, old: Document, after: Document, new: Document) -> Iterator[str]:
    yield from _changed_parameters(before, old, after, new)
    asked = _Pair(before, after, "asked")
    for kind, body in _contents(old.get("requestBody", {})).items():
        kept = _contents(new.get("requestBody", {})).get(kind)
        if kept is None:
            yield f"does not take {kind} any more"
        else:
            yield from asked.changes(body, kept, "body", ())
    answered = _Pair(before, after, "answered")
    for status, answer in old.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        if status not in new.get("responses", {}):
            yield f"does not answer {status} any more"
            continue
        for kind, body in _contents(answer).items():
            kept = _contents(new["responses"][status]).get(kind)
            if kept is None:
                yield f"does not answer {kind} any more"
            else:
                yield from answered.changes(body, kept, "answer", ())


def _changed_parameters(before: Document, old: Document, after: Document, new: Document) -> Iterator[str]:
    known = {(one["name"], one["in"]): one for one in old.get("parameters", [])}
    kept = {(one["name"], one["in"]): one for one in new.get("parameters", [])}
    for (name, place), parameter in known.items():
        if place == "path":
            continue  # its name is ours alone
        if (name, place) not in kept:
            yield f"does not know the parameter {name} any more"
        else:
            pair = _Pair(before, after, "asked")
            yield from pair.changes(parameter.get("schema", {}), kept[name, place].get("schema", {}), name, ())
    for (name, place), parameter in kept.items():
        was_needed = known.get((name, place), {}).get("required", False)
        if place != "path" and parameter.get("required") and not was_needed:
            yield f"needs the parameter {name} now"


def _contents(part: Document) -> dict[str, Any]:
    return {kind: content.get("schema", {}) for kind, content in part.get("content", {}).items()}


@dataclass(frozen=True)
class _Pair:
    """Compares a schema of one document with its successor in another."""

    before: Document
    after: Document
    way: Way

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
        # A value that we no longer say is a promise too: somebody waits for it.
        for value in sorted(given - kept):
            yield f"{place} has no value {value} any more"

    def _types(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[str]:
        given, kept = set(_list(old.get("type"))), set(_list(new.get("type")))
        if not given or not kept:
            return
        if "number" in kept:
            kept |= {"integer"}
        gone = given - kept if self.way == "asked" else kept - given - ({"integer"} if "number" in given else set())
        if gone:
            yield f"{place} is {'no' if self.way == 'asked' else 'sometimes'} {', '.join(sorted(gone))} now"

    def _fields(self, old: dict[str, Any], new: dict[str, Any], place: str, inside: tuple[str, ...]) -> Iterator[str]:
        given, kept = old.get("properties", {}), new.get("properties", {})
        for name in sorted(set(given) - set(kept)) if kept or given else ():
            yield f"{place} has no field {name} any more"
        demanded, promised = set(new.get("required", ())), set(old.get("required", ()))
        if self.way == "asked":
            for name in sorted(demanded - promised):
                yield f"{place} needs the field {name} now"
        else:
            for name in sorted((promised - demanded) & set(kept)):
                yield f"{place} has the field {name} only sometimes now"
        for name in sorted(set(given) & set(kept)):
            yield from self.changes(given[name], kept[name], f"{place}/{name}", inside)


def _list(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _enum(schema: dict[str, Any]) -> set[str] | None:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return None if values is None else {str(value) for value in values}
