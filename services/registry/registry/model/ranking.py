"""Which source of an attribute is believed, and how long: the ranking of sources, and the age of values. Pure rules."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from chassis.clock import now
from registry.model.attributes import ATTRIBUTES

Rank = Literal[4, 3, 2, 1]

RANKS: dict[str, Rank] = {
    "population": 4,
    "social_insurance": 3,
    "civil_status": 3,
    "social_protection": 3,
    "partner": 3,
    "officer": 2,
    "import": 2,
    "volunteer": 2,
    "resident": 1,
}
"""Population database over specialised databases (and partners within their field) over officers over the resident."""


def expires_at(name: str, observed_at: datetime) -> datetime | None:
    """When a value observed at a time stops being fresh; None for an attribute that does not age."""
    attribute = ATTRIBUTES.get(name)
    return observed_at + attribute.fresh_for if attribute and attribute.fresh_for else None


def is_stale(name: str, observed_at: datetime) -> bool:
    """Whether a value observed at a time has to be confirmed again."""
    end = expires_at(name, observed_at)
    return end is not None and end < now()


def rank(source: str) -> Rank:
    """The rank of a source; an unknown source has the lowest."""
    return RANKS.get(source, 1)


class Origin(BaseModel):
    """Where a value comes from: its source, whether it was checked against a document or database, and when."""

    model_config = ConfigDict(frozen=True)

    source: str
    verified: bool
    observed_at: datetime


def origin_of(source: str, observed_at: datetime) -> Origin:
    """The origin of a value of a source; what residents state about themselves is not verified."""
    return Origin(source=source, verified=source != "resident", observed_at=observed_at)


def outranks(new: Origin, present: Origin) -> bool:
    """Whether a new value replaces the present one: a higher source always, an equal one when it is not older."""
    new_rank, present_rank = rank(new.source), rank(present.source)
    return new_rank > present_rank or (new_rank == present_rank and new.observed_at >= present.observed_at)
