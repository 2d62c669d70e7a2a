"""A greedy bank: wants customers it was not given, other providers' merchants, payments and dossiers that are not its own."""

import secrets
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.demo.api_client import eventually, success
from tests.security.cast import ACCOUNT, COMMUNE, REFUSED, Caller, Cast, Person, Shop, disclosed

BANK, WALLET = "demo-bank", "demo-wallet"


@pytest.fixture(scope="module")
def bank(cast: Cast) -> Caller:
    return cast.sign_in("partner", partner_id=BANK)


@pytest.fixture(scope="module")
def foreign_shop(cast: Cast, victim: Person) -> Shop:
    """The victim's stall at another provider."""
    return cast.shop(victim, provider=WALLET, settlement=ACCOUNT | {"bin": "970422", "account_no": "98123123"})


def outcome_of(bank: Caller, webhook_id: str) -> dict[str, Any]:
    """What became of a delivery, as its sender sees it."""

    def found() -> Any:
        items = bank.get(f"/v1/partners/{BANK}/deliveries", params={"webhook_id": webhook_id}).json()["items"]
        return next((each for each in items if each["outcomes"]), None)

    outcome: dict[str, Any] | None = eventually(found, 30)
    assert outcome, "the delivery is not processed"
    return outcome


def send(cast: Cast, kind: str, data: dict[str, Any], partner: str = BANK) -> tuple[int, str]:
    webhook_id = f"greedy_{secrets.token_hex(8)}"
    return cast.api.webhook(partner, kind, data, webhook_id=webhook_id).status_code, webhook_id


@pytest.mark.parametrize("part", ["", "/facts", "/export", "/access-log", "/consents", "/onboarding", "/corrections"])
def test_reads_no_resident(bank: Caller, victim: Person, part: str) -> None:
    answer = bank.get(f"{victim.path}{part}", purpose="payment")

    assert answer.status_code == 403
    assert disclosed(answer, victim) == []


def test_prefills_no_form_of_a_resident_who_did_not_consent(bank: Caller, victim: Person) -> None:
    for body in ({"fields": ["full_name", "phone"]}, {"fields": ["full_name"], "purpose": "dossier"}):
        answer = bank.post(f"{victim.path}/prefill", body, purpose="payment")

        assert answer.status_code in REFUSED
        assert disclosed(answer, victim) == []


def test_a_withdrawn_consent_ends_referrals_and_old_keys_at_once(cast: Cast, bank: Caller) -> None:
    person = cast.register()
    own = cast.resident(person)
    consent = success(own.post(f"{person.path}/consents", {"purpose": "payment_account", "grantee": BANK})).json()
    referrals = f"/v1/partners/{BANK}/referrals"
    listed = {"step": "payment_account", "unit_code": COMMUNE}
    eventually(lambda: person.id in bank.get(referrals, params=listed).text, 10)
    key = {"Idempotency-Key": f"prefill-{person.id}"}
    body = {"fields": ["full_name", "phone"]}
    bank.post(f"{person.path}/prefill", body, headers=key, purpose="payment")

    success(own.delete(f"{person.path}/consents/{consent['id']}"))

    again = bank.post(f"{person.path}/prefill", body, headers=key, purpose="payment")
    assert again.status_code in REFUSED
    assert disclosed(again, person) == []
    assert eventually(lambda: person.id not in bank.get(referrals, params=listed).text, 10)


@pytest.mark.parametrize("path", ["referrals", "deliveries", "secrets", "agreements", "licences", ""])
def test_reads_nothing_of_another_partner(bank: Caller, path: str) -> None:
    answer = bank.get(f"/v1/partners/{WALLET}/{path}".rstrip("/"))

    assert answer.status_code in REFUSED


def test_changes_no_partner_and_no_agreement(bank: Caller) -> None:
    tries = [
        bank.patch(f"/v1/partners/{BANK}", {"allowed_types": ["vneid.activated"], "scopes": ["prefill"]}),
        bank.post(f"/v1/partners/{BANK}/secrets", {"use": "webhook"}),
        bank.post(f"/v1/partners/{BANK}/agreements", {"number": "1", "scope": ["qr"]}),
        bank.post(f"/v1/partners/{BANK}/licences", []),
        bank.post("/v1/partners", {"id": "shell-bank", "name": "Vỏ"}),
    ]

    assert [answer.status_code for answer in tries] == [403] * len(tries)


