"""Filed reports: frozen copies of figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from reporting.schemas.progress import ChildView, FigureView


class FiledView(BaseModel):
    """A filed report."""

    id: UUID
    """Id of the frozen copy."""
    filing_id: UUID
    """Id of the filing in onboarding; of the platform's own weekly reports an id that follows from unit and week."""
    campaign_id: UUID | None
    """The campaign that it reports on; null for the platform's own weekly reports."""
    unit_code: str
    """The code of the unit that filed it, on that day."""
    kind: Literal["weekly", "monthly", "final"]
    """The kind of report (loại báo cáo)."""
    period: str | None
    """The period (kỳ), as the filing names it."""
    as_of: date
    """The figures are those of the end of this day."""
    filed_on: date
    """The day of filing."""
    frozen_at: datetime
    """When the figures were copied."""


class FiledProgressView(FiledView):
    """Its figures as they stood then."""

    indicators: list[FigureView]
    """The figures as they stood then."""
    children: list[ChildView]
    """The units below, as they stood then."""


class FiledListView(BaseModel):
    """A unit's filed reports, the latest first."""

    items: list[FiledView]
    """The filed reports, the latest first."""
    next_cursor: str | None = None
    """Always null: at most 200 reports."""
