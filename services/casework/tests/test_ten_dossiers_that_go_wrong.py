"""Ten dossiers that go wrong, in each of the services that the communes have chosen: reasons, slips, notices, clocks over Tết,
and decisions that are taken back. On a test clock; 2027 Tết is off from Thursday 4 to Wednesday 10 February."""

import io
from datetime import datetime
from typing import Any

import pypdfium2
import pytest

from casework.commands.actions import confirm_silent_drafts
from chassis.clock import frozen_at
from contracts.casework import (
    DossierCompleted,
    DossierDraftResultSent,
    DossierExtended,
    DossierRefused,
    DossierResultReady,
    DossierSupplementRequested,
)

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
REASON = "Thông tin kê khai chưa khớp với sổ gốc"
CHOSEN: dict[str, dict[str, Any]] = {
    "2.000635": {"typed": {"extract_kind": "birth"}},
    "1.001731": {
        "typed": {"relation": "child", "died_on": "2027-01-20", "buried_on": "2027-01-21", "burial_place": "Thôn 1"},
        "subject": True, "papers": 1,
    },
    "1.004873": {"typed": {"marital_state": "never_married", "certificate_purpose": "other"}},
    "1.001193": {
        "typed": {
            "relation": "parent", "child_full_name": "Nguyễn Thị Thử Mai", "child_date_of_birth": "2027-01-20",
            "child_sex": "female", "birth_place": "Trạm y tế", "child_ethnic_group": "Kinh",
            "mother_full_name": "Lê Thị Thử Lan",
        },
        "papers": 1,
    },
    "1.004194": {"typed": {"temporary_address": "Thôn 2", "until": "2028-01-01"}, "papers": 1},
    "1.000656": {
        "typed": {"relation": "child", "died_on": "2027-01-20", "died_at_place": "Tại nhà"}, "subject": True, "papers": 1,
    },
}  # fmt: skip
# The eve of Tết is a working day; three working days after it are Thursday 11, Friday 12 and Monday 15.
EVE, AFTER = "2027-02-03T10:00", "2027-02-11T09:00"
FIRST_DUE = {"same_day": "2027-02-03T17:00", "working_days": "2027-02-15T17:00"}


def at(text):
    return frozen_at(datetime.fromisoformat(f"{text}:00+07:00"))


class Case:
    """One dossier and all who act on it."""

    def __init__(self, applicant, officer, colleague, dossier):
        self.applicant, self.officer, self.colleague = applicant, officer, colleague
        self.path, self.code = f"/v1/dossiers/{dossier['id']}", dossier["code"]

    async def act(self, action, who=None, **more):
        return await (who or self.officer).post(f"{self.path}/actions", json={"action": action, **more})

    async def done(self, action, who=None, **more):
        answer = await self.act(action, who, **more)
        assert answer.status_code == 200, (action, answer.text)
        return answer.json()

    async def issue(self, **data):
        return await self.officer.post(f"{self.path}/results", files={"file": ("r.pdf", PDF)}, data=data)

    async def settle_fee(self):
        if (await self.seen())["fee"]["status"] == "requested":
            body = {"way": "record_fee", "note": "Biên lai số 1"}
            assert (await self.officer.post(f"{self.path}/fee-settlements", json=body)).status_code == 200

    async def seen(self):
        return (await self.applicant.get(self.path)).json()

    async def slip(self, kind):
        answer = await self.applicant.get(f"{self.path}/{kind}-slip.pdf")
        assert answer.status_code == 200, (kind, answer.text)
        document = pypdfium2.PdfDocument(io.BytesIO(answer.content))
        words = " ".join(document[0].get_textpage().get_text_range().split())
        document.close()
        assert self.code in words
        return words


@pytest.fixture(params=CHOSEN)
async def case(request, binh, officer, calling, world):
    how = CHOSEN[request.param]
    body = {"procedure_code": request.param, "resident_id": str(world.binh)}
    body |= {"subject_id": str(world.lan)} if how.get("subject") else {}
    colleague = calling("officer", unit_code="15724", subject="officer-2")
    colleague.headers["X-Purpose"] = "dossier"
    with at(EVE):
        opened = (await binh.post("/v1/dossiers", json=body)).json()
        await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": how["typed"]})
        for _ in range(how.get("papers", 0)):
            await binh.post(f"/v1/dossiers/{opened['id']}/attachments", files={"file": ("a.pdf", PDF)})
        submitted = await binh.post(f"/v1/dossiers/{opened['id']}/submit")
        assert submitted.status_code == 200, submitted.text
    return Case(binh, officer, colleague, submitted.json())