@pytest.mark.parametrize("act", ["verified", "rejected", "suspended"])
def test_decides_on_no_merchant_of_another_provider(cast: Cast, bank: Caller, foreign_shop: Shop, act: str) -> None:
    status, webhook_id = send(cast, f"merchant.{act}", {"merchant_id": foreign_shop.id, "reason": "của tôi"})

    assert status == 202
    assert all(each["outcome"] != "applied" for each in outcome_of(bank, webhook_id)["outcomes"])
    officer = cast.api.officer(COMMUNE)
    assert cast.api.get(foreign_shop.path, who=officer)["status"] == "active"


def test_sees_no_merchant_payment_or_code_of_another_provider(bank: Caller, foreign_shop: Shop) -> None:
    tries = [
        bank.get(foreign_shop.path),
        bank.get(f"{foreign_shop.path}/qr-codes"),
        bank.get(f"/v1/qr-codes/{foreign_shop.code_id}"),
    ]
    payments = bank.get("/v1/payments", params={"merchant_id": foreign_shop.id})

    assert [answer.status_code for answer in tries if answer.status_code not in REFUSED] == []
    assert payments.status_code in REFUSED or payments.json()["items"] == []
    listed = bank.get("/v1/merchants", params={"limit": 200}).json()["items"]
    assert {each["provider"] for each in listed} == {BANK}


def test_books_no_payment_at_a_merchant_of_another_provider(cast: Cast, bank: Caller, foreign_shop: Shop) -> None:
    paid = {
        "partner_reference": f"greedy-{secrets.token_hex(6)}", "amount": 9_000_000, "currency": "VND",
        "settled_at": datetime.now(UTC).isoformat(), "merchant_id": foreign_shop.id,
    }  # fmt: skip
    _, webhook_id = send(cast, "qr.payment_settled", paid)
    outcome_of(bank, webhook_id)

    officer = cast.api.officer(COMMUNE)
    listed = cast.api.get("/v1/payments", params={"merchant_id": foreign_shop.id}, who=officer, purpose="payment")
    assert [each for each in listed["items"] if each["status"] == "settled" and each["amount"] == 9_000_000] == []


