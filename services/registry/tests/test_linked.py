import asyncio
import socket
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import text

from chassis.storage.database import Database
from contracts.registry import ResidentDeceased, ResidentUpdated, SourceChecked
from deploy.demo.people import Person, people
from deploy.demo.sources.app import create_app
from registry.commands.linked_answers import probe_sources
from registry.commands.refreshes import run_open_refreshes
from registry.settings import RegistrySettings, get_registry_settings
from registry.sources import BY_OWNER, LINKED, Databases
from registry.sources.databases import FAILURES_TO_OPEN

from .conftest import PURPOSE
from .test_identity_links import claims_of

FIELDS = ["full_name", "date_of_birth", "sex", "permanent_address", "ethnic_group", "nationality",
          "social_insurance_no", "social_protection"]  # fmt: skip


class Sandbox:
    """The sandbox's databases over real HTTP, and their switches."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.urls = {name: f"{url}/{name}" for name in LINKED}

    async def switch(self, mode: str, *names: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            for name in names or LINKED:
                answer = await client.put(f"{self.url}/{name}/switch", json={"mode": mode})
                assert answer.status_code == 200


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(), log_level="error", lifespan="off"))
    task = asyncio.get_running_loop().create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield Sandbox(f"http://127.0.0.1:{listener.getsockname()[1]}")
    server.should_exit = server.force_exit = True
    await task


@pytest.fixture
async def databases(sandbox: Sandbox, runtime: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Databases]:
    monkeypatch.setattr(
        "registry.routes.attributes.get_registry_settings", lambda: RegistrySettings(source_seconds=0.5)
    )
    monkeypatch.setattr(
        "registry.routes.registrations.get_registry_settings", lambda: RegistrySettings(source_seconds=0.5)
    )
    BY_OWNER[runtime] = Databases(sandbox.urls)
    yield BY_OWNER[runtime]
    await BY_OWNER.pop(runtime).close()


@pytest.fixture
def person() -> Person:
    return next(
        p
        for p in people()
        if p.cells["Mã số BHXH"] and p.cells["Bảo trợ xã hội"] == "" and len(p.cells["Số ĐDCN"]) == 12
    )


async def registered(register: Any, person: Person, **changes: Any) -> dict[str, Any]:
    body = {
        "personal_id": person.personal_id, "id_document": "cccd", "full_name": person.full_name,
        "date_of_birth": person.born.isoformat(), "sex": "female" if person.is_female else "male",
        "unit_code": person.village,
    } | changes  # fmt: skip
    view: dict[str, Any] = await register(body)
    return view


async def prefilled(calling: Any, view: dict[str, Any], fields: list[str] = FIELDS) -> dict[str, Any]:
    client = calling("officer", unit_code="38")
    answer = await client.post(f"/v1/residents/{view['id']}/prefill", json={"fields": fields, "reason": "lập hồ sơ"},
                               headers=PURPOSE)  # fmt: skip
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_form_is_filled_from_the_linked_databases(
    databases: Databases, calling: Any, register: Any, person: Person
) -> None:
    view = await registered(register, person)

    filled = await prefilled(calling, view)

    assert filled["missing"] == []
    assert filled["once_only_ratio"] == 1.0
    assert filled["degraded_sources"] == []
    assert filled["fields"]["nationality"]["value"] == "Việt Nam"
    assert filled["fields"]["full_name"]["source"] == "population"
    assert filled["fields"]["social_insurance_no"]["value"] == person.cells["Mã số BHXH"]


async def test_with_all_databases_down_the_answer_comes_in_time_and_names_the_failed_ones(
    databases: Databases, sandbox: Sandbox, calling: Any, register: Any, person: Person, database: Database
) -> None:
    view = await registered(register, person)
    await prefilled(calling, view)
    await _forget_checks(database)
    await sandbox.switch("down")

    filled = await prefilled(calling, view)

    assert filled["fields"]["permanent_address"]["state"] == "stale"
    assert filled["missing"] == []
    assert set(filled["degraded_sources"]) == {"population", "social_insurance", "social_protection"}


async def test_hanging_databases_never_fail_the_call_nor_exceed_the_budget(
    databases: Databases, sandbox: Sandbox, calling: Any, register: Any, person: Person
) -> None:
    view = await registered(register, person)
    await sandbox.switch("slow")

    started = perf_counter()
    filled = await prefilled(calling, view)
    took = perf_counter() - started

    assert took < 5
    assert filled["fields"]["full_name"]["state"] == "fresh"
    assert filled["fields"]["permanent_address"]["state"] == "missing"
    assert "permanent_address" in filled["missing"]


async def test_an_answer_out_of_its_schema_leaves_nothing_behind(
    databases: Databases, sandbox: Sandbox, calling: Any, register: Any, person: Person, database: Database
) -> None:
    view = await registered(register, person, full_name="Tên Cũ")
    await sandbox.switch("wrong_schema")

    filled = await prefilled(calling, view)

    assert filled["fields"]["full_name"]["value"] == "Tên Cũ"
    assert set(filled["degraded_sources"]) == {"population", "social_insurance", "social_protection"}
    async with database.reading() as session:
        for table in ("fact", "linked_check"):
            assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0
    sources = (await calling("operator").get("/v1/data-sources")).json()["items"]
    assert {s["name"]: s["reason"] for s in sources}["population"] == "wrong-schema"


async def test_a_person_unknown_to_a_database_is_queried_once_a_day(
    databases: Databases, sandbox: Sandbox, calling: Any, register: Any, person: Person
) -> None:
    view = await registered(register, person)
    await sandbox.switch("unknown")
    first = await prefilled(calling, view)
    await sandbox.switch("down")

    again = await prefilled(calling, view)

    assert "permanent_address" in first["missing"]
    assert again["degraded_sources"] == []


async def test_a_higher_source_corrects_an_officer_and_the_old_value_is_history(
    databases: Databases, calling: Any, register: Any, person: Person, published: Any
) -> None:
    view = await registered(register, person, full_name="Tên Gõ Sai")

    filled = await prefilled(calling, view)

    assert filled["fields"]["full_name"]["value"] != "Tên Gõ Sai"
    assert len(await published(ResidentUpdated)) >= 1
    own = calling("resident", resident_id=view["id"])
    history = (await own.get(f"/v1/residents/{view['id']}/facts/full_name/history")).json()["items"]
    assert [(h["value"], h["source"]) for h in history] == [("Tên Gõ Sai", "officer")]
    corrected = await calling("officer", unit_code="38").patch(
        f"/v1/residents/{view['id']}", json={"full_name": "Tên Gõ Sai"}
    )
    assert corrected.json()["pending_corrections"] == ["full_name"]


async def test_a_refresh_stores_changes_and_a_registered_death(
    databases: Databases, sandbox: Sandbox, calling: Any, register: Any, person: Person, published: Any
) -> None:
    view = await registered(register, person)
    await prefilled(calling, view)
    await sandbox.switch("changed")

    answer = await calling("officer", unit_code="38").post(f"/v1/residents/{view['id']}/refresh", headers=PURPOSE)

    changed = {source["source"]: source["changed"] for source in answer.json()["sources"]}
    assert "permanent_address" in changed["population"]
    assert changed["social_protection"] == ["social_protection"]
    assert [str(event.deceased_on) for event in await published(ResidentDeceased)] == ["2026-01-02"]


async def test_a_unit_is_refreshed_in_the_background_with_progress(
    databases: Databases, calling: Any, register: Any, database: Database
) -> None:
    for number, one in enumerate(people(["15727-01"])):
        if number < 25:
            await registered(register, one)
    client = calling("officer", unit_code="15724")

    accepted = await client.post("/v1/refreshes", json={"unit_code": "15727-01"})
    await run_open_refreshes(database, databases, 30.0)  # a busy machine is not a failing source

    progress = (await client.get(f"/v1/refreshes/{accepted.json()['id']}")).json()
    assert (progress["status"], progress["done"], progress["failed"]) == ("completed", 25, 0)


async def test_a_database_that_keeps_failing_is_not_queried_for_a_while(databases: Databases, sandbox: Sandbox) -> None:
    await sandbox.switch("down", "population")

    failures = [
        outcome.failure
        for _ in range(FAILURES_TO_OPEN + 1)
        for outcome in await databases.query(["population"], "1" * 12, 1)
    ]

    assert failures == ["down"] * FAILURES_TO_OPEN + ["resting"]


async def test_states_are_shown_and_their_changes_published(
    databases: Databases, sandbox: Sandbox, calling: Any, register: Any, person: Person, published: Any
) -> None:
    view = await registered(register, person)
    path, client = f"/v1/residents/{view['id']}/refresh", calling("officer", unit_code="38")
    body = {"sources": ["population"]}
    await client.post(path, json=body, headers=PURPOSE)
    await client.post(path, json=body, headers=PURPOSE)
    await sandbox.switch("down", "population")
    await client.post(path, json=body, headers=PURPOSE)

    assert [(event.source, event.live) for event in await published(SourceChecked)] == [
        ("population", True), ("population", False)
    ]  # fmt: skip
    items = (await client.get("/v1/data-sources")).json()["items"]
    assert {item["name"]: item["state"] for item in items} == {
        "population": "down", "social_insurance": "unknown", "civil_status": "unknown", "social_protection": "unknown"
    }  # fmt: skip
    assert (await client.post(path, json={"sources": ["elsewhere"]}, headers=PURPOSE)).status_code == 422


async def test_the_state_of_every_database_is_known_before_a_form_needs_it(
    databases: Databases, sandbox: Sandbox, calling: Any, database: Database
) -> None:
    await sandbox.switch("down", "civil_status")

    await probe_sources(database, databases)

    items = (await calling("auditor", unit_code="38").get("/v1/data-sources")).json()["items"]
    assert {item["name"]: item["state"] for item in items} == {
        "population": "live", "social_insurance": "live", "civil_status": "down", "social_protection": "live"
    }  # fmt: skip


async def test_a_form_that_did_not_wait_long_enough_calls_no_database_down(
    databases: Databases, sandbox: Sandbox, calling: Any, register: Any, person: Person, database: Database
) -> None:
    await probe_sources(database, databases)
    await sandbox.switch("slow", "population")

    degraded = (await prefilled(calling, await registered(register, person)))["degraded_sources"]

    states = (await calling("auditor", unit_code="38").get("/v1/data-sources")).json()["items"]
    assert degraded == ["population"]
    assert {item["state"] for item in states} == {"live"}
    await probe_sources(database, databases, seconds=0.2)
    states = (await calling("auditor", unit_code="38").get("/v1/data-sources")).json()["items"]
    assert {item["name"] for item in states if item["state"] == "down"} == {"population"}


async def _forget_checks(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM linked_check"))


def test_without_addresses_nothing_is_linked() -> None:
    assert get_registry_settings().population_url is None


@pytest.mark.parametrize("mode", ["ok", "down", "slow", "wrong_schema", "unknown"])
async def test_a_proposal_is_prefilled_from_the_population_database_where_it_answers(
    databases: Databases, sandbox: Sandbox, calling: Any, person: Person, mode: str
) -> None:
    await sandbox.switch(mode, "population")
    claims = claims_of(personal_id=person.personal_id, full_name=person.full_name.upper(),
                       date_of_birth=person.born.isoformat())  # fmt: skip
    applicant = calling("unregistered", subject="applicant:1", level=1, sealed_claims=claims.encrypted())

    recorded, stated = ("female", "male") if person.is_female else ("male", "female")
    sent = await applicant.post("/v1/registrations", json={"unit_code": person.village, "sex": stated})

    assert sent.status_code == 202, sent.text
    fields = sent.json()["fields"]
    if mode == "ok":
        assert fields["full_name"] == {"value": person.full_name, "source": "population"}
        assert fields["sex"] == {"value": recorded, "source": "population"}
        assert fields["permanent_address"]["source"] == "population"
    else:
        assert fields["full_name"] == {"value": person.full_name.upper(), "source": "provider"}
        assert fields["sex"] == {"value": stated, "source": "person"}
        assert "permanent_address" not in fields
    assert fields["personal_id"]["source"] == "provider"
