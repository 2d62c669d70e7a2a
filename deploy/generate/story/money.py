"""A market stall with its codes, bills of the electricity company, payments that fit and those that wait, a settlement."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime
from typing import Any

from deploy.generate.story.teller import COMMUNE, VILLAGE, StepRefused, Teller, Who

BANK, MARKET = "demo-bank", "Chợ Đồng Tiến"
PERIOD, BILLED = "2026-11", 120_000


def a_stall(tell: Teller, name: str) -> dict[str, Any]:
    """The body that registers a stall of the mother in the market."""
    account = {"bin": "970436", "account_no": f"0011{random.randrange(10**9):09d}", "account_name": "NGUYEN THI MAU"}
    return {
        "name": name, "category": "market_stall", "unit_code": VILLAGE, "market": MARKET, "provider": BANK,
        "owner": {"resident_id": tell.known["mother"]}, "settlement": account,
    }  # fmt: skip


def paid(tell: Teller, amount: int, **about: str) -> str:
    """The bank announces a payment; its reference."""
    reference = f"FT{uuid.uuid4().hex[:12].upper()}"
    settled = {"partner_reference": reference, "amount": amount, "currency": "VND"}
    settled_at = datetime.now(UTC).isoformat()
    tell.webhook(BANK, "qr.payment_settled", settled | {"settled_at": settled_at} | about)
    return reference


def waiting_payment(tell: Teller, officer: Who, reference: str) -> dict[str, Any]:
    """The payment of a reference, once it waits for a decision."""

    def found(answer: Any) -> list[Any]:
        return [one for one in answer["items"] if one["partner_reference"] == reference]

    path = f"/v1/payments?status=unmatched&merchant_id={tell.known['merchant_id']}"
    one: dict[str, Any] = found(tell.ask_when(path, found, who=officer, purpose="payment"))[0]
    return one


def the_mother_sells_vegetables(tell: Teller) -> None:
    """A stall, activated by a second officer, and its code for one sale."""
    officer, checker = tell.officer(), tell.officer()
    merchant = tell.must("POST", "/v1/merchants", who=officer, json=a_stall(tell, "Sạp rau cô Mẫu"))
    path = f"/v1/merchants/{merchant['id']}"
    tell.known["merchant_id"] = merchant["id"]
    tell.ask("PATCH", path, who=checker, json={"status": "active"})
    tell.ask("GET", path, who=officer)
    sale = {"kind": "dynamic", "amount": 50_000, "purpose": "Rau"}
    code = tell.must("POST", f"{path}/qr-codes", who=officer, json=sale)
    tell.ask("GET", f"/v1/qr-codes/{code['id']}", who=officer)
    tell.ask("POST", "/v1/qr-codes/decode", who=officer, json={"payload": code["payload"]})


def the_market_gets_a_manager(tell: Teller) -> None:
    """Named by one officer, confirmed by another; the stalls that wait are activated together."""
    officer, checker = tell.officer(), tell.officer()
    naming = {"unit_code": VILLAGE, "market": MARKET, "resident_id": tell.known["mother"]}
    path = f"/v1/market-managers/{tell.must('POST', '/v1/market-managers', who=officer, json=naming)['id']}"
    tell.ask("POST", f"{path}/confirm", who=checker)
    tell.ask("GET", path, who=officer)
    tell.must("POST", "/v1/merchants", who=officer, json=a_stall(tell, "Sạp cá cô Mẫu"))
    wanted = {"unit_code": COMMUNE, "market": MARKET, "issue_codes": True}
    tell.ask("POST", "/v1/merchants/activations", who=checker, json=wanted)


def the_electricity_bill(tell: Teller) -> None:
    """The company's point issues a bill; the father proves his customer code by it; another code its point confirms."""
    officer, own = tell.officer(), tell.resident()
    points = tell.must("GET", "/v1/merchants", who=officer, params={"unit_code": COMMUNE, "limit": "200"})["items"]
    point = next((one["id"] for one in points if one["category"] == "electricity"), None)
    if point is None:
        raise StepRefused("the commune has no point of an electricity company")
    customer = f"PA25TS{random.randrange(10**7):07d}"
    bill = {"merchant_id": point, "customer_code": customer, "period": PERIOD, "amount": BILLED, "due_on": "2026-12-15"}
    made = tell.must("POST", "/v1/bills", who=officer, json=bill)
    tell.known["electricity"] = point
    path = f"/v1/residents/{tell.known['resident_id']}/utility-accounts"
    claimed = {"merchant_id": point, "customer_code": customer}
    link = tell.must("POST", path, who=own, json=claimed | {"recent_bill": {"period": PERIOD, "amount": BILLED}})
    tell.ask("GET", f"{path}/{link['id']}", who=own)
    pending = tell.must("POST", path, who=own, json=claimed | {"customer_code": f"{customer[:-1]}X"})
    tell.ask("POST", f"/v1/merchants/{point}/utility-accounts/{pending['id']}/confirm", who=officer, purpose="payment")
    tell.ask("POST", f"/v1/bills/{made['id']}/write-off", who=officer, json={"reason": "Hộ nghèo, quyết định 12."})
    tell.ask("POST", f"/v1/bills/{made['id']}/reopen", who=officer, json={"reason": "Nhầm hộ."})


def payments_that_wait_are_decided(tell: Teller) -> None:
    """Two payments with a reference that no code has: one is counted, one is left out and taken up again."""
    officer = tell.officer()
    stall = {"merchant_id": tell.known["merchant_id"]}
    first, second = (waiting_payment(tell, officer, paid(tell, amount, reference="KHONGCO", **stall))["id"]
                     for amount in (45_000, 30_000))  # fmt: skip
    accepted = {"action": "accept", "note": "Khách đưa biên lai."}
    tell.ask("POST", f"/v1/payments/{first}/resolve", who=officer, purpose="payment", json=accepted)
    tell.must("POST", f"/v1/payments/{second}/resolve", who=officer, purpose="payment",
              json={"action": "dismiss", "note": "Chuyển nhầm."})  # fmt: skip
    reopened = {"reason": "Khách đưa biên lai."}
    tell.ask("POST", f"/v1/payments/{second}/reopen", who=officer, purpose="payment", json=reopened)


def the_bank_settles_a_day(tell: Teller) -> None:
    """Its file of the day has a payment that is not recorded here; the operator decides and takes the decision back."""
    operator = tell.sign_in(role="operator")
    at = datetime.now(UTC)
    head = "partner_reference,type,amount,settled_at,original_reference"
    file = f"{head}\nFT{uuid.uuid4().hex[:12].upper()},payment,70000,{at.isoformat()},\n"
    form = {"partner_id": BANK, "business_date": at.date().isoformat()}
    files = {"file": ("doi-soat.csv", file.encode(), "text/csv")}
    made = tell.must("POST", "/v1/settlements", who=operator, data=form, files=files)
    path = f"/v1/settlements/{made['id']}"
    tell.ask("GET", path, who=operator)
    lines = tell.must("GET", f"{path}/lines", who=operator, params={"state": "missing_here"})["items"]
    decided = {"resolution": "asked_partner", "note": "Đã hỏi ngân hàng ngày 28/11."}
    tell.ask("POST", f"{path}/lines/{lines[0]['id']}/resolve", who=operator, json=decided)
    tell.ask("POST", f"{path}/lines/{lines[0]['id']}/reopen", who=operator, json={"reason": "Ngân hàng chưa trả lời."})


CHAPTERS = (
    the_mother_sells_vegetables,
    the_market_gets_a_manager,
    the_electricity_bill,
    payments_that_wait_are_decided,
    the_bank_settles_a_day,
)
