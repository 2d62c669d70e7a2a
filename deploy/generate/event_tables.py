"""Which service publishes and which handles each event, read from the code, and the Markdown tables of them."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import contracts
from contracts.event import EVENT_TYPES, Event
from contracts.services import EVERY_PROCESS, GATEWAY, package_of
from contracts.topics import TOPICS

MADE_BY_CHASSIS = {"contracts.access": r"record_access\(", "contracts.counts": r"\btake_counts="}
"""Files of events that the chassis makes for a service, and what stands in the code of a service that asks for it."""

BEGIN, END = "<!-- written by make generate -->", "<!-- end of what make generate writes -->"


class EventUse:
    """Publishers and subscribers of every event of `libs/contracts`.

    An event in the file of a service (`contracts/registry.py`) is published by that service, an event in another file by
    each service whose code makes one, or asks the chassis to (`MADE_BY_CHASSIS`).
    """

    def __init__(self, handled: Mapping[str, Iterable[type[Event]]], root: Path) -> None:
        """`handled`: the events that each service handles; `root`: the repository."""
        self.handled = {service: tuple(events) for service, events in handled.items()}
        self._root = root

    @cached_property
    def events(self) -> tuple[type[Event], ...]:
        """Every event, in the order of its type."""
        return all_events()

    def publishers(self, event: type[Event]) -> tuple[str, ...]:
        """Names of the services that publish it."""
        owner = next((name for name in EVERY_PROCESS if event.__module__ == f"contracts.{package_of(name)}"), None)
        if owner is not None:
            return (owner,)
        makes = re.compile(MADE_BY_CHASSIS.get(event.__module__, rf"\b{event.__name__}(\.model_validate)?\("))
        return tuple(name for name in EVERY_PROCESS if makes.search(self._source(_package_folder(name))))

    def subscribers(self, event: type[Event]) -> tuple[str, ...]:
        """Names of the services that handle it."""
        return tuple(name for name, events in self.handled.items() if event in events)

    def published_by(self, service: str) -> tuple[type[Event], ...]:
        """The events that a service publishes."""
        return tuple(event for event in self.events if service in self.publishers(event))

    def _source(self, folder: str) -> str:
        return "\n".join(path.read_text(encoding="utf-8") for path in sorted((self._root / folder).rglob("*.py")))


def all_events() -> tuple[type[Event], ...]:
    """Every event of the contracts, in the order of its type."""
    for module in pkgutil.iter_modules(contracts.__path__):
        importlib.import_module(f"contracts.{module.name}")
    return tuple(EVENT_TYPES[type_] for type_ in sorted(EVENT_TYPES))


def name_of(event: type[Event]) -> str:
    """`step.completed.v1` of `vn.bakhong.step.completed.v1`."""
    return event.type.removeprefix("vn.bakhong.")


def short_name(event: type[Event]) -> str:
    """`step.completed` of `vn.bakhong.step.completed.v1`, as pages for people write it."""
    return name_of(event).removesuffix(".v1")


def overview(use: EventUse) -> str:
    """The table of the README: a line for each service with what it publishes and what it subscribes to."""
    lines = ["| service | publishes | subscribes to |", "| --- | --- | --- |"]
    for service in EVERY_PROCESS:
        published = _grouped(use, use.published_by(service))
        lines.append(f"| {service} | {published} | {_grouped(use, use.handled.get(service, ()))} |")
    return "\n".join(lines)


def events_page(use: EventUse) -> str:
    """The page `docs/events.md`: every event with its topic, its key, and the services on both sides."""
    parts = [
        "# Events",
        BEGIN,
        "Every event by topic. `<topic>.dlq` takes what a subscriber cannot apply. An event carries no personal, phone or\n"
        "account number, no name and no address. Fields and samples: [api/asyncapi.json](api/asyncapi.json).",
    ]
    for topic in TOPICS:
        parts += [
            f"## {topic.name}",
            f"Key: {topic.key}; {_retention(topic.retention_ms)}.",
            _topic_table(use, topic.name),
        ]
    return "\n\n".join([*parts, END]) + "\n"


def with_block(page: str, block: str) -> str:
    """The page with the text between its two marks replaced; ValueError where the marks are missing."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError(f"the page needs one line '{BEGIN}' and one line '{END}'")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    return f"{before}{BEGIN}\n\n{block}\n\n{END}{after}"


def _topic_table(use: EventUse, topic: str) -> str:
    lines = ["| event | what happened | published by | handled by |", "| --- | --- | --- | --- |"]
    for event in use.events:
        if event.topic == topic:
            what = " ".join((event.__doc__ or "").split())
            both = f"{_services(use.publishers(event))} | {_services(use.subscribers(event))}"
            lines.append(f"| `{short_name(event)}` | {what} | {both} |")
    return "\n".join(lines)


def _services(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "no service"


def _grouped(use: EventUse, events: Iterable[type[Event]]) -> str:
    """`resident.*` where every event of an aggregate is among them, else each by its name."""
    chosen = sorted(events, key=short_name)
    written: list[str] = []
    for event in chosen:
        aggregate = short_name(event).partition(".")[0]
        whole = [each for each in use.events if short_name(each).partition(".")[0] == aggregate]
        is_whole = len(whole) > 1 and set(whole) <= set(chosen)
        written.append(f"`{aggregate}.*`" if is_whole else f"`{short_name(event)}`")
    return " ".join(dict.fromkeys(written)) or "nothing"


def _retention(milliseconds: int) -> str:
    return "kept for ever" if milliseconds < 0 else f"kept {milliseconds // 86_400_000} days"


def _package_folder(service: str) -> str:
    return "gateway/gateway" if service == GATEWAY else f"services/{service}/{package_of(service)}"
