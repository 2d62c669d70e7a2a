"""A malicious stall owner: wants the fees of the commune, the neighbour's takings, a business that is not his."""

from typing import Any

import pytest

from deploy.demo.api_client import eventually, success
from tests.security.cast import ACCOUNT, COMMUNE, REFUSED, Caller, Cast, Person, Shop, disclosed


@pytest.fixture(scope="module")
def thief(cast: Cast) -> Person:
    return cast.register()


@pytest.fixture(scope="module")
def owner(cast: Cast, thief: Person) -> Caller:
    return cast.resident(thief)


@pytest.fixture
def stall(cast: Cast, thief: Person) -> Shop:
    """The thief's verified stall, a new one for each attempt."""
    return cast.shop(thief)


def test_turns_no_stall_into_the_counter_of_the_commune(owner: Caller, stall: Shop) -> None:
    tries = [
        owner.patch(stall.path, {"category": "public_service", "name": "UBND xã Đồng Tiến"}),
        owner.put(f"/v1/units/{COMMUNE}/fee-merchant", {"merchant_id": stall.id}),
    ]

    assert [answer.status_code for answer in tries] == [403, 403]
    assert owner.get(stall.path).json()["category"] == "market_stall"


def test_registers_no_public_counter(owner: Caller, thief: Person) -> None:
    body = {
        "name": "Bộ phận Một cửa", "category": "public_service", "unit_code": COMMUNE, "provider": "demo-bank",
        "owner": {"resident_id": thief.id}, "settlement": ACCOUNT | {"account_no": "98444444"},
    }  # fmt: skip

    assert owner.post("/v1/merchants", body).status_code == 403


