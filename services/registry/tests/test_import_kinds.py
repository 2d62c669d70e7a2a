"""Lists as communes really send them: each kind of file through the import, every row counted."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from chassis.storage.database import Database
from libs.tabular.tests import workbooks
from libs.tabular.tests.lists import as_csv
from registry.commands import imports
from registry.commands.imports import run_open_imports

from .conftest import PURPOSE, a_resident
from .test_imports import counts, taken_over, upload

TITLES = ["Số CCCD", "Họ và tên", "Ngày sinh", "Giới tính", "Thôn", "Số điện thoại"]


def person(number: int, **changes: Any) -> list[Any]:
    cells: dict[str, Any] = {
        "id": f"038085{number:06d}", "name": "Trịnh Quốc Bình", "born": "05/09/1985", "sex": "Nam",
        "village": "Thôn Đồng Lợi 1", "phone": "",
    }  # fmt: skip
    return list((cells | changes).values())


def rows(*people: list[Any]) -> list[list[Any]]:
    return [TITLES, *people]


def in_font(encode: str, table: list[list[Any]]) -> bytes:
    """The table as UTF-8 text whose letters are the codes of a legacy font."""
    tcvn3 = {"ị": "Þ", "ố": "è", "ì": "×", "à": "µ", "ê": "ª", "ă": "¨", "ầ": "Ç"}
    vni = {"ị": "ò", "ố": "oá", "ì": "ì", "à": "aø", "ê": "eâ", "ă": "aê", "ầ": "aà"}
    codes = str.maketrans(tcvn3 if encode == "TCVN3" else vni)
    return as_csv([["personal_id", "full_name", "date_of_birth", "sex", "village"],
                   *[[cell.translate(codes) for cell in row] for row in table]]).getvalue()  # fmt: skip


def read_twice(table: list[list[Any]]) -> bytes:
    return as_csv(table).getvalue().decode("utf-8").encode("utf-8").decode("cp1252", "ignore").encode("utf-8")


LEGACY = [
    [f"038085{n:06d}", name, "05/09/1985", "nam", "15721-01"]
    for n, name in enumerate(["Trần Hà", "Lê Thìn", "Trần Lê Hà"])
]
BAD_BYTE = as_csv(rows(person(1), person(2, name="Lê Hà Thu"), person(3))).getvalue().replace(b"Thu", b"Thu\xa0")
OPEN_QUOTE = as_csv(rows(*(person(n) for n in range(1, 40)))).getvalue().replace(b"Tr", b'"Tr', 1)
TWO_SHEETS = workbooks.as_xlsx(
    rows(person(1)), rows(person(2)), rows(person(3)), names=["Cũ", "Thôn 1", "Thôn 2"], hidden=[0]
)
NO_VILLAGE = workbooks.merged(
    rows(person(1), person(2, village=""), person(3, village="")), (1, 4, 3, 4)
)  # fmt: skip

Kind = tuple[str, bytes, tuple[int, int], set[str], set[str]]
KINDS: list[Kind] = [
    ("plain", as_csv(rows(person(1))).getvalue(), (1, 1), set(), set()),
    ("lost zeros", as_csv(rows(["38085000001", *person(1)[1:]])).getvalue(), (1, 1), {"leading-zeros-restored"}, set()),
    (
        "numbers",
        workbooks.as_xlsx(rows([38085000001, *person(1)[1:]])).getvalue(),
        (1, 1),
        {"leading-zeros-restored"},
        set(),
    ),
    (
        "title rows",
        workbooks.as_xlsx([["ỦY BAN NHÂN DÂN"], ["DANH SÁCH"], [], *rows(person(1))]).getvalue(),
        (1, 1),
        set(),
        set(),
    ),
    (
        "title in a CSV",
        "CÔNG AN XÃ\r\nDANH SÁCH\r\n".encode() + as_csv(rows(person(1))).getvalue(),
        (1, 1),
        set(),
        set(),
    ),
    ("blank first row", workbooks.as_xlsx([[], *rows(person(1))]).getvalue(), (1, 1), set(), set()),
    (
        "split name",
        as_csv(
            [
                ["Số CCCD", "Họ đệm", "Tên", "Ngày sinh", "Giới tính", "Thôn"],
                ["038085000001", "Trịnh Quốc", "Bình", "1985", "Nam", "Thôn Đồng Lợi 1"],
            ]
        ).getvalue(),
        (1, 1),
        set(),
        set(),
    ),
    (
        "wrapped header",
        as_csv([["Số\nCCCD", "Họ và\ntên", "Ngày\nsinh", "Giới\ntính", "Thôn"], person(1)[:5]]).getvalue(),
        (1, 1),
        set(),
        set(),
    ),
    ("sep= line", b"sep=;\r\n" + as_csv(rows(person(1))).getvalue(), (1, 1), set(), set()),
    ("TCVN3", in_font("TCVN3", LEGACY), (3, 3), {"encoding-converted"}, set()),
    ("VNI", in_font("VNI", LEGACY), (3, 3), {"encoding-converted"}, set()),
    ("one wrong byte", BAD_BYTE, (3, 2), set(), {"unreadable-character"}),
    (
        "short dimension",
        workbooks.patched(
            workbooks.as_xlsx(rows(*map(person, range(5)))),
            workbooks.SHEET,
            lambda body: body.replace(b'ref="A1:F6"', b'ref="A1:A1"'),
        ).getvalue(),
        (5, 5),
        set(),
        set(),
    ),
    ("cut off", workbooks.as_xlsx(rows(person(1))).getvalue()[:-300], (0, 0), set(), {"file-not-xlsx"}),
    ("hidden sheet", TWO_SHEETS.getvalue(), (2, 2), {"sheets-not-read"}, set()),
    ("merged villages", NO_VILLAGE.getvalue(), (3, 3), set(), set()),
    ("old .xls", workbooks.as_xls(rows(person(1))).getvalue(), (1, 1), set(), set()),
    (".ods", workbooks.as_ods(rows(person(1))).getvalue(), (1, 1), set(), set()),
    ("open quote", OPEN_QUOTE, (39, 38), set(), {"broken-quote"}),
    (
        "far cell",
        workbooks.with_cell(workbooks.as_xlsx(rows(person(1))), '<c r="XFD1048576" s="0"/>').getvalue(),
        (1, 1),
        set(),
        set(),
    ),
    ("two-digit year", as_csv(rows(person(1, born="05/09/85"))).getvalue(), (1, 0), set(), {"date-two-digit-year"}),
    ("zero time", as_csv(rows(person(1, born="05/09/1985 00:00:00"))).getvalue(), (1, 1), set(), set()),
    (
        "village spelled",
        as_csv(rows(person(1, village="thôn đồng lợi 01, xã Đồng Lợi"))).getvalue(),
        (1, 1),
        set(),
        set(),
    ),
]


def codes(items: list[dict[str, Any]]) -> set[str]:
    return {item["code"] for item in items}


@pytest.mark.parametrize("kind", KINDS, ids=[kind[0] for kind in KINDS])
async def test_every_kind_of_file_is_read_and_every_row_is_counted(
    calling: Any, database: Database, kind: Kind
) -> None:
    _, content, (total, created), warnings, rejections = kind
    client = calling("officer", unit_code="15724")

    progress = await taken_over(client, database, content)

    path = f"/v1/resident-imports/{progress['id']}"
    rejected = (await client.get(f"{path}/rejections")).json()["items"]
    assert codes(rejected) == rejections, progress
    assert counts(progress) == (total, created, 0, 0, total - created)
    assert progress["status"] == ("completed" if total else "failed")
    warned = (await client.get(f"{path}/warnings")).json()["items"]
    assert codes(warned) == warnings
    assert progress["warnings"] == len(warned)
    assert not rejections or all(len(item["message"]) > 15 for item in rejected)


@pytest.mark.parametrize("kind", KINDS, ids=[kind[0] for kind in KINDS])
async def test_a_preview_counts_like_the_import_and_writes_nothing(
    calling: Any, database: Database, published: Callable[[], Any], kind: Kind
) -> None:
    _, content, (total, created), warnings, rejections = kind
    client = calling("officer", unit_code="15724")
    files = {"file": ("danh-sach", content)}

    answer = await client.post("/v1/resident-imports?dry_run=true", files=files, data={"unit_code": "15724"})

    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert (view["total_rows"], view["created"], view["rejected"]) == (total, created, total - created)
    assert codes(view["warning_list"]) == warnings
    assert codes(view["rejections"]) == rejections
    assert (await client.get("/v1/resident-imports")).json()["items"] == []
    assert (await client.get("/v1/residents", headers=PURPOSE)).json()["items"] == []


async def test_a_converted_file_shows_the_first_names(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15724")
    progress = await taken_over(client, database, in_font("TCVN3", LEGACY))

    [warning] = (await client.get(f"/v1/resident-imports/{progress['id']}/warnings")).json()["items"]

    assert warning["row"] == 1
    assert "Trần Hà, Lê Thìn, Trần Lê Hà" in warning["message"]


async def test_text_that_was_read_twice_is_never_stored(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15724")

    await taken_over(client, database, read_twice(rows(*(person(n, name="Trần Lê Hà") for n in range(3)))))

    found = (await client.get("/v1/residents", headers=PURPOSE)).json()["items"]
    assert {item["full_name"] for item in found} <= {"Trần Lê Hà"}


async def test_the_rows_of_one_village_may_leave_the_village_blank(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15721-01")

    progress = await taken_over(client, database, as_csv(rows(person(1, village=""), person(2))).getvalue(), "15721-01")

    assert counts(progress) == (2, 2, 0, 0, 0)


async def test_a_short_list_does_not_wait_for_a_long_one(
    calling: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = calling("officer", unit_code="15724")
    long = await upload(client, as_csv(rows(*(person(n) for n in range(200)))).getvalue())
    short = await upload(client, as_csv(rows(person(999))).getvalue())
    order: list[str] = []
    original = imports.import_batch

    async def noting(session: Any, import_id: Any, *more: Any) -> None:
        order.append("long" if str(import_id) == long["id"] else "short")
        await original(session, import_id, *more)

    monkeypatch.setattr(imports, "import_batch", noting)
    await run_open_imports(database, 10)

    assert order.index("short") == imports.BATCHES_PER_TURN
    for accepted, total in ((long, 200), (short, 1)):
        progress = (await client.get(f"/v1/resident-imports/{accepted['id']}")).json()
        assert (progress["status"], counts(progress)) == ("completed", (total, total, 0, 0, 0))


async def test_a_fault_of_our_own_fails_one_list_at_once_and_the_next_is_imported(
    calling: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = calling("officer", unit_code="15724")
    first = await upload(client, as_csv(rows(person(1))).getvalue())
    second = await upload(client, as_csv(rows(person(2))).getvalue())
    original, tries = imports.import_batch, 0

    async def broken(session: Any, import_id: Any, *more: Any) -> None:
        nonlocal tries
        if str(import_id) == first["id"]:
            tries += 1
            raise ValueError("broken")
        await original(session, import_id, *more)

    monkeypatch.setattr(imports, "import_batch", broken)
    await run_open_imports(database, 10)

    views = [(await client.get(f"/v1/resident-imports/{each['id']}")).json() for each in (first, second)]
    assert ([view["status"] for view in views], tries) == (["failed", "completed"], 1)
    [rejection] = (await client.get(f"/v1/resident-imports/{first['id']}/rejections")).json()["items"]
    assert ".xlsx" in rejection["message"]


async def test_a_worse_name_is_left_to_an_officer(calling: Any, database: Database, register: Any) -> None:
    resident = await register(a_resident(1, full_name="Lê Văn Đức", unit_code="15721-01"))
    client = calling("officer", unit_code="15724")
    number = a_resident(1)["personal_id"]

    for name in ("Le Van Duc", "Lê Đức", "LÊ VĂN ĐỨC"):
        progress = await taken_over(client, database, as_csv(rows([number, name, *person(1)[2:]])).getvalue())
        assert counts(progress) == (1, 0, 0, 1, 0), name

    shown = (await client.get(f"/v1/residents/{resident['id']}", headers=PURPOSE)).json()
    assert shown["full_name"] == "Lê Văn Đức"
    waiting = (await client.get("/v1/corrections", headers=PURPOSE)).json()["items"]
    assert [(item["field"], item["value"]) for item in waiting] == [
        ("full_name", "Le Van Duc"),
        ("full_name", "Lê Đức"),
    ]


async def test_a_number_of_another_person_overwrites_no_record(calling: Any, database: Database, register: Any) -> None:
    await register(a_resident(1, full_name="Lê Văn Đức", unit_code="15721-01"))
    client = calling("officer", unit_code="15724")
    row = [a_resident(1)["personal_id"], "Nguyễn Thị Hoa", "01/02/1960", "Nữ", "15721-01", ""]

    progress = await taken_over(client, database, as_csv(rows(row)).getvalue())

    assert counts(progress) == (1, 0, 0, 0, 1)
    [item] = (await client.get(f"/v1/resident-imports/{progress['id']}/rejections")).json()["items"]
    assert item["code"] == "number-of-another"


async def test_a_preview_shows_old_and_new_values_masked(calling: Any, database: Database, register: Any) -> None:
    resident = await register(a_resident(1, unit_code="15721-01", phone="0912345678"))
    client = calling("officer", unit_code="15724")
    row = [a_resident(1)["personal_id"], "Lê Văn Đức", "05/09/1985", "Nam", "15721-02", "0987654321"]
    files = {"file": ("a.csv", as_csv(rows(row)).getvalue())}

    view = (await client.post("/v1/resident-imports?dry_run=true", files=files, data={"unit_code": "15724"})).json()

    assert (view["changed"], view["unchanged"]) == (1, 0)
    assert {(c["row"], c["field"], c["old"], c["new"]) for c in view["changes"]} == {
        (2, "unit_code", "15721-01", "15721-02"),
        (2, "phone", "*********678", "*********321"),
    }
    log = (await client.get(f"/v1/residents/{resident['id']}/access-log", headers=PURPOSE)).json()["items"]
    assert any(entry["action"] == "import-preview" and "phone" in entry["fields"] for entry in log)


async def test_imports_are_listed_with_who_and_when(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15724", body="office")
    await taken_over(client, database, as_csv(rows(person(1))).getvalue())

    [item] = (await client.get("/v1/resident-imports?unit_code=15724")).json()["items"]

    assert item["created_by"] == {"role": "officer", "body": "office", "unit_code": "15724"}
    assert item["created_at"]
    assert item["undone_at"] is None
    assert (await client.get("/v1/resident-imports?unit_code=15061")).status_code == 403


async def test_the_template_offers_the_villages_and_is_read_when_it_is_filled_in(
    calling: Any, database: Database
) -> None:
    import openpyxl

    client = calling("officer", unit_code="15724")
    answer = await client.get("/v1/resident-imports/template.xlsx?unit_code=15724")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    assert titles[:3] == ["Số CCCD", "Loại giấy tờ", "Họ và tên"]
    villages = [cell.value for column in book.worksheets[1].iter_cols() for cell in column]
    assert "Thôn Đồng Thắng 1 (15727-01)" in villages
    filled = {"Số CCCD": "038085000001", "Họ và tên": "Trịnh Quốc Bình", "Ngày sinh": "05/09/1985", "Giới tính": "Nam",
              "Thôn/Tổ dân phố": "Thôn Đồng Thắng 1 (15727-01)"}  # fmt: skip
    for title, value in filled.items():
        sheet.cell(3, titles.index(title) + 1, value)
    content = io.BytesIO()
    book.save(content)

    progress = await taken_over(client, database, content.getvalue())

    assert (progress["created"], progress["rejected"]) == (1, 1)
    [item] = (await client.get(f"/v1/resident-imports/{progress['id']}/rejections")).json()["items"]
    assert item["code"] == "example-row"
