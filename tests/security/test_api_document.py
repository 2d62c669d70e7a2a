"""What the services declare is what the door is built from, and no promise of the public API is broken unseen."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.documents import PROBLEMS_FILE, ask_all, merge, routes_of
from gateway.routing import TABLE_FILE

SNAPSHOT = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"
METHODS = ("get", "put", "post", "delete", "patch")


@pytest.fixture(scope="module")
def declared() -> dict[str, dict[str, Any]]:
    """The OpenAPI document and the problems of every service, as its code says now."""
    return ask_all()


def test_the_committed_tables_are_what_the_services_declare(declared: dict[str, dict[str, Any]]) -> None:
    routes = routes_of({service: answer["openapi"] for service, answer in declared.items()})
    problems = {slug for answer in declared.values() for slug in answer["problems"]}

    assert json.loads(TABLE_FILE.read_text())["routes"] == routes, "run `make openapi` and commit"
    assert problems <= set(json.loads(PROBLEMS_FILE.read_text())), "run `make openapi` and commit"


def test_every_reference_of_the_merged_document_leads_somewhere(declared: dict[str, dict[str, Any]]) -> None:
    document = merge({service: answer["openapi"] for service, answer in declared.items()})

    broken = [reference for reference in references(document) if resolve(document, reference) is None]
    assert broken == []
    names = [item[method]["operationId"] for item in document["paths"].values() for method in item if method in METHODS]
    assert len(names) == len(set(names))


def test_no_promise_of_the_committed_document_is_broken(declared: dict[str, dict[str, Any]]) -> None:
    if not SNAPSHOT.exists():
        pytest.skip("docs/api/openapi.json is not written yet (make openapi)")
    before = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    after = merge({service: answer["openapi"] for service, answer in declared.items()})

    assert list(breaking_changes(before, after)) == []


def test_a_broken_promise_is_found() -> None:
    def document(required: list[str], properties: list[str], parameter: bool, status: str = "200") -> dict[str, Any]:
        schema = {"required": required, "properties": {name: {"type": "string"} for name in properties}}
        content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}
        parameters = [{"name": "q", "in": "query", "required": parameter}]
        operation = {"requestBody": content, "responses": {status: content}, "parameters": parameters}
        return {"paths": {"/v1/a": {"post": operation}}, "components": {"schemas": {"A": schema}}}

    before = document(["a"], ["a", "b"], False)

    assert list(breaking_changes(before, before)) == []
    assert list(breaking_changes(before, document(["a"], ["a", "b", "c"], False))) == []
    assert len(list(breaking_changes(before, document(["a", "b"], ["a", "b"], False)))) == 1
    assert len(list(breaking_changes(before, document(["a"], ["a"], False)))) == 1
    assert len(list(breaking_changes(before, document(["a"], ["a", "b"], True)))) == 1
    assert len(list(breaking_changes(before, document(["a"], ["a", "b"], False, "201")))) == 1
    assert len(list(breaking_changes(before, {"paths": {}}))) == 1


def breaking_changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What a client written against `before` would stumble over in `after`."""
    for path, item in before["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            now = after["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{method.upper()} {path} is gone"
                continue
            for change in changes_of(before, item[method], after, now):
                yield f"{method.upper()} {path}: {change}"


def changes_of(
    before: dict[str, Any], old: dict[str, Any], after: dict[str, Any], new: dict[str, Any]
) -> Iterator[str]:
    asked = {(one["name"], one["in"]) for one in old.get("parameters", []) if one.get("required")}
    for parameter in new.get("parameters", []):
        key = (parameter["name"], parameter["in"])
        if parameter.get("required") and parameter["in"] != "path" and key not in asked:
            yield f"needs the parameter {parameter['name']} now"
    old_body, new_body = body(before, old.get("requestBody", {})), body(after, new.get("requestBody", {}))
    for name in sorted(set(new_body.get("required", [])) - set(old_body.get("required", []))):
        yield f"needs the field {name} now"
    for status, answer in old.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        if status not in new.get("responses", {}):
            yield f"does not answer {status} any more"
            continue
        given, kept = body(before, answer), body(after, new["responses"][status])
        for name in sorted(set(given.get("properties", {})) - set(kept.get("properties", {}))):
            yield f"does not answer the field {name} any more"


def body(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    schema = part.get("content", {}).get("application/json", {}).get("schema", {})
    found = resolve(document, schema["$ref"]) if "$ref" in schema else schema
    return found or {}


def resolve(document: dict[str, Any], reference: str) -> dict[str, Any] | None:
    place: Any = document
    for step in reference.removeprefix("#/").split("/"):
        place = place.get(step) if isinstance(place, dict) else None
    return place if isinstance(place, dict) else None


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)
