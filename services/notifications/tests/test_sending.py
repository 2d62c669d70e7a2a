"""Events reach the endpoints of partners: signed, with one id, by the schedule, to the owner's view."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from aiohttp import web

from chassis.clock import frozen_at, now
from notifications.model.event_types import BY_NAME
from notifications.sender.loop import Sender
from services.notifications.tests.receiver import Received, Receiver, receiving
from services.notifications.tests.samples import completed_step, processed


async def deliveries(client: httpx.AsyncClient, subscription: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/subscriptions/{subscription['id']}/deliveries", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def detail(client: httpx.AsyncClient, subscription: dict[str, Any], number: int = 0) -> dict[str, Any]:
    one = (await deliveries(client, subscription))[number]
    found: dict[str, Any] = (await client.get(f"/v1/subscriptions/{subscription['id']}/deliveries/{one['id']}")).json()
    return found


async def test_an_event_arrives_signed_as_the_reference_library_verifies_it(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    subscription = await subscribe("step.completed")
    await deliver(completed_step())
    await sender.drain()

    (received,) = receiver.seen
    (event,) = (await app_client.get("/v1/events")).json()["items"]
    message = received.verified_by(subscription["secret"])
    assert received.id == event["id"]
    assert message == {name: event[name] for name in ("type", "timestamp", "data")}
    assert received.headers["content-type"] == "application/json"
    assert {"authorization", "cookie"}.isdisjoint(received.headers)
    (delivery,) = await deliveries(app_client, subscription)
    assert (delivery["status"], delivery["attempts"], delivery["event_id"]) == ("delivered", 1, event["id"])


async def test_only_the_chosen_types_from_the_subscription_on_are_sent(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any
) -> None:
    await deliver(completed_step())
    await subscribe("step.revoked")
    await deliver(completed_step())
    await sender.drain()

    assert receiver.seen == []


async def test_two_subscriptions_and_the_feed_have_one_id(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    await subscribe("step.completed")
    await subscribe("step.completed")
    await deliver(completed_step())
    await sender.drain()

    (event,) = (await app_client.get("/v1/events")).json()["items"]
    assert receiver.ids == [event["id"]] * 2


@pytest.mark.parametrize("name", sorted(BY_NAME))
async def test_the_sample_of_every_type_arrives_and_verifies(
    name: str, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    subscription = await subscribe(name)
    answer = await app_client.post(f"/v1/subscriptions/{subscription['id']}/test")
    assert answer.status_code == 202
    await sender.drain()

    (received,) = receiver.seen
    assert received.id == answer.json()["event_id"]
    assert received.verified_by(subscription["secret"])["type"] == name
    BY_NAME[name].data.model_validate(received.message["data"])
    assert (await app_client.get("/v1/events")).json()["items"] == []


async def test_a_failed_attempt_is_made_again_with_the_same_id_by_the_schedule(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    subscription = await subscribe("step.completed")
    receiver.status, receiver.text = 500, "lỗi " + "x" * 5000
    await deliver(completed_step())
    start = now()
    waits = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    moment = start
    for seconds in waits:
        with frozen_at(moment):
            await sender.drain()
            await sender.drain()
            (delivery,) = await deliveries(app_client, subscription)
        found = await detail(app_client, subscription)
        due = found["next_attempt_at"]
        assert delivery["status"] == "pending"
        wait = (datetime.fromisoformat(due) - moment).total_seconds()
        assert seconds <= wait <= seconds * 1.1
        moment += timedelta(seconds=wait)
    with frozen_at(moment):
        await sender.drain()

    found = await detail(app_client, subscription)
    assert (found["status"], found["attempts"], len(found["attempt_list"])) == ("failed", 10, 10)
    assert len(set(receiver.ids)) == 1
    assert len({one.body for one in receiver.seen}) == 1
    assert found["attempt_list"][0]["status_code"] == 500
    assert len(found["attempt_list"][0]["answer"].encode()) <= 1024


async def test_answers_of_the_endpoint_are_for_its_owner(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient, calling: Any,
    wallet: httpx.AsyncClient,
) -> None:  # fmt: skip
    receiver.text = "chi tiết nội bộ"
    subscription = await subscribe("step.completed")
    await deliver(completed_step())
    await sender.drain()

    assert (await detail(app_client, subscription))["attempt_list"][0]["answer"] == "chi tiết nội bộ"
    assert (await detail(calling("operator"), subscription))["attempt_list"][0]["answer"] is None
    assert (await wallet.get(f"/v1/subscriptions/{subscription['id']}/deliveries")).status_code == 404


async def test_retry_after_is_honoured(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    subscription = await subscribe("step.completed")
    receiver.status, receiver.headers = 503, {"Retry-After": "900"}
    await deliver(completed_step())
    moment = now()
    with frozen_at(moment):
        await sender.drain()
        await sender.drain()

    due = (await detail(app_client, subscription))["next_attempt_at"]
    assert datetime.fromisoformat(due) - moment == timedelta(seconds=900)


async def test_410_pauses_and_nothing_is_lost(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    subscription = await subscribe("step.completed")
    path = f"/v1/subscriptions/{subscription['id']}"
    receiver.status = 410
    await deliver(completed_step())
    await sender.drain()
    paused = (await app_client.get(path)).json()
    await deliver(completed_step())
    await sender.drain()
    receiver.status = 200
    await app_client.patch(path, json={"status": "active"})
    await sender.drain()

    assert (paused["status"], paused["status_reason"]) == ("paused", "gone")
    assert len(receiver.ids) == 3
    assert len(set(receiver.ids)) == 2
    assert {one["status"] for one in await deliveries(app_client, subscription)} == {"delivered"}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(
    status: int, deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    async with receiving() as elsewhere:
        receiver.status, receiver.headers = status, {"Location": elsewhere.url}
        subscription = await subscribe("step.completed")
        await deliver(completed_step())
        await sender.drain()

        assert elsewhere.seen == []
    found = await detail(app_client, subscription)
    assert (found["status"], found["attempt_list"][0]["status_code"]) == ("pending", status)


async def test_an_endpoint_that_does_not_answer_is_given_up_in_time(
    deliver: Any, database: Any, sender_settings: Any, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    async def never(_: Received) -> web.Response:
        await asyncio.sleep(60)
        raise AssertionError

    receiver.answer = never
    subscription = await subscribe("step.completed")
    await deliver(completed_step())
    await Sender(database, sender_settings.model_copy(update={"attempt_seconds": 0.2})).drain()

    assert (await detail(app_client, subscription))["attempt_list"][0]["error"] == "timeout"


async def test_an_event_does_not_wait_for_the_slow_answer_to_another(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any
) -> None:
    is_answered = asyncio.Event()

    async def slow_for_the_first(received: Received) -> web.Response:
        if received.id == receiver.ids[0]:
            await is_answered.wait()
        return web.Response()

    receiver.answer = slow_for_the_first
    await subscribe("step.completed")
    await deliver(completed_step())
    sending = asyncio.create_task(sender.run())
    async with asyncio.timeout(4):
        while len(receiver.seen) < 1:
            await asyncio.sleep(0.01)
        await deliver(completed_step())
        while len(receiver.seen) < 2:
            await asyncio.sleep(0.01)
    is_answered.set()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def test_nothing_listens_there(
    deliver: Any, sender: Sender, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    subscription = await subscribe("step.completed", url="http://127.0.0.1:1/hook")
    await deliver(completed_step())
    await sender.drain()

    assert (await detail(app_client, subscription))["attempt_list"][0]["error"] == "connection-failed"


async def test_events_of_one_subject_go_one_after_the_other_in_order(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, sender_settings: Any
) -> None:
    async def slow(_: Received) -> web.Response:
        await asyncio.sleep(0.005)
        return web.Response()

    receiver.answer = slow
    await subscribe("step.completed")
    people = [completed_step() for _ in range(4)]
    for number in range(10):
        await deliver(*(one.model_copy(update={"completed_at": one.at + timedelta(seconds=number)}) for one in people))
    await sender.drain()

    assert len(receiver.seen) == len(set(receiver.ids)) == 40
    for person in people:
        own = [one.message["data"]["completed_at"] for one in receiver.seen
               if one.message["data"]["resident_id"] == str(person.resident_id)]  # fmt: skip
        assert own == sorted(own)
    assert 1 < receiver.most_at_once <= sender_settings.endpoint_places


async def test_two_senders_share_the_work_and_send_nothing_twice(
    deliver: Any, database: Any, sender_settings: Any, receiver: Receiver, subscribe: Any
) -> None:
    await subscribe("step.completed")
    await deliver(*(completed_step() for _ in range(300)))
    senders = [Sender(database, sender_settings), Sender(database, sender_settings)]
    await asyncio.gather(*(one.drain() for one in senders))
    await senders[0].drain()

    assert len(receiver.ids) == len(set(receiver.ids)) == 300


async def test_secrets_overlap_while_they_rotate(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    subscription = await subscribe("step.completed")
    path = f"/v1/subscriptions/{subscription['id']}/secrets"
    made = (await app_client.post(path, json={"overlap_hours": 1})).json()
    await deliver(completed_step())
    await sender.drain()
    with frozen_at(now() + timedelta(hours=1, minutes=1)):
        await deliver(completed_step())
        await sender.drain()

    first, second = receiver.seen
    assert first.verified_by(subscription["secret"]) == first.verified_by(made["secret"])
    assert len(first.headers["webhook-signature"].split()) == 2
    assert len(second.headers["webhook-signature"].split()) == 1
    shown = (await app_client.get(path)).json()["items"]
    assert [one["hint"] for one in shown] == [made["secret"][-4:], subscription["secret"][-4:]]
    assert all("secret" not in one for one in shown)


async def test_a_paused_subscription_gets_everything_when_it_is_active_again(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    subscription = await subscribe("step.completed")
    path = f"/v1/subscriptions/{subscription['id']}"
    await app_client.patch(path, json={"status": "paused"})
    await deliver(*(completed_step() for _ in range(5)))
    await sender.drain()
    assert receiver.seen == []
    await app_client.patch(path, json={"status": "active"})
    await sender.drain()

    assert len(set(receiver.ids)) == 5


async def test_one_delivery_is_sent_again_with_its_id(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient
) -> None:
    subscription = await subscribe("step.completed")
    await deliver(completed_step())
    await sender.drain()
    (one,) = await deliveries(app_client, subscription)
    answer = await app_client.post(f"/v1/subscriptions/{subscription['id']}/deliveries/{one['id']}/resend")
    await sender.drain()

    assert answer.status_code == 202
    assert receiver.ids == [one["event_id"]] * 2
    assert (await detail(app_client, subscription))["attempts"] == 2


async def test_a_time_is_replayed_by_types_and_status(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, bank: httpx.AsyncClient
) -> None:
    subscription = await subscribe("delivery.processed", "delivery.rejected", client=bank)
    before = now()
    await deliver(processed(), processed(), processed(outcome="rejected", reason="unlicensed-provider"))
    await sender.drain()
    path = f"/v1/subscriptions/{subscription['id']}/replays"
    window = {"from": (before - timedelta(seconds=1)).isoformat(), "to": (now() + timedelta(seconds=1)).isoformat()}

    all_again = await bank.post(path, json=window)
    none_failed = await bank.post(path, json=window | {"status": "failed"})
    await sender.drain()
    rejected = await bank.post(path, json=window | {"types": ["delivery.rejected"]})
    await sender.drain()

    assert [one.status_code for one in (all_again, none_failed, rejected)] == [202] * 3
    assert [one.json()["deliveries"] for one in (all_again, none_failed, rejected)] == [3, 0, 1]
    assert len(receiver.ids) == 7
    assert len(set(receiver.ids)) == 3


async def test_deliveries_are_listed_by_status_type_and_time(
    deliver: Any, sender: Sender, receiver: Receiver, subscribe: Any, bank: httpx.AsyncClient
) -> None:
    subscription = await subscribe("delivery.processed", "delivery.rejected", client=bank)
    await deliver(processed(), processed(outcome="rejected"))
    await sender.drain()

    assert len(await deliveries(bank, subscription, status="delivered")) == 2
    assert await deliveries(bank, subscription, status="failed") == []
    assert [one["type"] for one in await deliveries(bank, subscription, type="delivery.rejected")] == [
        "delivery.rejected"
    ]
    later = (now() + timedelta(minutes=1)).isoformat()
    assert await deliveries(bank, subscription, **{"from": later}) == []
    assert len(await deliveries(bank, subscription, to=later)) == 2
