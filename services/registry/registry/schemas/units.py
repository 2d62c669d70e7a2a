"""Bodies about administrative units."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from chassis.web.imports import ActorView, UndoStarted
from registry.decrees import Level, SuccessionKind
from registry.model.units import UnitImport
from registry.queries.units import PlacedUnit

KIND_TITLES = {
    "province": "Tỉnh", "city": "Thành phố", "district": "Huyện", "town": "Thị xã", "commune": "Xã", "ward": "Phường",
    "township": "Thị trấn", "special_zone": "Đặc khu", "village": "Thôn", "hamlet": "Thôn",
    "residential_group": "Tổ dân phố", "quarter": "Khu phố",
}  # fmt: skip


class SuccessorView(BaseModel):
    """A unit that took over the whole or a part."""

    code: str
    """The code of the successor."""
    kind: SuccessionKind
    """`whole`, `part` (a divided unit), `unchanged` or `type_changed`."""
    effective_on: date
    """The successor's first day."""


class UnitView(BaseModel):
    """A unit as it stood on a day."""

    id: UUID
    """The unit's id, which is its own even where its code is used again."""
    code: str
    """The code of the National Statistics Office; of a village the commune's code and a number."""
    name: str
    """The name without the kind."""
    title: str
    """The name with the kind in front, as people write it ("Thị trấn Ngọc Lặc")."""
    level: Level
    """`province`, `district`, `commune` or `village`."""
    kind: str
    """`commune`, `ward`, `township`, `village`, `residential_group` ..."""
    parent_code: str | None
    """The unit above."""
    parent_name: str | None
    """The name of the unit above, which distinguishes two units of one name."""
    path: str
    """The codes from the province down, joined by "/"."""
    valid_from: date | None
    """The first day; null: open."""
    valid_to: date | None
    """The last day; null: open."""
    successors: list[SuccessorView]
    """Who took over."""

    @classmethod
    def of(cls, placed: PlacedUnit) -> Self:
        """The view of a unit."""
        return cls(
            **placed.unit.model_dump(), title=_title(placed.unit.kind, placed.unit.name), parent_code=placed.parent_code,
            parent_name=placed.parent_name, path=placed.path,
            successors=[SuccessorView.model_validate(successor._asdict()) for successor in placed.successors],
        )  # fmt: skip


def _title(kind: str, name: str) -> str:
    kind_title = KIND_TITLES.get(kind, "")
    return name if not kind_title or name.casefold().startswith(kind_title.casefold()) else f"{kind_title} {name}"


class UnitImportView(BaseModel):
    """An imported decree and what it changed."""

    id: UUID
    """The id of the import."""
    imported_at: datetime
    """When it was imported."""
    created_at: datetime
    """The same, under the name that every import has."""
    created_by: ActorView
    """Who imported it."""
    units_created: int
    """Units that are new."""
    units_changed: int
    """Units with another name, kind, time or place."""
    residents_moved: int
    """Residents who followed a unit with one successor."""
    residents_undecided: int
    """Residents of divided units, on whom an officer decides."""
    undone_at: datetime | None
    """When the decree was taken back."""
    undone: int
    """Units, residents and organizations that the undo brought back."""
    kept: int
    """Residents and organizations that the undo left, because they had moved on."""

    @classmethod
    def of(cls, record: UnitImport) -> Self:
        """The view of an import."""
        who = ActorView(role="system" if record.imported_by == "system" else "operator", body=None, unit_code=None)
        return cls.model_validate(record.model_dump() | {"created_at": record.imported_at, "created_by": who})


def unit_undo(record: UnitImport) -> UndoStarted:
    """The undo of a decree, which is done with the answer."""
    return UndoStarted(id=record.id, status="undone", undone=record.undone, kept=record.kept)


class UndecidedView(BaseModel):
    """A resident of a divided unit without a decision; an officer decides by changing the resident's unit."""

    resident_id: UUID
    """The resident."""
    from_unit_code: str
    """The unit that was divided."""
    unit_code: str
    """The unit above, where the resident belongs until an officer decides."""
