"""Bulk writes in the session's transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text

from chassis.storage.database import Session


async def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append rows by COPY, several times faster than INSERT. JSON columns take JSON text."""
    # The adapter opens its transaction with the first statement that it executes itself.
    await session.execute(text("SELECT 1"))
    adapter = await (await session.connection()).get_raw_connection()
    driver: Any = adapter.driver_connection
    await driver.copy_records_to_table(table, records=rows, columns=columns)
