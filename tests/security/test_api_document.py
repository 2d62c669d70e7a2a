"""The committed tables and documents are what the services declare, and no change of the public API breaks its users unseen."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from deploy.generate.asyncapi import describe_events
from deploy.generate.compatibility import breaking_api_changes, breaking_event_changes, resolve
from deploy.generate.event_tables import EventUse
from deploy.generate.files import ROOT
from gateway.api_docs.error_responses import PROBLEMS_FILE
from gateway.api_docs.openapi import describe_all, merge, routes_of
from gateway.proxy.routing_table import TABLE_FILE

API = Path(__file__).parents[2] / "docs" / "api"
METHODS = ("get", "put", "post", "delete", "patch")


@pytest.fixture(scope="module")
def declared() -> dict[str, dict[str, Any]]:
    """The OpenAPI document and the problems of every service, generated from its code."""
    return describe_all()


def test_the_committed_tables_are_what_the_services_declare(declared: dict[str, dict[str, Any]]) -> None:
    routes = routes_of({service: answer["openapi"] for service, answer in declared.items()})
    problems = {slug for answer in declared.values() for slug in answer["problems"]}

    assert json.loads(TABLE_FILE.read_text())["routes"] == routes, "run `make generate` and commit"
    assert problems <= set(json.loads(PROBLEMS_FILE.read_text())), "run `make generate` and commit"


def test_every_reference_of_the_merged_document_leads_somewhere(declared: dict[str, dict[str, Any]]) -> None:
    document = merge({service: answer["openapi"] for service, answer in declared.items()})

    broken = [reference for reference in references(document) if resolve(document, reference) is None]
    assert broken == []
    names = [item[method]["operationId"] for item in document["paths"].values() for method in item if method in METHODS]
    assert len(names) == len(set(names))


def test_every_body_has_an_example_that_its_schema_allows(declared: dict[str, dict[str, Any]]) -> None:
    document = merge({service: answer["openapi"] for service, answer in declared.items()})
    contents = {
        f"{method.upper()} {path}": content
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
    }
    wrong = []
    for name, content in contents.items():
        schema = content["schema"] | {"components": document["components"]}
        shown = [content["example"]] if "example" in content else content["schema"].get("examples") or [None]
        validator = jsonschema_rs.Draft202012Validator(schema)
        wrong += [(name, error) for value in shown if value is not None for error in validator.iter_errors(value)]

    assert contents
    assert wrong == []
    assert [name for name, content in contents.items() if not {"example", "examples"} & set(content)] == []


def test_no_change_of_the_api_breaks_its_users(declared: dict[str, dict[str, Any]]) -> None:
    before = json.loads((API / "openapi.json").read_text(encoding="utf-8"))
    after = merge({service: answer["openapi"] for service, answer in declared.items()})

    assert breaking_api_changes(before, after) == [], "a change of meaning is a new path or field beside the old"
    assert set(before["paths"]) == set(after["paths"]), "run `make generate` and commit"


def test_no_change_of_the_events_breaks_their_subscribers() -> None:
    before = json.loads((API / "asyncapi.json").read_text(encoding="utf-8"))
    after = describe_events(EventUse({}, ROOT))

    assert breaking_event_changes(before, after) == [], "a change of meaning is a new version of the event"
    assert before["components"]["schemas"] == json.loads(json.dumps(after["components"]["schemas"], default=str))


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)
