"""A decree is taken back: the tree stands as before, and what had followed goes back with it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import frozen_at
from chassis.storage.database import Database
from contracts.registry import OrganizationUpdated, ResidentMoved, UnitChanged
from registry.commands.units import move_due_residents

from .conftest import PURPOSE, a_partner_event, a_resident
from .test_units import HEADER, units

Decree = Callable[..., Any]
MERGER = HEADER + "15999,2026-01-01,,commune,ward,38,Phường Mới\n", "2026-01-01,15999,15724,whole\n"
DIVISION = (
    HEADER + "15998,2026-01-01,,commune,ward,38,Đông\n15999,2026-01-01,,commune,ward,38,Tây\n",
    "2026-01-01,15998,15724,part\n2026-01-01,15999,15724,part\n",
)
SHOP = {"tax_code": "0100233488", "name": "Cửa hàng Một", "kind": "enterprise", "unit_code": "15724"}


@pytest.fixture
def decree(calling: Any) -> Decree:
    """`await decree(rows, successions)` imports a decree and answers the import."""

    async def post(rows: str, successions: str) -> dict[str, Any]:
        following = "effective_on,successor_code,code,kind\n" + successions
        files = {"file": ("u.csv", rows, "text/csv"), "successions": ("s.csv", following, "text/csv")}
        answer = await calling("operator").post("/v1/unit-imports", files=files)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return post


async def undo(calling: Any, made: dict[str, Any]) -> Any:
    return await calling("operator").post(f"/v1/unit-imports/{made['id']}/undo")


async def tree(database: Database) -> Any:
    async with database.reading() as session:
        return (await session.execute(_TREE)).all()


_TREE = text(
    "SELECT u.code, u.name, u.valid_from, u.valid_to, l.path, l.parent_id, l.valid_from, l.valid_to FROM known_unit AS u"
    " JOIN known_lineage AS l ON l.unit_id = u.id WHERE u.code NOT IN ('15998', '15999') ORDER BY 1, 3, 5, 7"
)


async def people_of(calling: Any, code: str) -> dict[str, str]:
    found = await calling("officer", unit_code=code).get("/v1/residents?limit=200", headers=PURPOSE)
    return {item["id"]: item["unit_code"] for item in found.json()["items"]}


async def test_units_villages_people_and_organizations_stand_as_before_a_merger(
    calling: Any, register: Any, decree: Decree, database: Database, published: Any
) -> None:
    direct = await register(a_resident(1, unit_code="15724", household_code="H1"))
    in_village = await register(a_resident(2, unit_code="15727-01"))
    shop = (await calling("officer", unit_code="15724").post("/v1/organizations", json=SHOP)).json()
    before = await tree(database)
    made = await decree(*MERGER)

    answer = await undo(calling, made)

    assert answer.status_code == 202, answer.text
    assert (answer.json()["status"], answer.json()["kept"]) == ("undone", 0)
    assert await tree(database) == before
    assert await people_of(calling, "15724") == {direct["id"]: "15724", in_village["id"]: "15727-01"}
    after = (await calling("officer", unit_code="15724").get(f"/v1/residents/{direct['id']}", headers=PURPOSE)).json()
    assert after["household_code"] == "H1"
    moves = [(event.from_unit_code, event.unit_code, str(event.moved_on)) for event in await published(ResidentMoved)]
    assert moves == [("15724", "15999", "2026-01-01"), ("15999", "15724", "2026-01-01")]
    versions = [(str(event.organization_id), event.unit_code) for event in await published(OrganizationUpdated)]
    assert versions == [(shop["id"], "15999"), (shop["id"], "15724")]
    newest = {event.code: event for event in await published(UnitChanged)}
    assert (newest["15724"].valid_to, newest["15724"].successors) == (None, [])
    assert [place.path for place in newest["15727-01"].lineage][-1] == "38/15724/15727-01"
    withdrawn = newest["15999"]
    assert (str(withdrawn.valid_from), str(withdrawn.valid_to)) == ("2026-01-01", "2025-12-31")
    assert [place.path for place in withdrawn.lineage] == ["38/15724/15999"]
    assert [each.code for each in withdrawn.successors] == ["15724"]
    shown = (await calling("operator").get(f"/v1/unit-imports/{made['id']}")).json()
    assert shown["undone_at"]
    assert (await undo(calling, made)).json() == answer.json()


async def test_a_withdrawn_unit_is_in_no_tree_and_its_code_answers_with_the_units_that_stand(
    calling: Any, decree: Decree
) -> None:
    await undo(calling, await decree(*MERGER))

    client = calling()
    answer = await client.get("/v1/units/15999")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unit-ended")
    assert [each["code"] for each in answer.json()["successors"]] == ["15724"]
    assert (await client.get("/v1/units/15999?as_of=2026-03-01")).status_code == 404
    assert await units(client, q="Phường Mới") == []
    assert "15999" not in {unit["code"] for unit in await units(client, parent="38")}


async def test_a_decree_that_was_taken_back_is_imported_again_under_the_same_ids_and_taken_back_again(
    calling: Any, register: Any, decree: Decree, database: Database
) -> None:
    person = await register(a_resident(1, unit_code="15724"))
    before = await tree(database)
    first = await decree(*MERGER)
    new_id = (await calling().get("/v1/units/15999")).json()["id"]
    merged = await tree(database)
    await undo(calling, first)

    again = await decree(*MERGER)

    assert again["id"] != first["id"]
    assert again["residents_moved"] == 1
    unit = (await calling().get("/v1/units/15999")).json()
    assert (unit["id"], unit["valid_to"], unit["successors"]) == (new_id, None, [])
    assert await tree(database) == merged
    assert (await undo(calling, again)).status_code == 202
    assert await tree(database) == before
    assert await people_of(calling, "15724") == {person["id"]: "15724"}


async def test_a_decision_about_a_divided_commune_goes_back_with_the_decree(
    calling: Any, register: Any, decree: Decree, database: Database
) -> None:
    direct = await register(a_resident(1, unit_code="15724"))
    in_village = await register(a_resident(2, unit_code="15727-01"))
    waiting = await register(a_resident(3, unit_code="15724"))
    before = await tree(database)
    made = await decree(*DIVISION)
    province = calling("officer", unit_code="38")
    for person in (direct, in_village):
        decided = await province.patch(f"/v1/residents/{person['id']}", json={"unit_code": "15998"})
        assert decided.status_code == 200, decided.text

    answer = await undo(calling, made)

    assert answer.status_code == 202, answer.text
    assert await tree(database) == before
    expected = {direct["id"]: "15724", in_village["id"]: "15727-01", waiting["id"]: "15724"}
    assert await people_of(calling, "15724") == expected
    assert (await province.get("/v1/undecided-residents")).json()["items"] == []


async def test_who_has_moved_on_since_stays_and_is_counted(calling: Any, register: Any, decree: Decree) -> None:
    moved = await register(a_resident(1, unit_code="15724"))
    stays = await register(a_resident(2, unit_code="15724"))
    made = await decree(*MERGER)
    province = calling("officer", unit_code="38")
    assert (await province.patch(f"/v1/residents/{moved['id']}", json={"unit_code": "15061"})).status_code == 200

    answer = await undo(calling, made)

    assert answer.json()["kept"] == 1
    assert await people_of(calling, "38") == {moved["id"]: "15061", stays["id"]: "15724"}


async def test_a_decree_stays_while_people_stand_in_its_new_unit_or_a_later_decree_stands_on_it(
    calling: Any, register: Any, decree: Decree
) -> None:
    made = await decree(*MERGER)
    await decree(HEADER + "15999-77,2026-02-01,,village,village,15999,Thôn Bảy\n", "")
    later = await decree(HEADER + "16000,2026-06-01,,commune,ward,38,Phường Sau\n", "2026-06-01,16000,15999,whole\n")

    refused = await undo(calling, made)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/units-changed-since")
    assert {"15999", "15999-77"} <= set(refused.json()["unit_codes"])
    assert later["id"] in refused.json()["import_ids"]
    assert refused.json()["title"].startswith("Sau quyết định này")
    for each in reversed(refused.json()["import_ids"]):
        assert (await calling("operator").post(f"/v1/unit-imports/{each}/undo")).status_code == 202
    newcomer = await register(a_resident(5, unit_code="15999"))
    in_use = await undo(calling, made)
    assert (in_use.status_code, in_use.json()["type"]) == (409, "/problems/unit-in-use")
    assert in_use.json()["unit_codes"] == ["15999"]
    await calling("officer", unit_code="38").patch(f"/v1/residents/{newcomer['id']}", json={"unit_code": "15061"})
    assert (await undo(calling, made)).status_code == 202


async def test_a_decree_of_a_later_day_moves_no_resident_after_it_was_taken_back(
    calling: Any, register: Any, decree: Decree, database: Database
) -> None:
    await register(a_resident(1, unit_code="15724"))
    made = await decree(HEADER + "15999,2099-01-01,,commune,ward,38,Phường Mới\n", "2099-01-01,15999,15724,whole\n")
    with frozen_at(datetime(2099, 1, 1, 3, 0, tzinfo=UTC)):
        async with database.transaction() as session:
            assert await move_due_residents(session) == 1
        assert (await undo(calling, made)).status_code == 202
        async with database.transaction() as session:
            assert await move_due_residents(session) == 0
    assert set((await people_of(calling, "15724")).values()) == {"15724"}


async def test_open_requests_and_lists_go_back_with_their_commune(
    calling: Any, register: Any, decree: Decree, deliver: Any
) -> None:
    await register(a_resident(9, unit_code="15061-01"))
    before = calling("officer", unit_code="15724")
    unknown = {"resident": {"personal_id": "038085077777"}, "unit_code": "15724"}
    await deliver(a_partner_event("vneid.issued", unknown))
    move = {name: a_resident(9)[name] for name in ("personal_id", "full_name", "date_of_birth")} | {
        "to_unit_code": "15724", "moved_on": "2026-01-01", "reason": "Chuyển đến"
    }  # fmt: skip
    requested = (await before.post("/v1/moves", json=move)).json()
    made = await decree(*MERGER)

    await undo(calling, made)

    [waiting] = (await before.get("/v1/moves")).json()["items"]
    assert (waiting["id"], waiting["to_unit_code"]) == (requested["id"], "15724")
    assert len((await before.get("/v1/unmatched-events", headers=PURPOSE)).json()["items"]) == 1


async def test_who_joined_a_household_that_goes_back_is_in_none(calling: Any, register: Any, decree: Decree) -> None:
    head = await register(a_resident(1, unit_code="15724", household_code="H1"))
    made = await decree(HEADER + "15999,2026-01-01,,commune,ward,38,Phường Mới\n", "2026-01-01,15061,15724,whole\n")
    joined = await register(a_resident(2, unit_code="15061", household_code="H1"))

    await undo(calling, made)

    officer = calling("officer", unit_code="38")
    households = [
        (await officer.get(f"/v1/residents/{each['id']}", headers=PURPOSE)).json()["household_code"]
        for each in (head, joined)
    ]
    assert households == ["H1", None]


async def test_only_what_operators_imported_is_taken_back_and_only_by_operators(calling: Any, decree: Decree) -> None:
    operator = calling("operator")
    oldest = (await operator.get("/v1/unit-imports")).json()["items"][0]

    refused = await undo(calling, oldest)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/unit-import-not-recorded")
    made = await decree(*MERGER)
    officer = calling("officer", unit_code="38")
    assert (await officer.post(f"/v1/unit-imports/{made['id']}/undo")).status_code == 403
    unknown = "0198d000-0000-7000-8000-000000000000"
    assert (await operator.post(f"/v1/unit-imports/{unknown}/undo")).status_code == 404


async def test_a_succession_that_is_imported_twice_is_stored_once(calling: Any, decree: Decree) -> None:
    await decree(*MERGER)

    again = await decree(MERGER[0].replace("Mới", "Mới Hơn"), MERGER[1])

    assert again["units_created"] == 0
    assert (await calling().get("/v1/units/15999")).json()["name"] == "Phường Mới Hơn"
