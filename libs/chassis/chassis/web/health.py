"""Liveness, readiness and metrics endpoints."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis.storage.migrations import head_of, is_known


def add_health(app: FastAPI) -> None:
    """Adds /healthz, /readyz and /metrics, outside the API document."""
    for path, endpoint in (("/healthz", _alive), ("/readyz", _ready), ("/metrics", _metrics)):
        app.router.add_route(path, endpoint, methods=["GET"], include_in_schema=False)


async def _alive(request: Request) -> Response:
    return JSONResponse({"status": "alive"})


async def _ready(request: Request) -> Response:
    """200 when the database answers at this schema or a newer one and the units arrived (or are long overdue).

    The bus down is `degraded`: work waits in the outbox.
    """
    runtime = request.app.state.runtime
    states = await readiness(runtime)
    ready = states["database"] in ("up", "newer") and states["units"] != "awaited"
    status = "unavailable" if not ready else "ready" if set(states.values()) <= {"up", "off"} else "degraded"
    return JSONResponse({"status": status, "dependencies": states}, 200 if ready else 503)


async def readiness(runtime: Any) -> dict[str, str]:
    """Each dependency of a service with its state."""
    version = await runtime.database_version()
    works = runtime.settings.run_worker
    return {
        "database": _schema_state(version, runtime.service.migrations),
        "bus": ("up" if runtime.bus_is_up else "down") if works else "off",
        "units": await runtime.units.state(),
    }


def _schema_state(version: str | None, scripts: Path) -> str:
    if version is None:
        return "down"
    if version == head_of(scripts):
        return "up"
    # An unknown version belongs to a newer release, whose schema still supports this one: ready.
    return "schema-differs" if is_known(scripts, version) else "newer"


async def _metrics(request: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
