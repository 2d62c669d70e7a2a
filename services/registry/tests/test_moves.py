"""Residents move between communes: the receiving one asks, the old one decides, both see it."""

from datetime import timedelta
from typing import Any

from chassis.clock import frozen_at, now, today
from chassis.storage.database import Database
from contracts.registry import ResidentMoved
from registry.commands.move_requests import match_open_moves

from .conftest import PURPOSE, a_resident

RECEIVER, OLD, PROVINCE = "15061", "15724", "38"


def a_move(number: int = 1, **changes: Any) -> dict[str, Any]:
    person = a_resident(number)
    known = {name: person[name] for name in ("personal_id", "full_name", "date_of_birth")}
    return known | {"to_unit_code": "15061-02", "moved_on": str(today()), "reason": "Theo chồng về"} | changes


async def requested(calling: Any, **changes: Any) -> str:
    answer = await calling("officer", unit_code=RECEIVER).post("/v1/moves", json=a_move(**changes))
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "requested"
    move_id: str = answer.json()["id"]
    return move_id


async def test_the_answer_is_the_same_for_a_known_and_an_unknown_person(calling: Any, register: Any) -> None:
    await register(a_resident(1))
    client = calling("officer", unit_code=RECEIVER)

    answers = [await client.post("/v1/moves", json=a_move(number)) for number in (1, 2)]
    misspelt = await client.post("/v1/moves", json=a_move(1, full_name="Người Khác", to_unit_code="15061-03"))

    assert {(answer.status_code, answer.json()["status"]) for answer in (*answers, misspelt)} == {(202, "requested")}
    items = (await client.get("/v1/moves?unit_code=15061", headers=PURPOSE)).json()["items"]
    assert len(items) == 3
    assert {(item["resident_id"], item["from_unit_code"], item["status"]) for item in items} == {
        (None, None, "requested")
    }
    assert items[0].keys() == items[1].keys()


async def test_the_old_commune_accepts_and_every_service_follows(calling: Any, register: Any, published: Any) -> None:
    resident = await register(a_resident(1, household_code="H1"))
    move_id = await requested(calling)
    old, receiver = calling("officer", unit_code=OLD), calling("officer", unit_code=RECEIVER)
    [waiting] = (await old.get("/v1/moves?status=requested", headers=PURPOSE)).json()["items"]
    assert (waiting["full_name"], waiting["from_unit_code"]) == ("Lê Văn Đức", "15727-01")
    assert waiting["resident_id"] == resident["id"]
    assert waiting["personal_id"].startswith("038*")

    decided = await old.post(f"/v1/moves/{move_id}/decision", json={"accept": True})

    assert decided.status_code == 200, decided.text
    assert decided.json()["status"] == "completed"
    shown = (await receiver.get(f"/v1/residents/{resident['id']}", headers=PURPOSE)).json()
    assert (shown["unit_code"], shown["household_code"]) == ("15061-02", None)
    assert (await old.get(f"/v1/residents/{resident['id']}", headers=PURPOSE)).status_code == 404
    [moved] = await published(ResidentMoved)
    assert (moved.from_unit_code, moved.unit_code, moved.moved_on) == ("15727-01", "15061-02", today())
    for client in (old, receiver):
        [item] = (await client.get("/v1/moves")).json()["items"]
        assert (item["status"], item["from_unit_code"], item["to_unit_code"]) == ("completed", "15727-01", "15061-02")
        assert item["decided_by"]["unit_code"] == OLD
    assert (await old.post(f"/v1/moves/{move_id}/decision", json={"accept": True})).status_code == 409


async def test_a_refusal_needs_a_reason_and_is_seen_by_both(calling: Any, register: Any) -> None:
    resident = await register(a_resident(1))
    move_id = await requested(calling)
    old, receiver = calling("officer", unit_code=OLD), calling("officer", unit_code=RECEIVER)

    assert (await old.post(f"/v1/moves/{move_id}/decision", json={"accept": False})).status_code == 422
    refused = await old.post(f"/v1/moves/{move_id}/decision", json={"accept": False, "reason": "Vẫn ở thôn 1"})

    assert refused.status_code == 200
    for client in (old, receiver):
        [item] = (await client.get("/v1/moves?status=refused", headers=PURPOSE)).json()["items"]
        assert item["decision_reason"] == "Vẫn ở thôn 1"
    assert (await old.get(f"/v1/residents/{resident['id']}", headers=PURPOSE)).json()["unit_code"] == "15727-01"


async def test_only_the_old_commune_decides_and_the_province_after_three_working_days(
    calling: Any, register: Any
) -> None:
    await register(a_resident(1))
    move_id = await requested(calling)
    path, accept = f"/v1/moves/{move_id}/decision", {"accept": True}

    assert (await calling("officer", unit_code=RECEIVER).post(path, json=accept)).status_code == 403
    assert (await calling("officer", unit_code="15073").post(path, json=accept)).status_code == 404
    early = await calling("officer", unit_code=PROVINCE).post(path, json=accept)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/move-not-due")
    with frozen_at(now() + timedelta(days=12)):
        late = await calling("officer", unit_code=PROVINCE).post(path, json=accept)
    assert late.status_code == 200, late.text
    assert late.json()["status"] == "completed"


async def test_an_unknown_person_cannot_be_moved_but_the_province_can_close_the_request(calling: Any) -> None:
    move_id = await requested(calling)
    path = f"/v1/moves/{move_id}/decision"

    with frozen_at(now() + timedelta(days=12)):
        province = calling("officer", unit_code=PROVINCE)
        assert (await province.post(path, json={"accept": True})).status_code == 409
        closed = await province.post(path, json={"accept": False, "reason": "Chưa có trong hệ thống"})

    assert closed.json()["status"] == "refused"


