"""An upgrade's copy between two real servers, with a service's real tables and role, and back again."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from chassis.storage.database import asyncpg_url, database_url
from chassis.storage.migrations import upgrade
from chassis.storage.roles import prepare_role
from deploy.backup.server import LocalServer, NotDone
from deploy.local.postgres import UNPRIVILEGED_ACCOUNT, EmbeddedPostgres, find_programs
from deploy.postgres.upgrade.copying import copy, count, differences, must_be_equal, version_of

ACCOUNT = UNPRIVILEGED_ACCOUNT if os.geteuid() == 0 else None
ROLE = "postgresql://bakhong_gateway:a-word-of-the-role@"  # pragma: allowlist secret


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[EmbeddedPostgres, EmbeddedPostgres]]:
    with tempfile.TemporaryDirectory(prefix="bakhong-copy-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        with (
            EmbeddedPostgres(place / "old", durable=False) as old,
            EmbeddedPostgres(place / "new", durable=False) as new,
        ):
            yield old, new


def programs_of(server: EmbeddedPostgres) -> LocalServer:
    host, _, port = server.url.rpartition("@")[2].partition(":")
    password = server.url.rpartition("@")[0].rpartition(":")[2]
    variables = {"PGHOST": host, "PGPORT": port, "PGUSER": "bakhong", "PGPASSWORD": password}
    return LocalServer(find_programs(ACCOUNT) / "bin", variables, server.data_dir)


def as_role(server: EmbeddedPostgres) -> str:
    return database_url(ROLE + server.url.rpartition("@")[2], "gateway")


async def ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(asyncpg_url(url))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def test_roles_tables_rows_and_sequences_move_to_another_server(
    servers: tuple[EmbeddedPostgres, EmbeddedPostgres],
) -> None:
    from gateway.app import service

    old, new = servers
    asyncio.run(prepare_role(old.url, as_role(old)))
    upgrade(as_role(old), service.migrations)
    rows = "CREATE TABLE counted AS SELECT i AS id, 'row ' || i AS name FROM generate_series(1, 50) AS i"
    asyncio.run(ask(as_role(old), rows))

    copy(programs_of(old), programs_of(new))

    wanted, there = count(programs_of(old)), count(programs_of(new))
    must_be_equal(wanted, there)
    assert there["gateway.public.counted"] == 50
    assert any(name.endswith("(sequence)") for name in there)
    assert asyncio.run(ask(as_role(new), "SELECT count(*) FROM counted")) == 50, "the role signs in with its password"
    assert asyncio.run(
        ask(as_role(new), "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'gateway'")
    ) == ("bakhong_gateway")
    upgrade(as_role(new), service.migrations)
    assert version_of(programs_of(new)) >= 17

    asyncio.run(ask(as_role(new), "DELETE FROM counted WHERE id = 1"))
    with pytest.raises(NotDone, match=r"gateway\.public\.counted: 49 in place of 50"):
        must_be_equal(wanted, count(programs_of(new)))


def test_a_copy_into_a_server_that_is_not_empty_is_refused(servers: tuple[EmbeddedPostgres, EmbeddedPostgres]) -> None:
    old, new = servers
    with pytest.raises(NotDone, match="already exists"):
        copy(programs_of(old), programs_of(new))


def test_tables_of_one_side_alone_are_differences() -> None:
    assert differences({"a": 1, "b": 2}, {"b": 2, "c": 0}) == ["a: nothing in place of 1", "c: 0 in place of nothing"]
