"""The AsyncAPI document: every topic, every event with its schema and sample payload, and who publishes and handles it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from contracts.event import Event
from contracts.services import EVERY_PROCESS
from contracts.topics import TOPICS, Topic, dead_letters_of
from deploy.generate.event_tables import EventUse, name_of
from notifications.schemas.events import EVENT_TYPES, EventTypeView

SAMPLES = Path(__file__).parents[2] / "libs/contracts/examples"
WEBHOOKS = "webhooks"
"""The channel of public events, which go over HTTP."""
REFERENCE = "#/components/schemas/{model}"

HEADERS = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject"],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "the same however often it is delivered"},
        "ce_source": {"type": "string", "description": "the service that publishes it"},
        "ce_type": {"type": "string"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "the aggregate's id, also the key of the record"},
        "traceparent": {"type": "string"},
    },
}


def describe_events(use: EventUse) -> dict[str, Any]:
    """The document, AsyncAPI 3.0."""
    schemas: dict[str, Any] = {}
    messages = {name_of(event): _message(event, schemas) for event in use.events}
    webhooks = {f"webhook.{one.type}": _webhook(one) for one in EVENT_TYPES}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Ba Không: events",
            "version": "1",
            "description": "CloudEvents 1.0 in the binary mode of the Kafka binding. No event carries a personal, phone or "
            "account number, a name or an address. A change of meaning is a new version; readers ignore unknown fields.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, use.events) for topic in TOPICS}
        | {WEBHOOKS: _webhook_channel(webhooks)},
        "operations": _operations(use)
        | {"notifications sends to subscriptions": _operation("send", WEBHOOKS, list(webhooks))},
        "components": {"messages": messages | webhooks, "schemas": dict(sorted(schemas.items()))},
    }


def _message(event: type[Event], schemas: dict[str, Any]) -> dict[str, Any]:
    schema = event.model_json_schema(ref_template=REFERENCE, mode="serialization")
    schemas |= schema.pop("$defs", {})
    schemas[event.__name__] = schema
    message: dict[str, Any] = {
        "name": event.type,
        "summary": (event.__doc__ or "").strip().split("\n")[0],
        "contentType": "application/json",
        "headers": HEADERS,
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": f"`{event.key_field}` of the payload"}}},
    }
    sample = SAMPLES / f"{name_of(event)}.json"
    if sample.exists():
        message["examples"] = [{"payload": json.loads(sample.read_text(encoding="utf-8"))}]
    return message


def _webhook(type_: EventTypeView) -> dict[str, Any]:
    """A public event as partners get it over HTTP."""
    payload = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "const": type_.type},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": type_.json_schema,
        },
    }
    return {
        "name": type_.type,
        "title": type_.title_en,
        "summary": type_.title,
        "contentType": "application/json",
        "payload": payload,
        "examples": [{"payload": type_.sample}],
    }


def _webhook_channel(messages: Iterable[str]) -> dict[str, Any]:
    return {
        "address": None,
        "description": "Public events over HTTP (Standard Webhooks 1.0), and in `GET /v1/events`.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
    }


def _channel(topic: Topic, events: Iterable[type[Event]]) -> dict[str, Any]:
    carried = [name_of(event) for event in events if event.topic == topic.name]
    kept = "kept for ever" if topic.retention_ms < 0 else f"kept {topic.retention_ms // 86_400_000} days"
    return {
        "address": topic.name,
        "description": f"Key: {topic.key}; {kept}. What a consumer cannot handle goes to `{dead_letters_of(topic).name}`.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in carried},
        "bindings": {"kafka": {"partitions": topic.partitions}},
    }


def _operations(use: EventUse) -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for service in EVERY_PROCESS:
        operations |= _of_topics(f"{service} publishes", "send", use.published_by(service))
        operations |= _of_topics(f"{service} subscribes to", "receive", use.handled.get(service, ()))
    return operations


def _of_topics(name: str, action: str, events: Iterable[type[Event]]) -> dict[str, Any]:
    by_topic: dict[str, list[type[Event]]] = {}
    for event in sorted(events, key=name_of):
        by_topic.setdefault(event.topic, []).append(event)
    return {
        f"{name} {topic}": _operation(action, topic, [name_of(event) for event in by_topic[topic]])
        for topic in sorted(by_topic)
    }


def _operation(action: str, topic: str, messages: Iterable[str]) -> dict[str, Any]:
    channel = topic.replace("~", "~0").replace("/", "~1")
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
    }