CHANGES: list[dict[str, Any]] = [
    {"name": "UBND xã Đồng Tiến"},
    {"category": "electricity"},
    {"settlement": ACCOUNT | {"account_no": "98555555"}},
    {"provider": "demo-wallet"},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_a_changed_stall_waits_for_verification_and_its_printed_codes_warn(
    owner: Caller, stall: Shop, change: dict[str, Any]
) -> None:
    success(owner.patch(stall.path, change))

    assert owner.get(stall.path).json()["status"] == "submitted"
    assert owner.patch(stall.path, {"status": "active"}).status_code == 403
    decoded = owner.post("/v1/qr-codes/decode", {"payload": stall.payload})
    assert decoded.status_code == 422 or decoded.json()["warnings"] or not decoded.json()["valid"]
    assert owner.get(f"{stall.path}/poster.pdf").status_code in (404, 409)
    assert owner.post(f"{stall.path}/qr-codes", {"kind": "static"}).status_code == 409


def test_a_payment_to_a_changed_stall_does_not_count_for_it(cast: Cast, owner: Caller, stall: Shop) -> None:
    success(owner.patch(stall.path, {"settlement": ACCOUNT | {"account_no": "98666666"}}))

    cast.pay(stall)

    officer = cast.api.officer(COMMUNE)
    listed = cast.api.get("/v1/payments", params={"merchant_id": stall.id}, who=officer, purpose="payment")
    assert [each["status"] for each in listed["items"]] == ["unmatched"]


def test_gives_the_stall_to_no_other_owner(owner: Caller, stall: Shop, victim: Person) -> None:
    answer = owner.patch(stall.path, {"owner": {"resident_id": victim.id}})

    assert answer.status_code == 403
    assert disclosed(answer, victim) == []


def test_closes_changes_and_prints_no_stall_of_the_neighbour(owner: Caller, shop: Shop, victim: Person) -> None:
    tries = [
        owner.get(shop.path),
        owner.patch(shop.path, {"status": "closed"}),
        owner.patch(shop.path, {"settlement": ACCOUNT | {"account_no": "98777777"}}),
        owner.get(f"{shop.path}/poster.pdf"),
        owner.get(f"{shop.path}/qr-codes"),
        owner.post(f"{shop.path}/qr-codes", {"kind": "dynamic", "amount": 1000}),
        owner.get(f"/v1/qr-codes/{shop.code_id}"),
        owner.get(f"/v1/qr-codes/{shop.code_id}/image"),
    ]

    assert [answer.status_code for answer in tries if answer.status_code not in REFUSED] == []
    assert [disclosed(answer, victim) for answer in tries if disclosed(answer, victim)] == []


def test_sees_no_payment_of_the_neighbour(cast: Cast, owner: Caller, shop: Shop) -> None:
    officer = cast.api.officer(COMMUNE)
    listed = cast.api.get("/v1/payments", params={"merchant_id": shop.id}, who=officer, purpose="payment")
    payment = f"/v1/payments/{listed['items'][0]['id']}"

    by_list = owner.get("/v1/payments", params={"merchant_id": shop.id})
    tries = [
        owner.get(payment),
        owner.get(f"{payment}/suggestions"),
        owner.post(f"{payment}/resolve", {"action": "dismiss", "note": "của tôi"}),
        owner.post(f"{payment}/reopen", {"reason": "của tôi"}),
    ]

    assert by_list.status_code in REFUSED or by_list.json()["items"] == []
    assert [answer.status_code for answer in tries if answer.status_code not in REFUSED] == []


def test_books_no_payment_of_the_neighbour_for_the_own_stall(
    cast: Cast, owner: Caller, stall: Shop, shop: Shop
) -> None:
    payment = cast.pay(shop)

    answer = owner.post(
        f"/v1/payments/{payment}/resolve", {"action": "accept", "merchant_id": stall.id, "note": "nhầm quầy"}
    )

    assert answer.status_code in REFUSED
    officer = cast.api.officer(COMMUNE)
    kept = cast.api.get(f"/v1/payments/{payment}", who=officer, purpose="payment")
    assert (kept["merchant_id"], kept["status"]) == (shop.id, "settled")


def test_a_foreign_code_on_the_own_counter_is_reported_with_another_account(
    owner: Caller, stall: Shop, shop: Shop
) -> None:
    answer = owner.post(f"{stall.path}/qr-codes", {"kind": "external", "payload": shop.payload})

    assert answer.status_code in (409, 422) or answer.json()["account_matches"] is False


def test_issues_no_bill_in_the_name_of_the_electricity_or_the_commune(cast: Cast, owner: Caller) -> None:
    officer = cast.api.officer(COMMUNE)
    listed = cast.api.list_all("/v1/merchants", params={"unit_code": COMMUNE}, who=officer)
    points = [
        each["id"]
        for each in listed
        if each["category"] in ("electricity", "public_service") and each["owner"]["resident_id"] is None
    ]
    bill = {"customer_code": "PA0001", "period": "2026-10", "amount": 900_000, "due_on": "2026-12-20"}

    answers = [owner.post("/v1/bills", bill | {"merchant_id": point}) for point in points]

    assert points
    assert [answer.status_code for answer in answers if answer.status_code not in REFUSED] == []


def test_a_guessed_customer_code_shows_no_bill_of_a_stranger(cast: Cast, owner: Caller, thief: Person) -> None:
    officer = cast.api.officer(COMMUNE)
    listed = cast.api.list_all("/v1/merchants", params={"unit_code": COMMUNE}, who=officer)
    point = next(each["id"] for each in listed if each["category"] == "electricity")
    bill = {
        "merchant_id": point, "customer_code": f"PA{thief.personal_id[-6:]}", "period": "2026-10", "amount": 412_000,
        "due_on": "2026-12-20",
    }  # fmt: skip
    made = cast.api.post("/v1/bills", bill, who=officer)
    claim = {"merchant_id": point, "customer_code": bill["customer_code"]}
    path = f"{thief.path}/utility-accounts"

    linked = owner.post(path, claim)
    guesses = [
        owner.post(path, claim | {"recent_bill": {"period": "2026-10", "amount": amount}}) for amount in (1, 400_000)
    ]

    assert "412000" not in linked.text
    assert [
        guess.status_code for guess in guesses if guess.is_success and guess.json().get("status") == "confirmed"
    ] == []
    assert owner.get("/v1/bills").json()["items"] == []
    assert owner.get(f"/v1/bills/{made['id']}").status_code in REFUSED


def test_a_false_claim_on_a_business_opens_and_links_nothing(
    cast: Cast, owner: Caller, thief: Person, victim: Person
) -> None:
    tax_code = cast.tax_code(thief)
    officer = cast.api.officer(COMMUNE)
    merchant = {
        "name": "Cửa hàng của nạn nhân", "category": "shop", "unit_code": COMMUNE, "provider": "demo-bank",
        "owner": {"tax_code": tax_code}, "settlement": ACCOUNT | {"account_no": "98888888"},
    }  # fmt: skip
    shop = f"/v1/merchants/{cast.api.post('/v1/merchants', merchant, who=officer)['id']}"
    claim = {
        "tax_code": tax_code, "name": "Của tôi", "kind": "household_business", "unit_code": COMMUNE,
        "representative": {"resident_id": thief.id},
    }  # fmt: skip

    made = owner.post("/v1/organizations", claim)

    def takes_it() -> bool:
        return owner.get(shop).is_success or owner.patch(shop, {"status": "closed"}).is_success

    assert not eventually(takes_it, 6), "the claim opened the shop"
    if made.is_success:
        path = f"/v1/organizations/{made.json()['id']}"
        assert owner.patch(path, {"name": "Đã là của tôi"}).status_code in REFUSED
        assert owner.put(f"{path}/onboarding/province_app", STEP).status_code in REFUSED
    real = claim | {"name": "Cửa hàng thật", "representative": {"resident_id": victim.id}}
    answer = cast.resident(victim).post("/v1/organizations", real)
    assert answer.is_success, "a false claim shut the real owner out"


STEP = {"status": "completed", "occurred_at": "2026-01-05T08:00:00+07:00", "evidence": {"kind": "self"}}
