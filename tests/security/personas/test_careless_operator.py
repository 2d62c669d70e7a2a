"""A careless operator, or who holds the operator's session: everything technical, and no person's data."""

import secrets
from typing import Any

import pytest

from deploy.demo.api_client import success
from tests.security.cast import ACCOUNT, COMMUNE, Caller, Cast, Person, Shop, disclosed

PERSONAL = [
    "", "/export", "/facts", "/consents", "/corrections", "/onboarding", "/utility-accounts", "/access-log",
    "/facts/full_name/history",
]  # fmt: skip


@pytest.fixture(scope="module")
def operator(cast: Cast) -> Caller:
    caller = cast.sign_in("operator")
    return Caller(caller.client, caller.headers | {"X-Purpose": "support"})


@pytest.mark.parametrize("part", PERSONAL)
def test_reads_no_resident(operator: Caller, victim: Person, part: str) -> None:
    answer = operator.get(f"{victim.path}{part}")

    assert answer.status_code == 403
    assert disclosed(answer, victim) == []


def test_reads_no_list_of_persons(operator: Caller, dossier: str, feedback: str) -> None:
    paths = ["/v1/residents", "/v1/organizations", "/v1/dossiers", dossier, "/v1/feedback", feedback, "/v1/documents"]
    paths += [
        "/v1/bills",
        "/v1/corrections",
        "/v1/duplicate-candidates",
        "/v1/unmatched-events",
        "/v1/resident-imports",
    ]
    paths += ["/v1/onboarding/worklist", "/v1/onboarding/visits", "/v1/onboarding/signature-lists"]

    assert {path: operator.get(path).status_code for path in paths} == dict.fromkeys(paths, 403)
    assert {each["kind"] for each in operator.get("/v1/notifications").json()["items"]} <= {"delivery_failing"}


def test_looks_no_one_up_and_reveals_nothing(operator: Caller, victim: Person) -> None:
    tries = [
        operator.post("/v1/residents/lookup", {"personal_id": victim.personal_id}),
        operator.post("/v1/residents/lookups", {"personal_ids": [victim.personal_id]}),
        operator.post(f"{victim.path}/reveal", {"fields": ["phone"], "reason": "hỗ trợ"}),
        operator.post(f"{victim.path}/prefill", {"fields": ["full_name"]}),
    ]

    assert [answer.status_code for answer in tries] == [403] * len(tries)


def test_merchants_and_payments_show_no_holder_and_no_full_account(
    operator: Caller, shop: Shop, victim: Person
) -> None:
    answers = [
        operator.get(shop.path),
        operator.get("/v1/merchants", params={"unit_code": COMMUNE}),
        operator.get("/v1/payments", params={"merchant_id": shop.id}),
    ]

    assert answers[0].status_code == 200
    for answer in answers:
        assert disclosed(answer, victim) == []
        assert shop.account_no not in answer.text
        assert ACCOUNT["account_name"] not in answer.text


def test_decides_nothing_of_a_commune(operator: Caller, shop: Shop, dossier: str) -> None:
    tries = [
        operator.put(f"/v1/units/{COMMUNE}/fee-merchant", {"merchant_id": shop.id}),
        operator.patch(shop.path, {"status": "closed"}),
        operator.post("/v1/merchants", {"name": "x"}),
        operator.post(f"{dossier}/actions", {"action": "approve"}),
        operator.put(f"/v1/units/{COMMUNE}/procedures", {"codes": []}),
        operator.post("/v1/campaigns", {"template": "commune", "unit_code": COMMUNE, "title": "x"}),
        operator.post("/v1/resident-imports", data={"unit_code": COMMUNE}, files={"file": ("a.csv", b"a")}),
    ]

    assert [answer.status_code for answer in tries] == [403] * len(tries)


