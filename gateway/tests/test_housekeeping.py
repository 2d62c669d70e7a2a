from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from chassis.clock import frozen_at, now
from chassis.security.encryption import decrypt_text, is_encrypted_with_newest_key
from chassis.security.key_rotation import rotate_keys
from chassis.settings import get_settings
from chassis.storage.database import Database
from chassis.storage.retention import delete_expired
from gateway.commands.housekeeping import BODY_DAYS, RETENTION, ROTATIONS
from gateway.model import Delivery, PartnerSecret
from gateway.model.deliveries import DELIVERY_BODY, DeliveryConflict

OLD = "old:" + "b2xk" * 10 + "b2w="
NEW = "new:" + "bmV3" * 10 + "bmU="


async def test_old_messages_are_deleted_and_their_outcome_stays(
    client: httpx.AsyncClient, signed: Any, opening: Any, sign_in: Any, database: Database
) -> None:
    operator = await sign_in("operator")
    await client.post("/webhooks/demo-bank", **signed("demo-bank", opening(), message_id="msg_1"))
    await delete_expired(database, "gateway", RETENTION)
    path = "/v1/partners/demo-bank/deliveries"
    delivery = (await client.get(path, headers=operator)).json()["items"][0]
    again = f"{path}/{delivery['id']}/process-again"
    assert (await client.post(again, headers=operator)).status_code == 202

    with frozen_at(now() + timedelta(days=BODY_DAYS + 1)):
        await delete_expired(database, "gateway", RETENTION)

    assert (await client.get(path, headers=operator)).json()["items"][0]["webhook_id"] == "msg_1"
    refused = await client.post(again, headers=operator)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/nothing-to-process")
    listed = (await client.get("/v1/deletions?service=gateway&table=delivery", headers=operator)).json()
    [record] = listed["items"]
    assert (record["service"], record["column_cleared"], record["ground"], record["rows"]) == (
        "gateway", "body", "purpose_reached", 1,
    )  # fmt: skip
    assert record["oldest"] == record["newest"] == delivery["received_at"]
    assert (await client.get("/v1/deletions", headers=await sign_in("officer", unit_code="15724"))).status_code == 403


@pytest.fixture
def with_keys(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put keys for personal data in force."""

    def put(keys: str) -> None:
        monkeypatch.setattr(get_settings(), "pii_keys", keys)

    return put


async def test_keys_rotate_while_webhooks_are_served(
    open_gateway: Any, settings: Any, with_keys: Any, signed: Any, opening: Any, runtime: Any, database: Database
) -> None:
    with_keys(OLD)
    async with open_gateway(settings) as gateway:
        transport = httpx.ASGITransport(gateway)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            first = await client.post("/webhooks/demo-bank", **signed("demo-bank", opening(), message_id="msg_1"))
            other = opening(account_ref="acc-2")
            conflict = await client.post("/webhooks/demo-bank", **signed("demo-bank", other, message_id="msg_1"))
            with_keys(f"{NEW},{OLD}")
            await rotate_keys(database, ROTATIONS)
            with_keys(NEW)
            second = await client.post("/webhooks/demo-bank", **signed("demo-bank", opening()))
    async with open_gateway(settings) as restarted:
        assert restarted.partner_cache.find("demo-bank").keys

    assert (first.status_code, second.status_code) == (202, 202)
    assert conflict.json()["status"] == "conflict"
    async with database.reading() as session:
        deliveries: list[Any] = list(await session.exec(select(Delivery)))
        deliveries += list(await session.exec(select(DeliveryConflict)))
        secrets = list(await session.exec(select(PartnerSecret)))
    assert len(deliveries) == 3
    assert all("038095000001" in decrypt_text(DELIVERY_BODY, str(one.id), one.body) for one in deliveries)
    assert all(is_encrypted_with_newest_key(one.sealed) for one in secrets if one.sealed)
