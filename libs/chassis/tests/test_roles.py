"""Each service has a PostgreSQL role that reaches its own database and nothing else."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from chassis.storage.database import asyncpg_url, database_url
from chassis.storage.roles import RoleMissing, prepare_role


@pytest.fixture
async def names(postgres_url: str) -> AsyncIterator[tuple[str, str]]:
    """A role and a database that are not there yet; both are removed afterwards."""
    role, database = f"role_{uuid4().hex[:8]}", f"own_{uuid4().hex[:8]}"
    yield role, database
    admin = await asyncpg.connect(asyncpg_url(database_url(postgres_url, "postgres")))
    await admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    await admin.execute(f'DROP ROLE IF EXISTS "{role}"')
    await admin.close()


def url_of(server: str, names: tuple[str, str], password: str = "first") -> str:
    role, database = names
    return (
        make_url(server).set(username=role, password=password, database=database).render_as_string(hide_password=False)
    )


async def run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(asyncpg_url(url))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_role_owns_its_database_and_reaches_no_other(postgres_url: str, names: tuple[str, str]) -> None:
    own = url_of(postgres_url, names)
    other = (names[0], f"{names[1]}_other")
    await prepare_role(postgres_url, own)
    await run(own, "CREATE TABLE thing (id int PRIMARY KEY)")
    try:
        await prepare_role(postgres_url, url_of(postgres_url, (f"{names[0]}_other", other[1])))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(url_of(postgres_url, other), "SELECT 1")
        for forbidden in (
            "CREATE DATABASE more",
            "CREATE ROLE more",
            "SELECT * FROM pg_authid",
            "COPY thing TO '/tmp/x'",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await run(own, forbidden)
    finally:
        admin = database_url(postgres_url, "postgres")
        await run(admin, f'DROP DATABASE IF EXISTS "{other[1]}" WITH (FORCE)')
        await run(admin, f'DROP ROLE IF EXISTS "{names[0]}_other"')


async def test_what_an_earlier_release_made_as_the_servers_account_is_handed_over(
    postgres_url: str, names: tuple[str, str]
) -> None:
    await run(database_url(postgres_url, "postgres"), f'CREATE DATABASE "{names[1]}"')
    earlier = database_url(postgres_url, names[1])
    await run(
        earlier,
        "CREATE SCHEMA version_2; CREATE TABLE version_2.thing (id serial PRIMARY KEY, at int GENERATED ALWAYS AS IDENTITY);"
        "CREATE VIEW things AS SELECT * FROM version_2.thing; CREATE TYPE state AS ENUM ('a');"
        "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE SEQUENCE numbers",
    )
    own = url_of(postgres_url, names)

    await prepare_role(postgres_url, own)

    await run(
        own,
        "ALTER TABLE version_2.thing ADD name text; INSERT INTO version_2.thing (name) VALUES ('a'); DROP VIEW things;"
        "ALTER TYPE state ADD VALUE 'b'; DROP FUNCTION one(); DROP SEQUENCE numbers; DROP SCHEMA version_2 CASCADE",
    )


async def test_a_changed_password_counts_from_the_next_migration_on(postgres_url: str, names: tuple[str, str]) -> None:
    await prepare_role(postgres_url, url_of(postgres_url, names))
    await prepare_role(postgres_url, url_of(postgres_url, names, "second"))

    await run(url_of(postgres_url, names, "second"), "SELECT 1")


async def test_an_account_that_may_make_roles_serves_without_being_a_superuser(
    postgres_url: str, names: tuple[str, str]
) -> None:
    account = f"{names[0]}_account"
    admin = database_url(postgres_url, "postgres")
    await run(admin, f"CREATE ROLE \"{account}\" LOGIN CREATEROLE CREATEDB PASSWORD 'first'")
    try:
        await prepare_role(url_of(postgres_url, (account, "postgres")), url_of(postgres_url, names))
        await run(url_of(postgres_url, names), "CREATE TABLE thing (id int)")
    finally:
        await run(admin, f'DROP DATABASE IF EXISTS "{names[1]}" WITH (FORCE)')
        await run(admin, f'DROP ROLE IF EXISTS "{names[0]}"; DROP ROLE "{account}"')


async def test_the_error_for_an_account_that_may_not_make_roles_names_the_next_step(
    postgres_url: str, names: tuple[str, str]
) -> None:
    account = f"{names[0]}_account"
    admin = database_url(postgres_url, "postgres")
    await run(admin, f"CREATE ROLE \"{account}\" LOGIN PASSWORD 'first'")
    try:
        with pytest.raises(RoleMissing, match="CREATEROLE"):
            await prepare_role(url_of(postgres_url, (account, "postgres")), url_of(postgres_url, names))
    finally:
        await run(admin, f'DROP ROLE "{account}"')


async def test_one_account_for_everything_needs_no_role(postgres_url: str) -> None:
    await prepare_role(postgres_url, database_url(postgres_url, "not_made"))