async def test_a_person_of_the_caller_s_own_units_moves_at_once(calling: Any, register: Any, published: Any) -> None:
    await register(a_resident(1))

    answer = await calling("officer", unit_code=OLD).post("/v1/moves", json=a_move(to_unit_code="15721-01"))

    assert (answer.status_code, answer.json()["status"]) == (202, "completed")
    assert [event.unit_code for event in await published(ResidentMoved)] == ["15721-01"]


async def test_a_move_is_taken_back_with_the_household(calling: Any, register: Any, published: Any) -> None:
    resident = await register(a_resident(1, household_code="H1"))
    move_id = await requested(calling)
    old, receiver = calling("officer", unit_code=OLD), calling("officer", unit_code=RECEIVER)
    await old.post(f"/v1/moves/{move_id}/decision", json={"accept": True})

    back = await receiver.post(f"/v1/moves/{move_id}/reversal", json={"reason": "Nhầm người"})

    assert (back.status_code, back.json()["status"]) == (200, "reversed")
    shown = (await old.get(f"/v1/residents/{resident['id']}", headers=PURPOSE)).json()
    assert (shown["unit_code"], shown["household_code"]) == ("15727-01", "H1")
    assert [event.unit_code for event in await published(ResidentMoved)] == ["15061-02", "15727-01"]
    assert (await old.post(f"/v1/moves/{move_id}/reversal", json={"reason": "Lần nữa"})).status_code == 409


async def test_a_request_is_withdrawn_by_the_commune_that_sent_it(calling: Any, register: Any) -> None:
    await register(a_resident(1))
    move_id = await requested(calling)
    old, receiver = calling("officer", unit_code=OLD), calling("officer", unit_code=RECEIVER)

    assert (await old.delete(f"/v1/moves/{move_id}")).status_code == 403
    assert (await receiver.delete(f"/v1/moves/{move_id}")).status_code == 204
    assert (await old.get("/v1/moves")).json()["items"] == []
    assert (await receiver.get(f"/v1/moves/{move_id}")).json()["status"] == "withdrawn"


async def test_the_same_request_twice_is_one(calling: Any, register: Any) -> None:
    await register(a_resident(1))

    assert await requested(calling) == await requested(calling)


async def test_wrong_requests_are_refused_by_field(calling: Any) -> None:
    client = calling("officer", unit_code=RECEIVER)

    wrong = await client.post("/v1/moves", json=a_move(moved_on="2099-01-01", personal_id="12", reason=""))
    assert wrong.status_code == 422
    assert {error["pointer"] for error in wrong.json()["errors"]} == {"/moved_on", "/personal_id", "/reason"}
    unborn = await client.post("/v1/moves", json=a_move(moved_on="1900-01-01"))
    assert [(error["pointer"], error["code"]) for error in unborn.json()["errors"]] == [("/moved_on", "before-start")]
    assert (await client.post("/v1/moves", json=a_move(to_unit_code="15727-01"))).status_code == 403
    assert (await client.post("/v1/moves", json=a_move(to_unit_code="99999"))).status_code == 422
    assert (await calling("volunteer", unit_code=RECEIVER).post("/v1/moves", json=a_move())).status_code == 403


async def test_without_a_purpose_no_names_and_numbers_are_shown(calling: Any, register: Any) -> None:
    await register(a_resident(1))
    await requested(calling)

    [item] = (await calling("officer", unit_code=OLD).get("/v1/moves")).json()["items"]

    assert {item[name] for name in ("full_name", "personal_id", "date_of_birth", "reason")} == {None}


async def matched(database: Database) -> int:
    async with database.transaction() as session:
        return await match_open_moves(session)


async def test_a_request_about_an_unknown_person_reaches_the_commune_that_registers_them_later(
    calling: Any, register: Any, database: Database
) -> None:
    move_id, misspelt = (
        await requested(calling),
        await requested(calling, full_name="Người Khác", to_unit_code="15061-03"),
    )
    assert await matched(database) == 0
    with frozen_at(now() + timedelta(days=30)):
        resident = await register(a_resident(1))
        assert [await matched(database), await matched(database)] == [1, 0]
        old, receiver = calling("officer", unit_code=OLD), calling("officer", unit_code=RECEIVER)
        [waiting] = (await old.get("/v1/moves?status=requested", headers=PURPOSE)).json()["items"]
        [unmatched] = [each for each in (await receiver.get("/v1/moves")).json()["items"] if each["id"] == misspelt]

        decided = await old.post(f"/v1/moves/{move_id}/decision", json={"accept": True})

    assert (waiting["id"], waiting["resident_id"]) == (move_id, resident["id"])
    assert waiting["decide_by"] > str(today() + timedelta(days=30))
    assert (unmatched["status"], unmatched["resident_id"]) == ("requested", None)
    assert decided.json()["status"] == "completed"


async def test_a_request_is_completed_when_the_commune_that_sent_it_registers_the_person_itself(
    calling: Any, register: Any, database: Database
) -> None:
    move_id = await requested(calling)
    resident = await register(a_resident(1, unit_code="15061-01"))

    assert await matched(database) == 1

    receiver = calling("officer", unit_code=RECEIVER)
    [move] = (await receiver.get("/v1/moves", headers=PURPOSE)).json()["items"]
    assert (move["id"], move["status"]) == (move_id, "completed")
    shown = (await receiver.get(f"/v1/residents/{resident['id']}", headers=PURPOSE)).json()
    assert shown["unit_code"] == "15061-02"
