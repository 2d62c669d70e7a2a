"""Which event changes which counted entity: each entity declares it itself, by `@counted_entity` and `@applies`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from contracts.event import Event
from reporting.projections.timeline import Contributions

__all__ = ["COUNTERS", "SUBSCRIPTIONS", "CountedEntity", "StateChange", "applies", "counted_entity", "subject_of"]

C = TypeVar("C", bound=type)
M = TypeVar("M", bound=Callable[..., bool])


class CountedEntity(Protocol):
    """A person or thing that counts: a dataclass whose fields all have defaults, stored as JSON.

    Methods marked by `@applies` take an event into the state and return whether it changed anything; an event that
    arrives twice or after a newer one changes nothing. `contributions` is a pure function of the state.
    """

    def contributions(self) -> Contributions: ...


@dataclass(frozen=True, slots=True)
class StateChange:
    """The event of `id_field` changes the state of `kind` by `method` of `entity`."""

    kind: str
    id_field: str
    entity: type[Any]
    method: str

    def apply(self, state: Any, event: Event) -> bool:
        changed: bool = getattr(state, self.method)(event)
        return changed


SUBSCRIPTIONS: dict[type[Event], StateChange] = {}
"""By event class, filled when the modules of `entities` are imported."""

COUNTERS: dict[str, frozenset[str]] = {}
"""By kind of entity, the counters that it contributes to."""


def applies(*events: type[Event]) -> Callable[[M], M]:
    """Marks the method of a counted entity that takes these events."""

    def mark(method: M) -> M:
        method.applied_events = events  # type: ignore[attr-defined]  # read by counted_entity
        return method

    return mark


def counted_entity(kind: str, *, id_field: str, counters: Iterable[str] = ()) -> Callable[[C], C]:
    """Registers an entity: `id_field` of its events is its id; `counters` are all that `contributions` may contain."""

    def register(cls: C) -> C:
        COUNTERS[kind] = frozenset(counters)
        for name, member in vars(cls).items():
            for event in getattr(member, "applied_events", ()):
                if event in SUBSCRIPTIONS:
                    raise TypeError(f"{event.__name__} is applied twice: by {SUBSCRIPTIONS[event].entity} and {cls}")
                if id_field not in event.model_fields:
                    raise TypeError(f"{event.__name__} has no field {id_field}, the id of a {kind}")
                SUBSCRIPTIONS[event] = StateChange(kind, id_field, cls, name)
        return cls

    return register


def subject_of(event: Event) -> tuple[str, str]:
    """The kind and id of the entity that an event changes."""
    subscription = SUBSCRIPTIONS[type(event)]
    return subscription.kind, str(getattr(event, subscription.id_field))
