"""A service's own counts, for reporting to compare its projections with."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from contracts import topics
from contracts.event import Code, Event, Instant


class Count(BaseModel):
    """How many there are in a unit itself (not below), by the service's own tables."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    unit_code: Code
    indicator: str
    count: int


class CountsTaken(Event):
    """Counted in one transaction at `at`."""

    topic: ClassVar[str] = topics.COUNTS
    type: ClassVar[str] = "vn.bakhong.counts.taken.v1"
    key_field: ClassVar[str] = "service"

    service: str
    at: Instant
    counts: list[Count]
