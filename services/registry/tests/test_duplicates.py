from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.storage.database import Database
from registry.commands.duplicates import find_duplicates, queue_duplicate_check
from registry.model.duplicates import Likeness, reasons
from registry.model.residents import CONTEXTS

from .conftest import PURPOSE, a_resident


def likeness(name: str, born: str, number: str, phone: bytes | None = None) -> Likeness:
    one = new_id()
    sealed = encrypt(CONTEXTS["personal_id"], str(one), number)
    return Likeness(one, one, name, date.fromisoformat(born), phone, sealed)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (likeness("Le Van Duc", "1985-09-05", "038085777777"), {"same-name", "same-birth"}),
        (likeness("Đức Lê Văn", "1985-05-09", "038085777777"), {"same-name", "swapped-birth"}),
        (likeness("Lê Văn Đức", "1985-01-01", "038085000002"), {"number-slip", "same-name", "same-birth-year"}),
        (likeness("Lê Văn Đứt", "1985-05-09", "038095000001"), {"number-slip", "swapped-birth"}),
        (likeness("Nê Văn Đức", "1985-09-05", "038085000007"), {"number-slip", "same-birth"}),
        (likeness("Lê Văn Đức", "1958-09-05", "038058111111", b"phone"), {"same-name", "same-phone"}),
    ],
)
def test_two_records_of_one_person_share_a_key_whatever_slipped(other: Likeness, why: set[str]) -> None:
    one = likeness("Lê Văn Đức", "1985-09-05", "038085000001", b"phone")

    assert set(reasons(one, other)) == why
    assert set(one.shared_keys()) & set(other.shared_keys())


async def test_a_change_of_name_makes_and_unmakes_a_pair_at_once(calling: Any, register: Any) -> None:
    one = await register(a_resident(1))
    two = await register(a_resident(2, full_name="Trần Thị Hoa", date_of_birth="1985-05-09", phone="0987654321"))
    officer = calling("officer", unit_code="15724")
    path = "/v1/duplicate-candidates?unit_code=15724"

    before = (await officer.get(path, headers=PURPOSE)).json()["items"]
    await officer.patch(f"/v1/residents/{two['id']}", json={"full_name": "Lê Văn Đức"})
    [pair] = (await officer.get(path, headers=PURPOSE)).json()["items"]
    await officer.patch(f"/v1/residents/{two['id']}", json={"full_name": "Trần Thị Hoa"})
    after = (await officer.get(path, headers=PURPOSE)).json()["items"]

    assert before == after == []
    assert set(pair["resident_ids"]) == {one["id"], two["id"]}
    assert (await calling("officer", unit_code="15727-02").get(path, headers=PURPOSE)).status_code == 403


async def test_a_change_that_is_not_committed_yet_is_looked_at_when_it_is(
    calling: Any, register: Any, database: Database
) -> None:
    one, two = (
        await register(a_resident(1)),
        await register(a_resident(2, full_name="Trần Thị Hoa", phone="0987654321")),
    )
    async with database.transaction() as session:
        await session.execute(text("UPDATE resident SET full_name = 'Lê Văn Đức' WHERE id = :id"), {"id": two["id"]})
        await queue_duplicate_check(session, [UUID(two["id"])])
        await find_duplicates(database)  # beside it, with the old name

    answer = await calling("officer", unit_code="15724").get(
        "/v1/duplicate-candidates?unit_code=15724", headers=PURPOSE
    )

    [pair] = answer.json()["items"]
    assert set(pair["resident_ids"]) == {one["id"], two["id"]}


MANY_RESIDENTS = 20_000


async def test_comparing_one_resident_costs_the_same_in_a_village_and_among_many(
    calling: Any, register: Any, database: Database
) -> None:
    await register(a_resident(1))
    in_a_village = await _pages_read_for_one(calling, register, database, 2)
    async with database.transaction() as session:
        await session.execute(
            _MANY_RESIDENTS, {"count": MANY_RESIDENTS, "like": UUID((await register(a_resident(50)))["id"])}
        )
        await session.execute(text("INSERT INTO duplicate_key SELECT n, gen_random_uuid() FROM generate_series(1, 5 * :n) AS n"),
                              {"n": MANY_RESIDENTS})  # fmt: skip
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("ANALYZE"))

    among_many = await _pages_read_for_one(calling, register, database, 3)

    assert among_many < 3 * in_a_village + 100
    pairs = (
        await calling("officer", unit_code="38").get("/v1/duplicate-candidates?unit_code=38", headers=PURPOSE)
    ).json()
    assert pairs["items"], "a province is no longer too large to ask for"


_MANY_RESIDENTS = text(
    "INSERT INTO resident SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'full_name',"
    " 'Người Số ' || n))).* FROM resident AS r, generate_series(1, :count) AS n WHERE r.id = :like"
)


async def _pages_read_for_one(calling: Any, register: Any, database: Database, number: int) -> int:
    """Pages of tables and indexes that looking at one newcomer touches."""
    await find_duplicates(database)
    await register(a_resident(number))
    before = await _pages(database)
    await find_duplicates(database)
    return await _pages(database) - before


async def _pages(database: Database) -> int:
    async with database.transaction() as session:
        await session.execute(text("SELECT pg_stat_force_next_flush()"))
    async with database.reading() as session:
        found = await session.execute(text(
            "SELECT sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0))::int"
            " FROM pg_statio_user_tables WHERE relname IN ('resident', 'duplicate_key', 'duplicate_pair')"
        ))  # fmt: skip
        return int(found.scalar() or 0)


async def test_a_dismissed_pair_is_no_candidate_until_the_dismissal_is_taken_back(
    calling: Any, register: Any, database: Database
) -> None:
    one = await register(a_resident(1, full_name="Lê Văn Đức"))
    await register(a_resident(2, full_name="Le Van Duc"))
    officer, listed = calling("officer", unit_code="15724"), "/v1/duplicate-candidates?unit_code=15724"
    [pair] = (await officer.get(listed, headers=PURPOSE)).json()["items"]
    path = f"/v1/duplicate-candidates/{pair['id']}/dismissal"

    elsewhere = await calling("officer", unit_code="15061").post(path)
    dismissed = [await officer.post(path), await officer.post(path)]
    async with database.transaction() as session:
        await queue_duplicate_check(session, [UUID(one["id"])])
    after = (await officer.get(listed, headers=PURPOSE)).json()["items"]
    back = await officer.delete(path)

    assert elsewhere.status_code == 404
    assert [answer.status_code for answer in dismissed] == [204, 204]
    assert (after, back.status_code) == ([], 204)
    assert [item["id"] for item in (await officer.get(listed, headers=PURPOSE)).json()["items"]] == [pair["id"]]
    assert (await officer.delete(path)).status_code == 404
