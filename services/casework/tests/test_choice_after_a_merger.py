"""The services that communes chose follow into the commune that was formed of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from casework.commands.procedures import hand_on_choices
from casework.model.chosen import CARRIED_OVER, ChosenProcedures
from chassis.clock import frozen_at, now, today
from chassis.ids import new_id
from chassis.storage.database import Database
from chassis.testing import unit_event
from contracts.casework import ProceduresChosen
from contracts.registry import Lineage, Successor, UnitChanged

Deliver = Callable[..., Any]
Calling = Callable[..., Any]


def merged_into(new: UnitChanged, code: str) -> UnitChanged:
    ended = unit_event(code, name="Xã cũ")
    successor = Successor(unit_id=new.unit_id, code=new.code, kind="whole", effective_on=date(2025, 7, 1))
    return ended.model_copy(update={"valid_to": date(2025, 6, 30), "successors": [successor]})


async def chose(database: Database, unit: UnitChanged, *codes: str) -> None:
    async with database.transaction() as session:
        session.add(ChosenProcedures(unit_id=unit.unit_id, codes=list(codes), chosen_at=now(), chosen_by="officer"))


async def test_a_new_commune_has_the_union_of_what_its_communes_chose_until_it_chooses_itself(
    world: Any, deliver: Deliver, published: Deliver, calling: Calling, database: Database
) -> None:
    new = unit_event("15999", name="Xã mới").model_copy(update={"unit_id": new_id()})
    one, two = merged_into(new, "15801"), merged_into(new, "15802")
    await chose(database, one, "2.000635", "1.001731")
    await chose(database, two, "1.001731", "1.001193")

    await deliver(new, one, two)
    await deliver(one, two)

    shown = (await calling().get("/v1/units/15999/procedures")).json()
    assert sorted(each["code"] for each in shown["items"]) == ["1.001193", "1.001731", "2.000635"]
    events = await published(ProceduresChosen)
    assert [(each.unit_id, len(each.codes)) for each in events] == [
        (new.unit_id, 2), (one.unit_id, 0), (new.unit_id, 3), (two.unit_id, 0)
    ]  # fmt: skip
    officer = calling("officer", unit_code="15999")
    trimmed = await officer.put("/v1/units/15999/procedures", json={"codes": ["2.000635", "1.001193"]})
    assert trimmed.status_code == 200, trimmed.text
    await deliver(one, two)
    kept = (await calling().get("/v1/units/15999/procedures")).json()
    assert sorted(each["code"] for each in kept["items"]) == ["1.001193", "2.000635"]
    async with database.reading() as session:
        choice = await session.get(ChosenProcedures, new.unit_id)
    assert choice is not None
    assert choice.chosen_by != CARRIED_OVER


async def test_a_unit_keeps_its_choice_until_its_last_day_and_hands_it_on_afterwards(
    world: Any, deliver: Deliver, published: Deliver, database: Database
) -> None:
    new = unit_event("15999", name="Xã mới").model_copy(update={"unit_id": new_id()})
    old, day = merged_into(new, "15801"), today() + timedelta(days=30)
    place = Lineage(path="38/15999/15801", parent_id=new.unit_id, valid_from=day, valid_to=None)
    successors = [each.model_copy(update={"effective_on": day}) for each in old.successors]
    later = {"valid_to": day - timedelta(days=1), "successors": successors, "lineage": [*old.lineage, place]}
    await chose(database, old, "2.000635", "1.001731")

    await deliver(new, old.model_copy(update=later))
    async with database.transaction() as session:
        await hand_on_choices(session)
    before = await published(ProceduresChosen)
    with frozen_at(now() + timedelta(days=31)):
        for _ in range(2):
            async with database.transaction() as session:
                await hand_on_choices(session)

    assert before == []
    assert [(each.unit_id, len(each.codes)) for each in await published(ProceduresChosen)] == [
        (new.unit_id, 2), (old.unit_id, 0)
    ]  # fmt: skip


async def test_communes_whose_merger_is_taken_back_have_their_own_choice_again(
    world: Any, deliver: Deliver, calling: Calling, published: Deliver, database: Database
) -> None:
    new = unit_event("15999", name="Xã mới").model_copy(update={"unit_id": new_id()})
    one, two, three = (merged_into(new, code) for code in ("15801", "15802", "15803"))
    await chose(database, one, "2.000635", "1.001731")
    await chose(database, two, "1.001731", "1.001193")
    await deliver(new, one, two, three)
    standing = [old.model_copy(update={"valid_to": None, "successors": []}) for old in (one, two, three)]
    day = date(2025, 7, 1)
    back = [Successor(unit_id=old.unit_id, code=old.code, kind="part", effective_on=day) for old in standing]
    withdrawn = {"valid_from": day, "valid_to": day - timedelta(days=1), "successors": back}

    await deliver(new.model_copy(update=withdrawn), *standing)

    chosen = {}
    for code in ("15801", "15802", "15803"):
        shown = (await calling().get(f"/v1/units/{code}/procedures")).json()
        chosen[code] = {each["code"] for each in shown["items"]}
    assert chosen == {"15801": {"2.000635", "1.001731"}, "15802": {"1.001731", "1.001193"}, "15803": set()}
    newest = {event.unit_id: event.codes for event in await published(ProceduresChosen)}
    assert (newest[new.unit_id], len(newest[one.unit_id]), three.unit_id in newest) == ([], 2, False)


async def test_officers_of_the_new_commune_find_and_decide_the_dossiers_of_those_it_was_formed_of(
    world: Any, deliver: Deliver, calling: Calling, binh: Any
) -> None:
    asked = {"procedure_code": "2.000635", "resident_id": str(world.binh)}
    extract = (await binh.post("/v1/dossiers", json=asked)).json()
    await binh.patch(f"/v1/dossiers/{extract['id']}", json={"fields": {"extract_kind": "birth"}})
    code = (await binh.post(f"/v1/dossiers/{extract['id']}/submit")).json()["unit_code"]
    ended = unit_event(code).model_copy(update={"unit_id": world.commune, "valid_to": today() - timedelta(days=1)})
    new = unit_event("15999", name="Xã mới").model_copy(update={"unit_id": new_id()})
    place = Lineage(path=f"38/15999/{code}", parent_id=new.unit_id, valid_from=today(), valid_to=None)
    await deliver(new, ended.model_copy(update={"lineage": [*ended.lineage, place]}))
    officer = calling("officer", unit_code="15999")

    listed = (await officer.get("/v1/dossiers?unit_code=15999", headers={"X-Purpose": "dossier"})).json()["items"]
    done = await officer.post(f"/v1/dossiers/{extract['id']}/actions", json={"action": "accept"})

    assert [each["id"] for each in listed] == [extract["id"]]
    assert done.status_code == 200, done.text
