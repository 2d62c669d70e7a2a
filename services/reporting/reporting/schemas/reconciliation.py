"""Counts of the services compared with the reports'."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from reporting.figures import Reconciliation


class ReconciledView(BaseModel):
    """A count that a service announced, beside ours."""

    service: str
    """The service that counted in its own tables."""
    unit_code: str
    """The unit's code (mã đơn vị)."""
    indicator: str
    """The indicator's or the counter's name."""
    announced: int
    """What the service counted."""
    projected: int
    """What the reports count."""
    differs: bool
    """Whether the two differ."""
    taken_at: datetime
    """When the service counted."""

    @classmethod
    def of(cls, each: Reconciliation) -> ReconciledView:
        return cls(
            service=each.service,
            unit_code=each.unit_code,
            indicator=each.indicator,
            announced=each.announced,
            projected=each.projected,
            differs=each.differs,
            taken_at=each.taken_at,
        )


class ReconciliationView(BaseModel):
    """All counts that the services announced. `state`: `agrees`, `differs`, or `nothing_compared` while there are none;
    `agrees` is true for the first."""

    agrees: bool
    """Whether there are counts and all agree."""
    state: Literal["agrees", "differs", "nothing_compared"]
    """The result in one word."""
    items: list[ReconciledView]
    """The counts, one by one."""
    next_cursor: str | None = None
    """Always null: the counts are one page."""

    @classmethod
    def of(cls, compared: Sequence[Reconciliation]) -> ReconciliationView:
        differs = any(each.differs for each in compared)
        state: Literal["agrees", "differs", "nothing_compared"] = (
            "differs" if differs else "agrees" if compared else "nothing_compared"
        )
        return cls(agrees=state == "agrees", state=state, items=[ReconciledView.of(each) for each in compared])
