"""A registry that is down, hangs, lies or is gone: at the draft, in between and at submission nothing is blocked or lost."""

import asyncio

import pytest

from casework.settings import get_settings

TYPED = {
    "full_name": "Nguyễn Văn Thử Bình", "id_document": "cccd", "personal_id": "038061000045",
    "permanent_address": "Thôn 1", "extract_kind": "birth", "subject_full_name": "Nguyễn Văn Thử Bình",
    "subject_date_of_birth": "1961-05-04", "subject_sex": "male", "subject_ethnic_group": "Kinh",
    "subject_nationality": "Việt Nam", "subject_permanent_address": "Thôn 1",
}  # fmt: skip
WAYS = ("down", "hanging", "wrong", "gone")


@pytest.fixture
def fail(registry, monkeypatch):
    """Makes the registry fail in one of the ways, over its real HTTP."""
    monkeypatch.setattr(get_settings(), "prefill_seconds", 0.6)

    def fail(way):
        if way == "gone":
            registry.kill()
        registry.mode = way

    return fail


async def draft(client, world):
    return await client.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})


async def fill_and_submit(client, dossier):
    path = f"/v1/dossiers/{dossier['id']}"
    assert (await client.patch(path, json={"fields": TYPED})).json()["missing"] == []
    return await client.post(f"{path}/submit")


@pytest.mark.parametrize("way", WAYS)
async def test_at_the_draft_the_form_opens_empty_and_goes_all_the_way(binh, world, fail, way):
    fail(way)
    opened = (await draft(binh, world)).json()

    assert (opened["degraded"], opened["once_only_ratio"]) == (True, 0.0)
    name = opened["fields"]["full_name"]
    assert (name["state"], name["value"], name["editable"]) == ("missing", None, True)
    assert (await fill_and_submit(binh, opened)).status_code == 200
    seen = (await binh.get(f"/v1/dossiers/{opened['id']}")).json()
    assert (seen["degraded"], seen["fields"]["full_name"]["source"]) == (True, "applicant")


@pytest.mark.parametrize("way", WAYS)
async def test_in_between_what_was_filled_and_typed_stays(binh, world, fail, way):
    opened = (await draft(binh, world)).json()
    path = f"/v1/dossiers/{opened['id']}"
    await binh.patch(path, json={"fields": {"extract_kind": "birth"}})
    fail(way)

    again = await binh.post(f"{path}/prefill")

    assert (again.status_code, again.json()["degraded"]) == (200, True)
    assert again.json()["fields"]["full_name"]["value"] == "Nguyễn Văn Thử Bình"
    assert again.json()["fields"]["extract_kind"]["value"] == "birth"
    assert again.json()["missing"] == []


@pytest.mark.parametrize("way", WAYS)
async def test_submission_does_not_call_the_registry(binh, world, fail, way, registry):
    opened = (await draft(binh, world)).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    asked = len(registry.asked)
    fail(way)

    submitted = await binh.post(f"/v1/dossiers/{opened['id']}/submit")

    assert (submitted.status_code, submitted.json()["national_status"]) == (200, 1)
    assert len(registry.asked) == asked


async def test_no_connection_waits_for_a_registry_that_hangs(binh, world, fail, registry, database, monkeypatch):
    opened = (await draft(binh, world)).json()
    fail("hanging")
    monkeypatch.setattr(get_settings(), "prefill_seconds", 3.0)
    asked = len(registry.asked)
    work = [asyncio.create_task(draft(binh, world)) for _ in range(20)]
    work.append(asyncio.create_task(binh.post(f"/v1/dossiers/{opened['id']}/prefill")))
    while len(registry.asked) < asked + len(work):
        await asyncio.sleep(0.01)

    in_use = []
    for _ in range(20):
        await asyncio.sleep(0.02)
        in_use.append(database.engine.pool.checkedout())

    assert not any(task.done() for task in work)
    assert max(in_use) == 0
    assert {answer.status_code for answer in await asyncio.gather(*work)} == {200, 201}


async def test_others_are_served_while_the_registry_hangs(binh, officer, world, fail, monkeypatch):
    fail("hanging")
    monkeypatch.setattr(get_settings(), "prefill_seconds", 3.0)
    waiting = [asyncio.create_task(draft(binh, world)) for _ in range(30)]
    await asyncio.sleep(0.1)

    served = await officer.get("/v1/dossiers")

    assert served.status_code == 200
    assert not any(task.done() for task in waiting)
    await asyncio.gather(*waiting)
