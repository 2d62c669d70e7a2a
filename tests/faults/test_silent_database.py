"""A lost network gives no error: a process that waits for its database gives the connection up and uses another."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from chassis.storage.database import Database, connect
from tests.faults.lines import Line, Lines

SECONDS = 0.4


@pytest.fixture
def line(postgres_url: str) -> Iterator[Line]:
    server = make_url(postgres_url)
    with Lines() as lines:
        yield lines.open("PostgreSQL", lambda: (str(server.host), int(server.port or 5432)))


@pytest.fixture
def url_behind_the_line(postgres_url: str, line: Line) -> str:
    url = make_url(postgres_url).set(host="127.0.0.1", port=line.port, database="postgres")
    return url.render_as_string(hide_password=False)


@pytest.fixture
async def database(url_behind_the_line: str) -> AsyncIterator[Database]:
    database = Database(url_behind_the_line, pool_size=1, seconds=SECONDS)
    yield database
    await database.close()


async def test_a_transaction_ends_with_an_error_and_the_pool_goes_on_with_a_new_connection(
    database: Database, line: Line
) -> None:
    async with database.transaction() as session:
        await session.execute(text("SELECT 1"))
    line.silence()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with database.transaction() as session:
            await session.execute(text("SELECT 2"))
    assert time.monotonic() - began < 10 * SECONDS
    line.heal(forget=True)
    async with database.transaction() as session:
        assert (await session.execute(text("SELECT 3"))).scalar_one() == 3


async def test_a_question_by_the_bare_driver_does_the_same(database: Database, line: Line) -> None:
    assert await database.fetch("SELECT 1")
    line.silence()
    with pytest.raises(TimeoutError):
        await database.fetch("SELECT 2")
    line.heal(forget=True)
    assert (await database.fetch("SELECT 3 AS three"))[0]["three"] == 3


async def test_one_silence_costs_one_limit_and_not_one_for_each_connection_of_the_pool(
    url_behind_the_line: str, line: Line
) -> None:
    database = Database(url_behind_the_line, pool_size=6, seconds=1.0)
    await asyncio.gather(*(ask(database, "SELECT pg_sleep(0.2)") for _ in range(6)))
    assert line.count == 6
    line.silence()
    line.heal(forget=True)
    with pytest.raises(TimeoutError):
        await ask(database, "SELECT 1")
    began = time.monotonic()
    await ask(database, "SELECT 2")
    assert time.monotonic() - began < 4.0
    await database.close()


async def ask(database: Database, statement: str) -> None:
    async with database.transaction() as session:
        await session.execute(text(statement))


async def test_a_connection_asks_the_kernel_to_notice_a_lost_machine(url_behind_the_line: str) -> None:
    connection = await connect(url_behind_the_line, "a test", seconds=SECONDS)
    raw = connection._transport.get_extra_info("socket")
    assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000
    assert await connection.fetchval("SHOW tcp_keepalives_interval") == "3"
    assert await connection.fetchval("SHOW tcp_user_timeout") == "20000"
    await connection.close()
