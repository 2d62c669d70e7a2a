"""The feed: what each partner sees, in order, once, and nothing missed by a late commit."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.clock import frozen_at, now
from chassis.storage.database import Database
from chassis.storage.retention import delete_expired
from contracts.casework import DossierChanged, DossierCompleted, DossierSubmitted
from notifications.commands.publishing import publish_internal
from notifications.commands.retention import RETENTION
from services.notifications.tests.samples import active_merchant, completed_step, processed, settled

DOSSIER = UUID("01936f2e-8a00-7000-8000-000000000007")


async def types_of(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get("/v1/events", params=query)
    assert answer.status_code == 200, answer.text
    return [item["type"] for item in answer.json()["items"]]


async def test_a_partner_sees_what_became_of_its_own_messages_and_of_no_other(
    deliver: Any, bank: httpx.AsyncClient, wallet: httpx.AsyncClient
) -> None:
    sent = processed("demo-bank")
    await deliver(sent, processed("demo-wallet", outcome="rejected", reason="unlicensed-provider"))

    (event,) = (await bank.get("/v1/events")).json()["items"]
    assert event["type"] == "delivery.processed"
    assert event["timestamp"] == "2026-11-30T08:30:00+07:00"
    assert event["data"] == {
        "delivery_id": str(sent.delivery_id), "webhook_id": "msg_1", "event": "payment_account.opened",
        "service": "registry", "outcome": "applied",
    }  # fmt: skip
    assert await types_of(wallet) == ["delivery.rejected"]


async def test_the_app_sees_the_events_of_people_and_no_deliveries_of_others(
    deliver: Any, app_client: httpx.AsyncClient, bank: httpx.AsyncClient
) -> None:
    await deliver(completed_step(), processed("demo-bank"))

    assert await types_of(app_client) == ["step.completed"]
    assert await types_of(bank) == ["delivery.processed"]


async def test_a_payment_is_for_the_provider_of_the_merchant_and_for_the_partner_that_reported_it(
    deliver: Any, app_client: httpx.AsyncClient, bank: httpx.AsyncClient, wallet: httpx.AsyncClient
) -> None:
    merchant = active_merchant("demo-bank")
    await deliver(merchant, settled(merchant, "demo-wallet"), settled(merchant, "demo-bank"))

    assert await types_of(bank) == ["merchant.activated", "payment.settled", "payment.settled"]
    assert await types_of(wallet) == ["payment.settled"]
    assert await types_of(app_client) == ["merchant.activated", "payment.settled", "payment.settled"]


async def test_an_event_that_is_handled_again_is_there_once(deliver: Any, app_client: httpx.AsyncClient) -> None:
    step = completed_step()
    await deliver(step, step, step.model_copy(update={"version": 2, "marks": ["bank"]}))

    assert await types_of(app_client) == ["step.completed"]


async def test_the_feed_goes_on_from_its_cursor_and_from_the_id_of_an_event(
    deliver: Any, app_client: httpx.AsyncClient
) -> None:
    await deliver(*(completed_step() for _ in range(5)))

    seen: list[str] = []
    after: str | None = None
    while True:
        page = (await app_client.get("/v1/events", params={"limit": 2} | ({"after": after} if after else {}))).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        after = page["next_cursor"]
    assert len(set(seen)) == len(seen) == 5
    rest = (await app_client.get("/v1/events", params={"after": seen[2]})).json()["items"]
    assert [item["id"] for item in rest] == seen[3:]


async def test_the_feed_can_be_limited_to_types(deliver: Any, bank: httpx.AsyncClient) -> None:
    merchant = active_merchant("demo-bank")
    await deliver(processed("demo-bank"), merchant, settled(merchant, "demo-bank"))

    assert await types_of(bank, types="payment.settled,delivery.processed") == ["delivery.processed", "payment.settled"]
    assert await types_of(bank, types=["payment.settled", "bill.paid"]) == ["payment.settled"]


@pytest.mark.parametrize("query", [{"types": "roof.repaired"}, {"after": "nonsense"}, {"limit": 0}, {"limit": 201}])
async def test_a_wrong_parameter_is_refused(bank: httpx.AsyncClient, query: dict[str, Any]) -> None:
    answer = await bank.get("/v1/events", params=query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"].removeprefix("/") in query


async def test_an_event_that_is_not_kept_cannot_be_a_cursor(bank: httpx.AsyncClient) -> None:
    answer = await bank.get("/v1/events", params={"after": "01936f2e-8a00-7000-8000-000000000001"})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not-kept")


@pytest.mark.parametrize("role", ["officer", "operator", "resident", None])
async def test_the_feed_is_for_partners(calling: Any, role: Any) -> None:
    assert (await calling(role).get("/v1/events")).status_code == (403 if role else 401)


async def test_a_transaction_that_commits_late_hides_no_event_from_a_reader(
    database: Database, app_client: httpx.AsyncClient
) -> None:
    """The second transaction began later; whichever commits first, a reader that goes on from its cursor sees both."""
    may_commit = asyncio.Event()
    has_written = asyncio.Event()

    async def slow() -> None:
        async with database.transaction() as session:
            await publish_internal(session, [completed_step()])
            has_written.set()
            await may_commit.wait()

    async def fast() -> None:
        await has_written.wait()
        async with database.transaction() as session:
            await publish_internal(session, [completed_step()])

    both = [asyncio.create_task(slow()), asyncio.create_task(fast())]
    await has_written.wait()
    await asyncio.sleep(0.2)
    first = (await app_client.get("/v1/events")).json()
    may_commit.set()
    await asyncio.gather(*both)
    query = {"after": first["next_cursor"]} if first["next_cursor"] else {}
    second = (await app_client.get("/v1/events", params=query)).json()

    assert len(first["items"]) + len(second["items"]) == 2


async def test_many_writers_and_a_reader_that_polls_lose_nothing(
    database: Database, app_client: httpx.AsyncClient
) -> None:
    done = asyncio.Event()

    async def write(number: int) -> None:
        for _ in range(10):
            async with database.transaction() as session:
                await publish_internal(session, [completed_step(), completed_step()])
                await asyncio.sleep(0.001 * number)

    async def read() -> list[str]:
        seen: list[str] = []
        after: str | None = None
        while True:
            is_last = done.is_set()
            page = (await app_client.get("/v1/events", params={"after": after} if after else {})).json()
            seen += [item["id"] for item in page["items"]]
            after = page["next_cursor"] or after
            if is_last and not page["items"]:
                return seen

    reading = asyncio.create_task(read())
    await asyncio.gather(*(write(number) for number in range(4)))
    done.set()
    seen = await reading

    assert len(seen) == len(set(seen)) == 80


async def test_events_are_kept_for_thirty_days(deliver: Any, database: Database, app_client: httpx.AsyncClient) -> None:
    with frozen_at(now() - timedelta(days=30, minutes=1)):
        await deliver(completed_step())
    await deliver(completed_step())
    assert len(await types_of(app_client)) == 2

    await delete_expired(database, "notifications", RETENTION)
    assert len(await types_of(app_client)) == 1


def dossier(kind: type, version: int, status: str, **fields: Any) -> Any:
    """An event of one dossier, filed here by default."""
    return kind(
        **{
            "dossier_id": DOSSIER, "version": version, "unit_id": DOSSIER, "unit_code": "15724",
            "procedure_code": "2.000635", "status": status, "national_status": 2, "channel": 2, "origin": "here",
            "at": now(), "resident_id": DOSSIER,
        }
        | fields
    )  # fmt: skip


async def test_a_dossier_is_notified_once_for_each_status(deliver: Any, app_client: httpx.AsyncClient) -> None:
    await deliver(
        dossier(DossierSubmitted, 1, "submitted"),
        dossier(DossierChanged, 2, "accepted"),
        dossier(DossierChanged, 3, "accepted", fee_amount=8000),
        dossier(DossierChanged, 4, "supplement_requested"),
        dossier(DossierChanged, 5, "supplement_requested"),
        dossier(DossierChanged, 6, "accepted"),
        dossier(DossierCompleted, 7, "returned"),
    )

    assert await types_of(app_client) == [
        "dossier.submitted", "dossier.status_changed", "dossier.supplement_requested", "dossier.status_changed",
        "dossier.status_changed", "dossier.completed",
    ]  # fmt: skip


async def test_a_portal_sees_its_own_dossiers(
    deliver: Any, calling: Any, bank: httpx.AsyncClient, app_client: httpx.AsyncClient
) -> None:
    await deliver(dossier(DossierSubmitted, 1, "submitted", origin="portal", partner_id="demo-portal", code="H56.1"))

    portal = calling("partner", partner_id="demo-portal")
    assert (await portal.get("/v1/events")).json()["items"][0]["data"]["code"] == "H56.1"
    assert await types_of(bank) == []
    assert await types_of(app_client) == ["dossier.submitted"]
