"""Schema changes while the service works: they wait shortly for a lock, try again, and old code stays ready beside new."""

import asyncio
import shutil
import threading
import time
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from chassis.storage import migrations
from chassis.storage.database import Database, asyncpg_url, database_url
from chassis.storage.migrations import backfill, create_database, upgrade
from chassis.testing import unit_event
from chassis.web.health import readiness

EXPANDING = """
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade() -> None:
    op.execute("ALTER TABLE note ADD COLUMN stars int")
"""


@pytest.fixture
def newer_scripts(service, tmp_path):
    """The toy's migrations with one more, of the next release."""
    scripts = tmp_path / "migrations"
    shutil.copytree(service.migrations, scripts)
    (scripts / "versions" / "0002_stars.py").write_text(EXPANDING)
    return scripts


@pytest.fixture
def old_database_url(service, postgres_url):
    url = database_url(postgres_url, f"old_{uuid4().hex[:8]}")
    upgrade(url, service.migrations)
    return url


async def hold_table(url, seconds, holds):
    connection = await asyncpg.connect(asyncpg_url(url))
    async with connection.transaction():
        await connection.execute("LOCK TABLE note IN ACCESS SHARE MODE")
        holds.set()
        await asyncio.sleep(seconds)
    await connection.close()


def test_a_migration_that_meets_a_long_transaction_gives_way_and_tries_again(
    old_database_url, newer_scripts, monkeypatch
):
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "100ms")
    monkeypatch.setattr(migrations, "SECONDS_BETWEEN_TRIES", 0.2)
    holds = threading.Event()
    holding = threading.Thread(target=lambda: asyncio.run(hold_table(old_database_url, 0.8, holds)))
    holding.start()
    holds.wait(10)
    began = time.monotonic()

    upgrade(old_database_url, newer_scripts)

    assert time.monotonic() - began > 0.3
    holding.join()


def test_a_lock_that_is_never_free_ends_the_migration_with_its_reason(old_database_url, newer_scripts, monkeypatch):
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(migrations, "LOCK_TRIES", 2)
    monkeypatch.setattr(migrations, "SECONDS_BETWEEN_TRIES", 0.05)
    holds = threading.Event()
    holding = threading.Thread(target=lambda: asyncio.run(hold_table(old_database_url, 1.5, holds)))
    holding.start()
    holds.wait(10)

    with pytest.raises(Exception, match="lock timeout"):
        upgrade(old_database_url, newer_scripts)
    holding.join()


async def hold_lock_of_migrations(url, holds, may_end):
    connection = await asyncpg.connect(asyncpg_url(url))
    await connection.execute("SELECT pg_advisory_lock(hashtext($1))", migrations.LOCK)
    holds.set()
    await asyncio.to_thread(may_end.wait, 30)
    await connection.close()


def test_while_another_host_migrates_a_database_this_one_waits(old_database_url, newer_scripts):
    holds, may_end = threading.Event(), threading.Event()
    other = threading.Thread(target=lambda: asyncio.run(hold_lock_of_migrations(old_database_url, holds, may_end)))
    other.start()
    assert holds.wait(10)
    waiting = threading.Thread(target=upgrade, args=(old_database_url, newer_scripts))
    waiting.start()
    waiting.join(1)

    assert waiting.is_alive()
    assert asyncio.run(version_of(old_database_url)) == "0001"
    may_end.set()
    waiting.join(30)
    other.join(30)
    assert asyncio.run(version_of(old_database_url)) == "0002"


def test_old_code_leaves_the_schema_of_a_newer_release_as_it_is(old_database_url, newer_scripts, service):
    upgrade(old_database_url, newer_scripts)
    upgrade(old_database_url, service.migrations)

    assert asyncio.run(version_of(old_database_url)) == "0002"


async def version_of(url):
    connection = await asyncpg.connect(asyncpg_url(url))
    version = await connection.fetchval("SELECT version_num FROM alembic_version")
    await connection.close()
    return version


async def test_old_code_stays_ready_when_a_newer_release_has_expanded_its_schema(calling, database, deliver):
    await deliver(unit_event("38", parents=()))
    async with database.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '0002 of the next release'"))
    answer = await calling().get("/readyz")
    assert answer.json()["dependencies"]["database"] == "newer"
    assert answer.status_code == 200


async def test_new_code_is_not_ready_before_its_migrations_ran(runtime, service, newer_scripts):
    runtime.service = replace(service, migrations=newer_scripts)
    assert (await readiness(runtime))["database"] == "schema-differs"


async def test_a_backfill_goes_in_batches_reports_its_progress_and_leaves_rows_that_others_lock(database: Database):
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE filled (id int PRIMARY KEY, old int NOT NULL, new int)"))
        await session.execute(text("INSERT INTO filled SELECT i, i FROM generate_series(1, 25) AS i"))
    reported: list[int] = []

    count = await backfill(
        database,
        "UPDATE filled SET new = old WHERE id IN"
        " (SELECT id FROM filled WHERE new IS NULL ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED)",
        batch=10,
        pause=0,
        progress=reported.append,
    )

    assert (count, reported) == (25, [10, 20, 25])


async def test_a_database_is_made_once(postgres_url):
    url = database_url(postgres_url, f"made_{uuid4().hex[:8]}")
    await asyncio.gather(create_database(url), create_database(url))
    connection = await asyncpg.connect(asyncpg_url(url))
    await connection.close()