def test_a_secret_is_shown_once_and_never_again(operator: Caller) -> None:
    partner = _new_partner(operator)
    made = success(operator.post(f"/v1/partners/{partner}/secrets", {"use": "webhook"})).json()["secret"]

    later = [
        operator.get(f"/v1/partners/{partner}/secrets"),
        operator.get(f"/v1/partners/{partner}"),
        operator.get("/v1/settings"),
        operator.get("/v1/administrative-acts"),
    ]

    assert [answer.status_code for answer in later] == [200] * len(later)
    assert [answer.request.url.path for answer in later if made in answer.text or made[6:] in answer.text] == []


def test_the_settings_show_no_key_password_or_database(operator: Caller) -> None:
    shown = operator.get("/v1/settings").text.lower()

    assert [word for word in ("password", "postgresql://", "begin private", "whsec_", "base64") if word in shown] == []


def test_a_scope_for_a_partner_replaces_no_consent(cast: Cast, operator: Caller, victim: Person) -> None:
    partner = _new_partner(operator, scopes=["prefill"])

    answer = cast.sign_in("partner", partner_id=partner).post(
        f"{victim.path}/prefill", {"fields": ["full_name", "phone"]}, purpose="payment"
    )

    assert answer.status_code in (403, 404)
    assert disclosed(answer, victim) == []


def test_a_retired_partner_gets_that_reason_and_reads_nothing_any_more(cast: Cast, operator: Caller) -> None:
    partner = _new_partner(operator)
    as_partner = cast.sign_in("partner", partner_id=partner)
    assert as_partner.get(f"/v1/partners/{partner}").status_code == 200

    success(operator.patch(f"/v1/partners/{partner}", {"status": "retired"}))

    assert cast.stranger().post(f"/webhooks/{partner}", {}).status_code == 410
    assert as_partner.get(f"/v1/partners/{partner}/deliveries").status_code in (401, 403, 404, 410)


def test_deliveries_and_dead_letters_show_no_person(cast: Cast, operator: Caller, victim: Person) -> None:
    report = {"resident": {"personal_id": victim.personal_id}, "phone": victim.phone}
    success(cast.api.webhook("demo-telecom", "sim.ownership_verified", report))

    answers = [
        operator.get("/v1/partners/demo-telecom/deliveries"),
        operator.get("/v1/dead-letters"),
        operator.get("/v1/administrative-acts"),
        operator.get("/v1/reports/reconciliation"),
    ]

    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert [
        (answer.request.url.path, disclosed(answer, victim)) for answer in answers if disclosed(answer, victim)
    ] == []


def test_each_act_is_written_down_with_its_actor(operator: Caller) -> None:
    partner = _new_partner(operator)

    acts = operator.get("/v1/administrative-acts", params={"limit": 50}).json()["items"]

    [act] = [act for act in acts if partner in str(act) and act["actor"].startswith("dev-operator")][:1]
    assert act["at"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"code;name\n15724;\n", b"PK\x03\x04broken", b"a" * 100_000])
def test_a_wrong_list_of_units_changes_no_unit(operator: Caller, content: bytes) -> None:
    before = operator.get(f"/v1/units/{COMMUNE}").json()

    answer = operator.post("/v1/unit-imports", files={"file": ("units.csv", content, "text/csv")})

    assert 400 <= answer.status_code < 500
    assert operator.get(f"/v1/units/{COMMUNE}").json() == before


def test_discards_no_dead_letter_without_a_reason_and_replays_none_that_is_not_there(operator: Caller) -> None:
    unknown_id = "01890000-0000-7000-8000-00000000beef"

    assert operator.delete(f"/v1/dead-letters/{unknown_id}").status_code in (400, 404, 422)
    assert operator.post(f"/v1/dead-letters/{unknown_id}/replay").status_code == 404


def _new_partner(operator: Caller, **more: Any) -> str:
    partner = f"thu-{secrets.token_hex(4)}"
    body = {"id": partner, "name": "Đối tác thử", "kind": "bank", **more}
    success(operator.post("/v1/partners", body))
    return partner
