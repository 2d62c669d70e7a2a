"""Every procedure declares what its form must satisfy, and a dossier that does not is refused or flagged."""

from datetime import datetime
from pathlib import Path

import pytest

from casework.procedures import checks_in_words, load_catalogue
from casework.procedures.checks import names_in
from chassis.clock import frozen_at, now
from contracts.casework import DeathRegistered, DeathRevoked
from contracts.registry import ResidentDeceased
from province import get_pack

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+07:00")
BURIAL = {
    "relation": "child", "died_on": "2026-11-18", "buried_on": "2026-11-19", "burial_place": "Nghĩa trang thôn 1",
}  # fmt: skip
DEATH = {"relation": "child", "died_on": "2026-11-18", "died_at_place": "Tại nhà"}
ACCOUNT = {"payee_name": "Nguyễn Văn Thử Bình", "payee_bank": "Agribank", "payee_account": "3510 2051 2345 6"}

GUIDE = Path(__file__).parents[3] / "docs" / "vi" / "mot-cua.md"
WHAT_IS_CHECKED = {
    "1.000656": (
        "not_in_future died_on; in_order subject_date_of_birth died_on; within_days died_on; not_allowed relation; "
        "subject alive; once"
    ),
    "1.000894": (
        "old_enough date_of_birth sex; old_enough date_of_birth sex; old_enough partner_date_of_birth; "
        "old_enough partner_date_of_birth sex"
    ),
    "1.001193": "not_in_future child_date_of_birth; within_days child_date_of_birth; not_allowed relation",
    "1.001612": "between capital; old_enough date_of_birth; once",
    "1.001731": (
        "not_in_future died_on buried_on; in_order subject_date_of_birth died_on buried_on; not_allowed relation; "
        "together payee_name payee_bank payee_account; digits payee_account; subject dead; once; pays"
    ),
    "1.001776": (
        "not_allowed receives_other_allowance; old_enough subject_date_of_birth allowance_group; "
        "together payee_name payee_bank payee_account; digits payee_account; once"
    ),
    "1.004194": "in_future until",
    "1.004873": (
        "not_allowed certificate_purpose marital_state; old_enough date_of_birth sex; old_enough date_of_birth sex; "
        "paper marital_state"
    ),
    "1.010041": "",  # a choice from a list, and nothing that could contradict another field
    "1.014028": (
        "not_in_future died_on buried_on; in_order subject_date_of_birth died_on buried_on; not_allowed relation; "
        "together payee_name payee_bank payee_account; digits payee_account; subject dead; once; pays"
    ),
    "2.000635": "not_in_future registered_on; in_order subject_date_of_birth registered_on",
    "2.000815": "between pages",
    "2.000908": "not_in_future issued_on",
}  # fmt: skip

CATALOGUE = load_catalogue(get_pack().procedures)


def checked_in(version):
    words = [f"{check.kind} {' '.join(names_in(check))}" for check in version.checks]
    words += [f"paper {paper.field}" for paper in version.papers_by_value]
    flags = {
        "subject alive": version.registers_death, "subject dead": version.concerns_the_dead,
        "once": version.claimed_once, "pays": version.allowance,
    }  # fmt: skip
    return "; ".join(words + [name for name, holds in flags.items() if holds])


def test_the_table_lists_what_is_checked_in_every_procedure_of_the_bank():
    assert {code: checked_in(each.versions[-1]) for code, each in CATALOGUE.items()} == WHAT_IS_CHECKED


def in_the_guide(code, procedure):
    said = "<br>".join(each.vi for each in checks_in_words(procedure.versions[-1]))
    return f"| {code} {procedure.name.vi} | {said or 'chỉ kiểm tra đủ thành phần'} |"


def test_the_guide_of_the_one_stop_section_lists_for_each_procedure_what_is_checked():
    rows = [in_the_guide(code, each) for code, each in sorted(CATALOGUE.items())]

    assert [line for line in GUIDE.read_text("utf-8").splitlines() if line in rows] == rows, "\n".join(rows)


async def test_a_procedure_names_what_it_checks_in_both_languages(calling):
    client = calling()
    vietnamese = (await client.get("/v1/procedures/1.001193")).json()["checks"]
    english = (await client.get("/v1/procedures/1.001193", headers={"Accept-Language": "en"})).json()["checks"]

    assert vietnamese[1] == "Ngày sinh của trẻ: quá 60 ngày là đăng ký muộn; cán bộ được báo, hồ sơ vẫn nộp được"
    assert len(vietnamese) == len(english) == 3
    assert english[1].endswith(
        "more than 60 days ago is a late registration; the officer is told, the dossier can be submitted"
    )


def test_a_husband_is_twenty_whichever_of_the_two_applies():
    rules = CATALOGUE["1.000894"].versions[-1]
    wife = {"sex": "female", "date_of_birth": "2006-01-01", "partner_date_of_birth": "2007-11-24"}

    found = [each.field for check in rules.checks for each in check.find(wife, rules.labels, MONDAY.date())]

    assert found == ["partner_date_of_birth"]


