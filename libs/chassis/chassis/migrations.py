"""Schema changes: alembic per service, on a database that is made when it is not there."""

import asyncio
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command, context, op
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from chassis.database import ChassisTable, asyncpg_url, sqlalchemy_url

LOCK_TIMEOUT = "4s"
"""A migration that cannot get its lock gives up instead of stopping the service behind it."""


def upgrade(url: str, scripts: Path) -> None:
    """Makes the database if needed and brings its schema to the newest version. Must not run inside an event loop."""
    asyncio.run(create_database(url))
    command.upgrade(_config(url, scripts), "head")


async def create_database(url: str) -> None:
    """Makes an empty database if there is none of this name."""
    wanted = make_url(asyncpg_url(url))
    admin = await asyncpg.connect(wanted.set(database="postgres").render_as_string(hide_password=False), timeout=10)
    try:
        if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", wanted.database):
            await admin.execute(f'CREATE DATABASE "{wanted.database}"')
    except asyncpg.DuplicateDatabaseError:
        pass  # another process was faster
    finally:
        await admin.close()


def head_of(scripts: Path) -> str:
    """The newest version that this code knows."""
    return ScriptDirectory(str(scripts)).get_current_head() or ""


def run_environment(metadata: MetaData) -> None:
    """What a service's `migrations/env.py` calls."""
    url = context.config.attributes["url"]
    asyncio.run(_with_connection(url, lambda connection: _run(connection, metadata)))


def create_chassis_tables_1() -> None:
    """The chassis's tables, for a service's first migration. A later change of theirs is a new function beside this one."""
    for statement in files("chassis").joinpath("chassis_tables_1.sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)


async def _with_connection(url: str, work: Callable[[Connection], Any]) -> None:
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool)
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
