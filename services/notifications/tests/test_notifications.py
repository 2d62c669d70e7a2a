"""Notifications to people: who gets which, once, and how it ends."""

from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from chassis.clock import frozen_at, now
from chassis.ids import new_id
from chassis.storage.database import Database
from contracts.access import AccessRecorded
from contracts.casework import DocumentChanged, DocumentSent, IncidentChanged
from contracts.payments_qr import BillReminded
from contracts.registry import IdentityLinkChanged, OrganizationRegistered, ResidentDeceased, ResidentMerged
from notifications.commands.notifying import notify_people
from notifications.commands.planning import notify_due
from notifications.commands.sends import end_of_quiet
from notifications.model.notification_kinds import DAY, KINDS, Kind
from notifications.model.notification_texts import FILLERS
from services.notifications.tests.people_events import (
    COMMUNE,
    VILLAGE,
    bill,
    moved_on,
    paid,
    resident,
    session,
    supplement,
    task,
    units,
)

MIDDAY = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
"""12:00 in Ho Chi Minh City: nothing is quiet."""


@pytest.fixture
def midday() -> Any:
    with frozen_at(MIDDAY):
        yield


@pytest.fixture
def person(calling: Any) -> Any:
    """`person(resident_id)`: the client of a resident."""
    return lambda resident_id, **who: calling(
        "resident", resident_id=resident_id, subject=str(resident_id), level=1, **who
    )


