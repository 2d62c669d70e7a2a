import base64
import os
from typing import Any

import pytest
from sqlalchemy import text

from chassis.messaging.counts import CountPublisher
from chassis.security.access_log import seal_new_entries
from chassis.security.key_rotation import rotate_keys
from chassis.settings import get_settings
from chassis.storage.database import Database
from contracts.counts import CountsTaken
from contracts.services import EVERY_PROCESS
from registry.commands.counting import take_counts
from registry.commands.rotation import ROTATIONS
from registry.commands.verifying import CHANGED, DATABASES, INTACT, UNREADABLE, verify, verify_all

from .conftest import PURPOSE, a_partner_event, a_resident


def a_key(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


@pytest.fixture
def keys_of_the_process(monkeypatch: pytest.MonkeyPatch) -> Any:
    settings = get_settings()

    def use(data: str, index: str) -> None:
        monkeypatch.setattr(settings, "pii_keys", data)
        monkeypatch.setattr(settings, "pii_index_keys", index)

    return use


async def test_keys_rotate_while_requests_are_served_and_the_old_ones_may_go(
    calling: Any, register: Any, deliver: Any, database: Database, keys_of_the_process: Any
) -> None:
    old, new, old_index, new_index = a_key("old"), a_key("new"), a_key("i1"), a_key("i2")
    keys_of_the_process(old, old_index)
    views = [await register(a_resident(number)) for number in range(1, 6)]
    await deliver(a_partner_event("ekyc.passed", {"resident": {"personal_id": "038085000099"}}))
    officer = calling("officer", unit_code="15724")

    keys_of_the_process(f"{new},{old}", f"{new_index},{old_index}")
    body = {"personal_id": "038085000003"}
    found = await officer.post("/v1/residents/lookup", json=body, headers=PURPOSE)
    again = await officer.post("/v1/residents", json=a_resident(3))
    later = await register(a_resident(6))
    await rotate_keys(database, ROTATIONS)

    assert (found.json()["id"], again.status_code) == (views[2]["id"], 409)
    keys_of_the_process(new, new_index)
    for number, view in enumerate([*views, later], start=1):
        body = {"personal_id": f"0380850{number:05d}"}
        found = await officer.post("/v1/residents/lookup", json=body, headers=PURPOSE)
        assert found.json()["id"] == view["id"]
        assert found.json()["phone"] == f"+849{number:08d}"
    assert (await officer.post("/v1/residents", json=a_resident(4))).status_code == 409
    await register(a_resident(99))
    assert (await officer.get("/v1/unmatched-events", headers=PURPOSE)).json()["items"] == []
    rotations = (await calling("operator").get("/v1/key-rotations")).json()["items"]
    assert {r["key_id"] for r in rotations} == {"new", "i2"}
    assert all(r["finished_at"] for r in rotations)

    for first, second in (((old, old_index), (new, new_index)), ((new, new_index), (old, old_index))):
        keys_of_the_process(f"{first[0]},{second[0]}", f"{first[1]},{second[1]}")
        await rotate_keys(database, ROTATIONS)
    keys_of_the_process(new, new_index)
    back = await officer.post("/v1/residents/lookup", json={"personal_id": "038085000002"}, headers=PURPOSE)
    assert back.status_code == 200


@pytest.mark.parametrize(
    "tampering", ["DELETE FROM access_entry WHERE id = 2", "UPDATE access_entry SET actor = 'x' WHERE id = 2"]
)
async def test_a_deleted_or_changed_access_row_is_found(
    calling: Any, register: Any, database: Database, tampering: str
) -> None:
    view = await register(a_resident())
    officer, auditor = calling("officer", unit_code="15724"), calling("auditor", unit_code="38")
    for _ in range(3):
        await officer.get(f"/v1/residents/{view['id']}", headers=PURPOSE)
        async with database.transaction() as session:
            await seal_new_entries(session, "registry")
    assert (await auditor.get("/v1/access-seals")).json()["intact"] is True

    async with database.transaction() as session:
        await session.execute(text(tampering))

    assert (await auditor.get("/v1/access-seals")).json()["intact"] is False
    assert await verify(database.url) == 2


async def test_one_request_verifies_a_bounded_part_of_the_chain_and_the_next_continues(
    calling: Any, register: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.routes.integrity.MOST_LINKS", 2)
    view = await register(a_resident())
    officer, auditor = calling("officer", unit_code="15724"), calling("auditor", unit_code="38")
    for _ in range(5):
        await officer.get(f"/v1/residents/{view['id']}", headers=PURPOSE)
        async with database.transaction() as session:
            await seal_new_entries(session, "registry")
    async with database.transaction() as session:
        await session.execute(text("UPDATE access_entry SET actor = 'x' WHERE seal_id = 2"))

    newest = (await auditor.get("/v1/access-seals")).json()
    first = (await auditor.get("/v1/access-seals?after=0")).json()
    middle = (await auditor.get("/v1/access-seals?after=2")).json()

    assert newest == {
        "intact": True, "first_broken_seal": None, "checked_from": 4, "checked_to": 5, "next_after": None,
    }  # fmt: skip
    assert (first["intact"], first["first_broken_seal"], first["next_after"]) == (False, 2, 2)
    assert (middle["intact"], middle["checked_from"], middle["next_after"]) == (True, 3, 4)


async def test_one_command_verifies_the_logs_of_all_services_and_what_it_cannot_read_is_not_intact(
    calling: Any, register: Any, database: Database, postgres_url: str
) -> None:
    view = await register(a_resident())
    await calling("officer", unit_code="15724").get(f"/v1/residents/{view['id']}", headers=PURPOSE)
    async with database.transaction() as session:
        await seal_new_entries(session, "registry")
    own = database.url.rsplit("/", 1)[1]

    intact = await verify_all(postgres_url, [own, own])
    unreadable = await verify_all(postgres_url, [own, "no_such_database"])
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM access_entry"))
    changed = await verify_all(postgres_url, ["no_such_database", own])

    assert (intact, unreadable, changed) == (INTACT, UNREADABLE, CHANGED)
    assert set(DATABASES) == {service.replace("-", "_") for service in EVERY_PROCESS}


async def test_counts_are_published_when_they_have_changed(register: Any, database: Database, published: Any) -> None:
    publisher = CountPublisher("registry", take_counts)
    await publisher.publish_changes(database)
    await register(a_resident(1))
    await register(a_resident(2))
    for _ in range(2):
        publisher._next_at = 0
        await publisher.publish_changes(database)

    counted = await published(CountsTaken)
    assert [[(c.unit_code, c.count) for c in event.counts] for event in counted] == [[], [("15727-01", 2)]]
