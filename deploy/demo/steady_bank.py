"""A partner that keeps sending while things break, and what the reports must contain in the end."""

import contextlib
import threading
import time
import uuid
from datetime import UTC, datetime

import httpx

from deploy.demo.api_client import ApiClient, eventually, success

COMMUNE = "15724"
BETWEEN_MESSAGES = 0.03
SECONDS_TO_BE_ACTIVE = 60


def open_merchant(api: ApiClient, account_no: str = "9900000002") -> str:
    """A stall that takes payments by demo-bank into this account; returns its id."""
    officer = api.officer(COMMUNE)
    merchant = api.post(
        "/v1/merchants",
        {
            "name": "Quầy thử", "category": "market_stall", "unit_code": COMMUNE, "owner": {"tax_code": "2801234563"},
            "provider": "demo-bank",
            "settlement": {"bin": "970436", "account_no": account_no, "account_name": "NGUOI THU"},
        },
        who=officer,
    )  # fmt: skip
    success(api.webhook("demo-bank", "merchant.verified", {"merchant_id": merchant["id"]}))
    path = f"/v1/merchants/{merchant['id']}"
    if not eventually(lambda: api.get(path, who=officer)["status"] == "active", SECONDS_TO_BE_ACTIVE):
        raise RuntimeError("the merchant does not become active")
    return str(merchant["id"])


class DemoBank(threading.Thread):
    """Sends one payment after another, each until it is accepted, as a partner's retry queue would."""

    def __init__(self, url: str, merchant_id: str, *, seconds_between: float = BETWEEN_MESSAGES) -> None:
        super().__init__(daemon=True)
        self._seconds_between = seconds_between
        self.accepted: list[int] = []
        self.enough = threading.Event()
        self._url = url
        self._merchant_id = merchant_id

    def run(self) -> None:
        with ApiClient(self._url) as api:
            while not self.enough.is_set():
                self._deliver(api, amount=1_000 + len(self.accepted))
                time.sleep(self._seconds_between)

    def _deliver(self, api: ApiClient, amount: int) -> None:
        webhook_id, at = f"msg_{uuid.uuid4().hex}", datetime.now(UTC)
        payment = {
            "partner_reference": webhook_id, "amount": amount, "currency": "VND", "settled_at": at.isoformat(),
            "merchant_id": self._merchant_id,
        }  # fmt: skip
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = api.webhook("demo-bank", "qr.payment_settled", payment, webhook_id=webhook_id, at=at)
                if answer.status_code == 202:
                    self.accepted.append(amount)
                    return
                if answer.status_code < 500:
                    raise RuntimeError(f"the bank is refused: {answer.status_code} {answer.text}")
            time.sleep(0.1)


def sums(api: ApiClient) -> tuple[int, int]:
    """How many payments the commune's report counts, and their sum in VND."""
    report = api.get(
        "/v1/reports/progress", params={"unit_code": COMMUNE}, who=api.officer(COMMUNE)
    )["indicators"]  # fmt: skip
    found = {each["code"]: each["numerator"] or 0 for each in report}
    return found["cashless_payments"], found["cashless_amount"]
