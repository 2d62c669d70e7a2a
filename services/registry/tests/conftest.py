"""The registry with the units of Thanh Hóa and the demo villages, copied for each test."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.ids import new_id
from chassis.runtime import Service
from chassis.security.encryption import CipherContext, blind_index, encrypt
from chassis.storage.database import Database, database_url
from chassis.storage.migrations import upgrade
from chassis.testing import _drop
from contracts.gateway import SEALED_AT, PartnerEventReceived
from registry.commands.units import import_decree, load_units
from registry.decrees import Decree, read_units

VILLAGES = Path(__file__).parents[3] / "deploy/provinces/thanh-hoa/demo/villages.csv"
PURPOSE = {"X-Purpose": "onboarding"}


@pytest.fixture(scope="session")
def service() -> Service:
    from registry.app import service

    return service


@pytest.fixture(scope="session")
def service_template(postgres_url: str, service: Service) -> Iterator[str]:
    name = f"template_registry_{uuid4().hex[:8]}"
    url = database_url(postgres_url, name)
    upgrade(url, service.migrations)
    asyncio.run(_load_units(url))
    yield name
    asyncio.run(_drop(postgres_url, name))


async def _load_units(url: str) -> None:
    database = Database(url, pool_size=2, application="test")
    async with database.transaction() as session:
        await load_units(session)
    async with database.transaction() as session:
        content = VILLAGES.read_bytes()
        await import_decree(session, Decree(read_units(content), []), content, "test")
    async with database.transaction() as session:
        from sqlalchemy import text

        await session.execute(text("DELETE FROM outbox"))
    await database.close()


def a_resident(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The body of a registration; each number is another person."""
    return {
        "personal_id": f"0380850{number:05d}",
        "id_document": "cccd",
        "full_name": "Lê Văn Đức",
        "date_of_birth": "1985-09-05",
        "sex": "male",
        "unit_code": "15727-01",
        "phone": f"09{number:08d}",
        "phone_owner_verified": True,
        "social_insurance_no": f"38{number:08d}",
        "has_smartphone": True,
        "has_bank_account": False,
    } | changes


def a_partner_event(event: str, data: dict[str, Any], **changes: Any) -> PartnerEventReceived:
    """A partner's message as the gateway puts it on the bus."""
    delivery_id: UUID = changes.pop("delivery_id", None) or new_id()
    sealed = base64.b64encode(encrypt(CipherContext(*SEALED_AT), str(delivery_id), json.dumps(data))).decode()
    fields = {
        "subject_key": blind_index("subject", json.dumps(data)).hex(), "delivery_id": delivery_id,
        "partner_id": "demo-bank", "webhook_id": f"msg_{delivery_id}", "event": event,
        "occurred_at": datetime(2026, 11, 1, 8, 0, tzinfo=UTC),
        "received_at": datetime(2026, 11, 1, 8, 1, tzinfo=UTC), "sealed": sealed, "unit_codes": ["15724"],
    } | changes  # fmt: skip
    return PartnerEventReceived.model_validate(fields)


Registering = Callable[..., Any]


@pytest.fixture
def register(calling: Any) -> Registering:
    """`await register(a_resident())` registers a person as a provincial officer and returns the view."""

    async def post(body: dict[str, Any]) -> dict[str, Any]:
        answer = await calling("officer", unit_code="38").post("/v1/residents", json=body)
        assert answer.status_code == 201, answer.text
        view: dict[str, Any] = answer.json()
        return view

    return post


def day(text: str) -> date:
    return date.fromisoformat(text)
