"""A bribed officer: wants data of other communes, fees on another account, acts that no second person sees."""

from typing import Any

import pytest

from deploy.demo.api_client import eventually, success
from tests.security.cast import (
    ACCOUNT,
    COMMUNE,
    DEATH,
    ELSEWHERE,
    PDF,
    REFUSED,
    VILLAGE,
    Caller,
    Cast,
    Person,
    Shop,
    disclosed,
)

COUNTER = {"category": "public_service", "unit_code": COMMUNE, "owner": {"tax_code": "2899000119"}}


@pytest.fixture(scope="module")
def bribed(cast: Cast) -> Caller:
    """An officer of the other commune, with a purpose for everything."""
    caller = cast.officer(ELSEWHERE)
    return Caller(caller.client, caller.headers | {"X-Purpose": "support"})


@pytest.fixture(scope="module")
def insider(cast: Cast) -> Caller:
    """An officer of the victim's commune, with a purpose for everything."""
    caller = cast.officer(COMMUNE)
    return Caller(caller.client, caller.headers | {"X-Purpose": "support"})


READS = [
    "", "/export", "/facts", "/access-log", "/consents", "/corrections", "/onboarding", "/utility-accounts",
    "/facts/full_name/history",
]  # fmt: skip


@pytest.mark.parametrize("read", READS)
def test_reads_nothing_of_a_resident_of_another_commune(bribed: Caller, victim: Person, read: str) -> None:
    answer = bribed.get(f"{victim.path}{read}")

    assert answer.status_code in REFUSED
    assert disclosed(answer, victim) == []


def test_finds_no_resident_of_another_commune_by_number_name_or_household(bribed: Caller, victim: Person) -> None:
    known = bribed.post("/v1/residents/lookup", {"personal_id": victim.personal_id})
    unknown = bribed.post("/v1/residents/lookup", {"personal_id": "038199999999"})
    listed = bribed.get("/v1/residents", params={"q": victim.full_name})

    assert (known.status_code, known.json()["type"]) == (unknown.status_code, unknown.json()["type"])
    assert listed.json().get("items", []) == []


def test_reveals_no_number_of_another_commune(bribed: Caller, victim: Person) -> None:
    answer = bribed.post(f"{victim.path}/reveal", {"fields": ["personal_id", "phone"], "reason": "kiểm tra hồ sơ"})

    assert answer.status_code in REFUSED
    assert disclosed(answer, victim) == []


def test_declares_no_resident_of_another_commune_dead_moved_or_merged(
    bribed: Caller, cast: Cast, victim: Person, distant_victim: Person
) -> None:
    tries = [
        bribed.patch(victim.path, {"deceased_on": "2026-01-05"}),
        bribed.patch(victim.path, {"unit_code": ELSEWHERE}),
        bribed.patch(victim.path, {"phone": "0978000001"}),
        bribed.post(f"{distant_victim.path}/merge", {"duplicate_id": victim.id}),
        bribed.post(f"{victim.path}/merge", {"duplicate_id": distant_victim.id}),
        bribed.post(f"{victim.path}/corrections", {"field": "full_name", "value": "Tên Khác", "reason": "nhầm"}),
        bribed.post(f"{victim.path}/consents", {"purpose": "payment_account", "grantee": "demo-bank"}),
    ]

    assert [answer.status_code for answer in tries if answer.status_code not in REFUSED] == []
    found = cast.api.get(victim.path, who=cast.api.officer(COMMUNE), purpose="support")
    assert (found["status"], found["full_name"]) == ("alive", victim.full_name)


def test_registering_a_resident_again_names_no_record_of_another_commune(bribed: Caller, victim: Person) -> None:
    same = {
        "personal_id": victim.personal_id, "full_name": "Người Khác", "date_of_birth": "1980-05-06", "sex": "female",
        "id_document": "can_cuoc", "unit_code": "15061-02",
    }  # fmt: skip
    answer = bribed.post("/v1/residents", same)

    assert answer.status_code == 409
    assert victim.id not in answer.text
    assert disclosed(answer, victim) == []


