"""Descriptions of fields and parameters that their code leaves without one, from `field_terms.toml`: one name, one meaning.

A docstring under the field in the code goes first; a name that means something else in one schema has its own line there.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

TERMS_FILE = Path(__file__).with_name("field_terms.toml")


def with_meanings(document: dict[str, Any]) -> dict[str, Any]:
    """The document, with a description beside every property and parameter whose name has a meaning."""
    terms = field_terms()
    for name, schema in document["components"].get("schemas", {}).items():
        own = terms.get(name.rpartition(".")[2], {})
        _describe(schema, terms["fields"] | own)
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                if text := _meaning(path, parameter["name"]):
                    parameter.setdefault("description", text)
    return document


def counts(document: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """What has a description or an example, and how many there are, by kind."""
    operations = [one for item in document["paths"].values() for one in item.values()]
    schemas = document["components"].get("schemas", {}).values()
    properties = [one for schema in schemas for one in schema.get("properties", {}).values()]
    parameters = [one for operation in operations for one in operation.get("parameters", ())]
    bodies = [one for each in operations for one in _json_contents(each.get("requestBody", {}))]
    answers = [
        one
        for each in operations
        for code, answer in each["responses"].items()
        if code.startswith("2")
        for one in _json_contents(answer)
    ]
    return {
        "operations described": _share(operations, "description"),
        "parameters described": _share(parameters, "description"),
        "properties described": _share(properties, "description"),
        "bodies with an example": _share(bodies, "example", "examples"),
        "answers with an example": _share(answers, "example", "examples"),
    }


def undescribed(document: dict[str, Any]) -> list[str]:
    """`registry.UnitView.name` of every property without a description."""
    return [
        f"{schema}.{name}"
        for schema, definition in document["components"].get("schemas", {}).items()
        for name, one in definition.get("properties", {}).items()
        if "description" not in one
    ]


@cache
def field_terms() -> dict[str, dict[str, str]]:
    """`fields`, `parameters`, and the names of schemas that mean something else by a name."""
    return tomllib.loads(TERMS_FILE.read_text(encoding="utf-8"))


def _meaning(path: str, name: str) -> str:
    """What a parameter means: at this place of a path, else by its name."""
    terms, place = field_terms(), f"{path.partition(f'{{{name}}}')[0]}{{{name}}}"
    return terms["parameters"].get(place) or terms["parameters"].get(name) or terms["fields"].get(name) or _id_of(name)


def _id_of(name: str) -> str:
    """`Id of the representation` for `representation_id`."""
    return f"Id of the {name.removesuffix('_id').replace('_', ' ')}" if name.endswith("_id") else ""


def _describe(schema: dict[str, Any], terms: dict[str, str]) -> None:
    for name, part in schema.get("properties", {}).items():
        if name in terms:
            part.setdefault("description", terms[name])


def _json_contents(part: dict[str, Any]) -> list[dict[str, Any]]:
    return [content for kind, content in part.get("content", {}).items() if kind == "application/json"]


def _share(parts: list[dict[str, Any]], *keys: str) -> tuple[int, int]:
    return sum(any(key in part for key in keys) for part in parts), len(parts)
