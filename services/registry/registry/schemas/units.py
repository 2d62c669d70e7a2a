"""Bodies about administrative units."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from registry.queries.units import PlacedUnit


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

    @classmethod
    def of(cls, placed: PlacedUnit) -> Self:
        """The view of a unit."""
        return cls(
            **placed.unit.model_dump(), parent_code=placed.parent_code, path=placed.path,
            successors=[SuccessorView(**successor._asdict()) for successor in placed.successors],
        )  # fmt: skip


class UnitImportView(BaseModel):
    """An imported decree and what it changed."""

    id: UUID
    imported_at: datetime
    units_created: int
    units_changed: int
    residents_moved: int
    residents_undecided: int


class UndecidedView(BaseModel):
    """A resident of a divided unit without a decision; an officer decides by changing the resident's unit."""

    resident_id: UUID
    from_unit_code: str
    unit_code: str
