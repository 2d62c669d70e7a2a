"""The same document as OpenAPI 3.0.3, for generators that read no 3.1: `nullable` instead of a union with null.

A converter from npm would need Node for `make generate`; what our documents use of 3.1 is this page.
"""

from collections.abc import Mapping
from typing import Any

from gateway.api_docs.schemas import Schema, each_schema, only_used

ONLY_IN_31 = ("propertyNames", "patternProperties", "prefixItems", "contentEncoding", "contentMediaType", "$comment")
LICENSE = "https://www.apache.org/licenses/LICENSE-2.0"
LIMITS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def as_openapi_30(document: Mapping[str, Any]) -> dict[str, Any]:
    """An OpenAPI 3.1 document as 3.0.3."""
    info = {key: value for key, value in document["info"].items() if key != "summary"}
    info["license"] = {"name": info["license"]["name"], "url": LICENSE}
    operations = {key: part for key, part in document.items() if key != "webhooks"}  # 3.0 has no place for them
    schemas = document["components"].get("schemas", {})
    converted: dict[str, Any] = each_schema(only_used(operations), lambda schema: _schema_30(schema, schemas))
    return converted | {"openapi": "3.0.3", "info": info}


def _schema_30(schema: Schema, schemas: Mapping[str, Any]) -> Schema:
    schema = _nullable({key: value for key, value in schema.items() if key not in ONLY_IN_31}, schemas)
    if "$ref" in schema and len(schema) > 1:
        schema = {"allOf": [{"$ref": schema.pop("$ref")}], **schema}
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if "enum" in schema and "type" not in schema and all(isinstance(one, str) for one in schema["enum"]):
        schema["type"] = "string"
    if examples := schema.pop("examples", None):
        schema["example"] = examples[0]
    for limit, bound in LIMITS.items():
        if limit in schema and not isinstance(schema[limit], bool):
            schema |= {bound: schema[limit], limit: True}
    return schema


def _nullable(schema: Schema, schemas: Mapping[str, Any]) -> Schema:
    """The schema with `nullable` where null is one of its types; beside a type, as 3.0.3 has it, and null among its values."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        rest = [kind for kind in kinds if kind != "null"]
        schema = schema | ({"type": rest[0]} if len(rest) == 1 else {}) | {"nullable": len(rest) < len(kinds)}
    parts = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if len(parts) == len(schema.get("anyOf", ())):
        return schema
    others = {key: value for key, value in schema.items() if key != "anyOf"}
    if not any(parts):
        return others  # any value, null too
    opened = [_opened(part, schemas) for part in parts]
    one = {"anyOf": parts} if len(parts) > 1 else {"allOf": parts} if "$ref" in parts[0] else parts[0]
    known = {"type": opened[0].get("type", "string" if "enum" in opened[0] else "object"), "nullable": True}
    return known | one | ({"enum": [*one["enum"], None]} if "enum" in one else {}) | others


def _opened(schema: Schema, schemas: Mapping[str, Any]) -> Schema:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema
