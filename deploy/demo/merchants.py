"""The demo's stalls, shops, utilities and the counters of public services, with their codes and some payments."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from deploy.demo.api_client import ApiClient, success
from deploy.demo.people import Person
from deploy.local.patience import wait_while_it_moves

SEED = 1327
SECONDS_TO_BE_ACTIVE = 30
ACCOUNTS = {"demo-bank": "970436", "demo-wallet": "970422"}
STALLS = ("rau", "thịt", "cá", "tạp hóa", "hoa quả", "vải", "bánh", "gạo")
PLACES = (
    ("15724", "15727-01", "Chợ Đồng Thắng", 8),
    ("15061", "15061-01", "Chợ Phố Cống", 6),
)


def load(api: ApiClient, all_people: list[Person], today: date) -> None:
    """Merchants of the two communes; each has a static code, stalls have payments of the last weeks."""
    chance = random.Random(SEED)
    for commune, village, market, stalls in PLACES:
        officer = api.officer(commune)
        owners = [each for each in all_people if each.village == village and 25 < each.age < 65 and each.has_phone]
        for number in range(stalls):
            name = f"Quầy {STALLS[number]} - {market}"
            owner = {"resident_id": _find(api, officer, owners[number])}
            merchant = _open(api, officer, name, "market_stall", village, owner, "demo-bank", market=market)
            _pay(api, merchant, chance, today, f"{village}-{number}")
        for name, category in (("Điện lực", "electricity"), ("Nước sạch", "water")):
            _open(api, officer, f"{name} {commune}", category, commune, _tax_code(chance), "demo-wallet")
        counter = "Bộ phận Một cửa - UBND xã"
        merchant = _open(api, officer, counter, "public_service", commune, _tax_code(chance), "demo-bank")
        _name_for_fees(api, commune, merchant)


def _find(api: ApiClient, officer: dict[str, str], person: Person) -> str:
    number = {"personal_id": person.cells["Số ĐDCN"]}
    return str(api.post("/v1/residents/lookup", number, who=officer, purpose="support")["id"])


def _open(
    api: ApiClient, officer: dict[str, str], name: str, category: str, unit_code: str, owner: dict[str, str],
    provider: str, **more: str,
) -> str:  # fmt: skip
    """Register, have the provider verify, give it a static code."""
    key = f"demo-{unit_code}-{name}".encode().hex()
    body = {
        "name": name, "category": category, "unit_code": unit_code, "owner": owner, "provider": provider, **more,
        "settlement": {"bin": ACCOUNTS[provider], "account_no": _account_no(key), "account_name": "HO KINH DOANH DEMO"},
    }  # fmt: skip
    merchant = str(api.post("/v1/merchants", body, who=officer, headers=_key(key))["id"])
    success(api.webhook(provider, "merchant.verified", {"merchant_id": merchant}, webhook_id=f"demo-{merchant}"))
    status = partial(_status, api, officer, merchant)
    if not wait_while_it_moves(f"the merchant {name}", lambda: status() == "active", status, SECONDS_TO_BE_ACTIVE):
        raise RuntimeError(f"the demo's merchant {name} does not become active")
    codes: dict[str, Any] = {"kind": "static"}
    api.post(f"/v1/merchants/{merchant}/qr-codes", codes, who=officer, headers=_key(f"{key}-qr"))
    return merchant


def _name_for_fees(api: ApiClient, commune: str, merchant: str) -> None:
    """Two officers of the commune name the counter as the receiver of its fees: the second one confirms."""
    for officer in (api.officer(commune), api.officer(commune, body="one_stop")):
        success(api.request("PUT", f"/v1/units/{commune}/fee-merchant", json={"merchant_id": merchant}, who=officer))


def _status(api: ApiClient, officer: dict[str, str], merchant: str) -> str:
    return str(api.get(f"/v1/merchants/{merchant}", who=officer)["status"])


def _pay(api: ApiClient, merchant: str, chance: random.Random, today: date, mark: str) -> None:
    for number in range(chance.randint(3, 7)):
        day = today - timedelta(days=chance.randint(1, 45))
        at = datetime.combine(day, time(1, 30), UTC)
        payment = {
            "partner_reference": f"demo-{mark}-{number}", "amount": chance.randint(2, 40) * 5_000, "currency": "VND",
            "settled_at": at.isoformat(), "merchant_id": merchant,
        }  # fmt: skip
        webhook_id = f"demo-pay-{mark}-{number}"
        success(api.webhook("demo-bank", "qr.payment_settled", payment, webhook_id=webhook_id, at=at))


def _tax_code(chance: random.Random) -> dict[str, str]:
    """An invented tax code of ten digits with its right check digit."""
    digits = [2, 8, 9, 9, *(chance.randint(0, 9) for _ in range(5))]
    rest = sum(weight * digit for weight, digit in zip((31, 29, 23, 19, 17, 13, 7, 5, 3), digits, strict=True)) % 11
    check = 10 - rest
    if check == 10:
        return _tax_code(chance)
    return {"tax_code": "".join(map(str, [*digits, check]))}


def _account_no(key: str) -> str:
    return f"99{int(hashlib.sha256(key.encode()).hexdigest(), 16) % 10**8:08d}"


def _key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": f"demo-{text[-180:]}"}
