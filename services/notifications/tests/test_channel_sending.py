"""What is queued goes over its channel once, in its time and within its budget; receipts set its status."""

import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.clock import frozen_at, now
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.storage.database import Database
from chassis.testing import Calling
from notifications.channels.configured import Adapters
from notifications.channels.destinations import Destination
from notifications.channels.loop import ChannelSender
from notifications.channels.messages import Accepted, Message, Refused, SendResult, TryLater
from notifications.channels.queue import Queued
from notifications.model.notifications import Notification, NotificationChannel, NotificationSend
from notifications.model.preferences import TOKEN, Device, Platform, QuietHours
from notifications.sender.signatures import headers_of, key_of
from notifications.settings import NotificationsSettings, get_settings

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
"""12:00 in Viet Nam."""
NIGHT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
"""22:00 in Viet Nam."""
PHONE = "+84912345678"


class Recording:
    """An adapter that records its messages and returns the given answers."""

    def __init__(self, *answers: SendResult) -> None:
        self.answers, self.messages = list(answers), list[Message]()

    async def send(self, message: Message) -> SendResult:
        self.messages.append(message)
        return self.answers.pop(0) if self.answers else Accepted(f"ref-{message.send_id}")

    async def close(self) -> None:
        pass


@pytest.fixture
def adapter() -> Recording:
    return Recording()


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with frozen_at(NOON):
        yield


def title_of(_kind: str, language: str) -> str:
    return "Hồ sơ cần bổ sung" if language == "vi" else "Supplement needed"


async def find(send: Queued) -> Destination:
    return PHONE


def sender(
    database: Database, adapter: Recording, channel: NotificationChannel = NotificationChannel.SMS, **settings: Any
) -> ChannelSender:
    keys = [(channel, platform) for platform in (None, *Platform)]
    adapters: Adapters = dict.fromkeys(keys, adapter)
    return ChannelSender(channel, database, NotificationsSettings(**settings), adapters, find, title_of)


async def queue(
    database: Database, *, channel: NotificationChannel = NotificationChannel.SMS, kind: str = "supplement_asked",
    unit_code: str = "15724",
    device: Device | None = None, person: str = "", ended: bool = False,
) -> UUID:  # fmt: skip
    """A queued send of a new notification."""
    notification = Notification(
        person=person or f"resident:{new_id()}", kind=kind, about_type="dossier", about_id=new_id(), occurred_at=now(),
        at=now(), once=str(new_id()), ended_at=now() if ended else None,
    )  # fmt: skip
    send = NotificationSend(
        notification_id=notification.id, channel=channel.value, unit_code=unit_code, due_at=now(),
        device_id=device.id if device else None,
    )  # fmt: skip
    async with database.transaction() as session:
        session.add(notification)
        if device is not None:
            session.add(device)
        await session.flush()
        session.add(send)
    return send.id


async def row(database: Database, send_id: UUID) -> Any:
    (found,) = await database.fetch("SELECT * FROM notification_send WHERE id = $1", send_id)
    return found


def a_device(token: str = "device-token") -> Device:
    device = Device(
        person=f"resident:{new_id()}", device_id="d", platform="android", token=b"", token_digest=new_id().bytes,
        registered_at=now(),
    )  # fmt: skip
    device.token = encrypt(TOKEN, str(device.id), token)
    return device


async def test_a_queued_message_is_sent_once_and_has_only_a_title_and_a_place(
    database: Database, adapter: Recording
) -> None:
    send_id = await queue(database)
    await sender(database, adapter).drain()
    await sender(database, adapter).drain()

    (message,) = adapter.messages
    assert (message.send_id, message.to) == (send_id, PHONE)
    assert message.text == "Ho so can bo sung. Xem tai ung dung Ba Khong"
    stored = await row(database, send_id)
    assert (stored["status"], stored["provider_reference"], stored["attempts"]) == ("sent", f"ref-{send_id}", 1)
    assert stored["template_version"] == 1
    assert PHONE not in json.dumps(dict(stored), default=str), "a number is kept nowhere"


async def test_two_senders_share_the_work_and_send_nothing_twice(database: Database, adapter: Recording) -> None:
    for _ in range(60):
        await queue(database, channel=NotificationChannel.EMAIL)
    first, second = (
        sender(database, adapter, NotificationChannel.EMAIL),
        sender(database, adapter, NotificationChannel.EMAIL),
    )
    running: tuple[dict[Any, Queued], dict[Any, Queued]] = ({}, {})
    await first._start(running[0])  # both have claimed before either has sent
    await second._start(running[1])
    while await first._step(running[0], seconds=0) or await second._step(running[1], seconds=0):
        pass

    assert len({message.send_id for message in adapter.messages}) == len(adapter.messages) == 60


