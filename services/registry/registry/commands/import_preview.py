"""What a commune's list would do, computed without writing anything."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

from chassis.clock import today
from chassis.errors import TooLarge
from chassis.storage.database import Database, ReadSession
from chassis.storage.tables import KnownUnit
from registry.commands.import_batches import (
    EXISTS_ELSEWHERE,
    TWICE_IN_LIST,
    WORSE_NAME,
    RowComparison,
    compare,
    is_same_row,
    residents_by_number,
)
from registry.commands.import_rows import (
    AnyListedRow,
    PlacedRow,
    RejectedRow,
    Villages,
    check_villages,
    placed_batches,
    villages_of,
)
from registry.identifiers import Finding
from registry.lists import COLUMNS, CellFinding, ListReader
from registry.model.residents import Resident
from registry.queries.residents import find_owner_ids, household_codes_of
from tabular import UnreadableTable, open_table

MOST_LISTED = 100
"""So many changes, rejections and warnings are listed; the counts are of all."""


@dataclass(frozen=True, slots=True)
class ListedChange:
    """A value that a row would replace."""

    row: int
    resident_id: UUID
    field: str
    old: Any
    new: Any


@dataclass
class Preview:
    """Counts of a list, and the first of its changes, rejections and warnings."""

    total_rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0
    changes: list[ListedChange] = field(default_factory=list)
    rejections: list[CellFinding] = field(default_factory=list)
    warning_list: list[CellFinding] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Up to three converted texts of a file in a legacy encoding."""
    failure: Finding | None = None
    seen: dict[Any, PlacedRow] = field(default_factory=dict)

    def reject(self, findings: Sequence[CellFinding]) -> None:
        """Count a rejected row."""
        self.rejected += 1
        self.rejections += findings[: max(0, MOST_LISTED - len(self.rejections))]

    def warn(self, findings: Sequence[CellFinding]) -> None:
        """Count warnings, each code once for a cell."""
        once = list({(f.row, f.column, f.code): f for f in findings}.values())
        self.warnings += len(once)
        self.warning_list += once[: max(0, MOST_LISTED - len(self.warning_list))]

    def change(self, changes: Sequence[ListedChange]) -> None:
        """Count a changed row."""
        self.changed += 1
        self.changes += changes[: max(0, MOST_LISTED - len(self.changes))]


async def preview_list(database: Database, file: BinaryIO, unit: KnownUnit, max_bytes: int, batch_rows: int) -> Preview:
    """What an import of this file would do. A file that cannot be read is one rejection of row 1."""
    size = await asyncio.to_thread(file.seek, 0, 2)
    if size > max_bytes:
        raise TooLarge()
    preview = Preview()
    async with database.reading() as session:
        villages = await villages_of(session, unit.id)
        try:
            await _preview_rows(session, file, villages, batch_rows, preview)
        except UnreadableTable as error:
            preview.failure = error.finding
            preview.rejections.insert(0, CellFinding(1, "", error.finding))
    return preview


async def _preview_rows(
    session: ReadSession, file: BinaryIO, villages: Villages, batch_rows: int, preview: Preview
) -> None:
    async with open_table(file, COLUMNS) as table:
        check_villages(table.table, villages.top)
        reader = ListReader.of(table.table, today(), needs_village=villages.top.level != "village")
        async with aclosing(placed_batches(table.rows(), reader, villages, 0, batch_rows)) as batches:
            async for batch in batches:
                await _preview_batch(session, batch, villages, preview)
        preview.warn([CellFinding(1, "", notice.finding) for notice in table.table.notices])
        preview.names = [name for notice in table.table.notices for name in notice.preview]


async def _preview_batch(
    session: ReadSession, rows: Sequence[AnyListedRow], villages: Villages, preview: Preview
) -> None:
    placed = [row for row in rows if isinstance(row, PlacedRow)]
    numbers = {row.identity.by_number for row in placed}
    known = await residents_by_number(session, await find_owner_ids(session, numbers))
    households = await household_codes_of(session, list(known.values()))
    preview.total_rows += len(rows)
    for row in rows:
        if isinstance(row, RejectedRow):
            preview.reject(row.findings)
            continue
        resident = known.get(row.identity.by_number)
        first = preview.seen.setdefault(row.identity.by_number, row)
        if resident is None:
            _preview_newcomer(row, first, preview)
        else:
            code = households.get(resident.household_id) if resident.household_id else None
            _preview_known(row, resident, code, villages, preview, seen=first is not row)


def _preview_newcomer(row: PlacedRow, first: PlacedRow, preview: Preview) -> None:
    if first is row:
        preview.created += 1
        preview.warn(row.listed.warnings)
    elif is_same_row(first, row):
        preview.unchanged += 1
        preview.warn(row.listed.warnings)
    else:
        preview.reject([CellFinding(row.number, "personal_id", TWICE_IN_LIST)])


def _preview_known(
    row: PlacedRow, resident: Resident, household_code: str | None, villages: Villages, preview: Preview, *, seen: bool
) -> None:
    old_unit = villages.units.get(resident.unit_id)
    found = compare(row.listed, resident, is_here=old_unit is not None, seen=seen)
    if found.finding or old_unit is None:
        preview.reject([CellFinding(row.number, "personal_id", found.finding or EXISTS_ELSEWHERE)])
        return
    preview.warn(row.listed.warnings)
    if found.worse_name:
        preview.warn([CellFinding(row.number, "full_name", WORSE_NAME)])
    changes = list(_changes(row, resident, found, old_unit, household_code))
    if changes:
        preview.change(changes)
    else:
        preview.unchanged += 1


def _changes(
    row: PlacedRow, resident: Resident, found: RowComparison, old_unit: KnownUnit, household_code: str | None
) -> list[ListedChange]:
    pairs = [(name, resident.value(name), value) for name, value in found.values.items()]
    code = row.listed.household_code
    if row.unit.id != old_unit.id:
        pairs.append(("unit_code", old_unit.code, row.unit.code))
        household_code = None
    if code and code != household_code:
        pairs.append(("household_code", household_code, code))
    return [ListedChange(row.number, resident.id, name, old, new) for name, old, new in pairs]
