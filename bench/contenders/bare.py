"""The bare handler: Starlette and asyncpg do the same SELECT, and for an officer the access row, and nothing else."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from chassis.storage.database import asyncpg_url, database_url

SELECT = """
SELECT r.id, r.version, r.full_name, r.born, r.birth_precision, r.sex, r.residence_status, r.id_document, r.personal_id,
       r.phone, r.phone_owner_verified, r.social_insurance_no, r.address, r.has_smartphone, r.has_bank_account,
       r.social_protection, r.life, r.deceased_on, r.merged_into, r.registered_at, r.changed_at, u.code AS unit_code,
       h.code AS household_code
FROM resident AS r JOIN known_unit AS u ON u.id = r.unit_id LEFT JOIN household AS h ON h.id = r.household_id
WHERE r.id = $1
"""
INSERT = """
INSERT INTO access_entry (access_id, resident_id, at, actor, role, unit_code, action, purpose, fields)
VALUES ($1, $2, now(), 'bench', 'officer', '15724', 'read', 'support', $3)
"""
FIELDS = ["full_name", "date_of_birth", "sex", "unit_code", "phone"]


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    url = database_url(os.environ["DATABASE_URL"], "registry")
    app.state.pool = await asyncpg.create_pool(
        asyncpg_url(url), min_size=8, max_size=8, server_settings={"jit": "off", "timezone": "UTC"}
    )
    yield
    await app.state.pool.close()


async def own(request: Request) -> JSONResponse:
    """A resident reads their own record."""
    async with request.app.state.pool.acquire() as connection:
        row = await connection.fetchrow(SELECT, UUID(request.path_params["id"]))
    return JSONResponse(_shown(row))


async def officer(request: Request) -> JSONResponse:
    """An officer reads a record, and the access log has it before the answer leaves."""
    resident_id = UUID(request.path_params["id"])
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(SELECT, resident_id)
        await connection.execute(INSERT, uuid4(), resident_id, FIELDS)
    return JSONResponse(_shown(row))


def _shown(row: Any) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, (str, bool, int)) else str(value)


app = Starlette(
    routes=[Route("/own/{id}", own), Route("/officer/{id}", officer), Route("/healthz", lambda _: JSONResponse({}))],
    lifespan=lifespan,
)
