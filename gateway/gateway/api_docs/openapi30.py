"""The same document as OpenAPI 3.0.3, for generators that read no 3.1: `nullable` instead of a union with null.

A converter from npm would need Node for `make generate`; what our documents use of 3.1 is this page.
"""

from collections.abc import Mapping
from typing import Any

from gateway.api_docs.schemas import Schema, each_schema, only_used

ONLY_IN_31 = ("propertyNames", "patternProperties", "prefixItems", "contentEncoding", "contentMediaType", "$comment")
LIMITS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def as_openapi_30(document: Mapping[str, Any]) -> dict[str, Any]:
    """An OpenAPI 3.1 document as 3.0.3."""
    info = {key: value for key, value in document["info"].items() if key != "summary"}
    info["license"] = {"name": info["license"]["name"]}
    operations = {key: part for key, part in document.items() if key != "webhooks"}  # 3.0 has no place for them
    converted: dict[str, Any] = each_schema(only_used(operations), _schema_30)
    return converted | {"openapi": "3.0.3", "info": info}


def _schema_30(schema: Schema) -> Schema:
    schema = _nullable({key: value for key, value in schema.items() if key not in ONLY_IN_31})
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


def _nullable(schema: Schema) -> Schema:
    """The schema with `nullable` where null is one of its types."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        rest = [kind for kind in kinds if kind != "null"]
        schema = schema | ({"type": rest[0]} if len(rest) == 1 else {}) | {"nullable": len(rest) < len(kinds)}
    parts = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if len(parts) == len(schema.get("anyOf", ())):
        return schema
    others = {key: value for key, value in schema.items() if key != "anyOf"} | {"nullable": True}
    if len(parts) > 1:
        return {"anyOf": parts} | others
    return ({"allOf": parts} if "$ref" in parts[0] else parts[0]) | others
