"""The services that communes chose follow into the commune that was formed of them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from casework.model.chosen import CARRIED_OVER, ChosenProcedures
from chassis.clock import now
from chassis.ids import new_id
from chassis.storage.database import Database
from chassis.testing import unit_event
from contracts.casework import ProceduresChosen
from contracts.registry import Successor, UnitChanged

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
    assert [(each.unit_id, len(each.codes)) for each in events] == [(new.unit_id, 2), (new.unit_id, 3)]
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
