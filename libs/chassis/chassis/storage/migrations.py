"""Schema changes: alembic per service, on a database that is made when it is not there."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command, context, op
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from chassis.observability.log import logger
from chassis.storage.database import ChassisTable, Database, asyncpg_url, connect, sqlalchemy_url

LOCK_TIMEOUT = "2s"
"""A migration that cannot get its lock gives up instead of stopping the service behind it, and tries again later."""
LOCK_TRIES = 15
SECONDS_BETWEEN_TRIES = 4.0
LOCK_NOT_AVAILABLE = "55P03"
LOCK = "bakhong migrations"
SECONDS_BETWEEN_LOOKS = 0.5


def upgrade(url: str, scripts: Path) -> None:
    """Makes the database if needed and brings its schema to the newest version. Must not run inside an event loop.

    A database that a newer release has expanded is left as it is: old code works on it, and may be started again to go back.
    Waits for a lock only briefly, so that it does not block others, and tries again from the version reached: for
    about a minute and a half in all, then the error of the last try is raised.
    """
    asyncio.run(create_database(url))
    asyncio.run(_alone(url, partial(_upgrade, url, scripts)))


async def _alone(url: str, work: Callable[[], None]) -> None:
    """Does the work while no other process migrates this database: two hosts may start at the same moment."""
    holder = await connect(url, "lock of migrations")
    try:
        # Asked again and again: an index that is built CONCURRENTLY would wait for a statement that waits for the lock.
        while not await holder.fetchval("SELECT pg_try_advisory_lock(hashtext($1))", LOCK):  # noqa: ASYNC110  # another process holds it
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        await asyncio.to_thread(work)
    finally:
        await holder.close(timeout=2)


def _upgrade(url: str, scripts: Path) -> None:
    version = asyncio.run(_version_of(url))
    if version is not None and not is_known(scripts, version):
        logger.info("the schema is a newer release's", version=version)
        return
    for left in reversed(range(LOCK_TRIES)):
        try:
            command.upgrade(_config(url, scripts), "head")
            return
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE or not left:
                raise
            logger.warning("migration lock timeout", tries_left=left)
            time.sleep(SECONDS_BETWEEN_TRIES)


async def _version_of(url: str) -> str | None:
    connection = await asyncpg.connect(asyncpg_url(url), timeout=10)
    try:
        if not await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL"):
            return None
        version: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return version
    finally:
        await connection.close()


async def backfill(
    database: Database, statement: str, *, batch: int = 1000, pause: float = 0.05,
    progress: Callable[[int], None] = lambda rows: None,
) -> int:  # fmt: skip
    """Fills what an expanding migration left empty, while all processes work: batches, each in a short transaction.

    `statement` changes at most `:batch` rows that are not filled yet and skips those that others hold (`FOR UPDATE SKIP
    LOCKED`); it is run until it finds none. `progress` is called with the number of rows so far; returns the total. It can be
    interrupted and started again.
    """
    filled = 0
    while True:
        async with database.transaction() as session:
            done = (await session.execute(text(statement), {"batch": batch})).rowcount
        if not done:
            return filled
        filled += done
        progress(filled)
        await asyncio.sleep(pause)


async def create_database(url: str) -> None:
    """Makes an empty database if there is none of this name."""
    wanted = make_url(asyncpg_url(url))
    admin = await asyncpg.connect(wanted.set(database="postgres").render_as_string(hide_password=False), timeout=10)
    try:
        if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", wanted.database):
            await admin.execute(f'CREATE DATABASE "{wanted.database}"')
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # another process was faster
    finally:
        await admin.close()


def head_of(scripts: Path) -> str:
    """The newest version that this code knows."""
    return ScriptDirectory(str(scripts)).get_current_head() or ""


def is_known(scripts: Path, version: str) -> bool:
    """Whether this code has the migration that made this version."""
    return any(script.revision == version for script in ScriptDirectory(str(scripts)).walk_revisions())


def run_environment(metadata: MetaData) -> None:
    """What a service's `migrations/env.py` calls."""
    url = context.config.attributes["url"]
    asyncio.run(_with_connection(url, lambda connection: _run(connection, metadata)))


def create_chassis_tables_1() -> None:
    """The chassis's tables, for a service's first migration. A later change is a new function beside this one."""
    _execute_script("chassis_tables_1.sql")


def create_chassis_tables_2() -> None:
    """The progress of key rotation."""
    _execute_script("chassis_tables_2.sql")


def create_chassis_tables_3() -> None:
    """The log of deletions."""
    _execute_script("chassis_tables_3.sql")


def _execute_script(name: str) -> None:
    for statement in files("chassis").joinpath(name).read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)


async def _with_connection(url: str, work: Callable[[Connection], Any]) -> None:
    engine = create_async_engine(
        sqlalchemy_url(url), poolclass=NullPool, async_creator=partial(connect, url, "migration")
    )
    async with engine.connect() as connection:
        await connection.run_sync(work)
        await connection.commit()
    await engine.dispose()


def _run(connection: Connection, metadata: MetaData) -> None:
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    connection.commit()
    context.configure(
        connection=connection, target_metadata=[metadata, ChassisTable.metadata], transaction_per_migration=True,
        compare_type=True,
    )  # fmt: skip
    with context.begin_transaction():
        context.run_migrations()


def _config(url: str, scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.attributes["url"] = url
    return config
