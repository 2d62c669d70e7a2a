"""One PostgreSQL role per service: it owns its own database, is no superuser and may connect to no other one.

`migrate` prepares the role with the server's own account (`DATABASE_ADMIN_URL`) before it makes the tables as the service.
Everything may be done again: a changed password is set, and what an earlier release made as the server's account is handed over.
"""

import asyncpg
from sqlalchemy.engine import URL, make_url

from chassis.storage.database import asyncpg_url

LOG_NO_STATEMENT = """
SELECT set_config('log_min_error_statement', 'panic', false) FROM pg_roles WHERE rolname = CURRENT_USER AND rolsuper
"""
"""A statement that sets a password must not be in the log when it fails; only a superuser can prevent that."""
IS_ROLE = "SELECT true FROM pg_roles WHERE rolname = $1"
CREATE_ROLE = "SELECT format('CREATE ROLE %I', $1::text)"
LIMIT_ROLE = "SELECT format('ALTER ROLE %I LOGIN NOCREATEDB NOCREATEROLE PASSWORD %L', $1::text, $2::text)"
JOIN_ROLE = (
    "SELECT format('GRANT %I TO CURRENT_USER', $1::text) FROM pg_roles WHERE rolname = CURRENT_USER AND NOT rolsuper"
)
"""An account that is no superuser gives things only to roles that it is a member of."""
IS_DATABASE = "SELECT true FROM pg_database WHERE datname = $1"
CREATE_DATABASE = "SELECT format('CREATE DATABASE %I OWNER %I', $1::text, $2::text)"
OWN_DATABASE = "SELECT format('ALTER DATABASE %I OWNER TO %I', $1::text, $2::text)"
CLOSE_DATABASE = "SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', $1::text)"
HAND_OVER = """
SELECT format('ALTER %s %s OWNER TO %I', kind, name, $1::text) FROM (
    SELECT 'SCHEMA' AS kind, quote_ident(nspname) AS name, nspowner AS owner, oid, 'pg_namespace'::regclass AS class
      FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
    UNION ALL
    SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
           oid::regclass::text, relowner, oid, 'pg_class'::regclass
      FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT 'ROUTINE', oid::regprocedure::text, proowner, oid, 'pg_proc'::regclass FROM pg_proc
    UNION ALL
    SELECT 'TYPE', oid::regtype::text, typowner, oid, 'pg_type'::regclass FROM pg_type WHERE typtype IN ('e', 'd')
) AS objects
WHERE owner <> $1::regrole AND oid >= 16384
  AND NOT EXISTS (  -- what belongs to an extension, or to a column, follows it
    SELECT FROM pg_depend WHERE classid = class AND objid = objects.oid AND deptype IN ('e', 'i', 'a'))
"""
"""The statements that hand over what others own; objects of the server itself have lower ids."""


class RoleMissing(Exception):
    """The server's account may not make roles, and the service has none."""


async def prepare_role(admin_url: str, service_url: str) -> None:
    """Make or mend the role and the database of `service_url`; nothing to do where it is the server's own account."""
    admin, service = make_url(asyncpg_url(admin_url)), make_url(asyncpg_url(service_url))
    if admin.username == service.username:
        return
    assert service.username is not None
    assert service.database is not None
    await _make_role_and_database(admin, service, service.username, service.database)
    connection = await _connect(admin, service.database)
    try:
        async with connection.transaction():
            for row in await connection.fetch(HAND_OVER, service.username):
                await connection.execute(row[0])
    finally:
        await connection.close()


async def _make_role_and_database(admin: URL, service: URL, role: str, database: str) -> None:
    connection = await _connect(admin, "postgres")

    async def run(statement: str, *names: str | None) -> None:
        if written := await connection.fetchval(statement, *names):
            await connection.execute(written)

    try:
        await connection.execute(LOG_NO_STATEMENT)
        if not await connection.fetchval(IS_ROLE, role):
            await run(CREATE_ROLE, role)
        await run(LIMIT_ROLE, role, service.password)
        await run(JOIN_ROLE, role)
        is_there = await connection.fetchval(IS_DATABASE, database)
        await run(OWN_DATABASE if is_there else CREATE_DATABASE, database, role)
        await run(CLOSE_DATABASE, database)
    except asyncpg.InsufficientPrivilegeError as refused:
        raise RoleMissing(
            f"the account of DATABASE_ADMIN_URL may not make the role {role}: give it CREATEROLE and CREATEDB,"
            " or write its own URL into every <service>_database_url"
        ) from refused
    finally:
        await connection.close()


async def _connect(admin: URL, database: str) -> asyncpg.Connection:
    return await asyncpg.connect(admin.set(database=database).render_as_string(hide_password=False), timeout=10)