def test_a_read_without_a_purpose_is_refused_and_one_with_it_is_seen_by_the_person(
    cast: Cast, insider: Caller, victim: Person
) -> None:
    silent = cast.officer(COMMUNE).get(victim.path)
    loud = insider.get(victim.path, purpose="payment")

    assert (silent.status_code, loud.status_code) == (428, 200)
    assert any(row["purpose"] == "payment" and row["role"] == "officer" for row in cast.access_log(victim))


def test_does_not_approve_the_death_of_a_resident_of_another_commune(
    cast: Cast, bribed: Caller, victim: Person, distant_victim: Person
) -> None:
    body = {
        "procedure_code": DEATH, "resident_id": distant_victim.id, "subject_id": victim.id, "unit_code": ELSEWHERE,
    }  # fmt: skip
    made = bribed.post("/v1/dossiers", body)
    assert disclosed(made, victim) == []
    if made.is_success:
        path = f"/v1/dossiers/{made.json()['id']}"
        fields = {name: cast.typed(DEATH, name, distant_victim) for name in made.json()["missing"]}
        bribed.patch(path, {"fields": fields | {"died_on": "2026-01-05"}})
        bribed.post(f"{path}/attachments", files={"file": ("giay.pdf", PDF)})
        bribed.post(f"{path}/submit")
        acts = [bribed.post(f"{path}/actions", {"action": action}) for action in ("accept", "approve")]
        assert [act.status_code for act in acts if act.is_success] == []
        for read in ("", "/slip.pdf", "/attachments"):
            assert disclosed(bribed.get(f"{path}{read}"), victim) == []

    found = cast.api.get(victim.path, who=cast.api.officer(COMMUNE), purpose="support")
    assert found["status"] == "alive"


@pytest.mark.parametrize("procedure", ["1.000656", "1.001193", "1.000894", "2.000635", "1.004873"])
def test_no_procedure_shows_a_subject_of_another_commune(
    cast: Cast, bribed: Caller, victim: Person, distant_victim: Person, procedure: str
) -> None:
    if cast.client.get(f"/v1/procedures/{procedure}").status_code != 200:
        pytest.skip(f"the catalogue has no {procedure}")
    asked = {"procedure_code": procedure, "resident_id": distant_victim.id}
    for more in ({"subject_id": victim.id}, {"on_behalf_of": victim.id}):
        made = bribed.post("/v1/dossiers", asked | more)
        assert disclosed(made, victim) == []
        if made.is_success:
            path = f"/v1/dossiers/{made.json()['id']}"
            for read in (bribed.get(path), bribed.post(f"{path}/prefill"), bribed.get(f"{path}/slip.pdf")):
                assert disclosed(read, victim) == []


DOSSIER_READS = ["", "/attachments", "/results", "/slip.pdf", "/receipt.pdf"]


@pytest.mark.parametrize("read", DOSSIER_READS)
def test_reads_no_dossier_of_another_commune(bribed: Caller, dossier: str, victim: Person, read: str) -> None:
    answer = bribed.get(f"{dossier}{read}")

    assert answer.status_code in REFUSED
    assert disclosed(answer, victim) == []


def test_acts_on_no_dossier_and_no_complaint_of_another_commune(bribed: Caller, dossier: str, feedback: str) -> None:
    tries = [bribed.post(f"{dossier}/actions", {"action": action}) for action in ("accept", "refuse", "transfer")]
    tries += [bribed.patch(dossier, {"copies": 9}), bribed.delete(dossier), bribed.post(f"{dossier}/prefill")]
    tries += [bribed.get(feedback), bribed.post(f"{feedback}/actions", {"action": "close", "note": "xong"})]

    assert [answer.status_code for answer in tries if answer.status_code not in REFUSED] == []


