"""Everything that names a unit follows its successor, or stays for a reason that is written down."""

from typing import Any

from chassis.storage.database import Database
from registry.model import Table
from registry.model.unit_references import AT_A_MERGER

from .conftest import PURPOSE, a_partner_event, a_resident
from .test_import_undo import content, person
from .test_imports import taken_over
from .test_units import HEADER


def test_every_column_that_names_a_unit_has_a_rule_for_a_merger() -> None:
    named = {
        f"{table.name}.{column.name}"
        for table in Table.metadata.tables.values()
        for column in table.columns
        if "unit" in column.name
    }

    assert named == AT_A_MERGER.keys()
    assert all(text.startswith(("follows", "stays")) for text in AT_A_MERGER.values())


async def test_lists_events_and_requests_follow_a_merged_commune(
    calling: Any, database: Database, deliver: Any, register: Any
) -> None:
    await register(a_resident(9, unit_code="15061-01"))
    before = calling("officer", unit_code="15724")
    progress = await taken_over(before, database, content(person(1)))
    unknown = {"resident": {"personal_id": "038085077777"}, "unit_code": "15724"}
    await deliver(a_partner_event("vneid.issued", unknown))
    move = {name: a_resident(9)[name] for name in ("personal_id", "full_name", "date_of_birth")} | {
        "to_unit_code": "15724", "moved_on": "2026-01-01", "reason": "Chuyển đến"
    }  # fmt: skip
    requested = (await before.post("/v1/moves", json=move)).json()
    table = HEADER + "15999,2026-01-01,,commune,ward,38,Phường Mới\n"
    successions = "effective_on,successor_code,code,kind\n2026-01-01,15999,15724,whole\n"
    files = {"file": ("u.csv", table, "text/csv"), "successions": ("s.csv", successions, "text/csv")}

    assert (await calling("operator").post("/v1/unit-imports", files=files)).status_code == 201

    after = calling("officer", unit_code="15999")
    [listed] = (await after.get("/v1/resident-imports")).json()["items"]
    assert (listed["id"], listed["unit_code"]) == (progress["id"], "15724")
    assert len((await after.get("/v1/unmatched-events", headers=PURPOSE)).json()["items"]) == 1
    [waiting] = (await after.get("/v1/moves")).json()["items"]
    assert (waiting["id"], waiting["to_unit_code"]) == (requested["id"], "15999")
    undone = await after.post(f"/v1/resident-imports/{progress['id']}/undo")
    assert (undone.status_code, undone.json()["undone"]) == (202, 1)
