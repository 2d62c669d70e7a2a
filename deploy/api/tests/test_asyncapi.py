"""The document of the events names every fact, each on its topic, with its golden example."""

import json

from contracts.event import EVENT_TYPES
from contracts.topics import TOPICS
from deploy.api.asyncapi import all_facts, describe_events, name_of


def test_every_fact_and_topic_is_described() -> None:
    document = describe_events({"reporting": all_facts()})
    assert set(document["components"]["messages"]) == {name_of(fact) for fact in EVENT_TYPES.values()}
    assert set(document["channels"]) == {topic.name for topic in TOPICS}
    assert document["components"]["messages"]["step.completed.v1"]["examples"]


def test_every_reference_of_the_document_resolves() -> None:
    document = describe_events({"reporting": all_facts()})
    for reference in _references(document):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def _references(part: object) -> list[str]:
    text = json.dumps(part, default=str)
    return [piece.split('"')[0] for piece in text.split('"$ref": "')[1:]]
