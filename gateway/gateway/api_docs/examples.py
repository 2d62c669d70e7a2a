"""Examples of the API document: recorded ones (`examples.json`), else the required fields filled with values of the demo.

The recorded ones are requests that a running platform accepted and answers that it gave (`deploy.generate.examples`).
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

EXAMPLES_FILE = Path(__file__).with_name("examples.json")
Schema = Mapping[str, Any]

AN_ID = "0192f0c4-7c00-7000-8000-000000000001"
BY_FORMAT = {"uuid": AN_ID, "date": "2026-11-21", "date-time": "2026-11-21T08:00:00+07:00", "binary": "(file)"}
BY_NAME = {
    "unit_code": "15724",
    "personal_id": "038095000001",
    "full_name": "Lê Thị Mẫu",
    "phone": "0912345678",
    "tax_code": "2800123456",
    "procedure_code": "2.000635",
    "partner_id": "demo-bank",
    "provider": "demo-bank",
    "bin": "970436",
    "account_no": "0011001234567",
    "account_name": "LE THI MAU",
    "account_ref": "acc-1",
    "kind": "bank",
    "title": "Tập huấn thanh toán không tiền mặt",
    "name": "Sạp rau cô Mẫu",
    "text": "Đề nghị hướng dẫn thêm.",
    "note": "Đã kiểm tra.",
    "reason": "Người dân đề nghị.",
    "amount": 50000,
    "url": "https://tinh.example.gov.vn/",
    "payload": "00020101021138...6304ABCD",
    "venue": "Nhà văn hóa thôn",
}
DEEPEST = 6


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """The document, with an example beside every JSON body and the answers that were recorded."""
    for item in document["paths"].values():
        for operation in item.values():
            _add_recorded(operation, recorded().get(operation.get("operationId", ""), {}))
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                if kind == "application/json" and not {"example", "examples"} & set(content):
                    content["example"] = example_of(document, content.get("schema", {}))
    return document


@cache
def recorded() -> dict[str, dict[str, Any]]:
    """By operation: `request`, and `answers` by status."""
    found: dict[str, dict[str, Any]] = json.loads(EXAMPLES_FILE.read_text(encoding="utf-8"))
    return found


def _add_recorded(operation: dict[str, Any], example: Mapping[str, Any]) -> None:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and "request" in example:
        body.pop("example", None)
        body["example"] = example["request"]
    for status, answer in example.get("answers", {}).items():
        content = operation.get("responses", {}).get(status, {}).get("content", {}).get("application/json")
        if content is not None:
            content["example"] = answer


def example_of(document: Schema, schema: Schema, name: str = "", depth: int = 0) -> Any:
    """A value of a schema: what is required, and no more."""
    schema = _opened(document, schema)
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema or schema.get("enum"):
        return schema.get("const", (schema.get("enum") or [None])[0])
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "object" or "properties" in schema:
        return _object(document, schema, depth)
    if kind == "array":
        is_needed = schema.get("minItems", 0) > 0 or depth < DEEPEST
        return [example_of(document, schema.get("items", {}), name, depth + 1)] if is_needed else []
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return _number(schema, name)
    return _text(schema, name)


def _object(document: Schema, schema: Schema, depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    needed = schema.get("required") or [one for one in properties if one in BY_NAME][:3] or list(properties)[:1]
    if depth >= DEEPEST:
        needed = schema.get("required", [])
    return {one: example_of(document, properties.get(one, {}), one, depth + 1) for one in needed}


def _number(schema: Schema, name: str) -> int:
    least, most = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1), schema.get("maximum", 10**12)
    wanted = BY_NAME.get(name)
    return int(wanted) if isinstance(wanted, int) and least <= wanted <= most else int(max(least, min(1, most)))


def _text(schema: Schema, name: str) -> str:
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    for value in (
        schema.get("default"),
        BY_NAME.get(name),
        "2026-11",
        "A1",
        "15724-01",
        "0" * schema.get("minLength", 1),
    ):
        if isinstance(value, str) and _fits(schema, value):
            return value
    return ""


def _fits(schema: Schema, value: str) -> bool:
    is_long_enough = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10_000)
    return is_long_enough and re.search(schema.get("pattern", ""), value) is not None


def _opened(document: Schema, schema: Schema) -> Schema:
    while True:
        several = [part for part in schema.get("anyOf", schema.get("oneOf", ())) if part.get("type") != "null"]
        if "$ref" in schema:
            found: Any = document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        elif several:
            schema = several[0]
        else:
            return schema
