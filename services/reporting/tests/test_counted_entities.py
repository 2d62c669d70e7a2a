"""An event with its counter needs each of its places; a test names the one that is forgotten."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest

import contracts
from contracts.event import Event
from reporting.indicators import catalogue
from reporting.projections.entities import subscriptions
from reporting.projections.entities.people import OBSTACLE
from reporting.projections.subscriptions import COUNTERS, applies, counted_entity
from reporting.projections.timeline import BEGINNING, Contributions

EXAMPLES = Path(contracts.__file__).parents[1] / "examples"
KINDS = sorted({subscription.kind for subscription in subscriptions().values()})
NOT_SHOWN = OBSTACLE.partition("{")[0]
"""Counters of obstacles are shown by themselves, not as indicators."""


def sample_of(event: type[Event]) -> dict[str, Any]:
    return dict(json.loads((EXAMPLES / (event.type.removeprefix("vn.bakhong.") + ".json")).read_text()))


def variants_of(event: type[Event]) -> Iterator[Event]:
    """The sample, and the sample with one field, or two, changed to values that their types allow."""
    sample = sample_of(event)
    yield event.model_validate(sample)
    changes = [
        {name: value}
        for name, field in event.model_fields.items()
        for value in other_values(field.annotation, sample.get(name))
    ]
    for first, second in combinations_with_replacement(changes, 2):
        yield event.model_validate(sample | first | second)


def other_values(annotation: Any, value: Any) -> list[Any]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if get_origin(annotation) in (Union, UnionType):
        return [each for part in get_args(annotation) for each in other_values(part, value)]
    if annotation is bool:
        return [True, False]
    if annotation is NoneType:
        return [None]
    if annotation is int:
        return [0, 1, 2, 3, 10]
    if get_origin(annotation) in (list, tuple, frozenset, set):
        return [[each] for part in get_args(annotation) for each in other_values(part, None)]
    return []


@cache
def contributed(kind: str) -> set[str]:
    """The counters that the samples and their variants contribute to, in any order of the events of one entity."""
    found: set[str] = set()
    events = [event for event, subscription in subscriptions().items() if subscription.kind == kind]
    samples = [event.model_validate(sample_of(event)) for event in events]
    for last in [variant for event in events for variant in variants_of(event)]:
        for first in samples:
            state = subscriptions()[type(last)].entity()
            for number, event in enumerate([first, last], start=1):
                newer = {"version": number} if "version" in type(event).model_fields else {}
                subscriptions()[type(event)].apply(state, event.model_copy(update=newer))
            found |= {counter for (_, counter, _), amount in state.contributions().items() if amount}
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_an_entity_contributes_to_the_counters_that_it_declares(kind: str) -> None:
    entity = next(each.entity for each in subscriptions().values() if each.kind == kind)
    undeclared = contributed(kind) - COUNTERS[kind]
    assert not undeclared, f"name {undeclared} in `counters` of @counted_entity of {entity.__name__}"


def test_every_declared_counter_is_contributed_to_for_some_event() -> None:
    """Residents are left out: their counters follow from their steps, which test_progress counts one by one."""
    for kind in KINDS:
        missing = set() if kind == "person" else COUNTERS[kind] - contributed(kind)
        assert not missing, f"`contributions` of the {kind} never counts {missing}, whatever its events carry"


def test_every_counter_of_the_catalogue_is_contributed_to_by_an_entity() -> None:
    known = set().union(*COUNTERS.values())
    for indicator in catalogue().indicators.values():
        for counter in [indicator.numerator, *([indicator.denominator] if indicator.denominator else [])]:
            base = counter.name.partition("@")[0]
            assert counter.name in known or base in known, (
                f"indicator {indicator.code} of catalogue.toml counts {counter.name}, which no entity declares:"
                " add it to `counters` of one in reporting/projections/entities"
            )


def test_every_declared_counter_is_shown_by_an_indicator() -> None:
    shown = catalogue().counters()
    for kind, counters in COUNTERS.items():
        unseen = {counter for counter in counters if not counter.startswith(NOT_SHOWN)} - shown
        assert not unseen, f"{kind} contributes to {unseen}, which no indicator of catalogue.toml has: add one there"


def test_an_event_is_applied_by_one_entity_that_has_its_id() -> None:
    registered = next(event for event, each in subscriptions().items() if each.kind == "merchant")

    class Twice:
        @applies(registered)
        def apply_state(self, event: Event) -> bool:
            return True

        def contributions(self) -> Contributions:
            return Contributions()

    with pytest.raises(TypeError, match="is applied twice"):
        counted_entity("twice", id_field="merchant_id")(Twice)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_counts_before_the_beginning(kind: str) -> None:
    for event, subscription in subscriptions().items():
        if subscription.kind == kind:
            state = subscription.entity()
            subscription.apply(state, event.model_validate(sample_of(event)))
            days = [day for _, _, day in state.contributions()]
            assert min(days, default=BEGINNING) >= BEGINNING
            assert max(days, default=BEGINNING) < date.today() + timedelta(days=365 * 120)  # noqa: DTZ011  any zone


def test_a_dossier_that_was_extended_is_due_and_not_on_time_although_settled_before_its_new_date() -> None:
    """Casework judges it: a date that was moved with an apology is never kept."""
    completed = next(event for event in subscriptions() if event.__name__ == "DossierCompleted")
    at = datetime(2026, 9, 10, 3, tzinfo=UTC)
    sample = sample_of(completed) | {"due_at": at.isoformat(), "finished_at": (at - timedelta(days=1)).isoformat()}
    found = {}
    for is_on_time in (True, False):
        dossier = subscriptions()[completed].entity()
        dossier.apply_state(completed.model_validate(sample | {"is_on_time": is_on_time, "national_status": 10}))
        counted = Counter[str]()
        for (_, counter, _), amount in dossier.contributions().items():
            counted[counter] += amount
        found[is_on_time] = (counted["dossiers_on_time"], counted["dossiers_due"])
    assert found == {True: (1, 1), False: (0, 1)}
