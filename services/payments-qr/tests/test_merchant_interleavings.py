"""A merchant and the fees of a unit under hostile interleavings: officers, owner, providers, retries, old messages.

Random walks with an independent record of who did what. After every step no invariant of money or authority is broken:

- an active merchant has exactly the details that its provider, or an officer who made none of them, verified;
- a block of the office holds until an officer lifts it, a closing until another officer reopens it;
- a unit's fees go only to a merchant that two officers named after its receiver last changed;
- owners and other providers change nothing of a public_service merchant;
- every payment that counts was published once, and the sums are those of the counted payments.
"""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from contracts.casework import DossierFeeRequested
from contracts.payments_qr import PaymentSettled, QrIssued
from payments_qr.commands.payments import record_reports
from payments_qr.commands.report_batch import ReportedPayment, ReportedReversal

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}
OFFICERS = ("o1", "o2", "o3")
FEE_PATH = "/v1/units/15724/fee-merchant"
RECEIVER = ("category", "unit_code", "owner", "provider", "settlement")
STEPS = 40


class Walk:
    """One merchant, its actors, and what an observer of the successful requests knows of it."""

    def __init__(self, seed, calling, world, deliver, partner_event, settled, merchant_body):
        self.chance = random.Random(seed)
        self.clients = {name: calling("officer", unit_code="15724", subject=name) for name in OFFICERS}
        self.clients["owner"] = calling("resident", resident_id=world.resident, subject="owner")
        self.clients["neighbour"] = calling("officer", unit_code="15061", subject="neighbour")
        self.world, self.deliver, self.partner_event, self.settled = world, deliver, partner_event, settled
        self.body = merchant_body
        self.decided_at = datetime.min.replace(tzinfo=UTC)
        self.authors: set[str] = set()
        self.verified: dict | None = None
        self.is_blocked = self.is_closed = False
        self.named_by: set[str] = set()
        self.payments = 0
        self.was_public_service = False

    async def begin(self):
        category = self.chance.choice(["market_stall", "public_service", "public_service"])
        body = self.body(category=category, owner={"resident_id": str(self.world.resident)})
        answer = await self.clients["o1"].post("/v1/merchants", json=body)
        self.path, self.id = f"/v1/merchants/{answer.json()['id']}", answer.json()["id"]
        self.authors = {"o1"}

    async def shown(self):
        return (await self.clients["o1"].get(self.path)).json()

    def details(self, shown):
        return {name: shown[name] for name in ("name", "name_in_code", *RECEIVER)}

    async def step(self):
        kind = self.chance.choice(
            ["edit", "edit", "approve", "recover", "recover", "provider", "block", "close", "reject", "name_fees",
             "name_fees", "name_fees", "name_fees", "pay", "pay", "fee", "both", "withdraw"]
        )  # fmt: skip
        await getattr(self, kind)()
        await self.check(kind)

    def someone(self):
        return self.chance.choice([*OFFICERS, "owner", "neighbour"])

    def change(self):
        return self.chance.choice(
            [
                {"name": f"Sạp {self.chance.randint(1, 3)}"},
                {"category": self.chance.choice(["market_stall", "public_service", "public_service"])},
                {"provider": self.chance.choice(["demo-bank", "demo-wallet"])},
                {
                    "settlement": {
                        "bin": "970436",
                        "account_no": f"00112233{self.chance.randint(1, 3)}",
                        "account_name": "A",
                    }
                },
                {"market": "Chợ"},
            ]
        )

    async def edit(self):
        await self.patch(self.someone(), self.change())

    async def patch(self, who, change):
        before = await self.shown()
        answer = await self.clients[who].patch(self.path, json=change)
        self.observe(who, change, before, answer, await self.shown())
        return answer

    def observe(self, who, change, before, answer, after):
        """Takes note of a successful change, and judges whether it was allowed at all."""
        if answer.status_code != 200:
            return
        assert who != "neighbour"
        if self.details(before) != self.details(after):
            is_public = "public_service" in (before["category"], after["category"])
            assert who != "owner" or not is_public, "an owner changed a public_service merchant"
            self.authors = {who} if self.verified == self.details(before) else self.authors | {who}
            self.decided_at = datetime.now(UTC)
            if any(before[name] != after[name] for name in RECEIVER):
                self.named_by = set()
        if change.get("status") == "rejected":
            self.decided_at = datetime.now(UTC)
        if change.get("status") == "active":
            self.approved(who, before, after)
        self.is_blocked |= change.get("status") == "suspended"
        self.is_closed |= change.get("status") == "closed"

    def approved(self, who, before, after):
        assert who in OFFICERS
        self.is_closed = False
        if before["status"] != "closed":
            self.is_blocked = False
        if after["status"] == "active" and self.verified != self.details(after):
            assert who not in self.authors, "the maker of the details verified them"
            self.verified, self.decided_at = self.details(after), datetime.now(UTC)

    async def approve(self):
        await self.patch(self.someone(), {"status": "active"})

    async def recover(self):
        """The provider verifies, and each officer in turn tries to make the merchant active."""
        await self.report((await self.shown())["provider"], "verified", datetime.now(UTC))
        for who in self.chance.sample(OFFICERS, 3):
            await self.patch(who, {"status": "active"})

    async def block(self):
        await self.patch(self.someone(), {"status": "suspended"})

    async def close(self):
        await self.patch(self.someone(), {"status": "closed"})

    async def reject(self):
        await self.patch(self.someone(), {"status": "rejected"})

    async def provider(self):
        """A provider's message: of today, late, or repeated; from the merchant's provider or another one."""
        partner = self.chance.choice(["demo-bank", "demo-wallet"])
        kind = self.chance.choice(["verified", "verified", "rejected", "suspended"])
        await self.report(partner, kind, datetime.now(UTC) - timedelta(days=self.chance.choice([0, 0, 0, 400])))

    async def report(self, partner, kind, at):
        before = await self.shown()
        event = self.partner_event(
            f"merchant.{kind}", {"merchant_id": self.id}, partner_id=partner, at=at, webhook_id=str(new_id())
        )
        await self.deliver(*[event] * self.chance.randint(1, 2))
        after = await self.shown()
        if partner != before["provider"]:
            assert after == before, "another provider changed the merchant"
        elif at > self.decided_at and not self.is_closed:
            self.decided_at = at
            self.verified = self.details(after) if kind == "verified" else self.verified
        assert self.details(after) == self.details(before)

    async def both(self):
        """A change and an approval at the same moment."""
        before = await self.shown()
        maker, checker = self.chance.sample(OFFICERS, 2)
        change = self.change()
        first, second = await asyncio.gather(
            self.clients[maker].patch(self.path, json=change),
            self.clients[checker].patch(self.path, json={"status": "active"}),
        )
        after = await self.shown()
        self.observe(maker, change, before, first, after)
        if second.status_code == 200:
            self.approved(checker, before, after)

    async def name_fees(self):
        """Two namings: as often by one officer twice as by two."""
        first = self.someone()
        await self.name_fees_by(first)
        await self.name_fees_by(self.chance.choice([first, self.someone()]))

    async def name_fees_by(self, who):
        before = (await self.clients["o1"].get(FEE_PATH)).json()
        if before["merchant_id"] != self.id and (before["pending"] or {}).get("merchant_id") != self.id:
            self.named_by = set()  # who named before an earlier naming ended counts no more
        answer = await self.clients[who].put(FEE_PATH, json={"merchant_id": self.id})
        if answer.status_code == 200:
            assert who in OFFICERS
            shown = await self.shown()
            assert (shown["status"], shown["category"]) == ("active", "public_service")
            self.named_by.add(who)

    async def withdraw(self):
        who = self.chance.choice(OFFICERS)
        before = (await self.clients["o1"].get(FEE_PATH)).json()
        await self.clients[who].delete(FEE_PATH)
        after = (await self.clients["o1"].get(FEE_PATH)).json()
        if after["merchant_id"] is None and after["pending"] is None and before != after:
            self.named_by = set()

    async def pay(self):
        self.payments += 1
        at = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        paid = self.settled(partner_reference=f"FT{self.payments}", merchant_id=self.id, settled_at=at)
        partner = self.chance.choice(["demo-bank", "demo-bank", "demo-wallet"])
        event = self.partner_event("qr.payment_settled", paid, partner_id=partner)
        await self.deliver(*[event] * self.chance.randint(1, 2))
        shown = await self.shown()
        if shown["status"] != "active":
            rows = await self.listed()
            (row,) = [row for row in rows if row["partner_reference"] == f"FT{self.payments}"]
            assert row["status"] != "settled", "a payment to a merchant that is not active counts"

    async def listed(self):
        query = {"merchant_id": self.id, "limit": 200}
        return (await self.clients["o1"].get("/v1/payments", params=query, headers=PURPOSE)).json()["items"]

    async def fee(self):
        await self.deliver(
            DossierFeeRequested(
                dossier_id=new_id(), unit_id=self.world.commune, unit_code="15724", dossier_code=f"H{self.chance.random()}",
                amount=8_000, due_on=NOON.date(), at=NOON,
            )
        )  # fmt: skip

    async def check(self, kind: str):
        shown = await self.shown()
        if shown["status"] == "active":
            assert self.verified == self.details(shown), f"active with details that no officer verified, after {kind}"
            assert not self.is_blocked, "active in spite of the office's block"
            assert not self.is_closed
        fees = (await self.clients["o1"].get(FEE_PATH)).json()
        if fees["merchant_id"] == self.id:
            assert len(self.named_by) >= 2, "one officer alone decides on the fees"


