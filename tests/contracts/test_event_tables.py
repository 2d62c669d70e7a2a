"""The README of each service names the events that it subscribes to and publishes, and no others."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from contracts.services import EVERY_PROCESS, GATEWAY, package_of
from deploy.generate.event_tables import EventUse, short_name
from deploy.generate.files import handled_events

ROOT = Path(__file__).parents[2]
DESCRIBED = [
    name for name in EVERY_PROCESS if name != "reporting"
]  # its README has "every counted event" instead of a table


@pytest.fixture(scope="module")
def use() -> EventUse:
    return EventUse(handled_events(), ROOT)


def readme_of(service: str) -> Path:
    return ROOT / (GATEWAY if service == GATEWAY else f"services/{service}") / "README.md"


def table(service: str, head: str) -> set[str]:
    """The events named in the first column of a README's table; after `a.b`, a lone `c` is short for `a.c`."""
    rows = readme_of(service).read_text().split(f"| {head} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    found, aggregate = set(), ""
    for row in rows:
        outside_brackets = re.sub(r"\(.*?\)", "", row.split("|")[1])
        for name in re.findall(r"`([a-z_.]+)`", outside_brackets):
            aggregate = name.partition(".")[0] if "." in name else aggregate
            found.add(name if "." in name else f"{aggregate}.{name}")
    return found


@pytest.mark.parametrize("service", DESCRIBED)
def test_the_readme_names_the_events_that_the_service_subscribes_to(service: str, use: EventUse) -> None:
    handled = {short_name(event) for event in use.handled[service]}
    written = table(service, "subscribes to")

    assert handled - written == set(), f"{readme_of(service)}: name these events in the table 'subscribes to'"
    assert written - handled == set(), f"{readme_of(service)}: no handler of {service} is registered for these events"


@pytest.mark.parametrize("service", DESCRIBED)
def test_the_readme_names_the_events_that_the_service_publishes(service: str, use: EventUse) -> None:
    published = {short_name(event) for event in use.published_by(service)} - {
        "access.sealed"
    }  # by every service, unasked
    written = table(service, "publishes") - {"access.sealed"}

    assert published - written == set(), f"{readme_of(service)}: name these events in the table 'publishes'"
    assert written - published == set(), f"{readme_of(service)}: no code of {service} publishes these events"


OWNED = [
    (service, event)
    for service in EVERY_PROCESS
    for event in EventUse({}, ROOT).published_by(service)
    if event.__module__ == f"contracts.{package_of(service)}"
]


@pytest.mark.parametrize(("service", "event"), OWNED, ids=[event.type for _, event in OWNED])
def test_every_event_is_published_by_the_service_that_it_belongs_to(service, event):
    package = import_module(package_of(service))
    sources = "\n".join(path.read_text() for path in Path(package.__path__[0]).rglob("*.py"))
    uses = re.findall(rf"^(?!from|import).*\b{event.__name__}\b", sources, re.MULTILINE)

    assert uses, f"no code of {service} publishes {event.__name__}: publish it in a command"