async def test_what_may_work_later_is_tried_again_and_what_never_will_is_not(
    database: Database, adapter: Recording
) -> None:
    adapter.answers = [TryLater("http-503"), Refused("no-such-number")]
    later = await queue(database)
    await sender(database, adapter).drain()
    stored = await row(database, later)
    assert (stored["status"], stored["attempts"], stored["error"]) == ("queued", 1, "http-503")
    assert timedelta(seconds=60) <= stored["due_at"] - NOON <= timedelta(seconds=66)

    with frozen_at(NOON + timedelta(seconds=70)):
        await sender(database, adapter).drain()
    stored = await row(database, later)
    assert (stored["status"], stored["attempts"], stored["error"]) == ("failed", 2, "no-such-number")


async def test_at_night_only_what_is_urgent_rings(database: Database, adapter: Recording) -> None:
    with frozen_at(NIGHT):
        calm, urgent = await queue(database), await queue(database, kind="link_added")
        own = await queue(database, person=(person := f"resident:{new_id()}"))
        async with database.transaction() as session:
            session.add(QuietHours(person=person, starts_hour=0, ends_hour=0))
        await sender(database, adapter).drain()

    assert {message.send_id for message in adapter.messages} == {urgent, own}
    assert (await row(database, calm))["due_at"] == datetime(2026, 11, 3, 0, 0, tzinfo=UTC), "7:00 in Viet Nam"


async def test_the_budget_of_a_unit_and_day_holds(database: Database, adapter: Recording) -> None:
    sends = [await queue(database) for _ in range(4)] + [await queue(database, unit_code="15061")]
    await sender(database, adapter, sms_per_unit_and_day=3).drain()

    statuses = [((found := await row(database, one))["status"], found["reason_ended"]) for one in sends]
    assert sorted(statuses, key=str) == [("dropped", "budget")] + [("sent", None)] * 4
    next_day = await queue(database)
    with frozen_at(NOON + timedelta(days=1)):
        await sender(database, adapter, sms_per_unit_and_day=3).drain()
    assert (await row(database, next_day))["status"] == "sent"


async def test_an_sms_of_two_parts_costs_two(database: Database, adapter: Recording) -> None:
    sends = [await queue(database) for _ in range(2)]
    settings = {"sms_with_accents": True, "message_place": "ứng dụng của tỉnh " * 3, "sms_per_unit_and_day": 3}
    await sender(database, adapter, **settings).drain()

    assert sorted([(await row(database, one))["status"] for one in sends]) == ["dropped", "sent"]


async def test_what_has_ended_or_has_no_device_or_no_channel_is_dropped(database: Database, adapter: Recording) -> None:
    ended = await queue(database, ended=True)
    gone = await queue(database, channel=NotificationChannel.PUSH)
    nowhere = await queue(database, channel=NotificationChannel.ZALO)
    await sender(database, adapter).drain()
    await sender(database, adapter, NotificationChannel.PUSH).drain()
    await ChannelSender(NotificationChannel.ZALO, database, NotificationsSettings(), {}, find, title_of).drain()

    reasons = [(await row(database, one))["reason_ended"] for one in (ended, gone, nowhere)]
    assert reasons == ["reason-ended", "device-removed", "not-configured"]
    assert adapter.messages == []


async def test_a_void_token_removes_the_device_but_not_one_that_registered_again(
    database: Database, adapter: Recording
) -> None:
    void, renewed = a_device(), a_device()
    await queue(database, channel=NotificationChannel.PUSH, device=void)
    await queue(database, channel=NotificationChannel.PUSH, device=renewed)

    async def renew(send: Queued) -> Destination:
        if send.device_id == renewed.id:
            await database.fetch("UPDATE device SET token_digest = 'new' WHERE id = $1", renewed.id)
        return "token"

    adapter.answers = [Refused("unregistered", removes_device=True)] * 2
    push = sender(database, adapter, NotificationChannel.PUSH)
    push._find = renew
    await push.drain()

    assert [one["id"] for one in await database.fetch("SELECT id FROM device")] == [renewed.id]


