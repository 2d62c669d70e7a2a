"""The recorded examples fit the schemas of their operations, are about one commune, and contain no real person."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from gateway.api_docs.examples import recorded
from gateway.api_docs.openapi import describe_all, merge, problems_of


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    described = describe_all()
    return merge({service: answer["openapi"] for service, answer in described.items()}, problems_of(described))


IN_FULL = ("revealResident", "exportResident")
"""Operations that give a person their own data in full."""


def shown(document: dict[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Name, value and schema of each recorded body and answer."""
    for item in document["paths"].values():
        for operation in item.values():
            name = operation["operationId"]
            example = recorded().get(name, {})
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is not None and "request" in example:
                yield name, example["request"], body["schema"]
            for status, value in example.get("answers", {}).items():
                content = operation["responses"].get(status, {}).get("content", {}).get("application/json")
                if content is not None:
                    yield f"{name} {status}", value, content["schema"]


def test_every_recorded_example_fits_its_schema(document: dict[str, Any]) -> None:
    """Where a schema has changed, record again: python -m deploy.generate.examples URL."""
    wrong = [
        (name, str(error)[:300])
        for name, value, schema in shown(document)
        for error in jsonschema_rs.Draft202012Validator(schema | {"components": document["components"]}).iter_errors(
            value
        )
    ]

    assert wrong == []


def test_there_are_examples_of_the_operations_that_an_app_begins_with() -> None:
    for name in ("createResident", "prefillResident", "createDossier", "submitDossier", "listUnits", "createMerchant"):
        assert recorded()[name].get("answers"), name


def test_numbers_in_answers_are_masked() -> None:
    answers = json.dumps([one.get("answers") for name, one in recorded().items() if name not in IN_FULL])

    assert '"personal_id": "038*' in answers
    assert not [part for part in answers.split('"') if part.isdigit() and len(part) == 12]
