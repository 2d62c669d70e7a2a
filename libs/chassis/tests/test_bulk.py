"""Rows in bulk, on a real database."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from chassis.storage.bulk import BulkInsert
from chassis.storage.database import Database, new_tables


class BulkTable(SQLModel, registry=new_tables()):
    """The tables of these tests."""


class Stall(BulkTable, table=True):
    __tablename__ = "stall"

    version: int = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    opened_on: date
    visits: int
    notes: dict[str, str] = Field(sa_type=JSONB)


class Tagged(BulkTable, table=True):
    __tablename__ = "tagged"

    id: int = Field(primary_key=True)
    tags: list[str] = Field(sa_type=ARRAY(JSONB))


COLUMNS = ["id", "opened_on", "visits", "notes"]
ADD = BulkInsert(Stall, COLUMNS, constants=["version"], update={"visits": "old.visits + excluded.visits"})
KEEP = BulkInsert(Stall, COLUMNS, constants=["version"])
FIRST, SECOND = UUID(int=1), UUID(int=2)
DAY = date(2026, 9, 1)


@pytest.fixture
async def stalls(database: Database) -> Database:
    async with database.transaction() as session:
        await session.execute(
            text(
                "CREATE TABLE stall (version int, id uuid, opened_on date, visits int, notes jsonb,"
                " PRIMARY KEY (version, id))"
            )
        )
    return database


async def visits(database: Database) -> list[tuple[int, UUID, int, dict[str, str]]]:
    async with database.reading() as session:
        rows = await session.execute(text("SELECT version, id, visits, notes FROM stall ORDER BY 1, 2"))
        return [tuple(row) for row in rows]


async def test_new_rows_are_inserted_and_existing_ones_updated_by_the_rule(stalls: Database) -> None:
    async with stalls.transaction() as session:
        await session.execute(*ADD.of([(SECOND, DAY, 3, '{"a": "b"}'), (FIRST, DAY, 1, "{}")], version=1))
        await session.execute(*ADD.of([(FIRST, DAY, 5, "{}")], version=1))
        await session.execute(*ADD.of([(FIRST, DAY, 9, "{}")], version=2))
    assert await visits(stalls) == [(1, FIRST, 6, {}), (1, SECOND, 3, {"a": "b"}), (2, FIRST, 9, {})]


async def test_without_a_rule_existing_rows_stay_and_are_not_counted(stalls: Database) -> None:
    async with stalls.transaction() as session:
        first = await session.execute(*KEEP.of([(FIRST, DAY, 1, "{}")], version=1))
        again = await session.execute(*KEEP.of([(FIRST, DAY, 7, "{}"), (SECOND, DAY, 2, "{}")], version=1))
    assert (first.rowcount, again.rowcount) == (1, 1)
    assert await visits(stalls) == [(1, FIRST, 1, {}), (1, SECOND, 2, {})]


async def test_no_rows_are_no_change(stalls: Database) -> None:
    async with stalls.transaction() as session:
        await session.execute(*ADD.of([], version=1))
    assert await visits(stalls) == []


def test_a_wrong_use_is_refused() -> None:
    with pytest.raises(TypeError, match="has the constants"):
        ADD.of([])
    with pytest.raises(TypeError, match="a row has the values of"):
        ADD.of([(FIRST, DAY)], version=1)
    with pytest.raises(TypeError, match="tags is an array"):
        BulkInsert(Tagged, ["id", "tags"])
