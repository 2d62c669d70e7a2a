"""The service under test and a small named world: a commune with two villages, its people, and a registry to ask."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from casework.app import service as casework
from casework.settings import get_settings as casework_settings
from chassis.ids import new_id
from chassis.runtime import Service
from chassis.security.identity import Caller, Role, TokenSigner
from chassis.settings import Settings
from chassis.testing import Calling, unit_event
from contracts.registry import OrganizationRegistered, ResidentRegistered


@pytest.fixture(scope="session")
def service() -> Service:
    return casework


@dataclass
class Registry:
    """A registry over real HTTP: what it knows by person, and how it behaves."""

    people: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    organizations: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    numbers: dict[str, UUID] = field(default_factory=dict)
    mode: str = "up"
    asked: list[tuple[str, str, list[str]]] = field(default_factory=list)
    stale: set[str] = field(default_factory=set)
    url: str = ""
    server: Any = None

    def kill(self) -> None:
        """The listener has stopped."""
        for listening in self.server.servers:
            listening.close()
        for connection in list(self.server.server_state.connections):
            connection.transport.abort()
        self.server.should_exit = self.server.force_exit = True

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/internal/residents/{resident_id}/prefill")
        async def prefill(resident_id: UUID, request: Request) -> Any:
            body = await request.json()
            self.asked.append(("prefill", str(resident_id), body["fields"]))
            if refusal := await self._behave():
                return refusal
            if resident_id not in self.people:
                return JSONResponse({}, 404)
            return self._answer(self.people[resident_id], body["fields"])

        @app.post("/v1/residents/lookup")
        async def lookup(request: Request) -> Any:
            if refusal := await self._behave():
                return refusal
            found = self.numbers.get((await request.json())["personal_id"])
            return {"id": str(found)} if found else JSONResponse({}, 404)

        @app.get("/v1/organizations/{organization_id}")
        async def organization(organization_id: UUID) -> Any:
            if refusal := await self._behave():
                return refusal
            return self.organizations.get(organization_id) or JSONResponse({}, 404)

        return app

    async def _behave(self) -> JSONResponse | None:
        if self.mode == "hanging":
            await asyncio.sleep(5)
        if self.mode == "down":
            return JSONResponse({}, 503)
        return JSONResponse([], 200) if self.mode == "wrong" else None

    def _answer(self, known: dict[str, Any], names: list[str]) -> dict[str, Any]:
        found = {
            name: {
                "value": known[name],
                "source": "population_database",
                "verified": name != "phone",
                "observed_at": "2026-11-01T00:00:00Z",
                "state": "stale" if name in self.stale else "fresh",
            }
            for name in names
            if name in known
        }
        missing = [name for name in names if name not in known]
        return {"fields": found, "missing": missing, "once_only_ratio": 1.0, "degraded_sources": []}


@pytest.fixture
async def registry() -> AsyncIterator[Registry]:
    registry = Registry()
    config = uvicorn.Config(registry.app(), host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    server.capture_signals = _no_signals  # type: ignore[method-assign]  # the test runner keeps its own handlers
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    registry.server = server
    registry.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield registry
    server.should_exit, server.force_exit = True, True
    await serving


def _no_signals() -> Any:
    import contextlib

    return contextlib.nullcontext()


@pytest.fixture
def settings(postgres_url: str, keys: Path, service: Service, registry: Registry) -> Settings:
    casework_settings.cache_clear()
    casework_settings().prefill_seconds = 30.0  # only the tests of a failing registry use a short timeout
    return Settings(
        database_url=postgres_url,
        internal_keys_file=keys / "public.json",
        signing_key_file=keys / "casework.pem",
        registry_url=registry.url,
        run_worker=False,
    )


@dataclass
class World:
    """Đồng Tiến with two villages, its neighbour, and who lives there."""

    commune: UUID
    village: UUID
    neighbour: UUID
    binh: UUID
    lan: UUID
    cuong: UUID
    an: UUID
    shop: UUID


@pytest.fixture
async def world(deliver: Any, registry: Registry) -> World:
    commune, village, second, neighbour = new_id(), new_id(), new_id(), new_id()
    await deliver(
        unit_event("38", parents=(), name="Thanh Hóa"),
        unit_event("15724", name="Đồng Tiến", unit_id=commune),
        unit_event("15061", name="Ngọc Lặc", unit_id=neighbour),
        unit_event("15727-01", parents=("38", "15724"), unit_id=village),
        unit_event("15727-02", parents=("38", "15724"), unit_id=second),
    )
    household = new_id()
    binh = await _person(deliver, registry, village, "15727-01", "Nguyễn Văn Thử Bình", household)
    lan = await _person(deliver, registry, village, "15727-01", "Lê Thị Thử Lan", household)
    cuong = await _person(deliver, registry, second, "15727-02", "Trần Thử Cường", new_id())
    an = await _person(deliver, registry, neighbour, "15061", "Phạm Thử An", new_id())
    shop = new_id()
    registry.organizations[shop] = {
        "id": str(shop), "name": "Hộ kinh doanh Thử", "tax_code": "2800000001", "kind": "household_business",
        "representative": {"resident_id": str(binh)}, "representative_confirmed": True,
    }  # fmt: skip
    await deliver(
        OrganizationRegistered(
            organization_id=shop, version=1, unit_id=commune, unit_code="15724", at=datetime.fromisoformat("2026-11-01T00:00Z"),
            kind="household_business", representative_id=binh, owner_has_smartphone=True,
        )
    )  # fmt: skip
    return World(commune, village, neighbour, binh, lan, cuong, an, shop)


async def _person(deliver: Any, registry: Registry, unit: UUID, code: str, name: str, household: UUID) -> UUID:
    person = new_id()
    registry.people[person] = {
        "full_name": name,
        "date_of_birth": "1961-05-04",
        "sex": "male",
        "id_document": "cccd",
        "personal_id": "038*******45",
        "permanent_address": "Thôn 1, xã Đồng Tiến",
        "address_line": "Thôn 1",
        "phone": "0912345678",
        "ethnic_group": "Kinh",
        "nationality": "Việt Nam",
        "social_insurance_no": "0123456789",
    }
    await deliver(
        ResidentRegistered(
            resident_id=person, version=1, unit_id=unit, unit_code=code, at=datetime.fromisoformat("2026-11-01T00:00Z"),
            birth_month="1961-05", sex="male", residence_status="permanent", household_id=household,
        )
    )  # fmt: skip
    return person


@pytest.fixture
def calling(calling: Calling, keys: Path) -> Calling:
    """As the chassis gives it, with a fresh token for each request: these tests move the time."""
    signer = TokenSigner.read(keys / "gateway.pem")

    def client(role: Role | None = None, *, subject: str = "tester", **who: Any) -> httpx.AsyncClient:
        opened = calling(role, subject=subject, **who)

        async def sign(request: httpx.Request) -> None:
            if role:
                request.headers["Authorization"] = f"Bearer {signer.token(Caller(role=role, subject=subject, **who))}"

        opened.event_hooks["request"].append(sign)
        return opened

    return client


@pytest.fixture
def officer(calling: Any) -> Any:
    client = calling("officer", unit_code="15724", subject="officer-1")
    client.headers["X-Purpose"] = "dossier"
    return client


@pytest.fixture
def binh(calling: Any, world: World) -> Any:
    return calling("resident", resident_id=world.binh, subject="binh")
