"""A small world: the commune Đồng Tiến with one village, another commune, a resident, and callers."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.ids import new_id
from chassis.runtime import Service
from chassis.security.encryption import CipherContext, encrypt
from chassis.testing import unit_event
from contracts import gateway
from contracts.gateway import PartnerChanged, PartnerEventReceived
from contracts.registry import ResidentRegistered

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
ACCOUNT = "3500205123456"


@pytest.fixture(scope="session")
def service() -> Service:
    from payments_qr.app import service

    return service


@dataclass
class World:
    """Ids that tests need."""

    commune: UUID = field(default_factory=new_id)
    village: UUID = field(default_factory=new_id)
    elsewhere: UUID = field(default_factory=new_id)
    resident: UUID = field(default_factory=new_id)


@pytest.fixture
async def world(deliver: Any) -> World:
    world = World()
    await deliver(
        unit_event("38", parents=(), level="province"),
        unit_event("15724", unit_id=world.commune, name="Đồng Tiến"),
        unit_event("15727-01", parents=("38", "15724"), unit_id=world.village),
        unit_event("15061", unit_id=world.elsewhere),
        _resident_event(world.resident, world.village, "15727-01"),
        *(partner_state(partner_id) for partner_id in ("demo-bank", "demo-wallet", "demo-telecom")),
    )
    return world


def partner_state(partner_id: str, *, active: bool = True, version: int = 1) -> PartnerChanged:
    return PartnerChanged(
        partner_id=partner_id, version=version, name=partner_id, active=active, allowed_types=[], licences=[],
        agreements=[], at=NOON,
    )  # fmt: skip


def _resident_event(resident_id: UUID, unit_id: UUID, unit_code: str, version: int = 1) -> ResidentRegistered:
    return ResidentRegistered(
        resident_id=resident_id, version=version, unit_id=unit_id, unit_code=unit_code, at=NOON, birth_month="1970-01",
        sex="female", residence_status="permanent",
    )  # fmt: skip


@pytest.fixture
def officer(calling: Any, world: World) -> httpx.AsyncClient:
    client: httpx.AsyncClient = calling("officer", unit_code="15724", subject="first")
    return client


@pytest.fixture
def second_officer(calling: Any, world: World) -> httpx.AsyncClient:
    client: httpx.AsyncClient = calling("officer", unit_code="15724", subject="second")
    return client


@pytest.fixture
def owner(calling: Any, world: World) -> httpx.AsyncClient:
    client: httpx.AsyncClient = calling("resident", resident_id=world.resident, subject="owner")
    return client


@pytest.fixture(scope="session")
def resident_event() -> Callable[..., ResidentRegistered]:
    """`resident_event(id, unit_id, unit_code)` is a resident's registration."""
    return _resident_event


def _merchant_body(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": "Sạp rau Chị Hạnh",
        "category": "market_stall",
        "unit_code": "15724",
        "market": "Chợ Đồng Tiến",
        "owner": {"tax_code": "2800123456"},
        "provider": "demo-bank",
        "settlement": {"bin": "970405", "account_no": ACCOUNT, "account_name": "NGUYEN THI HANH"},
    }
    return body | changes


Registering = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def registered(officer: httpx.AsyncClient) -> Registering:
    """`await registered(category="electricity")` is the body of a submitted merchant."""

    async def register(**changes: Any) -> dict[str, Any]:
        answer = await officer.post("/v1/merchants", json=_merchant_body(**changes))
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    return register


@pytest.fixture
def activated(registered: Registering, second_officer: httpx.AsyncClient) -> Registering:
    """The same, verified by a second officer."""

    async def activate(**changes: Any) -> dict[str, Any]:
        merchant = await registered(**changes)
        answer = await second_officer.patch(f"/v1/merchants/{merchant['id']}", json={"status": "active"})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    return activate


@pytest.fixture
async def stall(activated: Registering, world: World) -> dict[str, Any]:
    """A verified stall of the resident."""
    return await activated(owner={"resident_id": str(world.resident)})


@pytest.fixture
def third_officer(calling: Any, world: World) -> httpx.AsyncClient:
    client: httpx.AsyncClient = calling("officer", unit_code="15724", subject="third")
    return client


@pytest.fixture
def fee_merchant(activated: Registering, officer: httpx.AsyncClient, second_officer: httpx.AsyncClient) -> Registering:
    """`await fee_merchant(unit="15724")` is the merchant that two officers named for the fees of a unit."""

    async def name(unit: str = "15724", **changes: Any) -> dict[str, Any]:
        details = {"category": "public_service", "name": "Bộ phận một cửa", "market": None} | changes
        merchant = await activated(**details)
        for client in (officer, second_officer):
            answer = await client.put(f"/v1/units/{unit}/fee-merchant", json={"merchant_id": merchant["id"]})
            assert answer.status_code == 200, answer.text
        return merchant

    return name


def _partner_event(
    event: str, data: dict[str, Any], *, partner_id: str = "demo-bank", at: datetime = NOON, webhook_id: str = "msg_1"
) -> PartnerEventReceived:
    delivery_id = new_id()
    sealed = encrypt(CipherContext(*gateway.SEALED_AT), str(delivery_id), json.dumps(data))
    return PartnerEventReceived(
        subject_key=str(data.get("merchant_id", "x")), delivery_id=delivery_id, partner_id=partner_id,
        webhook_id=webhook_id, event=event, occurred_at=at, received_at=at, sealed=base64.b64encode(sealed).decode(),
    )  # fmt: skip


def _settled(**changes: Any) -> dict[str, Any]:
    return {
        "partner_reference": "FT1",
        "amount": 50_000,
        "currency": "VND",
        "settled_at": NOON.isoformat(),
    } | changes


@pytest.fixture(scope="session")
def merchant_body() -> Callable[..., dict[str, Any]]:
    """`merchant_body(name="...")` is the body of a registration."""
    return _merchant_body


@pytest.fixture(scope="session")
def partner_event() -> Callable[..., PartnerEventReceived]:
    """`partner_event("merchant.verified", {...})` is a partner's message as the gateway announces it."""
    return _partner_event


@pytest.fixture(scope="session")
def settled() -> Callable[..., dict[str, Any]]:
    """`settled(amount=1000)` is the data of a settled payment."""
    return _settled
