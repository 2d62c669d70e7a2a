"""Writes `bakhong_client/operations.py` from the platform's OpenAPI document: one typed method per operation.

`python generate.py ../../docs/api/openapi.json`
"""

import json
import keyword
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent / "bakhong_client" / "operations.py"
METHODS = ("get", "put", "post", "delete", "patch")
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
SKIPPED = {"deliverWebhook"}
HEAD = '''"""The operations of the Ba Không API. Written by generate.py; do not edit."""

# ruff: noqa: E501, UP013 - written by a program from the sentences of the API document
from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict
from urllib.parse import quote

'''
BASE = '''
def _path(value: object) -> str:
    return quote(str(value), safe="")


class Operations:
    """One method per operation; arguments and answers as the API document has them."""

    def _ask(self, method: str, path: str, *, query: dict[str, Any] | None = None, body: Any = None,
             headers: dict[str, str] | None = None, files: Any = None) -> Any:
        raise NotImplementedError
'''


def write(document: dict[str, Any]) -> str:
    """The module's text for an OpenAPI document."""
    types = [typed_dict(name, schema) for name, schema in sorted(document["components"]["schemas"].items())]
    methods = [
        method(document, path, verb, operation)
        for path, item in sorted(document["paths"].items())
        for verb, operation in item.items()
        if verb in METHODS and operation.get("operationId") and operation["operationId"] not in SKIPPED
    ]
    names = re.findall(r"    def (\w+)\(", "".join(methods))
    if len(names) != len(set(names)):
        raise ValueError(f"two operations share a name: {sorted({one for one in names if names.count(one) > 1})}")
    return HEAD + "\n".join(types) + BASE + "".join(methods)


def typed_dict(name: str, schema: dict[str, Any]) -> str:
    """A component as a TypedDict, or as an alias where it is no object."""
    if "properties" not in schema:
        return f'{type_name(name)}: TypeAlias = "{annotation(schema)}"\n'
    required = set(schema.get("required", []))
    fields = ", ".join(
        f'"{field}": "{annotation(part)}"' if field in required else f'"{field}": "NotRequired[{annotation(part)}]"'
        for field, part in schema["properties"].items()
    )
    return f'{type_name(name)} = TypedDict("{type_name(name)}", {{{fields}}})\n'


def method(document: dict[str, Any], path: str, verb: str, operation: dict[str, Any]) -> str:
    """One operation as a method with keyword arguments."""
    parameters = [resolve(document, one) for one in operation.get("parameters", [])]
    by_place = {place: [one for one in parameters if one["in"] == place] for place in ("path", "query", "header")}
    arguments = [f"{argument(one['name'])}: {annotation(one['schema'])}" for one in by_place["path"]]
    kind, body = request_body(document, operation)
    if kind == "json":
        arguments.append(f"body: {body}")
    elif kind == "form":
        arguments += ["files: Any", "body: dict[str, Any] | None = None"]
    optional = [one for place in ("query", "header") for one in by_place[place]]
    arguments += [f"{argument(one['name'])}: {optional_type(one)} = None" for one in optional]
    given = f"self, *, {', '.join(arguments)}" if arguments else "self"
    result = answer(document, operation)
    lines = [f"\n    def {method_name(path, verb)}({given}) -> {result}:"]
    text = (operation.get("description") or operation.get("summary") or "").strip().splitlines()
    lines.append(f"        {json.dumps((text or [''])[0] + f' ({verb.upper()} {path})', ensure_ascii=False)}")
    lines.append(f"        answer: {result} = self._ask({', '.join(call(path, verb, by_place, kind))})")
    lines.append("        return answer")
    return "\n".join(lines) + "\n"


def call(path: str, verb: str, by_place: dict[str, list[dict[str, Any]]], kind: str) -> list[str]:
    """The arguments of the one request that a method makes."""
    template = re.sub(r"\{([^}]+)\}", lambda match: f"{{_path({argument(match[1])})}}", path)
    parts = [f'"{verb.upper()}"', f'f"{template}"' if "{" in template else f'"{template}"']
    if by_place["query"]:
        pairs = ", ".join(f"{json.dumps(one['name'])}: {argument(one['name'])}" for one in by_place["query"])
        parts.append(f"query={{{pairs}}}")
    if kind:
        parts.append("body=body")
    if kind == "form":
        parts.append("files=files")
    named = {one["name"]: argument(one["name"]) for one in by_place["header"]}
    if named:
        pairs = ", ".join(f"({name!r}, {variable})" for name, variable in named.items())
        parts.append(f"headers={{name: str(value) for name, value in ({pairs},) if value is not None}}")
    return parts


def request_body(document: dict[str, Any], operation: dict[str, Any]) -> tuple[str, str]:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return "json", annotation(content["application/json"].get("schema", {}))
    return ("form", "") if content else ("", "")


def answer(document: dict[str, Any], operation: dict[str, Any]) -> str:
    for code, response in sorted(operation.get("responses", {}).items()):
        content = response.get("content", {})
        if code.startswith("2") and "application/json" in content:
            return annotation(content["application/json"].get("schema", {}))
    return "Any"


def annotation(schema: dict[str, Any]) -> str:
    """A JSON schema as a Python type; what has no plain type is Any."""
    if "$ref" in schema:
        return type_name(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(annotation(part) for part in schema[several]))
    kind = schema.get("type")
    if kind == "array":
        return f"list[{annotation(schema.get('items', {}))}]"
    if kind == "object":
        extra = schema.get("additionalProperties")
        return f"dict[str, {annotation(extra) if isinstance(extra, dict) else 'Any'}]"
    return PLAIN.get(str(kind), "Any")


def optional_type(parameter: dict[str, Any]) -> str:
    kind = annotation(parameter.get("schema", {}))
    return kind if kind == "Any" or kind.endswith("None") else f"{kind} | None"


def resolve(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    place: Any = document
    for step in part["$ref"].removeprefix("#/").split("/"):
        place = place[step]
    return dict(place)


def type_name(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name) if word)


def argument(name: str) -> str:
    plain = re.sub(r"[^a-z0-9_]", "_", name.lower()).removeprefix("x_")
    return f"{plain}_" if keyword.iskeyword(plain) or plain == "self" else plain


def method_name(path: str, verb: str) -> str:
    """`GET /v1/residents/{resident_id}/facts` is `get_residents_facts`; a last parameter is named with `_by_`."""
    segments = [segment for segment in path.split("/") if segment and segment != "v1"]
    words = [segment for segment in segments if not segment.startswith("{")]
    if segments and segments[-1].startswith("{"):
        words += ["by", segments[-1].strip("{}")]
    return re.sub(r"[^a-z0-9]+", "_", "_".join([verb, *words]).lower())


if __name__ == "__main__":
    TARGET.write_text(write(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8")