def test_approves_the_own_counter_for_fees_neither_alone_nor_by_naming_it(cast: Cast, insider: Caller) -> None:
    body = COUNTER | {
        "name": "Một cửa giả",
        "provider": "demo-bank",
        "settlement": ACCOUNT | {"account_no": "98111111"},
    }
    made = insider.post("/v1/merchants", body)
    path = f"/v1/merchants/{made.json()['id']}"
    before = insider.get(f"/v1/units/{COMMUNE}/fee-merchant").json()

    activated = insider.patch(path, {"status": "active"})
    named = insider.put(f"/v1/units/{COMMUNE}/fee-merchant", {"merchant_id": made.json()["id"]})

    assert made.status_code == 201
    assert activated.status_code in (403, 409)
    assert named.status_code in (403, 409, 422)
    assert insider.get(f"/v1/units/{COMMUNE}/fee-merchant").json() == before


def test_one_officer_alone_does_not_change_who_receives_the_fees(cast: Cast, insider: Caller) -> None:
    body = COUNTER | {
        "name": "Một cửa hai",
        "provider": "demo-bank",
        "settlement": ACCOUNT | {"account_no": "98222222"},
    }
    merchant = success(insider.post("/v1/merchants", body)).json()["id"]
    success(cast.officer(COMMUNE).patch(f"/v1/merchants/{merchant}", {"status": "active"}))
    path = f"/v1/units/{COMMUNE}/fee-merchant"
    before = insider.get(path).json()

    for _ in range(2):
        success(insider.put(path, {"merchant_id": merchant}))

    now = insider.get(path).json()
    assert _without_pending(now) == _without_pending(before)
    success(insider.delete(path))


def _without_pending(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if "pending" not in name}


@pytest.mark.parametrize(
    "change",
    [{"settlement": ACCOUNT | {"account_no": "98333333"}}, {"name": "Quầy của cán bộ"}, {"provider": "demo-wallet"}],
)
def test_a_change_of_a_shop_is_verified_by_another_person(
    cast: Cast, insider: Caller, victim: Person, change: dict[str, Any]
) -> None:
    shop = cast.shop(victim)

    success(insider.patch(shop.path, change))

    assert insider.get(shop.path).json()["status"] == "submitted"
    assert insider.patch(shop.path, {"status": "active"}).status_code in (403, 409)


def test_changes_and_reads_no_shop_of_another_commune(bribed: Caller, shop: Shop) -> None:
    tries = [
        bribed.get(shop.path),
        bribed.patch(shop.path, {"status": "closed"}),
        bribed.get(f"{shop.path}/poster.pdf"),
        bribed.get(f"{shop.path}/qr-codes"),
        bribed.get(f"/v1/qr-codes/{shop.code_id}"),
        bribed.post(f"{shop.path}/qr-codes", {"kind": "static"}),
        bribed.get(f"{shop.path}/utility-accounts"),
    ]
    payments = bribed.get("/v1/payments", params={"merchant_id": shop.id})

    assert [answer.status_code for answer in tries if answer.status_code not in REFUSED] == []
    assert payments.status_code in REFUSED or payments.json()["items"] == []


def test_undoes_no_act_of_the_own_hand(cast: Cast, insider: Caller, victim: Person) -> None:
    path = cast.dossier(victim)
    success(insider.post(f"{path}/actions", {"action": "accept"}))

    alone = insider.post(f"{path}/actions", {"action": "revert", "note": "nhầm"})
    second = cast.officer(COMMUNE).post(f"{path}/actions", {"action": "revert", "note": "nhầm"})

    assert alone.status_code in (403, 409)
    assert second.status_code == 200


def test_sees_only_settlement_lines_of_the_own_communes_and_resolves_none(
    cast: Cast, bribed: Caller, shop: Shop
) -> None:
    reference = cast.api.get(
        "/v1/payments", params={"merchant_id": shop.id}, who=cast.api.officer(COMMUNE), purpose="payment"
    )["items"][0]
    rows = f"partner_reference,amount,settled_at\n{reference['partner_reference']},1,{reference['settled_at']}\n"
    files = {"file": ("doi-soat.csv", rows.encode(), "text/csv")}
    about = {"partner_id": "demo-bank", "business_date": reference["settled_at"][:10]}

    uploaded = bribed.post("/v1/settlements", files=files, data=about)
    made = cast.sign_in("operator").post("/v1/settlements", files=files, data=about)
    path = f"/v1/settlements/{success(made).json()['id']}"
    line = made.json()["lines"][0]["id"]
    listed = bribed.get(f"{path}/lines")
    resolved = bribed.post(f"{path}/lines/{line}/resolve", {"resolution": "accepted", "note": "bỏ qua"})

    assert uploaded.status_code == 403
    assert resolved.status_code in REFUSED
    assert reference["partner_reference"] not in listed.text


