"""Deletes rows that were kept long enough, and records each deletion: what, how many, of which time, on which ground.

A service lists its periods (`Service.retention`); one hourly job applies them, batch by batch. A batch and its record are one
statement, so neither is without the other. Records hold no personal data and are kept always (docs/retention.md).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import text

from chassis.clock import now
from chassis.ids import new_id
from chassis.observability import metrics
from chassis.storage.database import Database

Ground = Literal["technical", "purpose_reached"]
"""`technical`: what the machinery remembers to do a thing once. `purpose_reached`: data of persons whose purpose is reached (Law
91/2025/QH15)."""
JOB = "delete old rows"
BATCH = 5_000


@dataclass(frozen=True)
class Retention:
    """How long rows of a table are kept after the instant in `column`; rows that hang on them by a foreign key go with them.

    With `clears` the rows stay, and this column (not null) becomes empty.
    """

    table: str
    column: str
    kept: timedelta
    ground: Ground
    clears: str | None = None


async def delete_expired(database: Database, service: str, periods: tuple[Retention, ...]) -> None:
    """One run over all periods; each batch is a transaction."""
    run = new_id()
    for period in periods:
        deleted = BATCH
        while deleted == BATCH:
            deleted = await _delete_batch(database, run, period)
            if deleted:
                metrics.DELETED.labels(service, period.table, period.ground).inc(deleted)


async def _delete_batch(database: Database, run: UUID, period: Retention) -> int:
    moment = now()
    values = {
        "id": new_id(), "run": run, "job": JOB, "table": period.table, "cleared": period.clears, "ground": period.ground,
        "before": moment - period.kept, "now": moment, "batch": BATCH,
    }  # fmt: skip
    async with database.transaction() as session:
        recorded = (await session.execute(text(_statement(period)), values)).first()
    return int(recorded[0]) if recorded else 0


def _statement(period: Retention) -> str:
    table, column = period.table, period.column
    still_there = f"AND {period.clears} <> ''" if period.clears else ""
    change = f"UPDATE {table} SET {period.clears} = ''" if period.clears else f"DELETE FROM {table}"
    # A row that changes meanwhile has another ctid and waits for the next run.
    return (
        f"WITH gone AS ({change} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {column} < :before {still_there}"
        f" ORDER BY {column} LIMIT :batch)) AND {column} < :before RETURNING {column} AS at)"
        " INSERT INTO deletion (id, run_id, job, table_name, column_cleared, ground, rows, oldest, newest, deleted_at)"
        " SELECT cast(:id AS uuid), cast(:run AS uuid), :job, :table, :cleared, :ground, count(*), min(at), max(at),"
        " cast(:now AS timestamptz) FROM gone HAVING count(*) > 0 RETURNING rows"
    )
