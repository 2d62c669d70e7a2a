"""One batch of a commune's list: newcomers are registered, known residents compared, everything is counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from chassis.clock import now
from chassis.storage.database import ReadSession, Session
from chassis.storage.tables import KnownUnit
from registry.commands.attributes import propose_value
from registry.commands.bulk import copy_rows
from registry.commands.identifier_locks import IdentifierOwner, Subject, lock_subjects, resident_of
from registry.commands.import_rows import AnyListedRow, PlacedRow, RejectedRow, Villages, stated_values
from registry.commands.residents import (
    Newcomer,
    amend_resident,
    household_ids,
    register_newcomers,
    relocate_resident,
)
from registry.identifiers import Finding
from registry.lists import CellFinding, ListedResident
from registry.model.imports import ImportedResident, ResidentImport
from registry.model.ranking import Origin, origin_of
from registry.model.residents import Resident
from registry.names import is_same_name, is_worse_name, shares_no_word

SOURCE = "import"

EXISTS_ELSEWHERE = Finding(
    "resident-exists",
    "Người này đã được đăng ký ở đơn vị khác",
    "This person is registered in another unit",
)
TWICE_IN_LIST = Finding(
    "duplicate-row",
    "Số này đã có ở dòng trước với thông tin khác",
    "An earlier row has this number with other values",
)
MERGED_OR_DECEASED = Finding(
    "resident-closed",
    "Hồ sơ của người này đã đóng (đã mất hoặc đã gộp)",
    "This person's record is closed (deceased or merged)",
)
NUMBER_OF_ANOTHER = Finding(
    "number-of-another",
    "Số này là của một người khác trong đơn vị: cả họ tên và ngày sinh đều khác. Hãy kiểm tra lại số",
    "This number belongs to another person of the unit: name and date of birth both differ. Check the number",
)
WORSE_NAME = Finding(
    "name-worse",
    "Tên trong danh sách thiếu chữ hoặc thiếu dấu so với tên đã có: tên cũ được giữ, chờ cán bộ quyết định",
    "The name has fewer parts or accents than the stored one: that one stays until an officer decides",
)


@dataclass(frozen=True, slots=True)
class RowComparison:
    """A row beside the resident it is about: `values` differ from what is stored, `worse_name` is left to a decision."""

    values: Mapping[str, Any]
    worse_name: str | None = None
    finding: Finding | None = None
    """Why the row is rejected."""


def compare(listed: ListedResident, resident: Resident, *, is_here: bool, seen: bool) -> RowComparison:
    """What a row would change. `is_here`: the resident lives in the unit of the list; `seen`: an earlier row was theirs."""
    if not is_here:
        return RowComparison({}, finding=EXISTS_ELSEWHERE)
    values = stated_values(listed)
    name, present = values["full_name"], resident.full_name
    worse = is_worse_name(name, present)
    if worse or (is_same_name(name, present) and not (present.isupper() and not name.isupper())):
        del values["full_name"]
    differing = {key: value for key, value in values.items() if resident.value(key) != value}
    finding = _refusal(differing, name, resident, seen=seen)
    return RowComparison(differing, name if worse else None, finding)


def _refusal(differing: Mapping[str, Any], name: str, resident: Resident, *, seen: bool) -> Finding | None:
    if not differing:
        return None
    if resident.life != "alive":
        return MERGED_OR_DECEASED
    if seen:
        return TWICE_IN_LIST
    if "date_of_birth" in differing and shares_no_word(name, resident.full_name):
        return NUMBER_OF_ANOTHER
    return None


@dataclass
class _Batch:
    """The state of a batch: newcomers, rejections, warnings and counts."""

    villages: Villages
    record: ResidentImport
    origin: Origin
    newcomers: dict[Subject, PlacedRow] = field(default_factory=dict)
    rejections: list[CellFinding] = field(default_factory=list)
    rejected_rows: set[int] = field(default_factory=set)
    warnings: list[CellFinding] = field(default_factory=list)
    imported: list[tuple[Any, ...]] = field(default_factory=list)
    updated: int = 0
    unchanged: int = 0

    def reject(self, listed: ListedResident, column: str, finding: Finding) -> None:
        self.rejections.append(CellFinding(listed.row, column, finding))
        self.rejected_rows.add(listed.row)


async def import_batch(session: Session, import_id: UUID, rows: Sequence[AnyListedRow], villages: Villages) -> None:
    """One batch and its progress, in one transaction."""
    record = await session.get_one(ResidentImport, import_id, with_for_update=True)
    rows = [row for row in rows if row.number >= record.next_row]
    if not rows:
        return
    batch = _Batch(villages, record, origin_of(SOURCE, now()))
    placed = [row for row in rows if isinstance(row, PlacedRow)]
    for row in rows:
        if isinstance(row, RejectedRow):
            batch.rejections += row.findings
            batch.rejected_rows.add(row.number)
    newcomers = {row.identity.by_number: row.identity.id for row in reversed(placed)}
    owners = await lock_subjects(session, list(_subjects(placed)), newcomers)
    known = await _known(session, newcomers, owners)
    households = await household_ids(
        session, [(row.unit.id, row.listed.household_code) for row in placed if row.listed.household_code]
    )
    for row in placed:
        resident = known.get(row.identity.by_number)
        if resident is None:
            _add_newcomer(batch, row)
        else:
            await _take_row(session, batch, row, resident, households)
    await _register(session, batch, households, owners)
    await _store_findings(session, batch, placed)
    _count(batch, rows)


def _subjects(placed: Sequence[PlacedRow]) -> Iterator[Subject]:
    for row in placed:
        yield row.identity.by_number
        if row.identity.by_phone:
            yield row.identity.by_phone


async def _known(
    session: Session, newcomers: Mapping[Subject, UUID], owners: Mapping[bytes, IdentifierOwner]
) -> dict[Subject, Resident]:
    """Residents who are registered already, by personal number; all indexes of the batch are locked from here on."""
    ids = {
        number: resident_id
        for number, new in newcomers.items()
        if (resident_id := resident_of(number, owners)) not in (None, new)
    }
    return await residents_by_number(session, {number: id for number, id in ids.items() if id})


async def residents_by_number(session: ReadSession, ids: Mapping[Subject, UUID]) -> dict[Subject, Resident]:
    """The residents with these ids, by their numbers."""
    if not ids:
        return {}
    found = await session.execute(_BY_IDS, {"ids": list(ids.values())})
    residents = {resident.id: resident for resident in found.scalars()}
    return {number: residents[resident_id] for number, resident_id in ids.items() if resident_id in residents}


_BY_IDS = select(Resident).from_statement(text("SELECT * FROM resident WHERE id = ANY(cast(:ids AS uuid[]))"))


def _add_newcomer(batch: _Batch, row: PlacedRow) -> None:
    earlier = batch.newcomers.setdefault(row.identity.by_number, row)
    if earlier is row:
        return
    if is_same_row(earlier, row):
        batch.unchanged += 1
    else:
        batch.reject(row.listed, "personal_id", TWICE_IN_LIST)


def is_same_row(one: PlacedRow, other: PlacedRow) -> bool:
    """Whether two rows state the same about the same unit."""
    return stated_values(one.listed) == stated_values(other.listed) and one.unit.id == other.unit.id


async def _take_row(
    session: Session, batch: _Batch, row: PlacedRow, resident: Resident, households: Mapping[tuple[UUID, str], UUID]
) -> None:
    """Compare a row with the resident who is known, and store what differs."""
    listed, unit = row.listed, row.unit
    old_unit = batch.villages.units.get(resident.unit_id)
    seen = resident.import_id == batch.record.id
    found = compare(listed, resident, is_here=old_unit is not None, seen=seen)
    code = listed.household_code
    kept_household = resident.household_id if unit.id == resident.unit_id else None
    household_id = households.get((unit.id, code)) if code else kept_household
    is_elsewhere = unit.id != resident.unit_id or household_id != resident.household_id
    finding = found.finding or (
        _refusal({"unit_code": unit}, listed.full_name, resident, seen=seen) if is_elsewhere else None
    )
    if finding or old_unit is None:
        batch.reject(listed, "personal_id", finding or EXISTS_ELSEWHERE)
        return
    if found.worse_name and resident.life == "alive":
        await propose_value(session, resident, "full_name", found.worse_name, SOURCE, batch.record.imported_by)
        batch.warnings.append(CellFinding(listed.row, "full_name", WORSE_NAME))
    if found.values or is_elsewhere:
        await _update(session, batch, resident, old_unit, row, household_id, found.values)
    else:
        batch.unchanged += 1


async def _update(
    session: Session, batch: _Batch, resident: Resident, old_unit: KnownUnit, row: PlacedRow,
    household_id: UUID | None, values: Mapping[str, Any],
) -> None:  # fmt: skip
    version, before_household = resident.version, resident.household_id
    await relocate_resident(session, resident, old_unit, row.unit)
    is_rehoused = household_id != resident.household_id
    resident.household_id = household_id
    done = await amend_resident(session, resident, row.unit, values, batch.origin, batch.record.imported_by)
    if is_rehoused and not done.changed and resident.version == version:
        resident.touch(now())
    resident.import_id = batch.record.id
    if resident.version == version:
        batch.unchanged += 1
        return
    batch.updated += 1
    before = {
        "unit_id": str(old_unit.id),
        "household_id": str(before_household) if before_household else None,
        "history": {name: str(record) if record else None for name, record in done.history.items()},
        "origins": {name: origin.model_dump(mode="json") for name, (_, origin) in done.changed.items()},
    }
    session.add(ImportedResident(import_id=batch.record.id, resident_id=resident.id, row=row.number, kind="updated",
                                 version=resident.version, before=before))  # fmt: skip


async def _register(
    session: Session,
    batch: _Batch,
    households: Mapping[tuple[UUID, str], UUID],
    owners: Mapping[bytes, IdentifierOwner],
) -> None:
    newcomers = []
    for row in batch.newcomers.values():
        code = row.listed.household_code
        newcomers.append(
            Newcomer(
                unit=row.unit,
                household_id=households[row.unit.id, code] if code else None,
                identity=row.identity,
                values=stated_values(row.listed) | {"id_document": row.listed.id_document},
                origin=batch.origin,
                import_id=batch.record.id,
            )
        )
    if not newcomers:
        return
    await register_newcomers(session, newcomers, owners)
    await copy_rows(
        session, "imported_resident", ("import_id", "resident_id", "row", "kind", "version"),
        [(batch.record.id, row.identity.id, row.number, "created", 1) for row in batch.newcomers.values()],
    )  # fmt: skip


async def _store_findings(session: Session, batch: _Batch, placed: Sequence[PlacedRow]) -> None:
    accepted = [row.listed.warnings for row in placed if row.number not in batch.rejected_rows]
    batch.warnings += [finding for warnings in accepted for finding in warnings]
    await store_findings(session, "import_rejection", batch.record.id, batch.rejections)
    batch.record.warnings += await store_findings(session, "import_warning", batch.record.id, batch.warnings)


async def store_findings(session: Session, table: str, import_id: UUID, findings: Iterable[CellFinding]) -> int:
    """Append rejections or warnings, each code once for a cell; how many."""
    rows = {(import_id, f.row, f.column, f.code): (f.finding.vi, f.finding.en) for f in findings}
    if rows:
        await copy_rows(session, table, ("import_id", "row", "column", "code", "vi", "en"),
                        [(*key, *messages) for key, messages in rows.items()])  # fmt: skip
    return len(rows)


def _count(batch: _Batch, rows: Sequence[AnyListedRow]) -> None:
    record = batch.record
    record.total_rows += len(rows)
    record.created += len(batch.newcomers)
    record.updated += batch.updated
    record.unchanged += batch.unchanged
    record.rejected += len(batch.rejected_rows)
    record.next_row = rows[-1].number + 1
    record.attempts = 0
