"""Every event has a sample payload that still parses."""

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
def test_a_sample_example_parses_into_the_same_json(type_):
    sample = json.loads(example_of(type_).read_text())

    event = EVENT_TYPES[type_].model_validate(sample)

    assert json.loads(event.model_dump_json()) == sample
    assert event.key == str(sample[EVENT_TYPES[type_].key_field])


@pytest.mark.parametrize("type_", sorted(EVENT_TYPES))
def test_an_old_event_without_the_fields_that_have_defaults_still_parses(type_):
    required = {name for name, field in EVENT_TYPES[type_].model_fields.items() if field.is_required()}
    sample = json.loads(example_of(type_).read_text())

    EVENT_TYPES[type_].model_validate({name: value for name, value in sample.items() if name in required})


@pytest.mark.parametrize("type_", sorted(EVENT_TYPES))
def test_a_newer_event_with_an_unknown_field_still_parses(type_):
    sample = json.loads(example_of(type_).read_text())

    EVENT_TYPES[type_].model_validate(sample | {"a_field_of_tomorrow": 1})


def test_no_example_is_left_over():
    assert set(EXAMPLES.iterdir()) == {example_of(type_) for type_ in EVENT_TYPES}


def test_every_event_is_published_on_a_topic_that_exists():
    known = {topic.name for topic in topics.TOPICS}

    assert {event.topic for event in EVENT_TYPES.values()} == known
