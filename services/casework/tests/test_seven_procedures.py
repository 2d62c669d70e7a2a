"""Seven procedures from prefilled draft to result on a test clock; due dates worked out by hand.

2027: Tết is off from Thursday 4 to Wednesday 10 February. 2026: Friday 2 January is off, Saturday 10 January is worked.
"""

from datetime import datetime
from typing import NamedTuple

import pytest

from chassis.clock import frozen_at
from chassis.ids import new_id
from contracts.casework import DeathRegistered, DossierCompleted, DossierFeeRequested
from contracts.payments_qr import BillPaid, QrIssued

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Way(NamedTuple):
    """One dossier: what is typed, when it is validly received, what is promised, what it costs."""

    code: str
    typed: dict[str, object]
    received: str
    due: str
    fee: int
    subject: bool = False
    papers: int = 0
    more: dict[str, object] = {}


BURIAL = {"relation": "child", "died_on": "2027-01-30", "buried_on": "2027-01-31", "burial_place": "Nghĩa trang thôn 1"}
CHILD = {
    "relation": "parent", "child_full_name": "Nguyễn Thị Thử Mai", "child_date_of_birth": "2026-12-20",
    "child_sex": "female", "birth_place": "Trạm y tế", "child_ethnic_group": "Kinh", "mother_full_name": "Lê Thị Thử Lan",
}  # fmt: skip
DEATH = {"relation": "spouse", "died_on": "2026-01-08", "died_at_place": "Tại nhà"}

WAYS = [
    # Received on the eve of Tết one minute after three: the first working day after it.
    Way("2.000635", {"extract_kind": "birth"}, "2027-02-03T15:01", "2027-02-11T17:00", 24_000, more={"copies": 3}),
    # Three working days from Tuesday 2 February: Wednesday 3, then over Tết Thursday 11 and Friday 12.
    Way("1.001731", BURIAL, "2027-02-02T10:00", "2027-02-12T17:00", 0, subject=True, papers=1),
    # Same day, at three sharp.
    Way("1.001193", CHILD, "2026-12-31T15:00", "2026-12-31T17:00", 0, papers=1),
    # Three working days from Thursday 31 December 2025: 1 January and the swapped Friday are off; Monday 5, 6, 7.
    Way("1.004873", {"marital_state": "never_married", "certificate_purpose": "other"},
        "2025-12-31T09:00", "2026-01-07T17:00", 0),
    # Friday one minute after three: the worked Saturday.
    Way("1.000656", DEATH, "2026-01-09T15:01", "2026-01-10T17:00", 0, subject=True, papers=1),
    # A Sunday morning at home: Monday.
    Way("2.000908", {"paper_name": "Bằng tốt nghiệp"}, "2026-11-22T09:00", "2026-11-23T17:00", 0),
    # Three working days over Culture Day (24 November); 7,000 VND online.
    Way("1.004194", {"temporary_address": "Thôn 2", "until": "2028-01-01"},
        "2026-11-23T16:00", "2026-11-27T17:00", 7_000, papers=1),
]  # fmt: skip


def at(text):
    return datetime.fromisoformat(f"{text}:00+07:00")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.code)
async def test_a_procedure_goes_from_prefilled_draft_to_result(binh, officer, world, deliver, published, way):
    with frozen_at(at(way.received)):
        body = {"procedure_code": way.code, "resident_id": str(world.binh), **way.more}
        if way.subject:
            body["subject_id"] = str(world.lan)
        opened = (await binh.post("/v1/dossiers", json=body)).json()
        assert opened["once_only_ratio"] == 1.0
        assert set(opened["missing"]) == set(way.typed) - {"relation"} | ({"relation"} & set(opened["missing"]))
        filled = await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": way.typed})
        assert filled.json()["missing"] == []
        assert len(filled.json()["missing_documents"]) == way.papers
        for _ in range(way.papers):
            await binh.post(f"/v1/dossiers/{opened['id']}/attachments", files={"file": ("a.pdf", PDF)})
        submitted = (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()
        assert (submitted["status"], submitted["due_at"], submitted["fee"]["amount"]) == ("submitted", None, way.fee)

        actions = f"/v1/dossiers/{opened['id']}/actions"
        accepted = (await officer.post(actions, json={"action": "accept"})).json()
        assert accepted["due_at"] == f"{way.due}:00+07:00"
        await pay(world, opened, way, deliver, published)
    with frozen_at(at(way.due)):
        done = (await officer.post(actions, json={"action": "approve"})).json()
        assert (done["status"], done["national_status"], done["is_on_time"]) == ("approved", 9, True)
        issued = await officer.post(f"/v1/dossiers/{opened['id']}/results", files={"file": ("r.pdf", PDF)})
        assert issued.status_code == 201
        returned = (await officer.post(actions, json={"action": "return_result"})).json()
        assert (returned["status"], returned["national_status"]) == ("returned", 10)
        assert returned["fee"]["status"] == ("paid" if way.fee else "none")

    completed = await published(DossierCompleted)
    assert [(event.procedure_code, event.is_on_time, event.fee_paid_online) for event in completed] == [
        (way.code, True, way.fee > 0)
    ]
    # Bình's wife is alive in the registry: the funeral allowance registers the death that its certificate proves.
    assert len(await published(DeathRegistered)) == (way.code in ("1.000656", "1.001731"))


async def pay(world, dossier, way, deliver, published):
    asked = await published(DossierFeeRequested)
    assert [event.amount for event in asked] == ([way.fee] if way.fee else [])
    if not way.fee:
        return
    where = {"merchant_id": new_id(), "unit_id": world.commune, "unit_code": "15724", "dossier_id": dossier["id"]}
    moment = at(way.received)
    await deliver(
        QrIssued(**where, qr_code_id=new_id(), category="public_service", kind="dynamic", at=moment, amount=way.fee),
        BillPaid(**where, bill_id=new_id(), payment_id=new_id(), amount=way.fee, paid_at=moment),
    )
