"""Communes merge in the middle of their year: what hangs on a unit is found by its successors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from contracts.casework import ProceduresChosen
from onboarding.model.schema import OnboardingTable
from onboarding.queries.sessions import list_chosen_procedures
from services.onboarding.tests.plans import on, read, send
from services.onboarding.tests.reform import Reform
from services.onboarding.tests.world import PURPOSE, Village

Deliver = Callable[..., Any]
Calling = Callable[..., Any]

LISTS, IMPORTS = "/v1/onboarding/signature-lists", "/v1/onboarding/imports"


def test_every_table_with_a_unit_has_a_rule_for_a_merger() -> None:
    tables = OnboardingTable.metadata.sorted_tables
    with_unit = {table.name for table in tables if {"unit_id", "unit_code"} & set(table.columns.keys())}
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    section = text.partition("### After a merger of units")[2].partition("A campaign's ranking")[0]

    assert [name for name in sorted(with_unit) if f"`{name}`" not in section] == []


async def test_lists_and_visits_of_a_commune_are_found_by_the_commune_that_took_it_over(
    units: None, reform: Reform, deliver: Deliver, calling: Calling
) -> None:
    resident = Village(reform.units["15727-01"]).resident()
    with on("2024-07-08"):
        await deliver(resident)
        old = calling("officer", unit_code="15727", subject="old", body="police")
        made = await send(old, "POST", LISTS, {"unit_code": "15727", "provider": "demo-telecom"}, 201)
        form = {"step": "vneid", "unit_code": "15727", "source_body": "police"}
        files = {"file": ("ds.csv", "Số CCCD\n038085000001\n".encode())}
        taken = (await old.post(IMPORTS, data=form, files=files)).json()
        visit = {"kind": "visit", "client_id": "1", "resident_id": str(resident.resident_id), "outcome": "done",
                 "occurred_at": "2024-07-07T08:00:00+07:00"}  # fmt: skip
        await send(old, "POST", "/v1/onboarding/batches", {"items": [visit]}, 200)

    new, stranger = calling("officer", unit_code="15724", subject="new"), calling("officer", unit_code="15061")
    for path, id in ((LISTS, made["id"]), (IMPORTS, taken["id"])):
        for query in ("", "?unit_code=15724", "?unit_code=15727"):
            assert [each["id"] for each in (await read(new, path + query))["items"]] == [id], (path, query)
        assert (await new.get(f"{path}/{id}", headers=PURPOSE)).status_code == 200
        assert (await stranger.get(f"{path}/{id}", headers=PURPOSE)).status_code == 404
        assert (await read(stranger, path))["items"] == []
    checked = await new.patch(f"{LISTS}/{made['id']}", json={"status": "checked"}, headers=PURPOSE)
    assert checked.json()["status"] == "checked"
    visits = await new.get("/v1/onboarding/visits?unit_code=15724", headers=PURPOSE)
    assert len(visits.json()["items"]) == 1


async def test_the_choice_of_a_new_commune_replaces_those_of_the_communes_it_was_formed_of(
    units: None, reform: Reform, deliver: Deliver, database: Any
) -> None:
    old, other, new = (reform.units[name] for name in ("old 15727", "old 15724", "new 15724"))
    everywhere = {each.unit_id for each in (old, other, new)}

    async def chosen(unit: Any, codes: list[str], at: str) -> list[str]:
        event = ProceduresChosen(unit_id=unit.unit_id, unit_code=unit.code, codes=codes, minimum=2, at=at)
        await deliver(event)
        async with database.reading() as session:
            return await list_chosen_procedures(session, everywhere)

    assert await chosen(old, ["a", "b"], "2024-07-08T03:00:00Z") == ["a", "b"]
    assert await chosen(other, ["b", "c"], "2024-07-08T03:00:00Z") == ["a", "b", "c"]
    assert await chosen(new, ["b"], "2025-07-02T03:00:00Z") == ["b"]
