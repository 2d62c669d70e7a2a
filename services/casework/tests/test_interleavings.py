"""A death registration with a fee under hostile interleavings: the applicant, two officers of the unit, the desk of another
unit, a foreign officer and the payment service act at once, retry and take back. No invariant of money, authority or
privacy breaks, and what is published last is what is stored."""

import asyncio
import random
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlmodel import select

from casework.calendar import load_calendar
from casework.model.dossiers import Dossier, DossierPause, DossierStep
from casework.model.fees import FeeStatus
from casework.model.lifecycle import SECOND_OFFICER, SETTLED, TRANSITIONS, Action, Status
from chassis.clock import today
from chassis.ids import new_id
from contracts.casework import DeathRegistered, DeathRevoked, DossierChanged, DossierCompleted, DossierSubmitted
from contracts.payments_qr import BillPaid, PaymentReversed
from province import get_pack

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ROUNDS = 16
MOST_ROUNDS = 64
"""Which of two callers is first differs from run to run, so more rounds follow until enough was done."""
KINDS = 4
ACTIONS = [action.value for action in Action if action not in (Action.SUBMIT, Action.PAY)]
BACK = ["revert", "revert", "revert", "revoke_result"]
LATER = load_calendar(get_pack().calendar).add_working_days(today(), 2).isoformat()
MORE = {
    "transfer": {"unit_code": "15724"}, "extend": {"due_on": LATER}, "request_payment": {"amount": 5_000},
    "return_result": {"hand_over": "post"},
}  # fmt: skip
ENDED_WITHOUT_RESULT = SETTLED - {Status.APPROVED, Status.RETURNED}
MONEY_IS_HERE = (FeeStatus.PAID, FeeStatus.TO_REFUND)


class ConcurrentCallers:
    """Who acts on the one dossier, and what each may never do."""

    def __init__(self, calling, binh, officer, dossier, chance, world, deliver):
        colleague = calling("officer", unit_code="15724", subject="officer-2")
        foreign = calling("officer", unit_code="15061", subject="officer-9")
        stranger = calling("resident", resident_id=world.cuong, subject="cuong")
        self.insiders = [binh, officer, colleague]
        self.outsiders = [foreign, stranger]
        self.path = f"/v1/dossiers/{dossier['id']}"
        self.dossier, self.chance, self.world, self.deliver = dossier, chance, world, deliver
        self.paid: set[int] = set()
        self.taken: list[str] = []
        self.legal: list[str] = []

    def have_done_enough(self):
        """At least four kinds of actions, one of them a decision taken back, or nothing more can be decided."""
        kinds = set(self.taken)
        return len(kinds) >= KINDS and ("revert" in kinds or not self.legal)

    async def round(self):
        """One to three requests at once, some sent twice with one key, then perhaps money."""
        chance = self.chance
        seen = await self.insiders[1].get(self.path, headers={"X-Purpose": "dossier"})
        self.legal = [action for action in seen.json()["legal_actions"] if action not in ("withdraw", "refuse")]
        if "send_draft_result" in self.legal and not seen.json()["results"]:
            files, data = {"file": ("d.pdf", PDF)}, {"is_draft": "true"}
            await self.insiders[1].post(f"{self.path}/results", files=files, data=data)
        calls = [self.act() for _ in range(chance.choice([1, 1, 2, 3]))]
        if chance.random() < 0.5:
            calls.append(self.intrude())
        await asyncio.gather(*calls)
        if chance.random() < 0.3:
            await self.money()

    async def act(self):
        who, luck = self.chance.choice(self.insiders), self.chance.random()
        action = self.chance.choice(BACK if luck < 0.3 else ACTIONS if luck < 0.4 else self.legal or BACK)
        body = {"action": action, "note": "Lý do", **MORE.get(action, {})}
        headers = {"Idempotency-Key": str(new_id())} if self.chance.random() < 0.5 else {}
        answers = await asyncio.gather(
            *(who.post(f"{self.path}/actions", json=body, headers=headers) for _ in range(2 if headers else 1))
        )
        assert all(answer.status_code in (200, 403, 409, 422) for answer in answers), [a.text for a in answers]
        self.taken += [action for answer in answers if answer.status_code == 200]

    async def intrude(self):
        who = self.chance.choice(self.outsiders)
        action = self.chance.choice(ACTIONS)
        acted = await who.post(f"{self.path}/actions", json={"action": action, "note": "x", **MORE.get(action, {})})
        read = await who.get(self.path, headers={"X-Purpose": "dossier"})
        slip = await who.get(f"{self.path}/slip.pdf", headers={"X-Purpose": "dossier"})
        assert (acted.status_code, read.status_code, slip.status_code) == (404, 404, 404)

    async def money(self):
        """The bill is paid, perhaps twice, or the payment is reversed."""
        where = {"merchant_id": new_id(), "unit_id": self.world.commune, "unit_code": "15724"}
        where |= {"dossier_id": self.dossier["id"], "payment_id": new_id(), "amount": 5_000}
        now = datetime.now(UTC)
        if self.paid:
            back = where | {"category": "public_service", "reversed_at": now, "business_day": now.date()}
            await self.deliver(PaymentReversed.model_validate(back))
            self.paid.clear()
            return
        bill = BillPaid.model_validate(where | {"bill_id": new_id(), "paid_at": now})
        await self.deliver(*[bill] * self.chance.choice([1, 2]))
        self.paid.add(1)


