"""Sandbox servers that play the linked databases, with switches for everything that goes wrong with such servers.

`POST /<database>/query {"personal_id"}` answers in the dialect of that database. `PUT /<database>/switch {"mode"}` sets
how it behaves: `ok`, `slow`, `down`, `wrong_schema`, `changed`, `unknown` (has no record).

    uvicorn deploy.demo.sources.app:app --port 8290

The same process plays an identity provider (see `deploy.demo.identity.provider`), and the backend of the province's app, which
receives events (see `deploy.demo.receiver`).

Then the registry is linked by POPULATION_URL=http://127.0.0.1:8290/population, SOCIAL_INSURANCE_URL=…/social_insurance,
CIVIL_STATUS_URL=…/civil_status, SOCIAL_PROTECTION_URL=…/social_protection.
"""

import asyncio
from typing import Any, Literal, get_args

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.demo.identity.provider import ROUTES as IDENTITY_ROUTES
from deploy.demo.receiver import ROUTES as RECEIVER_ROUTES
from deploy.demo.receiver import subscribing
from deploy.demo.sources.databases import DATABASES, broken, changed, known_people

Mode = Literal["ok", "slow", "down", "wrong_schema", "changed", "unknown"]
SECONDS_SLOW = 30.0


def create_app() -> Starlette:
    """A new sandbox, with all switches on `ok`."""
    app = Starlette(
        routes=[
            *IDENTITY_ROUTES,
            *RECEIVER_ROUTES,
            Route("/{database}/query", query, methods=["POST"]),
            Route("/{database}/switch", switch, methods=["PUT"]),
            Route("/healthz", lambda _: JSONResponse({"status": "ok"})),
        ],
        lifespan=subscribing,
    )
    app.state.modes = dict.fromkeys(DATABASES, "ok")
    app.state.people = known_people()
    app.state.asked = dict.fromkeys(DATABASES, 0)
    return app


async def query(request: Request) -> Response:
    name = _database(request)
    if name not in DATABASES:
        return JSONResponse({"error": "no such database"}, 404)
    state = request.app.state
    state.asked[name] += 1
    mode: Mode = state.modes[name]
    if mode == "down":
        return JSONResponse({"error": "maintenance"}, 503)
    if mode == "slow":
        await asyncio.sleep(SECONDS_SLOW)
    person = None if mode == "unknown" else state.people.get((await request.json()).get("personal_id"))
    reply: dict[str, Any] = DATABASES[name](person)
    if mode == "changed":
        reply = changed(name, reply)
    return JSONResponse(broken(reply) if mode == "wrong_schema" else reply)


def _database(request: Request) -> str:
    """Addresses may be written with dashes."""
    return str(request.path_params["database"]).replace("-", "_")


async def switch(request: Request) -> Response:
    name, mode = _database(request), (await request.json()).get("mode")
    if name not in DATABASES or mode not in get_args(Mode):
        return JSONResponse({"error": "no such database or mode"}, 404)
    request.app.state.modes[name] = mode
    return JSONResponse({"database": name, "mode": mode})


app = create_app()
