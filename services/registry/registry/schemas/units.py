"""Bodies about administrative units."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel


class SuccessorView(BaseModel):
    """A unit that took over the whole or a part."""

    code: str
    kind: str
    effective_on: date


class UnitView(BaseModel):
    """A unit as it stood on a day; `path` is the codes from the province down, joined by "/"."""

    id: UUID
    code: str
    name: str
    level: str
    kind: str
    parent_code: str | None
    path: str
    valid_from: date | None
    valid_to: date | None
    successors: list[SuccessorView]


class UnitImportView(BaseModel):
    """What taking over a decree's table changed."""

    id: UUID
    imported_at: datetime
    units_created: int
    units_changed: int
    residents_moved: int
    residents_undecided: int


class UndecidedView(BaseModel):
    """A resident of a divided unit, who waits to be told apart; decide by giving them a unit."""

    resident_id: UUID
    from_unit_code: str
    unit_code: str
