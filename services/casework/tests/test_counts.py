"""Casework's own counts, for the reconciliation."""

from datetime import datetime

from casework.commands.counting import count_once_a_day
from chassis.clock import frozen_at
from contracts.counts import CountsTaken


async def test_counts_are_taken_once_a_day_and_on_demand(binh, officer, calling, world, database, published):
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    await binh.post(f"/v1/dossiers/{opened['id']}/submit")
    await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    await officer.put("/v1/units/15724/procedures", json={"codes": ["2.000635", "1.001731", "1.001193"]})

    for hour, expected in (("12:00", False), ("23:55", True), ("23:59", False)):
        with frozen_at(datetime.fromisoformat(f"2026-11-30T{hour}:00+07:00")):
            async with database.transaction() as session:
                assert await count_once_a_day(session) is expected
    assert (await calling("operator").post("/internal/counts")).status_code == 202
    assert (await officer.post("/internal/counts")).status_code == 403

    daily, demanded = await published(CountsTaken)
    counted = {(count.unit_code, count.indicator): count.count for count in daily.counts}
    assert counted == {
        ("15724", "dossiers_online"): 1,
        ("15724", "dossiers_self_service"): 1,
        ("15724", "procedures_chosen"): 3,
    }
    assert demanded.counts == daily.counts
