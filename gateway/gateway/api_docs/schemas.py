"""Schemas as client generators read them: short names, one type each, files as binary strings, nothing that no operation uses."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Schema = dict[str, Any]
REFERENCE = re.compile(r'"#/components/([A-Za-z]+)/([^"]+)"')
MAPS, ONE = ("properties", "patternProperties", "$defs"), ("items", "additionalProperties", "not")
LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
PLACES = ("schema",)


def short_name(name: str) -> str:
    """`ResidentViewList` of `Listed_ResidentView_`, `CreateAttachmentForm` of `Body_createAttachment`."""
    if form := re.fullmatch(r"Body_(\w)(\w*)", name):
        return f"{form[1].upper()}{form[2]}Form"
    if listed := re.fullmatch(r"Listed_(.+)_", name):
        return f"{listed[1]}List"
    return name.replace("-", "")


def each_schema(document: Mapping[str, Any], change: Callable[[Schema], Schema]) -> Any:
    """The document with every schema, the inner ones first, replaced by what `change` answers."""

    def rebuilt(part: Any, *, is_schema: bool) -> Any:
        if isinstance(part, list):
            return [rebuilt(one, is_schema=is_schema) for one in part]
        if not isinstance(part, dict):
            return part
        if is_schema:
            return change({key: _inside(key, value, rebuilt) for key, value in part.items()})
        return {
            key: {name: rebuilt(one, is_schema=True) for name, one in value.items()}
            if key == "schemas"
            else rebuilt(value, is_schema=key in PLACES)
            if key not in ("example", "examples", "value")
            else value
            for key, value in part.items()
        }

    return rebuilt(document, is_schema=False)


def _inside(key: str, value: Any, rebuilt: Callable[..., Any]) -> Any:
    if key in MAPS:
        return {name: rebuilt(one, is_schema=True) for name, one in value.items()}
    return rebuilt(value, is_schema=True) if key in ONE or key in LISTS else value


def plain(document: Mapping[str, Any]) -> Any:
    """The document without titles that pydantic made up, and with schemas of one type.

    The services also read a few other types, such as `true` for the number 1; the document has the one that is written.
    """
    schemas = document.get("components", {}).get("schemas", {})

    def change(schema: Schema) -> Schema:
        if isinstance(schema.get("title"), str):
            del schema["title"]
        if "contentMediaType" in schema:
            del schema["contentMediaType"]
            schema["format"] = "binary"
        if isinstance(schema.get("const"), bool):
            schema["description"] = schema.get("description") or f"Always {json.dumps(schema['const'])}."
            del schema["const"]
        if schema.get("type") == "integer":
            schema = {key: _whole(value) for key, value in schema.items()}
        return _of_one_type(schema, schemas)

    return each_schema(document, change)


def without_null(schema: Schema) -> Schema:
    """The schema of a parameter, which is left out instead of null."""
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if len(parts) != 1 or len(parts) == len(schema["anyOf"]):
        return schema
    others = {key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)}
    one: Schema = parts[0]
    return one | others


def only_used(document: dict[str, Any]) -> dict[str, Any]:
    """The document without components that no operation refers to."""
    components = document["components"]
    used: set[tuple[str, str]] = set()
    waiting = [*_references(document["paths"]), *_references(document.get("webhooks", {}))]
    while waiting:
        kind, name = found = waiting.pop()
        if found not in used and name in components.get(kind, {}):
            used.add(found)
            waiting += _references(components[kind][name])
    kept = {
        kind: {name: part for name, part in sorted(parts.items()) if (kind, name) in used or kind == "securitySchemes"}
        for kind, parts in components.items()
    }
    return document | {"components": {kind: parts for kind, parts in kept.items() if parts}}


def _references(part: Any) -> Iterator[tuple[str, str]]:
    for found in REFERENCE.finditer(json.dumps(part, ensure_ascii=False)):
        yield found[1], found[2]


def _of_one_type(schema: Schema, schemas: Mapping[str, Any]) -> Schema:
    parts = schema.get("anyOf", [])
    kinds = [_kind(part, schemas) for part in parts]
    real = [kind for kind in kinds if kind != "null"]
    if len(real) < 2 or set(real) == {"object"} or None in real:
        return schema
    one: Schema
    if set(real) == {"string"}:
        one = {"type": "string"}
    elif set(real) == {"boolean", "string"}:
        one = {}  # neither stands for the other
    else:
        one = next(part for part, kind in zip(parts, kinds, strict=True) if kind != "null")
    others = {key: value for key, value in schema.items() if key != "anyOf"}
    if isinstance(others.get("default"), bool) and one.get("type") == "integer":
        others["default"] = int(others["default"])
    return others | ({"anyOf": [one, {"type": "null"}]} if "null" in kinds and one else one)


def _kind(part: Schema, schemas: Mapping[str, Any]) -> str | None:
    while "$ref" in part:
        part = schemas.get(part["$ref"].rpartition("/")[2], {})
    kind = part.get("type")
    return kind if isinstance(kind, str) else "string" if "enum" in part or "const" in part else None


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
