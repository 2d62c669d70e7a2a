"""The AsyncAPI document has every event with its topic, sample payload, publishers and subscribers."""

import json

from contracts.event import EVENT_TYPES
from contracts.topics import TOPICS
from deploy.generate.asyncapi import describe_events
from deploy.generate.event_tables import EventUse, all_events, name_of
from deploy.generate.files import ROOT
from notifications.model.event_types import TYPES

USE = EventUse({"reporting": all_events()}, ROOT)


def test_every_event_and_topic_is_described() -> None:
    document = describe_events(USE)
    webhooks = {f"webhook.{one.name}" for one in TYPES}
    assert set(document["components"]["messages"]) == {name_of(event) for event in EVENT_TYPES.values()} | webhooks
    assert set(document["channels"]) == {topic.name for topic in TOPICS} | {"webhooks"}
    assert set(document["channels"]["webhooks"]["messages"]) == webhooks
    assert document["components"]["messages"]["step.completed.v1"]["examples"]


def test_an_event_of_several_services_is_published_by_each_of_them() -> None:
    sending = {name for name, one in describe_events(USE)["operations"].items() if one["action"] == "send"}
    assert {
        f"{service} publishes bakhong.deliveries.v1" for service in ("registry", "payments-qr", "casework")
    } <= sending
    assert "reporting publishes bakhong.deliveries.v1" not in sending


def test_every_reference_of_the_document_resolves() -> None:
    document = describe_events(USE)
    for reference in _references(document):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def _references(part: object) -> list[str]:
    text = json.dumps(part, default=str)
    return [piece.split('"')[0] for piece in text.split('"$ref": "')[1:]]
