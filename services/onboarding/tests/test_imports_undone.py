"""Lists by number beside the real registry: a preview, the list of imports, warnings, the template, undoing."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl

from chassis.clock import frozen_at, now
from chassis.runtime import Runtime
from chassis.storage.database import Database
from contracts.access import AccessRecorded
from contracts.gateway import PartnerChanged
from contracts.onboarding import StepCompleted, StepState, StepUpdated
from libs.tabular.tests.kinds import kinds_of
from onboarding.commands.counting import take_counts
from onboarding.commands.expiries import recompute_expired
from onboarding.commands.import_undo import undo_next_rows
from onboarding.commands.imports import run_next_rows
from services.onboarding.tests.test_with_registry import Registry, registry, registry_template
from services.onboarding.tests.world import PURPOSE, declared

__all__ = ["registry", "registry_template"]

Deliver = Callable[..., Any]
Calling = Callable[..., Any]
IMPORTS = "/v1/onboarding/imports"
ONE_WRONG_ROW = ("one wrong byte", "open quote")
FORM = {"step": "vneid", "unit_code": "15727-01", "source_body": "police"}


def listed(*rows: str, header: str = "Số CCCD;Mức độ;Ngày kích hoạt") -> dict[str, Any]:
    return {"file": ("ds.csv", "\n".join([header, *rows]).encode())}


async def run(runtime: Runtime) -> None:
    while await run_next_rows(runtime.database, runtime.service_client):
        pass


async def counted(database: Database, indicator: str) -> int:
    async with database.reading() as session:
        return sum(each.count for each in await take_counts(session) if each.indicator == indicator)


async def test_a_preview_shows_what_a_list_would_do_and_writes_nothing(
    registry: Registry, published: Deliver, calling: Calling
) -> None:
    await registry.register(1)
    await registry.register(2)
    await registry.replicate()
    police = calling("officer", unit_code="15724", body="police")
    files = listed("038085000001;2;15/02/2026", "38085000002;1;15/02/2026", "038085099999;2;", "12345;2;")

    answer = await police.post(f"{IMPORTS}?dry_run=true", data=FORM, files=files)

    assert answer.status_code == 200, answer.text
    preview = answer.json()
    assert {name: preview[name] for name in ("total_rows", "created", "changed", "unchanged", "rejected", "warnings")} == {
        "total_rows": 4, "created": 2, "changed": 0, "unchanged": 0, "rejected": 2, "warnings": 1,
    }  # fmt: skip
    assert preview["changes"][0] == {"row": 2, "field": "vneid", "old": "ready", "new": "completed, mức 2"}
    assert [(each["row"], each["code"]) for each in preview["rejections"]] == [
        (4, "unknown-person"),
        (5, "not-a-number"),
    ]
    assert [(each["row"], each["code"]) for each in preview["warning_list"]] == [(3, "leading-zeros-restored")]
    assert (await police.get(IMPORTS)).json()["items"] == []
    assert await published(StepCompleted) == []
    assert {each.action for each in await published(AccessRecorded)} == {"import-preview"}


async def test_imports_are_listed_with_who_sent_them_and_their_warnings(
    registry: Registry, runtime: Runtime, calling: Calling
) -> None:
    await registry.register(1)
    await registry.replicate()
    police = calling("officer", unit_code="15724", body="police", subject="p")
    await police.post(IMPORTS, data=FORM, files=listed("38085000001;2;15/02/2026"))
    await run(runtime)

    [taken] = (await police.get(f"{IMPORTS}?unit_code=15724")).json()["items"]

    assert taken["created_by"] == {"role": "officer", "body": "police", "unit_code": "15724"}
    assert (taken["status"], taken["warnings"], taken["created"], taken["undone_at"]) == ("completed", 1, 1, None)
    warnings = f"{IMPORTS}/{taken['id']}/warnings"
    assert [each["code"] for each in (await police.get(warnings)).json()["items"]] == ["leading-zeros-restored"]
    table = (await police.get(warnings, headers={"Accept": "text/csv"})).text
    assert "leading-zeros-restored" in table
    assert "38085000001" not in table
    assert (await calling("officer", unit_code="15061").get(IMPORTS)).json()["items"] == []
    assert (await calling("officer", unit_code="15061").get(warnings)).status_code == 404


async def test_the_template_is_a_workbook_that_the_import_reads(
    registry: Registry, runtime: Runtime, calling: Calling
) -> None:
    await registry.register(1)
    await registry.replicate()
    police = calling("officer", unit_code="15724", body="police")
    book = openpyxl.load_workbook(io.BytesIO((await police.get(f"{IMPORTS}/template.xlsx")).content))
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    assert {"Số CCCD", "Ngày hết hạn", "Mức độ"} <= set(titles)
    sheet.cell(3, titles.index("Số CCCD") + 1, "038085000001")
    content = io.BytesIO()
    book.save(content)

    sent = await police.post(IMPORTS, data=FORM, files={"file": ("mau.xlsx", content.getvalue())})
    await run(runtime)

    done = (await police.get(f"{IMPORTS}/{sent.json()['id']}")).json()
    assert (done["total_rows"], done["applied"], done["rejected"]) == (2, 1, 1)


async def test_undoing_an_import_takes_back_rows_that_are_unchanged_since(
    registry: Registry, runtime: Runtime, database: Database, published: Deliver, calling: Calling
) -> None:
    first, second = await registry.register(1), await registry.register(2)
    await registry.replicate()
    police = calling("officer", unit_code="15724", body="police", subject="p")
    rows = listed("038085000001;2;15/02/2026", "038085000002;2;15/02/2026")
    taken = (await police.post(IMPORTS, data=FORM, files=rows)).json()
    path = f"{IMPORTS}/{taken['id']}/undo"
    assert (await police.post(path)).json()["type"] == "/problems/import-running"
    await run(runtime)
    later = declared(kind="officer", level=2) | {"occurred_at": "2026-03-01T08:00:00+07:00"}
    assert (await police.put(f"/v1/residents/{second}/onboarding/vneid", json=later)).status_code == 200
    assert await counted(database, "vneid") == 2

    undone = await police.post(path)

    assert (undone.status_code, undone.json()) == (202, {"id": taken["id"], "status": "undone", "undone": 1, "kept": 1})
    assert (await police.get(path, headers=PURPOSE)).json() == {
        "status": "undone", "undone": 1, "kept": [{"row": 3, "id": second, "reason": "changed-since"}],
        "next_cursor": None,
    }  # fmt: skip
    assert await counted(database, "vneid") == 1
    event: StepState = (await published(StepUpdated))[-1]
    assert (str(event.resident_id), event.status, event.marks) == (first, "ready", [])
    assert str(event.at)[:10] == "2026-02-15", "reports take the step back from the day on which it was listed"
    assert "import-undone" in {each.action for each in await published(AccessRecorded)}
    assert (await police.post(path)).json()["undone"] == 1
    assert not await undo_next_rows(runtime)
    again = (await police.post(IMPORTS, data=FORM, files=rows)).json()
    assert again["id"] != taken["id"]
    await run(runtime)
    assert await counted(database, "vneid") == 2
    assert (await calling("officer", unit_code="15061").post(path)).status_code == 404


async def test_a_row_that_another_list_names_too_is_kept(
    registry: Registry, runtime: Runtime, database: Database, calling: Calling
) -> None:
    await registry.register(1)
    await registry.replicate()
    police = calling("officer", unit_code="15724", body="police")
    taken = [
        (await police.post(IMPORTS, data=FORM, files=listed("038085000001;2;15/02/2026", *more))).json()["id"]
        for more in ([], ["038085099999;2;"])
    ]
    await run(runtime)

    undone = (await police.post(f"{IMPORTS}/{taken[0]}/undo")).json()

    assert (undone["undone"], undone["kept"]) == (0, 1)
    assert await counted(database, "vneid") == 1


async def test_a_listed_signature_ends_with_its_last_day(
    registry: Registry, runtime: Runtime, deliver: Deliver, calling: Calling, telecom: PartnerChanged
) -> None:
    await deliver(telecom)
    resident_id = await registry.register(1)
    await registry.replicate()
    officer = calling("officer", unit_code="15724")
    last = now() + timedelta(days=30)
    row = f"038085000001;S1;01/02/2026;{last:%d/%m/%Y}"
    files = listed(row, header="Số CCCD;Serial chứng thư số;Ngày cấp;Ngày hết hạn")
    form = {"step": "digital_signature", "unit_code": "15727-01", "source_body": "demo-telecom"}
    assert (await officer.post(IMPORTS, data=form, files=files)).status_code == 202
    await run(runtime)
    path = f"/v1/residents/{resident_id}/onboarding"
    signature = (await officer.get(path, headers=PURPOSE)).json()["steps"][3]
    assert signature["status"] == "completed"
    assert signature["evidence"]["valid_until"]

    with frozen_at(last + timedelta(days=2)):
        async with runtime.database.transaction() as session:
            assert await recompute_expired(session) == 1
        later = calling("officer", unit_code="15724")
        assert (await later.get(path, headers=PURPOSE)).json()["steps"][3]["status"] == "revoked"


async def test_a_long_list_keeps_no_other_waiting(registry: Registry, runtime: Runtime, calling: Calling) -> None:
    await registry.register(1)
    await registry.replicate()
    police = calling("officer", unit_code="15724", body="police")
    long = listed(*(f"0380850{number:05d};2;" for number in range(50_000, 51_200)))
    for files in (long, listed("038085000001;2;")):
        await police.post(IMPORTS, data=FORM, files=files)

    assert await run_next_rows(runtime.database, runtime.service_client)
    assert await run_next_rows(runtime.database, runtime.service_client)

    taken = (await police.get(IMPORTS)).json()["items"]
    assert [each["status"] for each in taken] == ["running", "completed"]


async def test_every_kind_of_file_is_taken_through_the_import_and_its_preview(
    registry: Registry, runtime: Runtime, calling: Calling
) -> None:
    for number in range(3):
        await registry.register(number + 1)
    await registry.replicate()
    police = calling("officer", unit_code="15724", body="police")
    kinds = kinds_of(
        ["Số CCCD", "Mức độ", "Ngày kích hoạt"], lambda number: [f"0380850{number + 1:05d}", "Mức 2", "15/02/2026"]
    )
    for name, content, rows in kinds:
        files = {"file": ("danh-sach", content)}
        previewed = await police.post(f"{IMPORTS}?dry_run=true", data=FORM, files=files)
        sent = await police.post(IMPORTS, data=FORM, files=files)
        if rows is None:
            assert (previewed.status_code, sent.status_code) == (422, 422), (name, sent.text)
            assert len(sent.json()["errors"][0]["message"]) > 15, name
            continue
        assert (previewed.status_code, sent.status_code) == (200, 202), (name, previewed.text, sent.text)
        await run(runtime)
        done = (await police.get(f"{IMPORTS}/{sent.json()['id']}")).json()
        rejected = (await police.get(f"{IMPORTS}/{sent.json()['id']}/rejections")).json()["items"]
        assert (done["status"], done["total_rows"], previewed.json()["total_rows"]) == ("completed", rows, rows), name
        assert done["applied"] + done["unchanged"] + done["rejected"] == rows, (name, done)
        assert bool(rejected) == (name in ONE_WRONG_ROW), (name, rejected)
        assert all(len(each["message"]) > 15 for each in rejected), (name, rejected)
