"""Public procedures, and the choice of units by their campaigns."""

from datetime import date, datetime

import pytest

from chassis.clock import frozen_at
from chassis.ids import new_id
from contracts.casework import ProceduresChosen
from contracts.onboarding import CampaignStarted, CampaignUpdated

FIVE = ["2.000635", "1.001731", "1.001193", "1.004873", "2.000908"]


def campaign(
    unit_id, minimum, *, starts=date(2024, 4, 20), ends=None, kind=CampaignStarted, campaign_id=None, version=1
):
    return kind(
        campaign_id=campaign_id or new_id(), version=version, unit_id=unit_id, unit_code="15724", template="custom",
        title="Mô hình 3 KHÔNG", starts_on=starts, ends_on=ends, minimum_procedures=minimum, targets=[], steps=[],
        at=datetime.fromisoformat("2026-11-01T00:00Z"),
    )  # fmt: skip


async def test_procedures_are_public_in_both_languages(calling, world):
    stranger = calling()

    vietnamese = (await stranger.get("/v1/procedures")).json()
    english = (await stranger.get("/v1/procedures", headers={"Accept-Language": "en"})).json()

    assert {item["code"] for item in vietnamese["items"]} >= set(FIVE)
    assert vietnamese["next_cursor"] is None
    extract = next(item for item in english["items"] if item["code"] == "2.000635")
    assert extract["name"].startswith("Copy of a civil-status extract")
    assert (extract["full_process"], extract["has_fee"], extract["components"], extract["chosen"]) == (
        True,
        True,
        4,
        None,
    )


async def test_procedures_come_in_pages(calling):
    stranger = calling()
    first = (await stranger.get("/v1/procedures", params={"limit": 8})).json()
    second = (await stranger.get("/v1/procedures", params={"limit": 8, "cursor": first["next_cursor"]})).json()

    codes = [item["code"] for item in first["items"] + second["items"]]
    assert codes == sorted(set(codes))
    assert len(codes) == 13
    assert second["next_cursor"] is None


async def test_a_procedure_names_the_attribute_and_the_person_of_each_field(calling):
    procedure = (await calling().get("/v1/procedures/2.000635")).json()

    fields = {field["name"]: field for field in procedure["fields"]}
    assert (fields["full_name"]["fact"], fields["full_name"]["about"]) == ("full_name", "applicant")
    assert (fields["extract_kind"]["fact"], fields["extract_kind"]["type"]) == (None, "choice")
    assert {"value": "birth", "label": "Khai sinh"} in fields["extract_kind"]["choices"]
    assert procedure["fee"]["amount"] == 8_000
    assert procedure["time_limit"]["kind"] == "same_day"


async def test_an_unknown_procedure_is_not_found(calling):
    assert (await calling().get("/v1/procedures/9.999999")).status_code == 404


async def test_a_unit_chooses_two_full_process_services(officer, calling, world, published):
    chosen = await officer.put("/v1/units/15724/procedures", json={"codes": ["2.000635", "1.001731"]})

    assert chosen.status_code == 200
    assert chosen.json()["minimum"] == 2
    seen = (await calling().get("/v1/units/15724/procedures")).json()
    assert seen["codes"] == ["2.000635", "1.001731"]
    assert [item["code"] for item in seen["items"]] == ["1.001731", "2.000635"]
    assert [(event.unit_code, event.codes, event.minimum) for event in await published(ProceduresChosen)] == [
        ("15724", ["2.000635", "1.001731"], 2)
    ]
    listed = (await calling().get("/v1/procedures", params={"unit_code": "15724"})).json()["items"]
    assert {item["code"] for item in listed if item["chosen"]} == {"2.000635", "1.001731"}


@pytest.mark.parametrize(
    ("codes", "problem", "pointer"),
    [
        (["2.000635"], "too-few-procedures", "/codes"),
        (["2.000635", "2.000635"], "too-few-procedures", "/codes"),
        (["2.000635", "2.000815"], "not-full-process", "/codes/1"),
        (["2.000635", "9.999999"], "invalid-body", "/codes/1"),
    ],
)
async def test_a_wrong_choice_is_refused(officer, world, codes, problem, pointer):
    answer = await officer.put("/v1/units/15724/procedures", json={"codes": codes})

    assert answer.status_code == 422
    assert answer.json()["type"] == f"/problems/{problem}"
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_the_highest_minimum_of_the_campaigns_that_cover_the_unit_holds(officer, calling, world, deliver):
    running = new_id()
    await deliver(
        campaign(world.commune, 3),
        campaign(world.commune, 5, campaign_id=running),
        campaign(world.commune, 9, ends=date(2024, 6, 30)),
        campaign(world.neighbour, 8),
        campaign(world.commune, None),
    )

    refused = await officer.put("/v1/units/15724/procedures", json={"codes": FIVE[:4]})
    accepted = await officer.put("/v1/units/15724/procedures", json={"codes": FIVE})
    village = (await calling().get("/v1/units/15727-01/procedures")).json()

    assert (refused.status_code, refused.json()["minimum"]) == (422, 5)
    assert accepted.status_code == 200
    assert village["minimum"] == 5
    await deliver(campaign(world.commune, 4, kind=CampaignUpdated, campaign_id=running, version=2))
    assert (await calling().get("/v1/units/15724/procedures")).json()["minimum"] == 4
    with frozen_at(datetime.fromisoformat("2024-05-01T00:00Z")):
        assert (await calling().get("/v1/units/15724/procedures")).json()["minimum"] == 9


async def test_only_officers_of_the_unit_choose(calling, world):
    neighbour, resident = calling("officer", unit_code="15061"), calling("resident", resident_id=world.binh)
    body = {"codes": FIVE}

    assert (await neighbour.put("/v1/units/15724/procedures", json=body)).status_code == 403
    assert (await resident.put("/v1/units/15724/procedures", json=body)).status_code == 403
    assert (await neighbour.put("/v1/units/99999/procedures", json=body)).status_code == 404