async def test_ten_ways_to_go_wrong_end_right(case, published, database, calling):
    with at(EVE):
        # 1. Refused without a reason; refused with one, by mistake; taken back by a colleague.
        assert (await case.act("refuse")).status_code == 422
        await case.done("refuse", note=REASON)
        assert REASON in await case.slip("refusal")
        assert (await case.act("revert", note="Nhầm hồ sơ")).status_code == 409
        await case.done("revert", case.colleague, note="Nhầm hồ sơ")
        assert (await case.applicant.get(f"{case.path}/refusal-slip.pdf")).status_code == 404

        # 2. A supplement is asked for before receipt: no clock runs yet.
        await case.done("request_supplement", note=REASON)
        assert REASON in await case.slip("supplement")
        assert (await case.done("supplement", case.applicant))["due_at"] is None

        # 3. Received on the eve of Tết.
        accepted = await case.done("accept")
        rules = (await calling().get(f"/v1/procedures/{accepted['procedure_code']}")).json()
        assert accepted["due_at"] == f"{FIRST_DUE[rules['time_limit']['kind']]}:00+07:00"

        # 4. Stopped by mistake, and taken back.
        await case.done("reject", note=REASON)
        assert "THÔNG BÁO DỪNG" in await case.slip("refusal")
        assert (await case.done("revert", case.colleague, note="Nhầm"))["finished_at"] is None

        # 5. An apology without a reason, beyond the rules, then one that is right.
        days = rules["extension"]["working_days"]
        assert (await case.act("extend", due_on="2027-02-16")).status_code == 422
        assert (await case.act("extend", due_on="2029-12-28", note="Nghỉ Tết")).status_code == 422

    with at(AFTER):
        due = accepted["due_at"][:10]
        late = due < "2027-02-11"
        new_day = "2027-02-12" if late else "2027-02-16"
        moved = await case.done("extend", due_on=new_day, note="Nghỉ Tết, thiếu cán bộ")
        apology = await case.slip("apology")
        assert "Nghỉ Tết, thiếu cán bộ" in apology
        assert (moved["due_at"], moved["first_due_at"]) == (f"{new_day}T17:00:00+07:00", accepted["due_at"])
        assert days >= 1
        # 6. Nothing is sent for consent while there is no draft; silence on a draft is consent.
        assert (await case.act("send_draft_result")).status_code == 409
        await case.issue(is_draft="true")
        sent = await case.done("send_draft_result")

        # 7. The applicant disputes it, and is asked a second time, about a new draft.
        await case.done("dispute_draft_result", case.applicant, note="Sai tên đệm")
    with at(AFTER.replace("09:00", "10:00")):
        assert (await case.act("send_draft_result")).json()["type"] == "/problems/no-draft-result"
        await case.issue(is_draft="true")
        sent = await case.done("send_draft_result")
    with frozen_at(datetime.fromisoformat(sent["draft_result_until"])):
        async with database.transaction() as session:
            assert await confirm_silent_drafts(session) == 0
    with at("2027-02-16T09:00"):
        async with database.transaction() as session:
            assert await confirm_silent_drafts(session) == 1

        # 8. The result is not returned before the fee is settled and the file is there.
        await case.done("approve")
        assert (await case.act("return_result")).status_code == 409
        await case.settle_fee()
        assert (await case.act("return_result")).json()["type"] == "/problems/result-missing"
        await case.issue()
        await case.done("return_result")

        # 9. The result was wrong: revoked by a colleague, approved and returned again, on paper.
        await case.done("revoke_result", case.colleague, note="Sai họ tên")
        await case.done("approve")
        returned = await case.done("return_result", hand_over="in_person")

        # 10. An extended dossier is not on time, whatever happened afterwards.
        assert (returned["status"], returned["is_on_time"]) == ("returned", False)

    page = await calling().get("/track", params={"code": case.code, "key": returned["tracking_key"]})
    assert "Đã trả kết quả" in page.text
    assert {event.is_on_time for event in await published(DossierCompleted) if event.national_status == 9} == {False}
    published_kinds = (
        DossierSupplementRequested, DossierDraftResultSent, DossierRefused, DossierExtended, DossierResultReady,
    )  # fmt: skip
    counts = {kind: len(await published(kind)) for kind in published_kinds}
    assert [counts[kind] for kind in published_kinds[:4]] == [1, 2, 2, 1]
    assert counts[DossierResultReady] >= 1