async def feed(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get("/v1/notifications", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def kinds(client: httpx.AsyncClient, **query: Any) -> list[str]:
    return sorted(item["kind"] for item in (await feed(client, **query))["items"])


async def sends(database: Database) -> list[tuple[str, str, str | None]]:
    rows = await database.fetch("SELECT channel, status, reason_ended FROM notification_send ORDER BY id")
    return [tuple(row) for row in rows]


async def device(client: httpx.AsyncClient, name: str = "phone", token: str = "token-1") -> httpx.Response:
    return await client.put(f"/v1/me/devices/{name}", json={"platform": "android", "token": token})


async def test_a_resident_is_notified_once_of_a_supplement_in_both_languages(deliver: Any, person: Any) -> None:
    resident_id = new_id()
    asked = supplement(resident_id)
    await deliver(asked, asked, asked.model_copy(update={"at": now()}))

    page = await feed(person(resident_id))

    (item,) = page["items"]
    assert page["unread"] == 1
    assert (item["kind"], item["title"]) == ("supplement_asked", "Hồ sơ cần bổ sung")
    assert item["text"] == "Hồ sơ H56.1 của ông/bà cần bổ sung. Mở hồ sơ để xem nội dung."
    assert item["about"] == {"kind": "dossier", "id": str(asked.dossier_id)}
    assert item["read_at"] is None
    english = await person(resident_id).get("/v1/notifications", headers={"Accept-Language": "en"})
    assert english.json()["items"][0]["title"] == "Supplement needed"
    assert (await feed(person(new_id())))["items"] == []


async def test_what_was_read_is_not_unread_any_more(deliver: Any, person: Any) -> None:
    me, other = new_id(), new_id()
    await deliver(supplement(me), supplement(me), supplement(other))
    first, second = (await feed(person(me)))["items"]

    read = await person(me).post(f"/v1/notifications/{first['id']}/read")

    assert read.status_code == 200
    assert read.json()["read_at"]
    assert (await feed(person(me), unread="true"))["items"] == [second]
    assert (await feed(person(me)))["unread"] == 1
    assert (await person(other).post(f"/v1/notifications/{first['id']}/read")).status_code == 404
    assert (await person(me).post("/v1/notifications/read-all")).json() == {"unread": 0}
    assert (await feed(person(me)))["unread"] == 0
    assert (await feed(person(other)))["unread"] == 1


async def test_polling_by_the_newest_time_misses_nothing_that_one_clock_tick_brought(
    deliver: Any, person: Any, midday: None
) -> None:
    me = new_id()
    await deliver(supplement(me))
    newest = (await feed(person(me)))["items"][0]["at"]
    await deliver(supplement(me))

    assert len((await feed(person(me), since=newest))["items"]) == 1
    page = await feed(person(me), limit=1)
    rest = await feed(person(me), limit=1, cursor=page["next_cursor"])
    assert len({page["items"][0]["id"], rest["items"][0]["id"]}) == 2
    assert rest["next_cursor"] is None


async def test_a_paid_bill_ends_its_reminders_and_is_confirmed_to_who_was_reminded(
    deliver: Any, person: Any, database: Database
) -> None:
    me = new_id()
    issued = bill()
    issued = issued.model_copy(update={"resident_ids": [me]})
    overdue = bill(BillReminded, me, days_left=-2, bill_id=issued.bill_id, merchant_id=issued.merchant_id)
    with frozen_at(datetime(2026, 11, 30, 15, 30, tzinfo=UTC)):  # 22:30 there: pushes wait for the morning
        await deliver(resident(resident_id=me))
        await device(person(me))
        await deliver(issued, overdue)
        assert await sends(database) == [("push", "queued", None)] * 2

        await deliver(paid(issued))

    assert await kinds(person(me)) == ["bill_due", "bill_overdue", "bill_paid"]
    assert sorted(await sends(database)) == [
        ("push", "dropped", "reason-ended"), ("push", "dropped", "reason-ended"), ("push", "queued", None),
    ]  # fmt: skip
    ended = {item["kind"]: item["ended_at"] for item in (await feed(person(me)))["items"]}
    assert ended["bill_overdue"]
    assert ended["bill_paid"] is None


async def test_an_answered_supplement_drops_its_push_and_a_second_one_is_news_again(
    deliver: Any, person: Any, database: Database
) -> None:
    me = new_id()
    await device(person(me))
    asked = supplement(me)
    answered = moved_on(asked)
    again = supplement(me, dossier_id=asked.dossier_id, version=9, at=now() + timedelta(seconds=1))

    async with database.transaction() as one:  # in one batch, as the consumer has it
        await notify_people(one, [asked, answered, again])
    await deliver(answered)  # read again: what came later holds

    assert await kinds(person(me)) == ["dossier_accepted", "supplement_asked", "supplement_asked"]
    items = (await feed(person(me)))["items"]
    assert [bool(item["ended_at"]) for item in items if item["kind"] == "supplement_asked"] == [False, True]
    assert [status for _, status, _ in await sends(database)] == ["queued", "queued"]


async def test_news_of_a_merged_record_is_for_the_survivor_and_goes_to_the_devices_of_both(
    deliver: Any, person: Any, database: Database
) -> None:
    duplicate, survivor = resident(), resident()
    await deliver(duplicate, survivor)
    await device(person(duplicate.resident_id), "old-phone", "token-old")
    await device(person(survivor.resident_id), "new-phone", "token-new")
    before = bill(BillReminded, duplicate.resident_id, days_left=1)
    await deliver(before)
    await deliver(
        resident(
            ResidentMerged,
            resident_id=duplicate.resident_id,
            version=2,
            life="merged",
            survivor_id=survivor.resident_id,
        )
    )
    both = bill(BillReminded, duplicate.resident_id, survivor.resident_id, days_left=1)
    await deliver(both, before)

    assert await kinds(person(survivor.resident_id)) == ["bill_reminder", "bill_reminder"]
    assert len(await sends(database)) == 3  # one to the old phone before, then one to each


async def test_the_deceased_get_no_notification_and_what_is_queued_for_them_is_dropped(
    deliver: Any, person: Any, database: Database
) -> None:
    one = resident()
    await deliver(one)
    await device(person(one.resident_id))
    await deliver(supplement(one.resident_id))
    await deliver(
        resident(ResidentDeceased, resident_id=one.resident_id, version=2, life="deceased", deceased_on=now().date())
    )
    await deliver(supplement(one.resident_id))

    assert await sends(database) == [("push", "dropped", "deceased")]
    assert await kinds(person(one.resident_id)) == ["supplement_asked"]


async def test_residents_and_organizations_are_notified_of_documents_and_faults(
    deliver: Any, calling: Any, person: Any
) -> None:
    me, firm = new_id(), new_id()
    letter, fault = new_id(), new_id()
    incident = {
        "incident_id": fault, "unit_id": COMMUNE, "unit_code": "15724", "system": "app", "severity": "low", "at": now(),
        "reported_at": now(), "reporter_id": me,
    }  # fmt: skip
    await deliver(
        OrganizationRegistered(
            organization_id=firm, version=1, unit_id=VILLAGE, unit_code="15727-01", at=now(), kind="enterprise",
            representative_id=None, owner_has_smartphone=True,
        ),
        DocumentSent(document_id=letter, version=1, status="arrived", at=now(), recipient_id=firm),
        DocumentChanged(document_id=new_id(), version=2, status="received", at=now(), sender_id=me),
        DocumentChanged(document_id=new_id(), version=3, status="completed", at=now(), sender_id=me),
        IncidentChanged(**incident, version=2, status="assigned"),
        IncidentChanged(**incident, version=3, status="resolved"),
        IncidentChanged(**incident | {"reporter_id": None}, version=4, status="resolved"),
    )  # fmt: skip

    assert await kinds(person(me)) == ["document_settled", "incident_resolved"]
    assert await kinds(calling("organization", organization_id=firm, subject="firm", level=1)) == ["document_arrived"]


async def test_the_reads_of_an_office_on_one_day_are_one_piece_of_news(deliver: Any, person: Any, midday: None) -> None:
    me = new_id()
    read = {
        "resident_id": me, "service": "registry", "at": now(), "actor": "officer-1", "action": "read",
        "fields": ["full_name"], "unit_code": "15724",
    }  # fmt: skip
    await deliver(
        AccessRecorded(access_id=new_id(), role="officer", purpose="dossier", **read),
        AccessRecorded(access_id=new_id(), role="officer", purpose="dossier", **read),
        AccessRecorded(access_id=new_id(), role="officer", purpose="payment", **read),
        AccessRecorded(access_id=new_id(), role="partner", purpose="dossier", **read),
    )

    assert await kinds(person(me)) == ["consent_used", "record_read", "record_read"]
    texts = [item["text"] for item in (await feed(person(me)))["items"]]
    assert "Cán bộ đã xem thông tin của ông/bà. Mục đích: Giải quyết hồ sơ." in texts


async def test_a_session_is_near_for_the_people_of_its_unit_and_for_its_staff_until_it_is_cancelled(
    deliver: Any, calling: Any, person: Any, database: Database
) -> None:
    here, elsewhere = resident(), resident(unit_id=new_id(), unit_code="99999")
    planned = session(timedelta(days=2))
    await deliver(*units(), here, elsewhere)
    await deliver(planned)
    await notify_due(database)
    officer = calling("officer", unit_code="38", subject="officer-1")

    assert await kinds(person(here.resident_id)) == ["session_near"]
    assert await kinds(person(elsewhere.resident_id)) == []
    assert await kinds(officer) == ["session_near", "session_scheduled"]
    assert await kinds(calling("volunteer", unit_code="15727-01", subject="v")) == ["session_near", "session_scheduled"]

    await deliver(planned.model_copy(update={"version": 2, "status": "cancelled", "at": now()}))
    await deliver(planned)  # read again: it stays cancelled
    await notify_due(database)

    assert await kinds(person(here.resident_id)) == ["session_cancelled"]
    assert "session_near" not in await kinds(officer)


async def test_a_session_that_moves_is_notified_once_at_its_new_time(
    deliver: Any, person: Any, database: Database
) -> None:
    one = resident()
    planned = session(timedelta(days=2))
    later = planned.model_copy(update={"version": 2, "starts_at": now() + timedelta(days=20), "at": now()})
    await deliver(*units(), one)
    await deliver(planned)
    await notify_due(database)
    await deliver(later, later)
    await notify_due(database)
    assert await kinds(person(one.resident_id)) == ["session_moved"]

    with frozen_at(now() + timedelta(days=18)):
        await notify_due(database)
        await notify_due(database)
        assert await kinds(person(one.resident_id)) == ["session_moved", "session_near"]


async def test_a_task_reminds_its_owner_or_the_officers_of_its_body_until_it_is_done(
    deliver: Any, calling: Any, database: Database
) -> None:
    owner, culture = (
        calling("officer", unit_code="15724", subject="o"),
        calling("officer", unit_code="15724", body="culture"),
    )
    police = calling("officer", unit_code="15724", body="police", subject="p")
    today = now().date()
    due = {"due_on": today, "reminded_on": [today - timedelta(days=1), today + timedelta(days=400)]}
    mine, ours = task(owner="o", **due), task(**due)
    with frozen_at(MIDDAY + (now() - MIDDAY)):
        await deliver(*units(), mine, ours)
        await notify_due(database)

    assert await kinds(owner) == ["task_due"]
    assert await kinds(culture) == ["task_due"]
    assert await kinds(police) == []
    (item,) = (await feed(culture))["items"]
    await culture.post(f"/v1/notifications/{item['id']}/read")
    assert (await feed(culture))["unread"] == 0

    await deliver(mine.model_copy(update={"status": "done", "at": now()}))
    assert await kinds(owner) == []
    await deliver(mine.model_copy(update={"at": now()}))
    assert await kinds(owner) == ["task_due"]


async def test_a_representative_sees_what_belongs_to_the_scope(deliver: Any, calling: Any) -> None:
    me = new_id()
    await deliver(supplement(me), bill(BillReminded, me, days_left=1))
    acting = calling(
        "resident", resident_id=me, subject="helper", level=1, acting_for=me, representative_id=new_id(),
        acting_scopes=("payments",), representation=new_id(),
    )  # fmt: skip

    assert await kinds(acting) == ["bill_reminder"]
    assert (await acting.get("/v1/me/notification-preferences")).status_code == 403


async def test_preferences_decide_channels_and_feed(
    deliver: Any, person: Any, database: Database, midday: None
) -> None:
    me = new_id()
    await device(person(me))
    before = (await person(me).get("/v1/me/notification-preferences")).json()
    by_default = {"app": True, "push": True, "sms": False, "zalo": False, "email": False}
    assert all(item | by_default == item for item in before["items"])
    assert before["quiet_hours"] == {"starts_hour": 21, "ends_hour": 7}

    wanted = {
        "items": [
            {"kind": "supplement_asked", "push": False, "sms": True},
            {"kind": "bill_reminder", "app": False, "push": False},
        ],
        "quiet_hours": {"starts_hour": 11, "ends_hour": 13},
    }
    changed = await person(me).put("/v1/me/notification-preferences", json=wanted)
    await deliver(supplement(me), bill(BillReminded, me, days_left=1))

    assert changed.status_code == 200, changed.text
    assert changed.json()["quiet_hours"] == {"starts_hour": 11, "ends_hour": 13}
    assert await sends(database) == [("sms", "queued", None)]
    assert await kinds(person(me)) == ["supplement_asked"]
    (row,) = await database.fetch("SELECT due_at FROM notification_send")
    assert row["due_at"] == datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
    (item,) = (await feed(person(me)))["items"]
    shown = (await person(me).get(f"/v1/notifications/{item['id']}")).json()
    assert [(one["channel"], one["status"]) for one in shown["sends"]] == [("sms", "queued")]
    unknown = await person(me).put("/v1/me/notification-preferences", json={"items": [{"kind": "weather"}]})
    assert unknown.status_code == 422


async def test_a_token_belongs_to_the_person_who_registered_it_last_and_is_kept_encrypted(
    deliver: Any, person: Any, database: Database, midday: None
) -> None:
    first, second = new_id(), new_id()
    answer = await device(person(first), token="secret-token")
    assert (answer.status_code, answer.json()["device_id"]) == (200, "phone")
    assert "token" not in answer.json()
    await deliver(supplement(first))
    await device(person(second), token="secret-token")
    await deliver(supplement(first), supplement(second))

    assert await sends(database) == [("push", "dropped", "device-removed"), ("push", "queued", None)]
    (row,) = await database.fetch("SELECT person, token FROM device")
    assert row["person"] == f"resident:{second}"
    assert b"secret-token" not in bytes(row["token"])
    for _ in range(2):
        assert (await person(second).delete("/v1/me/devices/phone")).status_code == 204
    assert [status for _, status, _ in await sends(database)] == ["dropped", "dropped"]


async def test_events_of_long_ago_notify_no_one(deliver: Any, person: Any) -> None:
    me = new_id()
    link = {"issuer": "https://id.example", "subject_index": "aa", "claims_index": None, "linked_at": now()}
    await deliver(
        IdentityLinkChanged(link_id=new_id(), resident_id=me, active=True, at=now() - timedelta(days=31), **link),
        IdentityLinkChanged(link_id=new_id(), resident_id=me, active=True, at=now(), **link),
    )

    assert await kinds(person(me)) == ["link_added"]


async def test_events_that_are_replayed_notify_no_one_twice(deliver: Any, database: Database, person: Any) -> None:
    people = [new_id() for _ in range(50)]
    await device(person(people[0]))
    news = [supplement(one) for one in people] + [bill(BillReminded, *people[:20], days_left=1) for _ in range(5)]
    await deliver(*news)
    counts = "SELECT (SELECT count(*) FROM notification), (SELECT count(*) FROM notification_send)"
    before = tuple((await database.fetch(counts))[0])

    async with database.transaction() as one:
        await one.execute(text("DELETE FROM inbox"))
    await deliver(*reversed(news), *news)

    assert before == (150, 6)
    assert tuple((await database.fetch(counts))[0]) == before


async def test_an_audience_is_notified_batch_by_batch_and_goes_on_where_a_process_died(
    deliver: Any, database: Database, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.commands.planning.BATCH", 10)
    people = [resident() for _ in range(35)]
    await deliver(*units(), *people)
    await deliver(session(timedelta(days=1)))

    from notifications.commands import planning  # the module whose function fails once

    real, calls = planning.record_news, []

    async def failing(*arguments: Any) -> int:
        calls.append(1)
        if len(calls) == 3:
            raise ConnectionError
        return await real(*arguments)

    monkeypatch.setattr(planning, "record_news", failing)
    with pytest.raises(ConnectionError):
        await notify_due(database)
    await notify_due(database)

    (row,) = await database.fetch(
        "SELECT count(*), count(DISTINCT person) FROM notification WHERE kind = 'session_near'"
    )
    assert tuple(row) == (36, 35)
    assert await kinds(person(people[-1].resident_id)) == ["session_near"]


@pytest.mark.parametrize(
    ("hour", "starts", "ends", "due"),
    [(12, 21, 7, 12), (21, 21, 7, 31), (23, 21, 7, 31), (6, 21, 7, 7), (7, 21, 7, 7), (20, 21, 7, 20), (3, 9, 9, 3),
     (12, 11, 13, 13)],
)  # fmt: skip
def test_quiet_hours_end_in_the_morning(hour: int, starts: int, ends: int, due: int) -> None:
    midnight = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)
    moment = midnight + timedelta(hours=hour)

    assert end_of_quiet(moment, starts, ends) == midnight + timedelta(hours=due)


@pytest.mark.parametrize("role", ["partner", "auditor"])
async def test_the_feed_is_for_people(calling: Any, role: Any) -> None:
    assert (await calling(role).get("/v1/notifications")).status_code == 403


@pytest.mark.parametrize(
    "query",
    [{"since": "0001-01-01T00:00:00Z"}, {"since": "yesterday"}, {"cursor": "x"}, {"colour": "red"}, {"unread": "x"}],
)
async def test_a_wrong_query_is_400(person: Any, query: dict[str, str]) -> None:
    assert (await person(new_id()).get("/v1/notifications", params=query)).status_code == 400


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_text_has_a_place_for_personal_data(kind: Kind) -> None:
    """Every place is filled by code, amount or time; every cause fills every place; titles have no places at all."""
    places = {name for _, name, _, _ in Formatter().parse(kind.vi[1] + kind.en[1]) if name}
    assert places <= set(FILLERS)
    assert "{" not in kind.vi[0] + kind.en[0]
    for cause in kind.causes:
        assert places <= set(cause.fills) <= set(cause.event.model_fields)
        assert {cause.about[1], *cause.once} - {DAY} <= set(cause.event.model_fields)


def test_there_are_kinds_for_every_role() -> None:
    assert len(KINDS) >= 40
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert {"supplement_asked", "result_ready", "task_due", "session_near", "incident_resolved"} <= {
        kind.name for kind in KINDS
    }
