"""What was kept long enough is deleted by one job, and each batch leaves a record without personal data."""

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from chassis.clock import now
from chassis.ids import new_id
from chassis.messaging.bus.choose import bus_of
from chassis.runtime import HOUSEKEEPING, RETENTION, Runtime
from chassis.storage import retention
from chassis.storage.database import Database
from chassis.storage.retention import JOB, Retention, delete_expired

DAY = timedelta(days=1)
PERIODS = (Retention("inbox", "applied_at", 30 * DAY, "technical"),)


async def apply_events(database: Database, *ages: timedelta) -> None:
    async with database.transaction() as session:
        for age in ages:
            values = {"id": new_id(), "at": now() - age}
            await session.execute(text("INSERT INTO inbox (event_id, applied_at) VALUES (:id, :at)"), values)


async def records(database: Database) -> list[Any]:
    return await database.fetch("SELECT * FROM deletion ORDER BY id")


async def test_old_rows_are_deleted_and_the_record_says_what_how_many_and_of_which_time(database: Database) -> None:
    await apply_events(database, 40 * DAY, 31 * DAY, 29 * DAY, timedelta())

    await delete_expired(database, "toy", PERIODS)

    [record] = await records(database)
    assert (record["job"], record["table_name"], record["column_cleared"]) == (JOB, "inbox", None)
    assert (record["ground"], record["rows"]) == ("technical", 2)
    assert timedelta(days=39.9) < now() - record["oldest"] < timedelta(days=40.1)
    assert timedelta(days=30.9) < now() - record["newest"] < timedelta(days=31.1)
    assert now() - record["deleted_at"] < timedelta(minutes=1)
    assert len(await database.fetch("SELECT 1 FROM inbox")) == 2


async def test_where_nothing_is_old_nothing_is_recorded(database: Database) -> None:
    await apply_events(database, DAY)
    await delete_expired(database, "toy", PERIODS)
    assert await records(database) == []


async def test_many_rows_go_batch_by_batch_in_one_run_and_the_oldest_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    await apply_events(database, *(number * DAY for number in (35, 34, 33, 32, 31)))

    await delete_expired(database, "toy", PERIODS)

    found = await records(database)
    assert [each["rows"] for each in found] == [2, 2, 1]
    assert len({each["run_id"] for each in found}) == 1
    assert [each["oldest"] for each in found] == sorted(each["oldest"] for each in found)
    assert await database.fetch("SELECT 1 FROM inbox") == []


async def test_another_run_has_another_number(database: Database) -> None:
    for _ in range(2):
        await apply_events(database, 31 * DAY)
        await delete_expired(database, "toy", PERIODS)
    assert len({each["run_id"] for each in await records(database)}) == 2


async def test_a_column_may_be_emptied_while_the_row_stays(database: Database) -> None:
    await database.fetch("CREATE TABLE letter (at timestamptz NOT NULL, body text NOT NULL)")
    await database.fetch("INSERT INTO letter VALUES (now() - interval '91 days', 'secret'), (now(), 'new')")
    period = (Retention("letter", "at", 90 * DAY, "purpose_reached", clears="body"),)

    for _ in range(2):
        await delete_expired(database, "toy", period)

    assert [each["body"] for each in await database.fetch("SELECT body FROM letter ORDER BY at")] == ["", "new"]
    [record] = await records(database)
    assert (record["table_name"], record["column_cleared"], record["rows"]) == ("letter", "body", 1)


async def test_without_its_record_nothing_is_deleted(database: Database) -> None:
    await apply_events(database, 31 * DAY)
    await database.fetch("ALTER TABLE deletion RENAME TO elsewhere")

    with pytest.raises(Exception, match="deletion"):
        await delete_expired(database, "toy", PERIODS)

    assert len(await database.fetch("SELECT 1 FROM inbox")) == 1


def counted() -> float | None:
    labels = {"service": "toy", "table": "inbox", "ground": "technical"}
    return REGISTRY.get_sample_value("bakhong_deleted_rows_total", labels)


async def test_the_metric_counts_rows_by_table_and_ground(database: Database) -> None:
    before = counted() or 0
    await apply_events(database, 31 * DAY, 32 * DAY)
    await delete_expired(database, "toy", PERIODS)
    assert (counted() or 0) - before == 2


async def test_the_hourly_job_of_every_service_applies_its_periods(database: Database, runtime: Runtime) -> None:
    await apply_events(database, 31 * DAY)
    [job] = [each for each in HOUSEKEEPING if each.name == JOB]

    runtime.bus = bus_of(runtime.settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"}))
    await job.work(runtime)

    assert [each["table_name"] for each in await records(database)] == ["inbox"]
    assert {period.table for period in RETENTION} == {"inbox", "idempotency_key"}


async def test_operators_auditors_and_services_read_the_log_page_by_page(
    database: Database, calling: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    await apply_events(database, 33 * DAY, 32 * DAY, 31 * DAY)
    await delete_expired(database, "toy", PERIODS)

    path = "/internal/deletions?limit=2"
    first = (await calling("operator").get(path)).json()
    rest = (await calling("auditor", unit_code="38").get(f"{path}&cursor={first['next_cursor']}")).json()

    assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [2, 1, None]
    assert (await calling("operator").get("/internal/deletions?table=guess")).json()["items"] == []
    assert (await calling("officer", unit_code="15724").get(path)).status_code == 403
    assert (await calling().get(path)).status_code == 401
