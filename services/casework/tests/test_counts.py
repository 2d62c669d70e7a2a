"""Casework's own counts, for the reconciliation."""

from casework.commands.counting import take_counts
from chassis.messaging.counts import CountPublisher
from contracts.counts import CountsTaken


async def test_counts_are_published_when_they_change_and_on_demand(binh, officer, calling, world, database, published):
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    await binh.post(f"/v1/dossiers/{opened['id']}/submit")
    await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    await officer.put("/v1/units/15724/procedures", json={"codes": ["2.000635", "1.001731", "1.001193"]})

    publisher = CountPublisher("casework", take_counts)
    await publisher.publish_changes(database)
    assert (await calling("operator").post("/internal/counts")).status_code == 202
    assert (await officer.post("/internal/counts")).status_code == 403

    changed, demanded = await published(CountsTaken)
    counted = {(count.unit_code, count.indicator): count.count for count in changed.counts}
    assert counted == {
        ("15724", "dossiers_online"): 1,
        ("15724", "dossiers_self_service"): 1,
        ("15724", "procedures_chosen"): 3,
    }
    assert demanded.counts == changed.counts