def test_forms_about_the_dead_speak_of_the_deceased():
    for code in ("1.000656", "1.001731", "1.014028"):
        labels = [field.label.vi for field in CATALOGUE[code].versions[-1].fields if field.about == "subject"]
        assert "Họ, chữ đệm, tên người mất" in labels
        assert not [label for label in labels if "người được đăng ký" in label]


@pytest.fixture
async def funeral(binh, world):
    return await drafted(binh, world, "1.001731", BURIAL)


async def drafted(client, world, code, typed, subject="lan", papers=1):
    body = {"procedure_code": code, "resident_id": str(world.binh)}
    body |= {"subject_id": str(getattr(world, subject))} if subject else {}
    opened = (await client.post("/v1/dossiers", json=body)).json()
    filled = await client.patch(f"/v1/dossiers/{opened['id']}", json={"fields": typed})
    assert filled.status_code == 200, filled.text
    for _ in range(papers):
        await client.post(f"/v1/dossiers/{opened['id']}/attachments", files={"file": ("a.pdf", PDF)})
    return opened


async def submit(client, dossier, **typed):
    if typed:
        await client.patch(f"/v1/dossiers/{dossier['id']}", json={"fields": typed})
    return await client.post(f"/v1/dossiers/{dossier['id']}/submit")


async def act(client, dossier, action, **more):
    return await client.post(f"/v1/dossiers/{dossier['id']}/actions", json={"action": action, **more})


def wrong(answer):
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "/problems/inconsistent-dossier"
    return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


async def test_a_funeral_has_its_days_in_order_and_none_in_the_future(binh, funeral):
    with frozen_at(MONDAY):
        before_birth = await submit(binh, funeral, died_on="1950-01-01")
        buried_first = await submit(binh, funeral, died_on="2026-11-18", buried_on="2026-11-17")
        future = await submit(binh, funeral, died_on="2026-11-24", buried_on="2026-11-25")
        shown = (await binh.get(f"/v1/dossiers/{funeral['id']}")).json()["findings"]
        right = await submit(binh, funeral, died_on="2026-11-22", buried_on="2026-11-23")

    assert wrong(before_birth) == {("/fields/died_on", "out-of-order")}
    assert wrong(buried_first) == {("/fields/buried_on", "out-of-order")}
    assert wrong(future) == {("/fields/died_on", "in-future"), ("/fields/buried_on", "in-future")}
    assert [(each["pointer"], each["blocks"]) for each in shown] == [
        ("/fields/died_on", True), ("/fields/buried_on", True),
    ]  # fmt: skip
    assert shown[0]["message"] == "Ngày mất không được sau hôm nay."
    assert right.status_code == 200


async def test_the_allowance_has_an_amount_and_an_account_that_only_the_paying_unit_reads(
    binh, officer, funeral, database
):
    half = await submit(binh, funeral, payee_account="12345")
    right = await submit(binh, funeral, **ACCOUNT)
    own = (await binh.get(f"/v1/dossiers/{funeral['id']}")).json()
    office = (await officer.get(f"/v1/dossiers/{funeral['id']}")).json()

    assert wrong(half) == {
        ("/fields/payee_name", "required"), ("/fields/payee_bank", "required"), ("/fields/payee_account", "digits"),
    }  # fmt: skip
    assert right.status_code == 200, right.text
    assert own["allowance"]["amount"] == 10_800_000
    assert "2051 2345" not in str(own["fields"]["payee_account"]["value"])
    assert office["fields"]["payee_account"]["value"] == ACCOUNT["payee_account"]
    async with database.reading() as session:
        from sqlmodel import select

        from casework.model.dossiers import Dossier

        row = (await session.exec(select(Dossier))).one()
    assert b"3510" not in row.form


async def test_a_death_that_the_registry_does_not_know_is_shown_to_the_officer_and_registered_by_the_approval(
    binh, officer, calling, world, funeral, published
):
    colleague = calling("officer", unit_code="15724", subject="officer-2")
    await submit(binh, funeral)
    own = (await binh.get(f"/v1/dossiers/{funeral['id']}")).json()["findings"]
    office = (await officer.get(f"/v1/dossiers/{funeral['id']}")).json()["findings"]
    await act(officer, funeral, "accept")
    approved = await act(officer, funeral, "approve")
    reverted = await act(colleague, funeral, "revert", note="Nhầm hồ sơ")

    assert own == []
    assert [(each["code"], each["blocks"]) for each in office] == [("subject-not-recorded-dead", False)]
    assert (approved.status_code, reverted.status_code) == (200, 200)
    assert [event.resident_id for event in await published(DeathRegistered)] == [world.lan]
    assert [event.resident_id for event in await published(DeathRevoked)] == [world.lan]


async def test_for_a_person_who_is_known_as_deceased_nothing_is_registered_again(
    binh, officer, calling, world, funeral, deliver, published
):
    await deliver(deceased(world, world.lan))
    await submit(binh, funeral)
    office = (await officer.get(f"/v1/dossiers/{funeral['id']}")).json()["findings"]
    await act(officer, funeral, "accept")
    await act(officer, funeral, "approve")
    await act(calling("officer", unit_code="15724", subject="officer-2"), funeral, "revert", note="Nhầm")

    assert office == []
    assert await published(DeathRegistered, DeathRevoked) == []


