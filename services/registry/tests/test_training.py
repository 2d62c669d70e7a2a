"""A training unit is made once, and no real unit, count or list contains it."""

from chassis.clock import now
from chassis.ids import new_id
from contracts.onboarding import TrainingOpened
from contracts.registry import ResidentRegistered, UnitChanged
from registry.commands.counting import take_counts


async def test_a_training_commune_has_synthetic_people_whom_only_trainees_see(deliver, published, calling, database):
    people = [new_id() for _ in range(12)]
    event = TrainingOpened(
        campaign_id=new_id(), session_id=new_id(), version=1, unit_id=new_id(), unit_code="tap-huan-c",
        village_id=new_id(), village_code="tap-huan-c-01", people=people, accounts=[], valid_until=now(), at=now(),
    )  # fmt: skip

    await deliver(event, event.model_copy(update={"version": 2}))

    units = [each for each in await published(UnitChanged) if each.kind == "training"]
    assert [(each.level, each.lineage[0].path) for each in units] == [
        ("commune", "tap-huan-c"), ("village", "tap-huan-c/tap-huan-c-01"),
    ]  # fmt: skip
    assert [each.resident_id for each in await published(ResidentRegistered)] == people

    headers = {"X-Purpose": "onboarding"}
    trainee = calling("officer", unit_code="tap-huan-c", training_units=("tap-huan-c", "tap-huan-c-01"))
    seen = (await trainee.get("/v1/residents?limit=200", headers=headers)).json()["items"]
    assert {each["id"] for each in seen} == {str(each) for each in people}
    assert {each["personal_id"][:3] for each in seen} == {"000"}
    assert len({each["household_code"] for each in seen}) == 4
    real = calling("officer", unit_code="38")
    assert (await real.get("/v1/residents", headers=headers)).json()["items"] == []
    assert (await real.get(f"/v1/residents/{people[0]}", headers=headers)).status_code == 404
    for path in ("/v1/units?level=commune&limit=200", "/v1/units?q=tap+huan"):
        assert "tap-huan-c" not in [each["code"] for each in (await real.get(path)).json()["items"]]
    async with database.reading() as session:
        assert await take_counts(session) == []