def test_reverses_no_payment_that_another_partner_reported(cast: Cast, bank: Caller, foreign_shop: Shop) -> None:
    payment = cast.pay(foreign_shop, partner=WALLET)
    officer = cast.api.officer(COMMUNE)
    kept = cast.api.get(f"/v1/payments/{payment}", who=officer, purpose="payment")
    reversal = {
        "partner_reference": f"greedy-{secrets.token_hex(6)}", "original_reference": kept["partner_reference"],
        "amount": kept["amount"], "reversed_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip

    _, webhook_id = send(cast, "qr.payment_reversed", reversal)
    outcome_of(bank, webhook_id)

    assert cast.api.get(f"/v1/payments/{payment}", who=officer, purpose="payment")["status"] == "settled"


def test_makes_no_counter_of_the_commune_with_an_account_at_the_own_bank(cast: Cast) -> None:
    path = f"/v1/units/{COMMUNE}/fee-merchant"
    officer = cast.api.officer(COMMUNE)
    before = cast.api.get(path, who=officer)
    payload = cast.api.post("/v1/qr-codes/decode", {"payload": PAYLOAD}, who=officer)
    issued = {
        "owner": {"tax_code": "2899000119"}, "name": "Bộ phận Một cửa - UBND xã", "category": "public_service",
        "unit_code": COMMUNE, "payload": PAYLOAD,
    }  # fmt: skip

    send(cast, "merchant.qr_issued", issued)

    assert payload["valid"] is True
    active = {"unit_code": COMMUNE, "category": "public_service", "status": "active", "limit": 200}
    counters = cast.api.get("/v1/merchants", params=active, who=officer)["items"]
    assert [
        each["name"]
        for each in counters
        if each["name"] == issued["name"] and each["owner"]["tax_code"] == "2899000119"
    ] == []
    assert cast.api.get(path, who=officer) == before


PAYLOAD = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"


NOT_A_BANKS_BUSINESS = [
    ("vneid.activated", {"resident": {"personal_id": "038199000001"}, "level": 2}),
    ("digital_signature.issued", {"resident": {"personal_id": "038199000001"}}),
    ("app.installed", {"resident": {"personal_id": "038199000001"}, "app": "cyber_protection"}),
    ("dossier.status_changed", {"code": "H56.15724-261101-0001", "procedure_code": "2.000635", "unit_code": COMMUNE,
                                "national_status": 10, "channel": 3, "received_at": "2026-11-01T08:00:00+07:00"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "data"), NOT_A_BANKS_BUSINESS, ids=[kind for kind, _ in NOT_A_BANKS_BUSINESS])
def test_sends_only_the_types_of_its_own_business(cast: Cast, kind: str, data: dict[str, Any]) -> None:
    status, _ = send(cast, kind, data)

    assert status == 422


BAD_AMOUNTS = [-1, 0, 10**18, 1.5, "100000", True, None]


@pytest.mark.parametrize("amount", BAD_AMOUNTS, ids=str)
def test_reports_no_amount_that_is_none(cast: Cast, bank: Caller, shop: Shop, amount: Any) -> None:
    paid = {
        "partner_reference": f"greedy-{secrets.token_hex(6)}", "amount": amount, "currency": "VND",
        "settled_at": datetime.now(UTC).isoformat(), "merchant_id": shop.id,
    }  # fmt: skip
    status, webhook_id = send(cast, "qr.payment_settled", paid)

    assert status in (202, 400, 422)
    if status == 202:
        assert all(each["outcome"] != "applied" for each in outcome_of(bank, webhook_id)["outcomes"])


def test_uploads_and_resolves_no_settlement_of_another_partner(cast: Cast, bank: Caller) -> None:
    rows = b"partner_reference,amount,settled_at\ngreedy-1,1000,2026-11-20T08:00:00+07:00\n"
    files = {"file": ("doi-soat.csv", rows, "text/csv")}
    about = {"partner_id": WALLET, "business_date": "2026-11-20"}
    made = success(cast.sign_in("operator").post("/v1/settlements", files=files, data=about)).json()
    path = f"/v1/settlements/{made['id']}"

    tries = [
        bank.post("/v1/settlements", files=files, data=about),
        bank.get(path),
        bank.get(f"{path}/lines"),
        bank.post(f"{path}/lines/{made['lines'][0]['id']}/resolve", {"resolution": "partner_is_right", "note": "x"}),
    ]

    assert [answer.status_code for answer in tries if answer.status_code not in REFUSED] == []
    assert made["id"] not in bank.get("/v1/settlements").text


def test_a_second_portal_rewrites_no_dossier_of_the_first(cast: Cast) -> None:
    code = f"000.00.15.H56-261101-{secrets.randbelow(9000) + 1000}"
    report = {
        "code": code, "procedure_code": "2.000635", "unit_code": COMMUNE, "national_status": 4, "channel": 3,
        "received_at": "2026-11-01T08:00:00+07:00",
    }  # fmt: skip
    success(cast.api.webhook("demo-portal", "dossier.status_changed", report))
    officer = cast.api.officer(COMMUNE)

    def kept() -> Any:
        params = {"unit_code": COMMUNE, "limit": 200}
        found = cast.api.list_all("/v1/dossiers", params=params, who=officer)
        return next((each for each in found if each["code"] == code), None)

    assert eventually(kept, 30)
    operator = cast.sign_in("operator")
    portal = f"portal-{secrets.token_hex(4)}"
    made = {"id": portal, "name": "Cổng thứ hai", "kind": "portal", "allowed_types": ["dossier.status_changed"]}
    success(operator.post("/v1/partners", made))
    secret = success(operator.post(f"/v1/partners/{portal}/secrets", {"use": "webhook"})).json()["secret"]
    finished = report | {"national_status": 10, "finished_at": "2026-11-02T08:00:00+07:00", "fee_paid_online": True}

    answer = cast.api.webhook(portal, "dossier.status_changed", finished, secret=key_of(secret))
    success(answer)
    second = cast.sign_in("partner", partner_id=portal)
    deliveries = f"/v1/partners/{portal}/deliveries"
    assert eventually(lambda: any(each["outcomes"] for each in second.get(deliveries).json()["items"]), 30)

    found = kept()
    assert (found["national_status"], found["finished_at"]) == (4, None)


def key_of(secret: str) -> bytes:
    return b64decode(secret.removeprefix("whsec_"))
