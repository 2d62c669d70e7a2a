import asyncio
import csv
import io
import os
from typing import Any

import pytest
from openpyxl import Workbook

from chassis.storage.database import Database
from contracts.registry import ResidentMoved, ResidentRegistered, ResidentUpdated
from registry.commands import imports
from registry.commands.imports import run_open_imports

from .conftest import PURPOSE, a_resident

HEADER = ["Số ĐDCN", "Họ và tên", "Ngày sinh", "Giới tính", "Thôn/TDP", "Hộ khẩu", "SĐT", "Smartphone"]


def row(number: int, **changes: str) -> list[str]:
    cells = {
        "personal_id": f"038085{number:06d}", "full_name": "Lê Văn Đức", "born": "05/09/1985", "sex": "Nam",
        "village": "15727-01", "household": f"H{number // 4}", "phone": f"09{number:08d}", "smartphone": "có",
    } | changes  # fmt: skip
    return list(cells.values())


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADER, *rows])
    return text.getvalue().encode("utf-8-sig")


async def upload(client: Any, content: bytes, unit_code: str = "15724", name: str = "danh-sach.csv") -> dict[str, Any]:
    answer = await client.post("/v1/resident-imports", files={"file": (name, content)}, data={"unit_code": unit_code})
    assert answer.status_code == 202, answer.text
    accepted: dict[str, Any] = answer.json()
    return accepted


async def taken_over(client: Any, database: Database, content: bytes, unit_code: str = "15724") -> dict[str, Any]:
    accepted = await upload(client, content, unit_code)
    await run_open_imports(database, 50)
    progress: dict[str, Any] = (await client.get(f"/v1/resident-imports/{accepted['id']}")).json()
    return progress


def counts(progress: dict[str, Any]) -> tuple[int, ...]:
    return tuple(progress[name] for name in ("total_rows", "created", "updated", "unchanged", "rejected"))


async def test_good_rows_become_residents_and_each_wrong_row_is_named(
    calling: Any, database: Database, published: Any
) -> None:
    client = calling("officer", unit_code="15724")
    rows = [row(n) for n in range(1, 121)]
    rows[9][0] = "12"
    rows[19][4] = "Thôn Không Có"
    rows[19][2] = "sai"
    rows[29][4] = "thon dong thang 2"

    progress = await taken_over(client, database, as_csv(rows))

    assert progress["status"] == "completed"
    assert counts(progress) == (120, 118, 0, 0, 2)
    path = f"/v1/resident-imports/{progress['id']}/rejections"
    items = (await client.get(path)).json()["items"]
    assert [(i["row"], i["column"], i["code"]) for i in items] == [
        (11, "Số ĐDCN", "personal-id-length"),
        (21, "Ngày sinh", "date-invalid"),
    ]
    assert items[0]["message"].startswith("Số định danh")
    assert len(await published(ResidentRegistered)) == 118
    second = (await client.get("/v1/residents?unit_code=15727-02", headers=PURPOSE)).json()["items"]
    assert len(second) == 1
    assert second[0]["household_code"] == "H7"


async def test_the_same_file_again_changes_nothing(calling: Any, database: Database, published: Any) -> None:
    client = calling("officer", unit_code="15724")
    first = await taken_over(client, database, as_csv([row(1), row(2)]))

    again = await taken_over(client, database, as_csv([row(1), row(2)]))
    reordered = await taken_over(client, database, as_csv([row(2), row(1)]))

    assert again["id"] == first["id"]
    assert counts(reordered) == (2, 0, 0, 2, 0)
    assert len(await published(ResidentRegistered)) == 2


async def test_a_changed_list_updates_exactly_what_changed(calling: Any, database: Database, published: Any) -> None:
    client = calling("officer", unit_code="15724")
    await taken_over(client, database, as_csv([row(n) for n in range(1, 11)]))

    progress = await taken_over(
        client, database,
        as_csv([row(1, smartphone="không"), row(2, village="15721-01"), row(3, household="H9"), *(row(n) for n in range(4, 12))]),
    )  # fmt: skip

    assert counts(progress) == (11, 1, 3, 7, 0)
    assert [event.has_smartphone for event in await published(ResidentUpdated)][:1] == [False]
    assert [event.unit_code for event in await published(ResidentMoved)] == ["15721-01"]


