"""The AsyncAPI document of the events: every topic, every fact with its schema and golden example, who says and hears it."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import contracts
from contracts.event import EVENT_TYPES, Event
from contracts.topics import TOPICS, Topic, dead_letters_of

EXAMPLES = Path(__file__).parents[2] / "libs/contracts/examples"
REFERENCE = "#/components/schemas/{model}"

HEADERS = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject"],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "the same however often it is delivered"},
        "ce_source": {"type": "string", "description": "the service that says it"},
        "ce_type": {"type": "string"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "the aggregate's id, also the key of the record"},
        "traceparent": {"type": "string"},
    },
}


def describe_events(hearing: Mapping[str, Iterable[type[Event]]]) -> dict[str, Any]:
    """AsyncAPI 3.0; `hearing` names for each service the facts that it reacts to."""
    facts = all_facts()
    schemas: dict[str, Any] = {}
    messages = {name_of(fact): _message(fact, schemas) for fact in facts}
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
        "channels": {topic.name: _channel(topic, facts) for topic in TOPICS},
        "operations": _says(facts) | _hears(hearing),
        "components": {"messages": messages, "schemas": dict(sorted(schemas.items()))},
    }


def all_facts() -> list[type[Event]]:
    """Every fact of the contracts, by type."""
    for module in pkgutil.iter_modules(contracts.__path__):
        importlib.import_module(f"contracts.{module.name}")
    return [EVENT_TYPES[type_] for type_ in sorted(EVENT_TYPES)]


def name_of(fact: type[Event]) -> str:
    """`step.completed.v1` of `vn.bakhong.step.completed.v1`."""
    return fact.type.removeprefix("vn.bakhong.")


def speaker_of(fact: type[Event]) -> str:
    """The service in whose file of the contracts the fact stands."""
    return fact.__module__.rpartition(".")[2].replace("_", "-")


def _message(fact: type[Event], schemas: dict[str, Any]) -> dict[str, Any]:
    schema = fact.model_json_schema(ref_template=REFERENCE, mode="serialization")
    schemas |= schema.pop("$defs", {})
    schemas[fact.__name__] = schema
    message: dict[str, Any] = {
        "name": fact.type,
        "summary": (fact.__doc__ or "").strip().split("\n")[0],
        "contentType": "application/json",
        "headers": HEADERS,
        "payload": {"$ref": f"#/components/schemas/{fact.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": f"`{fact.key_field}` of the payload"}}},
    }
    example = EXAMPLES / f"{name_of(fact)}.json"
    if example.exists():
        message["examples"] = [{"payload": json.loads(example.read_text(encoding="utf-8"))}]
    return message


def _channel(topic: Topic, facts: list[type[Event]]) -> dict[str, Any]:
    said = {
        name_of(fact): {"$ref": f"#/components/messages/{name_of(fact)}"} for fact in facts if fact.topic == topic.name
    }
    kept = "kept for ever" if topic.retention_ms < 0 else f"kept {topic.retention_ms // 86_400_000} days"
    return {
        "address": topic.name,
        "description": f"Key: {topic.key}; {kept}. What a consumer cannot handle goes to `{dead_letters_of(topic).name}`.",
        "messages": said,
        "bindings": {"kafka": {"partitions": topic.partitions}},
    }


def _says(facts: list[type[Event]]) -> dict[str, Any]:
    by_speaker: dict[tuple[str, str], list[type[Event]]] = {}
    for fact in facts:
        by_speaker.setdefault((speaker_of(fact), fact.topic), []).append(fact)
    return {
        f"{speaker} says {topic}": _operation("send", topic, said)
        for (speaker, topic), said in sorted(by_speaker.items())
    }


def _hears(hearing: Mapping[str, Iterable[type[Event]]]) -> dict[str, Any]:
    operations = {}
    for service, heard in sorted(hearing.items()):
        by_topic: dict[str, list[type[Event]]] = {}
        for fact in sorted(heard, key=name_of):
            by_topic.setdefault(fact.topic, []).append(fact)
        for topic, facts in sorted(by_topic.items()):
            operations[f"{service} hears {topic}"] = _operation("receive", topic, facts)
    return operations


def _operation(action: str, topic: str, facts: list[type[Event]]) -> dict[str, Any]:
    channel = topic.replace("~", "~0").replace("/", "~1")
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name_of(fact)}"} for fact in facts],
    }
