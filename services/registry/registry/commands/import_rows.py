"""Rows of a commune's list, read in a process with limits, checked and placed in their villages."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import today
from chassis.security.scope import units_of, units_under, valid_on
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownLineage, KnownUnit
from registry.commands.residents import NewIdentity, new_identity
from registry.identifiers import Finding
from registry.lists import CellFinding, ListedResident, ListReader, VillageNames
from registry.lists.villages import NamedVillage
from registry.model.attributes import ATTRIBUTES
from tabular import AnyRow, Table, UnreadableTable
from tabular.findings import missing_columns


@dataclass(frozen=True, slots=True)
class Villages:
    """The unit of a list, and all units below it by id and by their names."""

    top: KnownUnit
    units: dict[UUID, KnownUnit]
    names: VillageNames

    def find(self, written: str | None) -> KnownUnit | Finding:
        """The unit that a cell names, the unit of the list for no name; otherwise what is wrong."""
        if written is None:
            return self.top
        found = self.names.find(written)
        return found if isinstance(found, Finding) else self.units[found]


class PlacedRow(NamedTuple):
    """A valid row in its village, with what needs no database: the identity of a new row, should the person be new."""

    listed: ListedResident
    unit: KnownUnit
    identity: NewIdentity

    @property
    def number(self) -> int:
        """The row's number; the header is row 1."""
        return self.listed.row


class RejectedRow(NamedTuple):
    """A row with its wrong cells, one at least."""

    findings: list[CellFinding]

    @property
    def number(self) -> int:
        """The row's number; the header is row 1."""
        return self.findings[0].row


AnyListedRow = PlacedRow | RejectedRow


async def villages_of(session: ReadSession, unit_id: UUID) -> Villages:
    """The units that a list of a unit may name: itself and all below it today."""
    top = (await units_of(session, [unit_id]))[unit_id]
    below = col(KnownUnit.id).in_(units_under(top.code))
    found = (await session.exec(select(KnownUnit).where(below, valid_on(KnownUnit, today())))).all()
    units = {unit.id: unit for unit in found} | {top.id: top}
    above = await _names_above(session, list(units))
    named = [NamedVillage(u.id, u.code, u.name, u.kind, frozenset(above.get(u.id, ()))) for u in units.values()]
    return Villages(top, units, VillageNames(named))


async def _names_above(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """The names of the units to which each unit ever belonged."""
    found = await session.exec(
        select(KnownLineage.unit_id, KnownUnit.name)
        .join(KnownUnit, col(KnownUnit.id) == col(KnownLineage.parent_id))
        .where(col(KnownLineage.unit_id).in_(ids))
    )
    names: dict[UUID, set[str]] = {}
    for unit_id, name in found:
        names.setdefault(unit_id, set()).add(name)
    return names


def check_villages(table: Table, top: KnownUnit) -> None:
    """A list without a column of villages can only be the list of one village, the unit of the import."""
    if "village" not in table.titles and top.level != "village":
        raise UnreadableTable(missing_columns({"village": ATTRIBUTES["unit_code"].title}))


async def placed_batches(
    rows: AsyncGenerator[AnyRow], reader: ListReader, villages: Villages, next_row: int, batch_rows: int
) -> AsyncGenerator[list[AnyListedRow]]:
    """The rows from `next_row` on in batches, each checked in a thread while the batch before is being used."""
    batches = _batches(rows, reader, villages, next_row, batch_rows)
    coming = asyncio.ensure_future(anext(batches, None))
    try:
        while batch := await coming:
            coming = asyncio.ensure_future(anext(batches, None))
            yield batch
    finally:
        with suppress(UnreadableTable):
            await coming  # a thread may still be working on it
        await batches.aclose()


async def _batches(
    rows: AsyncGenerator[AnyRow], reader: ListReader, villages: Villages, next_row: int, batch_rows: int
) -> AsyncGenerator[list[AnyListedRow]]:
    batch: list[AnyRow] = []
    async for row in rows:
        if row.number >= next_row:
            batch.append(row)
        if len(batch) == batch_rows:
            yield await asyncio.to_thread(_place_all, batch, reader, villages)
            batch = []
    if batch:
        yield await asyncio.to_thread(_place_all, batch, reader, villages)


def _place_all(rows: Sequence[AnyRow], reader: ListReader, villages: Villages) -> list[AnyListedRow]:
    return [_placed(reader.outcome_of(row), villages) for row in rows]


def _placed(outcome: ListedResident | list[CellFinding], villages: Villages) -> AnyListedRow:
    if isinstance(outcome, list):
        return RejectedRow(outcome)
    unit = villages.find(outcome.village)
    if isinstance(unit, Finding):
        return RejectedRow([CellFinding(outcome.row, outcome.village_column, unit)])
    return PlacedRow(outcome, unit, new_identity({"personal_id": outcome.personal_id, **outcome.others}))


def stated_values(listed: ListedResident) -> dict[str, Any]:
    """The attributes that a row states, by name."""
    values: dict[str, Any] = {
        "full_name": listed.full_name,
        "date_of_birth": listed.birth.day,
        "birth_precision": listed.birth.precision,
        "sex": listed.sex,
        "id_document": listed.id_document if listed.states_document else None,
    } | {name: value for name, value in listed.others.items() if ATTRIBUTES[name].stated}
    if not values.get("phone"):
        values.pop("phone_owner_verified", None)
    return {name: value for name, value in values.items() if value is not None}