async def test_a_person_twice_in_a_list_counts_once(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15724")

    progress = await taken_over(client, database, as_csv([row(1), row(1), row(1, full_name="Người Khác"), row(2)]))

    assert counts(progress) == (4, 2, 0, 1, 1)


async def test_a_person_of_another_commune_is_refused(calling: Any, database: Database, register: Any) -> None:
    await register(a_resident(1, unit_code="15061-01"))
    client = calling("officer", unit_code="15724")

    progress = await taken_over(client, database, as_csv([row(1)]))

    assert counts(progress) == (1, 0, 0, 0, 1)
    [item] = (await client.get(f"/v1/resident-imports/{progress['id']}/rejections")).json()["items"]
    assert (item["row"], item["code"]) == (2, "resident-exists")


async def test_a_workbook_is_a_list_too(calling: Any, database: Database) -> None:
    book = Workbook()
    for cells in [HEADER, row(1), row(2)]:
        book.worksheets[0].append(cells)
    file = io.BytesIO()
    book.save(file)

    progress = await taken_over(calling("officer", unit_code="15727-01"), database, file.getvalue(), "15727-01")

    assert counts(progress) == (2, 2, 0, 0, 0)


async def test_a_file_that_is_no_list_fails_as_a_whole(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15724")

    progress = await taken_over(client, database, b"Ho ten,Ngay sinh\nA,1985\n")

    assert (progress["status"], progress["failure"]) == ("failed", "column-missing")
    [item] = (await client.get(f"/v1/resident-imports/{progress['id']}/rejections")).json()["items"]
    assert item["row"] == 1


async def test_a_sick_workbook_fails_at_once_and_the_next_list_does_not_wait(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15724")
    book = Workbook()
    for cells in [HEADER, row(1)]:
        book.worksheets[0].append(cells)
    file = io.BytesIO()
    book.save(file)
    sick = await upload(client, file.getvalue()[:-200])
    sound = await upload(client, as_csv([row(1)]))

    await run_open_imports(database, 50)

    first, second = [(await client.get(f"/v1/resident-imports/{each['id']}")).json() for each in (sick, sound)]
    assert (first["status"], first["failure"]) == ("failed", "file-not-xlsx")
    assert (second["status"], second["created"]) == ("completed", 1)
    [item] = (await client.get(f"/v1/resident-imports/{sick['id']}/rejections")).json()["items"]
    assert ".xlsx" in item["message"]


async def test_the_list_of_one_village_needs_no_column_of_villages(calling: Any, database: Database) -> None:
    rows = [[cell for place, cell in enumerate(cells) if place != 4] for cells in (HEADER, row(1), row(2))]
    text = "\n".join(";".join(cells) for cells in rows).encode()

    village = await taken_over(calling("officer", unit_code="15727-01"), database, text, "15727-01")
    commune = await taken_over(calling("officer", unit_code="15724"), database, text)

    assert counts(village) == (2, 2, 0, 0, 0)
    assert (commune["status"], commune["failure"]) == ("failed", "column-missing")


async def test_what_was_put_right_in_a_row_counts_as_a_warning(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15724")

    progress = await taken_over(client, database, as_csv([row(1), row(2, phone="hỏi sau")]))

    assert (progress["created"], progress["warnings"]) == (2, 1)


async def test_rejections_come_as_a_csv_that_no_spreadsheet_executes(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15724")
    text = as_csv([row(1, born="x")]).decode("utf-8-sig").replace("Ngày sinh", "=Ngày sinh").encode()

    progress = await taken_over(client, database, text)
    answer = await client.get(f"/v1/resident-imports/{progress['id']}/rejections", headers={"Accept": "text/csv"})

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.startswith("\ufeffrow,column,code,message\r\n2,'=Ngày sinh,date-invalid,")


async def test_lists_are_accepted_only_for_one_s_own_units(calling: Any) -> None:
    files, data = {"file": ("a.csv", as_csv([row(1)]))}, {"unit_code": "15061"}

    assert (
        await calling("officer", unit_code="15724").post("/v1/resident-imports", files=files, data=data)
    ).status_code == 403
    assert (
        await calling("volunteer", unit_code="15061").post("/v1/resident-imports", files=files, data=data)
    ).status_code == 403
    data = {"unit_code": "99999"}
    assert (
        await calling("officer", unit_code="38").post("/v1/resident-imports", files=files, data=data)
    ).status_code == 422


async def test_a_killed_import_continues_after_its_last_batch(
    calling: Any, database: Database, published: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = calling("officer", unit_code="15724")
    accepted = await upload(client, as_csv([row(n) for n in range(1, 101)]))
    original, batches = imports.import_batch, 0

    async def killed_in_the_third(*arguments: Any) -> None:
        nonlocal batches
        batches += 1
        await original(*arguments)
        if batches == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(imports, "import_batch", killed_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        await run_open_imports(database, 20)
    monkeypatch.setattr(imports, "import_batch", original)
    half = (await client.get(f"/v1/resident-imports/{accepted['id']}")).json()
    await run_open_imports(database, 20)

    assert (half["status"], half["created"]) == ("running", 40)
    progress = (await client.get(f"/v1/resident-imports/{accepted['id']}")).json()
    assert counts(progress) == (100, 100, 0, 0, 0)
    assert len(await published(ResidentRegistered)) == 100


async def test_two_concurrent_lists_with_the_same_people_register_each_once(
    calling: Any, database: Database, published: Any
) -> None:
    client = calling("officer", unit_code="15724")
    forward = await upload(client, as_csv([row(n) for n in range(1, 101)]))
    backward = await upload(client, as_csv([row(n) for n in range(100, 0, -1)]))

    await asyncio.gather(run_open_imports(database, 10), run_open_imports(database, 10))

    assert len(await published(ResidentRegistered)) == 100
    first, second = [
        (await client.get(f"/v1/resident-imports/{accepted['id']}")).json() for accepted in (forward, backward)
    ]
    assert first["total_rows"] == second["total_rows"] == 100
    assert first["created"] + second["created"] == 100


ROWS = int(os.environ.get("IMPORT_ROWS", "10000"))
"""A hundred thousand for the long run."""


@pytest.mark.timeout(900)
async def test_a_long_list_and_the_same_with_one_percent_changed_are_counted_exactly(
    calling: Any, database: Database
) -> None:
    client = calling("officer", unit_code="15724")
    rows = [row(n) for n in range(1, ROWS + 1)]
    changed = [row(n, smartphone="không") if n % 100 == 0 else row(n) for n in range(1, ROWS + 1)]

    first = await upload(client, as_csv(rows))
    await run_open_imports(database, 1000)
    second = await upload(calling("officer", unit_code="15724"), as_csv(changed))
    await run_open_imports(database, 1000)

    one_percent = ROWS // 100
    client = calling("officer", unit_code="15724")  # the first token has ended by now, if the list was very long
    assert counts((await client.get(f"/v1/resident-imports/{first['id']}")).json()) == (ROWS, ROWS, 0, 0, 0)
    assert counts((await client.get(f"/v1/resident-imports/{second['id']}")).json()) == (
        ROWS, 0, one_percent, ROWS - one_percent, 0,
    )  # fmt: skip
