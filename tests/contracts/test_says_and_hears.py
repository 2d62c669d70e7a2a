"""Each service's README says truly what the service hears and says."""

import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import contracts
from contracts.event import EVENT_TYPES

for module in pkgutil.iter_modules(contracts.__path__):
    import_module(f"contracts.{module.name}")

ROOT = Path(__file__).parents[2]
HOMES = {
    "registry": "services/registry",
    "onboarding": "services/onboarding",
    "payments_qr": "services/payments-qr",
    "casework": "services/casework",
    "reporting": "services/reporting",
    "gateway": "gateway",
}


def table(package: str, *heads: str) -> set[str]:
    """The facts named in the first column of a README's table; after `a.b`, a lone `c` is short for `a.c`."""
    readme = (ROOT / HOMES[package] / "README.md").read_text()
    head = next(head for head in heads if f"| {head} |" in readme)
    rows = readme.split(f"| {head} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    found, aggregate = set(), ""
    for row in rows:
        outside_brackets = re.sub(r"\(.*?\)", "", row.split("|")[1])
        for name in re.findall(r"`([a-z_.]+)`", outside_brackets):
            aggregate = name.partition(".")[0] if "." in name else aggregate
            found.add(name if "." in name else f"{aggregate}.{name}")
    return found


def short(type_: str) -> str:
    return type_.removeprefix("vn.bakhong.").removesuffix(".v1")


@pytest.mark.parametrize("package", [package for package in HOMES if package != "reporting"])
def test_the_readme_lists_what_is_heard(package):
    heard = import_module(f"{package}.app").service.handlers

    assert table(package, "subscribes to", "hears") == {short(fact.type) for fact in heard}


@pytest.mark.parametrize("package", [package for package in HOMES if package != "reporting"])
def test_the_readme_lists_what_is_said(package):
    own = {short(type_) for type_, fact in EVENT_TYPES.items() if fact.__module__ == f"contracts.{package}"}
    said = table(package, "publishes", "says")

    assert own <= said
    assert said <= {short(type_) for type_ in EVENT_TYPES}


OWNED = [event for _, event in sorted(EVENT_TYPES.items()) if event.__module__.removeprefix("contracts.") in HOMES]


@pytest.mark.parametrize("event", OWNED, ids=[event.type for event in OWNED])
def test_every_event_is_published_by_the_service_that_it_belongs_to(event):
    package = event.__module__.removeprefix("contracts.")
    sources = "\n".join(path.read_text() for path in (ROOT / HOMES[package] / package).rglob("*.py"))
    uses = re.findall(rf"^(?!from|import).*\b{event.__name__}\b", sources, re.MULTILINE)

    assert uses, f"no code of {package} publishes {event.__name__}: publish it in a command"