async def test_a_second_claim_is_flagged_and_approved_with_a_reason_only(binh, officer, world, funeral):
    first = (await submit(binh, funeral)).json()
    second = await drafted(binh, world, "1.014028", BURIAL)
    await submit(binh, second)
    seen = (await officer.get(f"/v1/dossiers/{second['id']}")).json()["findings"]
    await act(officer, second, "accept")
    silent = await act(officer, second, "approve")
    reasoned = await act(officer, second, "approve", note="Hồ sơ thứ nhất đã được rút")

    [flag] = [each for each in seen if each["code"] == "second-claim"]
    assert first["code"] in flag["message"]
    assert (silent.status_code, silent.json()["errors"][0]["pointer"]) == (422, "/note")
    assert reasoned.status_code == 200


async def test_a_death_is_registered_once(binh, world, deliver):
    dossier = await drafted(binh, world, "1.000656", DEATH)
    await deliver(deceased(world, world.lan))

    assert wrong(await submit(binh, dossier)) == {("/subject_id", "subject-deceased")}


def deceased(world, resident_id):
    return ResidentDeceased(
        resident_id=resident_id, version=2, unit_id=world.village, unit_code="15727-01", at=now(),
        birth_month="1961-05", sex="male", residence_status="permanent", life="deceased", deceased_on=MONDAY.date(),
    )  # fmt: skip


MARRIED = {"marital_state": "married", "certificate_purpose": "marriage"}
DIVORCED = {"marital_state": "divorced", "certificate_purpose": "other"}
CHILD = {
    "relation": "parent", "child_full_name": "Nguyễn Thị Thử Mai", "child_date_of_birth": "2026-11-24",
    "child_sex": "female", "birth_place": "Trạm y tế", "child_ethnic_group": "Kinh",
    "mother_full_name": "Lê Thị Thử Lan",
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "typed", "subject", "papers", "found"),
    [
        ("1.001731", BURIAL | {"relation": "self"}, "lan", 1, ("/fields/relation", "not-allowed")),
        ("1.001193", CHILD, None, 1, ("/fields/child_date_of_birth", "in-future")),
        ("1.001193", CHILD | {"child_date_of_birth": "2026-11-01", "relation": "child"}, None, 1,
         ("/fields/relation", "not-allowed")),
        ("1.004873", MARRIED, None, 0, ("/fields/certificate_purpose", "not-allowed")),
        ("1.004194", {"temporary_address": "Thôn 2", "until": "2026-11-23"}, None, 1, ("/fields/until", "not-in-future")),
        ("1.004194", {"temporary_address": "Thôn 2", "until": "2029-01-01"}, None, 1, ("/fields/until", "too-far")),
        ("1.001612", {"business_name": "Quán", "business_address": "Thôn 1", "business_line": "Ăn uống", "capital": 0},
         None, 0, ("/fields/capital", "out-of-range")),
        ("2.000815", {"paper_name": "Bằng", "pages": 0}, None, 0, ("/fields/pages", "out-of-range")),
        ("2.000908", {"paper_name": "Bằng", "issued_on": "2026-12-01"}, None, 0, ("/fields/issued_on", "in-future")),
        ("1.000894", {"partner_full_name": "Trần", "partner_date_of_birth": "2008-11-24", "partner_permanent_address": "Xã"},
         None, 0, ("/fields/partner_date_of_birth", "too-young")),
        ("2.000635", {"extract_kind": "birth", "registered_on": "1950-01-01"}, None, 0,
         ("/fields/registered_on", "out-of-order")),
    ],
)  # fmt: skip
async def test_what_contradicts_itself_is_not_submitted(binh, world, code, typed, subject, papers, found):
    with frozen_at(MONDAY):
        dossier = await drafted(binh, world, code, typed, subject, papers)

        assert found in wrong(await submit(binh, dossier))


async def test_a_divorced_person_attaches_the_paper_that_proves_it(binh, world):
    dossier = await drafted(binh, world, "1.004873", DIVORCED, None, 0)

    refused = await submit(binh, dossier)
    await binh.post(f"/v1/dossiers/{dossier['id']}/attachments", files={"file": ("a.pdf", PDF)})

    assert [error["pointer"] for error in refused.json()["errors"]] == ["/attachments/divorce_or_death_paper"]
    assert (await submit(binh, dossier)).status_code == 200


async def test_a_late_birth_registration_is_shown_to_the_officer(binh, officer, world):
    with frozen_at(MONDAY):
        dossier = await drafted(binh, world, "1.001193", CHILD | {"child_date_of_birth": "2026-06-01"}, None, 1)
        await submit(binh, dossier)
        seen = (await officer.get(f"/v1/dossiers/{dossier['id']}")).json()["findings"]

    assert [(each["code"], each["blocks"]) for each in seen] == [("late", False)]