def test_confirms_no_owner_of_a_business_of_another_commune(cast: Cast, bribed: Caller, distant_victim: Person) -> None:
    friend = cast.register()
    claim = {
        "tax_code": "0100233488", "name": "Hộ kinh doanh", "kind": "household_business", "unit_code": COMMUNE,
        "representative": {"resident_id": friend.id},
    }  # fmt: skip
    made = cast.resident(friend).post("/v1/organizations", claim)
    if made.status_code == 409:
        return  # the tax code is registered already, and the claim made nothing
    path = f"/v1/organizations/{made.json()['id']}"

    tries = [
        bribed.post(f"{path}/representative/confirmation", {"resident_id": friend.id}),
        bribed.patch(path, {"representative": {"resident_id": distant_victim.id}}),
        bribed.get(path),
    ]

    assert [answer.status_code for answer in tries if answer.status_code not in REFUSED] == []


def test_hides_no_read_behind_an_old_idempotency_key(cast: Cast, insider: Caller, victim: Person) -> None:
    body = {"fields": ["phone"], "reason": "liên hệ"}
    key = {"Idempotency-Key": f"reveal-{victim.id}"}
    before = len(cast.access_log(victim))

    for _ in range(3):
        assert insider.post(f"{victim.path}/reveal", body, headers=key).status_code == 200

    assert len(cast.access_log(victim)) - before == 3


def test_village_of_the_commune_is_no_other_commune(insider: Caller, victim: Person) -> None:
    """The contrast: what is refused above is allowed to the right officer."""
    assert insider.get(victim.path).json()["unit_code"] == VILLAGE


def test_who_states_a_paper_to_read_a_person_of_another_commune_is_seen_by_that_person(
    cast: Cast, bribed: Caller, distant_victim: Person
) -> None:
    person = cast.register()
    named = {"procedure_code": "1.000894", "resident_id": distant_victim.id, "subject_id": person.id}

    silent = success(bribed.post("/v1/dossiers", named))
    before = len(cast.access_log(person))
    stated = success(bribed.post("/v1/dossiers", named | {"paper": {"kind": "identity", "number": "1"}}))

    assert disclosed(silent, person) == []
    assert not disclosed(stated, person) or cast.more_rows(person, before)


def test_a_culture_officer_confirms_no_identity_by_an_import_that_names_the_police(cast: Cast) -> None:
    person = cast.register()
    culture = cast.officer(COMMUNE, body="culture")
    rows = f"Số ĐDCN,Ngày,Mức độ\n{person.personal_id},05/01/2026,2\n".encode()

    sent = culture.post(
        "/v1/onboarding/imports",
        files={"file": ("vneid.csv", rows, "text/csv")},
        data={"step": "vneid", "unit_code": COMMUNE, "source_body": "police"},
    )
    declared = culture.put(
        f"{person.path}/onboarding/vneid",
        {
            "status": "completed",
            "occurred_at": "2026-01-05T08:00:00+07:00",
            "evidence": {"kind": "officer", "level": 2},
        },
    )

    assert declared.status_code in (403, 409, 422)
    if sent.is_success:
        state = f"/v1/onboarding/imports/{sent.json()['id']}"
        assert eventually(lambda: culture.get(state).json()["status"] in ("completed", "failed"), 30)
    journey = cast.api.get(f"{person.path}/onboarding", who=cast.api.resident(person.id))
    [vneid] = [step for step in journey["steps"] if step["step"] == "vneid"]
    assert vneid["status"] != "completed"