@pytest.mark.parametrize("seed", range(8))
async def test_no_interleaving_breaks_money_authority_or_privacy(
    binh, officer, calling, world, deliver, published, database, seed
):
    dossier = await filed(binh, world)
    callers = ConcurrentCallers(calling, binh, officer, dossier, random.Random(seed), world, deliver)
    for done in range(MOST_ROUNDS):
        if done >= ROUNDS and callers.have_done_enough():
            break
        await callers.round()
        await check(database, published, callers)
    assert callers.have_done_enough()


async def filed(binh, world):
    body = {"procedure_code": "1.000656", "resident_id": str(world.binh), "subject_id": str(world.lan)}
    opened = (await binh.post("/v1/dossiers", json=body)).json()
    typed = {"relation": "spouse", "died_on": "2026-11-18", "died_at_place": "Tại nhà"}
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": typed})
    await binh.post(f"/v1/dossiers/{opened['id']}/attachments", files={"file": ("a.pdf", PDF)})
    return (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()


async def check(database, published, callers):
    async with database.reading() as session:
        dossier = (await session.exec(select(Dossier))).one()
        steps = (await session.exec(select(DossierStep).order_by(text("id")))).all()
        pauses = (await session.exec(select(DossierPause))).all()
    status = Status(dossier.status)
    events = await published(DossierSubmitted, DossierChanged, DossierCompleted)
    deaths = len(await published(DeathRegistered)) - len(await published(DeathRevoked))

    # The history is a chain, and every link of it is a row of the table or a way back.
    assert [step.before for step in steps] == ["draft", *(step.after for step in steps[:-1])]
    assert steps[-1].after == status
    table = {(row.status, row.action, row.next) for row in TRANSITIONS}
    assert all((s.before, s.action, s.after) in table or s.action in SECOND_OFFICER for s in steps)
    # No caller who took an action took it back.
    actors = {step.id: step.actor for step in steps}
    assert all(step.actor != actors[step.undone_by] for step in steps if step.undone_by)
    # The clock.
    assert (dossier.finished_at is not None) == (status in SETTLED)
    assert dossier.on_time is None or dossier.finished_at is not None
    running = [pause for pause in pauses if pause.ended_at is None]
    assert len(running) == (status is Status.SUPPLEMENT_REQUESTED and dossier.is_received)
    # Money: what was paid and not reversed is here, and to be refunded when there is no result to pay for.
    assert (dossier.fee_status in MONEY_IS_HERE) == bool(callers.paid), dossier.fee_status
    if status in ENDED_WITHOUT_RESULT:
        assert dossier.fee_status not in (FeeStatus.PAID, FeeStatus.REQUESTED)
    # A death is registered exactly while its approval holds.
    assert deaths == (status in (Status.APPROVED, Status.RETURNED))
    # What was published last is what is stored, and versions only grow.
    apart = {"at", "version"}  # a draft result is a version of the dossier, and no event
    assert events[-1].model_dump(exclude=apart) == type(events[-1])(**dossier.state()).model_dump(exclude=apart)
    assert events[-1].version <= dossier.version <= events[-1].version + 1
    versions = [event.version for event in events]
    assert versions == sorted(set(versions))
