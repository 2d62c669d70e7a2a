"""Every fact has a golden example, and it still parses."""

import importlib
import json
import pkgutil
from pathlib import Path

import pytest

import contracts
from contracts import topics
from contracts.event import EVENT_TYPES

EXAMPLES = Path(__file__).parents[1] / "examples"

for module in pkgutil.iter_modules(contracts.__path__):
    importlib.import_module(f"contracts.{module.name}")


def example_of(type_: str) -> Path:
    return EXAMPLES / (type_.removeprefix("vn.bakhong.") + ".json")


@pytest.mark.parametrize("type_", sorted(EVENT_TYPES))
def test_a_golden_example_parses_into_the_same_json(type_):
    golden = json.loads(example_of(type_).read_text())

    fact = EVENT_TYPES[type_].model_validate(golden)

    assert json.loads(fact.model_dump_json()) == golden
    assert fact.key == str(golden[EVENT_TYPES[type_].key_field])


@pytest.mark.parametrize("type_", sorted(EVENT_TYPES))
def test_an_old_event_without_the_fields_that_have_defaults_still_parses(type_):
    required = {name for name, field in EVENT_TYPES[type_].model_fields.items() if field.is_required()}
    golden = json.loads(example_of(type_).read_text())

    EVENT_TYPES[type_].model_validate({name: value for name, value in golden.items() if name in required})


@pytest.mark.parametrize("type_", sorted(EVENT_TYPES))
def test_a_newer_event_with_an_unknown_field_still_parses(type_):
    golden = json.loads(example_of(type_).read_text())

    EVENT_TYPES[type_].model_validate(golden | {"a_field_of_tomorrow": 1})


def test_no_example_is_left_over():
    assert set(EXAMPLES.iterdir()) == {example_of(type_) for type_ in EVENT_TYPES}


def test_every_fact_is_said_on_a_topic_that_exists():
    known = {topic.name for topic in topics.TOPICS}

    assert {fact.topic for fact in EVENT_TYPES.values()} == known
