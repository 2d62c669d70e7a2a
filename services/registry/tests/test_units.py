from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import text

from chassis.clock import frozen_at
from chassis.storage.database import Database
from contracts.registry import OrganizationUpdated, ResidentMoved, UnitChanged
from registry.commands.units import correct_names, move_due_residents, place_ended_units

from .conftest import PURPOSE, a_resident

HEADER = "code,valid_from,valid_to,level,kind,parent_code,name\n"


async def units(client: Any, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = (
            await client.get("/v1/units", params=query | {"limit": "200"} | ({"cursor": cursor} if cursor else {}))
        ).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_todays_tree_is_public_and_has_no_districts(calling: Any) -> None:
    client = calling()

    commune = (await client.get("/v1/units/15724")).json()

    assert commune["name"] == "Đồng Tiến"
    assert (commune["level"], commune["kind"], commune["parent_code"]) == ("commune", "commune", "38")
    assert (commune["path"], commune["valid_from"], commune["valid_to"]) == ("38/15724", "2025-07-01", None)
    assert len(await units(client, parent="38")) == 166
    assert await units(client, level="district") == []


async def test_as_of_june_2024_shows_the_district_tier(calling: Any) -> None:
    client = calling()

    commune = (await client.get("/v1/units/15727?as_of=2024-06-30")).json()

    assert (commune["parent_code"], commune["path"]) == ("397", "38/397/15727")
    assert commune["successors"] == [{"code": "15724", "kind": "whole", "effective_on": "2025-07-01"}]
    assert len(await units(client, level="district", as_of="2024-06-30")) == 26
    assert len(await units(client, level="commune", as_of="2024-06-30")) == 547
    assert (await client.get("/v1/units/15727")).status_code == 404


async def test_a_village_keeps_its_code_for_life(calling: Any) -> None:
    client = calling()

    today = (await client.get("/v1/units/15727-01")).json()
    before = (await client.get("/v1/units/15727-01?as_of=2025-06-30")).json()

    assert today["id"] == before["id"]
    assert (today["parent_code"], today["path"]) == ("15724", "38/15724/15727-01")
    assert (before["parent_code"], before["path"]) == ("15727", "38/397/15727/15727-01")


async def test_search_ignores_accents_and_case(calling: Any) -> None:
    names = {unit["name"] for unit in await units(calling(), q="DONG tien")}

    assert "Đồng Tiến" in names
    assert all("tiến" in name.lower() or "tien" in name.lower() for name in names)


async def test_wrong_queries_are_refused(calling: Any) -> None:
    client = calling()

    for query in ("as_of=yesterday", "level=planet", "parent=99999", "colour=red", "cursor=%21%21", "limit=0"):
        assert (await client.get(f"/v1/units?{query}")).status_code == 400, query


async def test_only_an_operator_imports_a_decree_and_every_fault_is_named(calling: Any) -> None:
    files = {"file": ("units.csv", HEADER + "15724-99,,,village,castle,15724,X\n,,,village,village,1,\n", "text/csv")}

    assert (await calling("officer", unit_code="38").post("/v1/unit-imports", files=files)).status_code == 403
    refused = await calling("operator").post("/v1/unit-imports", files=files)

    assert refused.status_code == 422
    assert {error["code"] for error in refused.json()["errors"]} == {"not-a-choice", "unit-code-invalid", "required"}


async def test_the_faults_of_both_tables_of_a_decree_are_named_at_once(calling: Any) -> None:
    table = HEADER + "15999,someday,,commune,ward,38,Phường Mới\n"
    successions = "effective_on,successor_code,code,kind\n2026-01-01,15999,15724,perhaps\n"
    files = {"file": ("u.csv", table, "text/csv"), "successions": ("s.csv", successions, "text/csv")}

    answer = await calling("operator").post("/v1/unit-imports", files=files)

    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["date-invalid", "not-a-choice"]
    assert (await calling().get("/v1/units/15999")).status_code == 404


async def test_villages_and_residents_follow_a_whole_merge(calling: Any, register: Any, published: Any) -> None:
    village = await register(a_resident(1, unit_code="15727-01"))
    direct = await register(a_resident(2, unit_code="15724"))
    table = HEADER + "15999,2026-01-01,,commune,ward,38,Phường Mới\n"
    successions = "effective_on,successor_code,code,kind\n2026-01-01,15999,15724,whole\n"
    files = {"file": ("u.csv", table, "text/csv"), "successions": ("s.csv", successions, "text/csv")}

    made = await calling("operator").post("/v1/unit-imports", files=files)
    again = await calling("operator").post("/v1/unit-imports", files=files)

    assert made.status_code == 201, made.text
    assert made.json()["residents_moved"] == 1
    assert again.json()["id"] == made.json()["id"]
    client = calling("officer", unit_code="15999")
    found = (await client.get("/v1/residents", headers=PURPOSE)).json()["items"]
    assert {item["id"] for item in found} == {village["id"], direct["id"]}
    assert (await calling().get("/v1/units/15727-01")).json()["path"] == "38/15999/15727-01"
    assert (await calling().get("/v1/units/15727-01?as_of=2025-12-31")).json()["path"] == "38/15724/15727-01"
    [moved] = await published(ResidentMoved)
    assert (moved.from_unit_code, moved.unit_code) == ("15724", "15999")
    changed = {event.code for event in await published(UnitChanged)}
    assert {"15724", "15999", "15727-01", "15721-02"} <= changed


async def test_a_commune_whose_successor_bears_its_code_keeps_its_villages_of_before(
    calling: Any, register: Any, published: Any
) -> None:
    """Since districts are gone, such a successor has the path of the old commune too."""
    people = [await register(a_resident(n, unit_code=code)) for n, code in enumerate(("15724", "15727-01", "15061"))]
    table = HEADER + "15724,2026-01-01,,commune,ward,38,Phường Mới\n"
    successions = "effective_on,successor_code,code,kind\n2026-01-01,15724,15724,whole\n2026-01-01,15724,15061,whole\n"
    files = {"file": ("u.csv", table, "text/csv"), "successions": ("s.csv", successions, "text/csv")}
    client = calling()
    before = {unit["code"] for unit in await units(client, parent="15724")}
    joined = {unit["code"] for unit in await units(client, parent="15061")}

    made = await calling("operator").post("/v1/unit-imports", files=files)
    later = HEADER + "15727-99,2026-01-01,,village,village,15724,Thôn Mới\n"
    await calling("operator").post("/v1/unit-imports", files={"file": ("v.csv", later, "text/csv")})

    assert made.status_code == 201, made.text
    assert {unit["code"] for unit in await units(client, parent="15724", as_of="2025-12-31")} == before
    assert {unit["code"] for unit in await units(client, parent="15724")} == before | joined | {"15727-99"}
    shown = [(await client.get(f"/v1/units/15727-01{day}")).json()["parent_name"] for day in ("?as_of=2025-12-31", "")]
    assert shown == ["Đồng Tiến", "Phường Mới"]
    residents = await calling("officer", unit_code="15724").get("/v1/residents", headers=PURPOSE)
    assert {each["id"] for each in residents.json()["items"]} == {person["id"] for person in people}
    [village] = [event for event in await published(UnitChanged) if event.code == "15727-01"]
    assert [place.path for place in village.lineage][-2:] == ["38/15724/15727-01"] * 2


async def test_an_ended_unit_stands_below_the_one_that_took_it_over_and_follows_that_one(
    calling: Any, published: Any
) -> None:
    async def decree(rows: str, successions: str) -> None:
        following = "effective_on,successor_code,code,kind\n" + successions
        files = {"file": ("u.csv", HEADER + rows, "text/csv"), "successions": ("s.csv", following, "text/csv")}
        answer = await calling("operator").post("/v1/unit-imports", files=files)
        assert answer.status_code == 201, answer.text

    def place(events: Any, code: str) -> str:
        return [event for event in events if event.code == code][-1].lineage[-1].path  # type: ignore[no-any-return]

    await decree("15998,2026-01-01,,commune,ward,38,Phường A\n", "2026-01-01,15998,15724,whole\n")
    first = await published(UnitChanged)
    await decree("15999,2026-06-01,,commune,ward,38,Phường B\n", "2026-06-01,15999,15998,whole\n")
    second = await published(UnitChanged)

    assert place(first, "15724") == "38/15998/15724"
    assert (place(second, "15998"), place(second, "15724")) == ("38/15999/15998", "38/15999/15998/15724")
    below = {unit["code"] for unit in await units(calling(), parent="15999")}
    assert "15727-01" in below
    assert not {"15998", "15724"} & below
    assert (await calling().get("/v1/units/15724")).json()["successors"][0]["code"] == "15998"


async def test_units_that_ended_under_an_earlier_release_are_placed_once(database: Database, published: Any) -> None:
    async with database.transaction() as session:
        ended = "SELECT id FROM known_unit WHERE code = '15727'"
        await session.execute(text(f"DELETE FROM known_lineage WHERE path = '38/15724/15727' AND unit_id = ({ended})"))
        await place_ended_units(session)
    async with database.transaction() as session:
        await place_ended_units(session)

    [event] = [event for event in await published(UnitChanged) if event.code == "15727"]
    assert event.lineage[-1].path == "38/15724/15727"


async def test_organizations_of_a_unit_follow_its_successor_and_their_move_is_published(
    calling: Any, published: Any
) -> None:
    shop = {"tax_code": "0100233488", "name": "Cửa hàng Một", "kind": "enterprise", "unit_code": "15724"}
    made = (await calling("officer", unit_code="15724").post("/v1/organizations", json=shop)).json()
    table = HEADER + "15999,2026-01-01,,commune,ward,38,Phường Mới\n"
    successions = "effective_on,successor_code,code,kind\n2026-01-01,15999,15724,whole\n"
    files = {"file": ("u.csv", table, "text/csv"), "successions": ("s.csv", successions, "text/csv")}

    await calling("operator").post("/v1/unit-imports", files=files)

    [event] = await published(OrganizationUpdated)
    assert (str(event.organization_id), event.unit_code, event.version) == (made["id"], "15999", 2)
    shown = await calling("officer", unit_code="15999").get(f"/v1/organizations/{made['id']}")
    assert shown.json()["unit_code"] == "15999"


async def test_organizations_of_a_unit_without_residents_follow_a_decree_on_its_day(
    calling: Any, database: Database, published: Any
) -> None:
    shop = {"tax_code": "0100233488", "name": "Cửa hàng Một", "kind": "enterprise", "unit_code": "15724"}
    await calling("officer", unit_code="15724").post("/v1/organizations", json=shop)
    table = HEADER + "15999,2099-01-01,,commune,ward,38,Phường Mới\n"
    successions = "effective_on,successor_code,code,kind\n2099-01-01,15999,15724,whole\n"
    files = {"file": ("u.csv", table, "text/csv"), "successions": ("s.csv", successions, "text/csv")}
    await calling("operator").post("/v1/unit-imports", files=files)

    with frozen_at(datetime(2099, 1, 1, 3, 0, tzinfo=UTC)):
        async with database.transaction() as session:
            await move_due_residents(session)

    assert [event.unit_code for event in await published(OrganizationUpdated)] == ["15999"]


async def test_in_all_of_thanh_hoa_the_reform_loses_no_resident_and_counts_none_twice(
    calling: Any, register: Any, database: Database
) -> None:
    """Three people in every one of the 547 old communes on the day before, counted on the day after."""
    await register(a_resident())
    async with database.transaction() as session:
        await session.execute(_IN_EVERY_OLD_COMMUNE)
        old = dict(map(tuple, await session.execute(_BY_COMMUNE, {"day": date(2025, 6, 30)})))
        total = (await session.execute(text("SELECT count(*) FROM resident"))).scalar()
    assert (len(old), total) == (547, 547 * 3 + 1)

    async with database.transaction() as session:
        await move_due_residents(session)

    async with database.transaction() as session:
        after = (await session.execute(text("SELECT count(*) FROM resident"))).scalar()
        in_todays_tree = (await session.execute(_IN_TODAYS_TREE)).scalar()
        undecided = (await session.execute(text("SELECT count(*) FROM undecided_resident"))).scalar()
        new = dict(map(tuple, await session.execute(_BY_COMMUNE, {"day": date(2025, 7, 1)})))
        kinds = (await session.execute(_FOLLOWERS)).all()
    assert after == in_todays_tree == total, "every resident has one unit, and it is in today's tree"
    heirs: dict[str, int] = {}
    for row in kinds:
        if row.followers == 1 and row.kind != "part":
            heirs[row.heir] = heirs.get(row.heir, 0) + old[row.code]
    divided = [row.code for row in kinds if row.followers > 1 or row.kind == "part"]
    assert {code: count for code, count in new.items() if code in heirs} == heirs, (
        "each whole merge brought all its people"
    )
    assert undecided == sum(old[code] for code in set(divided)) > 0, "who lived in a divided commune is listed"
    assert sum(heirs.values()) + undecided == sum(old.values())


_IN_EVERY_OLD_COMMUNE = text(
    "INSERT INTO resident SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'unit_id', u.id))).*"
    " FROM resident AS r, known_unit AS u, generate_series(1, 3)"
    " WHERE u.level = 'commune' AND u.valid_to = date '2025-06-30'"
)
_BY_COMMUNE = text(
    "SELECT u.code, count(*) FROM resident AS r JOIN known_unit AS u ON u.id = r.unit_id WHERE u.level = 'commune'"
    " AND coalesce(u.valid_from, :day) <= :day AND coalesce(u.valid_to, :day) >= :day GROUP BY 1"
)
_IN_TODAYS_TREE = text(
    "SELECT count(*) FROM resident AS r JOIN known_unit AS u ON u.id = r.unit_id"
    " WHERE u.valid_to IS NULL AND EXISTS (SELECT FROM known_lineage AS l WHERE l.unit_id = u.id"
    " AND l.valid_to IS NULL AND (l.path = '38' OR l.path LIKE '38/%'))"
)
_FOLLOWERS = text(
    "SELECT u.code, h.code AS heir, s.kind, count(*) OVER (PARTITION BY s.unit_id) AS followers FROM unit_succession AS s"
    " JOIN known_unit AS u ON u.id = s.unit_id JOIN known_unit AS h ON h.id = s.successor_id"
    " WHERE u.level = 'commune' AND u.valid_to = date '2025-06-30'"
)


async def test_residents_of_a_divided_unit_wait_for_a_decision_and_are_not_lost(calling: Any, register: Any) -> None:
    in_village = await register(a_resident(1, unit_code="15727-01"))
    direct = await register(a_resident(2, unit_code="15724"))
    table = HEADER + "15998,2026-01-01,,commune,ward,38,Đông\n15999,2026-01-01,,commune,ward,38,Tây\n"
    successions = "old_code,new_code,kind,effective_on\n15724,15998,part,2026-01-01\n15724,15999,part,2026-01-01\n"
    files = {"file": ("u.csv", table, "text/csv"), "successions": ("s.csv", successions, "text/csv")}

    made = (await calling("operator").post("/v1/unit-imports", files=files)).json()

    assert made["residents_undecided"] == 2
    province = calling("officer", unit_code="38")
    undecided = (await province.get("/v1/undecided-residents")).json()["items"]
    assert {item["resident_id"] for item in undecided} == {in_village["id"], direct["id"]}
    assert len((await province.get("/v1/residents", headers=PURPOSE)).json()["items"]) == 2
    decided = await province.patch(f"/v1/residents/{direct['id']}", json={"unit_code": "15998"})
    assert decided.json()["unit_code"] == "15998"
    assert len((await province.get("/v1/undecided-residents")).json()["items"]) == 1


async def test_a_decree_imported_early_moves_its_residents_on_its_day(
    calling: Any, register: Any, database: Database, published: Any
) -> None:
    await register(a_resident(1, unit_code="15724"))
    table = HEADER + "15999,2099-01-01,,commune,ward,38,Phường Mới\n"
    successions = "effective_on,successor_code,code,kind\n2099-01-01,15999,15724,whole\n"
    files = {"file": ("u.csv", table, "text/csv"), "successions": ("s.csv", successions, "text/csv")}

    made = (await calling("operator").post("/v1/unit-imports", files=files)).json()
    async with database.transaction() as session:
        early = await move_due_residents(session)
    with frozen_at(datetime(2099, 1, 1, 3, 0, tzinfo=UTC)):
        async with database.transaction() as session:
            on_the_day = await move_due_residents(session)

    assert (made["residents_moved"], early, on_the_day) == (0, 0, 1)
    [moved] = await published(ResidentMoved)
    assert (moved.unit_code, str(moved.moved_on)) == ("15999", "2099-01-01")


async def test_a_table_of_successions_alone_is_enough_where_the_units_are_known(calling: Any, register: Any) -> None:
    await register(a_resident(1, unit_code="15721-01"))
    operator = calling("operator")
    units = HEADER + "15999,2026-01-01,,commune,ward,38,Phường Mới\n"
    await operator.post("/v1/unit-imports", files={"file": ("u.csv", units, "text/csv")})
    table = "old_code,new_code,kind,effective_on\n15724,15999,whole,2026-01-01\n"

    made = await operator.post("/v1/unit-imports", files={"file": ("s.csv", table, "text/csv")})
    unknown = await operator.post(
        "/v1/unit-imports", files={"file": ("s.csv", table.replace("15724", "77"), "text/csv")}
    )

    assert made.status_code == 201, made.text
    assert (await calling().get("/v1/units/15721-01")).json()["parent_code"] == "15999"
    assert [error["code"] for error in unknown.json()["errors"]] == ["unknown-unit"]


async def names_and_codes(client: Any, q: str, **query: str) -> set[tuple[str, str, str]]:
    return {(unit["code"], unit["title"], unit["level"]) for unit in await units(client, q=q, **query)}


async def test_a_search_takes_the_kind_in_front_of_a_name(calling: Any) -> None:
    client = calling()

    assert await names_and_codes(client, "xã Đồng Thắng") == {("15727", "Xã Đồng Thắng", "commune")}
    assert await names_and_codes(client, "xa dong thang") == {("15727", "Xã Đồng Thắng", "commune")}
    assert ("15061", "Xã Ngọc Lặc", "commune") in await names_and_codes(client, "TT Ngọc Lặc")
    assert ("15061", "Thị trấn Ngọc Lặc", "commune") in await names_and_codes(client, "tt ngọc lặc", as_of="2024-06-30")
    assert ("389", "Huyện Ngọc Lặc", "district") in await names_and_codes(client, "huyện Ngọc Lặc", as_of="2024-06-30")
    assert ("397", "Huyện Triệu Sơn", "district") in await names_and_codes(client, "Huyen Trieu Son")
    assert await names_and_codes(client, "tỉnh Thanh Hóa") == {("38", "Tỉnh Thanh Hóa", "province")}
    groups = await names_and_codes(client, "TDP 2")
    assert groups == {("15061-02", "Tổ dân phố 2", "village")}
    assert ("15727-04", "Thôn Đồng Thắng 4", "village") in await names_and_codes(client, "thôn đồng thắng 4")


async def test_a_search_finds_units_of_the_past_with_their_successors(calling: Any) -> None:
    client = calling()

    for q in ("xã Đồng Thắng", "15727"):
        [unit] = await units(client, q=q)
        assert (unit["valid_to"], [each["code"] for each in unit["successors"]]) == ("2025-06-30", ["15724"])
        assert unit["parent_name"] == "Triệu Sơn"
    assert await units(client, q="xã Đồng Thắng", as_of="2026-01-01") == []
    for q in ("%", "_", "15_27", "%27", "\\"):
        assert await units(client, q=q) == [], q


async def test_an_old_code_answers_with_its_successors(calling: Any) -> None:
    answer = await calling().get("/v1/units/15727")

    assert answer.status_code == 404
    problem = answer.json()
    assert problem["type"] == "/problems/unit-ended"
    assert (problem["name"], problem["valid_to"]) == ("Đồng Thắng", "2025-06-30")
    assert problem["successors"] == [{"code": "15724", "kind": "whole", "effective_on": "2025-07-01"}]
    assert (await calling().get("/v1/units/99999")).json()["type"] == "/problems/not-found"


async def test_two_units_of_one_name_are_distinguished(calling: Any) -> None:
    every = await units(calling(), level="commune", as_of="2024-06-30")

    shown = [(unit["title"], unit["parent_name"]) for unit in every]
    assert len({unit["name"] for unit in every}) < len(every)
    assert len(set(shown)) == len(shown)


async def test_names_that_an_earlier_release_had_wrong_are_corrected_once(
    calling: Any, database: Database, published: Any
) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE known_unit SET name = 'Văn Sơn' WHERE code = '15712'"))

    for _ in range(2):
        async with database.transaction() as session:
            await correct_names(session)

    shown = (await calling().get("/v1/units/15712?as_of=2024-06-30")).json()
    assert (shown["name"], shown["parent_code"]) == ("Vân Sơn", "397")
    assert [(event.code, event.name) for event in await published(UnitChanged)] == [("15712", "Vân Sơn")]
    assert {"15712"} == {unit["code"] for unit in await units(calling(), q="xã Vân Sơn")}


async def test_every_name_is_that_of_the_statistics_office(calling: Any) -> None:
    # The two that had been wrong; all 740 lines were compared with the published tables.
    names = {unit["code"]: unit["name"] for unit in await units(calling(), as_of="2024-06-30", level="commune")}

    assert (names["15076"], names["15712"]) == ("Vân Am", "Vân Sơn")