@pytest.mark.parametrize("seed", range(5))
async def test_no_interleaving_breaks_an_invariant_of_money_or_authority(
    seed, calling, world, deliver, partner_event, settled, merchant_body, published
):
    walk = Walk(seed, calling, world, deliver, partner_event, settled, merchant_body)
    await walk.begin()
    issued = 0
    for _ in range(STEPS):
        before = (await walk.shown(), (await walk.clients["o1"].get(FEE_PATH)).json())
        await walk.step()
        codes = len(await published(QrIssued))
        if codes > issued:
            shown, fees = before
            assert fees["merchant_id"] == walk.id, "a fee went to a merchant that was not named"
            assert (shown["status"], shown["category"]) == ("active", "public_service")
        issued = codes

    counted = [row for row in await walk.listed() if row["status"] == "settled"]
    counted_events = [event for event in await published(PaymentSettled) if event.counted]
    assert sorted(str(event.payment_id) for event in counted_events) == sorted(row["id"] for row in counted)
    sums = (await walk.clients["o1"].get("/v1/payments/sums")).json()["items"]
    assert sum(row["amount"] for row in sums) == sum(row["amount"] for row in counted)


async def test_payments_refunds_and_decisions_at_the_same_moment_never_wait_for_each_other(
    database, calling, activated, merchant_body
):
    """Officers activate and change a merchant while its provider reports, repeats and takes back payments."""
    merchant = await activated()
    merchant_id = UUID(merchant["id"])
    path = f"/v1/merchants/{merchant['id']}"

    async def report(number):
        paid = ReportedPayment("demo-bank", f"FT{number % 7}", 9_000, NOON, merchant_id=merchant_id)
        back = ReportedReversal("demo-bank", f"RF{number}", f"FT{number % 7}", 100, NOON)
        async with database.transaction() as session:
            await record_reports(session, [paid, back])

    async def decide(number):
        client = calling("officer", unit_code="15724", subject=f"d{number}")
        change = {"status": "active"} if number % 2 else {"name": f"Sạp {number}"}
        return (await client.patch(path, json=change)).status_code

    for start in range(0, 24, 4):
        done = await asyncio.gather(*(report(start + n) for n in range(4)), *(decide(start + n) for n in range(3)))
        assert {status for status in done if status} <= {200, 409}