async def test_a_sender_that_died_leaves_its_work_to_another_after_its_lease(
    database: Database, adapter: Recording
) -> None:
    send_id = await queue(database, channel=NotificationChannel.EMAIL)
    dead = sender(database, adapter, NotificationChannel.EMAIL)
    running: dict[Any, Queued] = {}
    await dead._start(running)
    for task in running:
        task.cancel()
    await sender(database, adapter, NotificationChannel.EMAIL).drain()
    assert adapter.messages == []
    await database.fetch("UPDATE notification_send SET claimed_until = clock_timestamp() - interval '1 second'")
    await sender(database, adapter, NotificationChannel.EMAIL).drain()

    assert [message.send_id for message in adapter.messages] == [send_id]


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # pragma: allowlist secret


@pytest.fixture
def receipts(calling: Calling, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Awaitable[httpx.Response]]]:
    """`await receipts(reference, status, ...)`: a signed receipt of an SMS."""
    monkeypatch.setenv("SMS_RECEIPT_SECRET", SECRET)
    get_settings.cache_clear()

    async def post(reference: str, status: str, *, id_: str = "", secret: str = SECRET, channel: str = "sms",
                   moment: datetime = NOON) -> httpx.Response:  # fmt: skip
        body = json.dumps({"reference": reference, "status": status, "at": NOON.isoformat()}).encode()
        headers = headers_of(id_ or str(new_id()), moment, body, [key_of(secret)])
        path = f"/v1/channel-receipts/{channel}"
        return await calling().post(path, content=body, headers=headers | {"Content-Type": "application/json"})

    yield post
    get_settings.cache_clear()


async def test_a_receipt_sets_the_status_of_a_message(database: Database, adapter: Recording, receipts: Any) -> None:
    delivered, failed = await queue(database), await queue(database)
    await sender(database, adapter).drain()
    answers = [await receipts(f"ref-{delivered}", "delivered"), await receipts(f"ref-{failed}", "failed")]
    answers.append(await receipts(f"ref-{delivered}", "failed"))  # late and wrong: what was delivered stays so

    assert [answer.status_code for answer in answers] == [204, 204, 204]
    stored = await row(database, delivered)
    assert (stored["status"], stored["delivered_at"]) == ("delivered", NOON)
    assert (await row(database, failed))["status"] == "failed"


async def test_a_receipt_that_comes_before_its_message_is_stored_counts(
    database: Database, adapter: Recording, receipts: Any
) -> None:
    send_id = await queue(database)
    assert (await receipts(f"ref-{send_id}", "delivered", id_="r1")).status_code == 204
    assert (await receipts(f"ref-{send_id}", "delivered", id_="r1")).status_code == 204
    await sender(database, adapter).drain()

    assert (await row(database, send_id))["status"] == "delivered"
    assert len(await database.fetch("SELECT * FROM channel_receipt")) == 1


async def test_a_receipt_without_the_right_signature_is_refused(database: Database, receipts: Any) -> None:
    refused = [
        await receipts("r", "delivered", secret="whsec_" + "A" * 32),
        await receipts("r", "delivered", moment=NOON - timedelta(minutes=6)),
        await receipts("r", "delivered", channel="zalo"),
    ]
    assert [answer.status_code for answer in refused] == [401, 401, 401]
    assert (await receipts("r", "delivered", channel="push")).status_code in (400, 404, 422)
    assert await database.fetch("SELECT * FROM channel_receipt") == []


async def test_an_operator_sees_how_channels_are_doing(
    database: Database, adapter: Recording, calling: Calling, receipts: Any
) -> None:
    sent = [await queue(database) for _ in range(3)]
    await sender(database, adapter, sms_per_unit_and_day=2).drain()
    rows = [await row(database, one) for one in sent]
    taken = next(one["id"] for one in rows if one["status"] == "sent")
    await receipts(f"ref-{taken}", "delivered")
    await queue(database, channel=NotificationChannel.EMAIL)
    answer = await calling("operator").get("/v1/channels")

    assert answer.status_code == 200, answer.text
    states = {item["channel"]: item for item in answer.json()["items"]}
    assert states["sms"] | {"used": states["sms"]["used"]} == {
        "channel": "sms", "due": 0, "oldest_due_at": None, "sent": 1, "delivered": 1, "failed": 0,
        "dropped": {"budget": 1}, "used": {"15724": 2},
    }  # fmt: skip
    assert (states["email"]["due"], states["email"]["oldest_due_at"]) == (1, "2026-11-02T12:00:00+07:00")
    assert (await calling("officer", unit_code="38").get("/v1/channels")).status_code == 403
