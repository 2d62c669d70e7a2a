"""Bulk writes in the session's transaction."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.storage.database import Session


async def note_use(session: Session, resident_ids: Iterable[UUID]) -> None:
    """Note that another service holds something of these residents (see `model.imports.ResidentUse`)."""
    if ids := sorted(set(resident_ids)):
        await session.execute(_NOTE_USE, {"ids": ids})


_NOTE_USE = text("INSERT INTO resident_use SELECT unnest(cast(:ids AS uuid[])) ON CONFLICT DO NOTHING")


async def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append rows by COPY, several times faster than INSERT. JSON columns take JSON text."""
    # The adapter opens its transaction with the first statement that it executes itself.
    await session.execute(text("SELECT 1"))
    adapter = await (await session.connection()).get_raw_connection()
    driver: Any = adapter.driver_connection
    await driver.copy_records_to_table(table, records=rows, columns=columns)
