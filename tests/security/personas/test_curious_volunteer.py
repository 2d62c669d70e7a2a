"""A curious volunteer: wants numbers and addresses of people, and records of deeds that were not done."""

import re
from typing import Any

import pytest

from tests.security.cast import COMMUNE, ELSEWHERE, REFUSED, VILLAGE, Caller, Cast, Person, Shop, disclosed

AT = "2026-01-05T08:00:00+07:00"


@pytest.fixture(scope="module")
def volunteer(cast: Cast) -> Caller:
    caller = cast.sign_in("volunteer", unit_code=VILLAGE)
    return Caller(caller.client, caller.headers | {"X-Purpose": "onboarding"})


@pytest.fixture(scope="module")
def outsider(cast: Cast) -> Caller:
    caller = cast.sign_in("volunteer", unit_code=ELSEWHERE)
    return Caller(caller.client, caller.headers | {"X-Purpose": "onboarding"})


def test_sees_no_full_number_of_the_own_villagers(volunteer: Caller, victim: Person) -> None:
    answers = [
        volunteer.get(victim.path),
        volunteer.get("/v1/residents", params={"q": victim.full_name}),
        volunteer.post("/v1/residents/lookup", {"personal_id": victim.personal_id}),
        volunteer.get("/v1/onboarding/worklist", params={"unit_code": VILLAGE}),
        volunteer.get("/v1/onboarding/visits", params={"unit_code": VILLAGE}),
    ]

    assert answers[0].status_code == 200
    assert [answer.request.url.path for answer in answers if victim.personal_id in answer.text] == []
    assert [answer.request.url.path for answer in answers if re.search(r"\b0\d{11}\b", answer.text)] == []


@pytest.mark.parametrize("part", ["/reveal", "/prefill", "/refresh", "/merge", "/corrections", "/utility-accounts"])
def test_uses_nothing_that_is_for_officers(volunteer: Caller, victim: Person, part: str) -> None:
    answer = volunteer.post(f"{victim.path}{part}", {"fields": ["phone"], "reason": "tò mò"})

    assert answer.status_code == 403
    assert disclosed(answer, victim) == []


@pytest.mark.parametrize("part", ["/export", "/facts", "/access-log", "/corrections", "/facts/phone/history"])
def test_reads_nothing_that_is_for_officers(volunteer: Caller, victim: Person, part: str) -> None:
    assert volunteer.get(f"{victim.path}{part}").status_code == 403


def test_changes_no_record_of_a_resident(volunteer: Caller, victim: Person) -> None:
    tries = [
        volunteer.patch(victim.path, {"phone": "0978000002"}),
        volunteer.post("/v1/residents", {"full_name": "Người Lạ"}),
        volunteer.patch(victim.path, {"deceased_on": "2026-01-05"}),
    ]

    assert [answer.status_code for answer in tries] == [403, 403, 403]


@pytest.mark.parametrize("part", ["", "/onboarding", "/consents"])
def test_reads_no_resident_of_another_commune(outsider: Caller, victim: Person, part: str) -> None:
    answer = outsider.get(f"{victim.path}{part}")

    assert answer.status_code in REFUSED
    assert disclosed(answer, victim) == []


def test_finds_no_resident_of_another_commune(outsider: Caller, victim: Person) -> None:
    known = outsider.post("/v1/residents/lookup", {"personal_id": victim.personal_id})
    unknown = outsider.post("/v1/residents/lookup", {"personal_id": "038199999999"})
    lists = [
        outsider.get("/v1/residents", params={"unit_code": VILLAGE}),
        outsider.get("/v1/onboarding/worklist", params={"unit_code": VILLAGE}),
        outsider.get("/v1/onboarding/summary", params={"unit_code": VILLAGE}),
        outsider.get("/v1/onboarding/visits", params={"unit_code": VILLAGE}),
    ]

    assert (known.status_code, known.json()["type"]) == (unknown.status_code, unknown.json()["type"])
    assert [answer.status_code for answer in lists if answer.status_code not in REFUSED] == []


def test_reads_without_a_purpose_are_refused(cast: Cast, victim: Person) -> None:
    silent = cast.sign_in("volunteer", unit_code=VILLAGE)
    answers = [
        silent.get(victim.path),
        silent.get(f"{victim.path}/onboarding"),
        silent.post("/v1/residents/lookup", {"personal_id": victim.personal_id}),
    ]

    assert [answer.status_code for answer in answers] == [428, 428, 428]


def test_a_read_is_seen_by_the_person_who_was_read(cast: Cast, volunteer: Caller, victim: Person) -> None:
    before = len(cast.access_log(victim))

    assert volunteer.get(victim.path).status_code == 200

    log = cast.access_log(victim)
    assert len(log) == before + 1
    assert (log[0]["role"], log[0]["purpose"]) == ("volunteer", "onboarding")


EVIDENCE: list[dict[str, Any]] = [
    {"kind": "officer", "level": 2},
    {"kind": "partner", "level": 2},
    {"kind": "volunteer", "level": 2},
    {"kind": "self", "level": 2},
]


@pytest.mark.parametrize("evidence", EVIDENCE, ids=lambda evidence: evidence["kind"])
def test_confirms_no_identity_level_2(cast: Cast, volunteer: Caller, evidence: dict[str, Any]) -> None:
    person = cast.register()
    body = {"status": "completed", "occurred_at": AT, "evidence": evidence}
    item = {"client_id": "1", "resident_id": person.id, "step": "vneid"} | body

    declared = volunteer.put(f"{person.path}/onboarding/vneid", body)
    offline = volunteer.post("/v1/onboarding/batches", {"items": [item]})

    assert declared.status_code in (403, 409, 422)
    assert offline.status_code == 422 or offline.json()["items"][0]["result"] == "refused"


def test_an_offline_batch_reaches_no_other_commune(outsider: Caller, victim: Person) -> None:
    items = [
        {"client_id": "1", "resident_id": victim.id, "step": "province_app", "status": "completed", "occurred_at": AT,
         "evidence": {"kind": "volunteer"}},
        {"client_id": "2", "kind": "fact", "resident_id": victim.id, "name": "has_smartphone", "value": False,
         "occurred_at": AT},
        {"client_id": "3", "kind": "visit", "resident_id": victim.id, "outcome": "away", "occurred_at": AT},
    ]  # fmt: skip
    answers = [outsider.post("/v1/onboarding/batches", {"items": [item]}) for item in items]

    done = [answer.json() for answer in answers if answer.is_success]
    assert [item for batch in done for item in batch["items"] if item["result"] != "refused"] == []
    assert [disclosed(answer, victim) for answer in answers if disclosed(answer, victim)] == []


def test_sees_no_dossier_complaint_shop_or_payment(volunteer: Caller, dossier: str, feedback: str, shop: Shop) -> None:
    paths = [dossier, f"{dossier}/slip.pdf", feedback, shop.path, "/v1/dossiers", "/v1/feedback", "/v1/merchants"]
    paths += ["/v1/payments", "/v1/bills", "/v1/documents", "/v1/corrections", "/v1/duplicate-candidates"]
    paths += ["/v1/unmatched-events", "/v1/resident-imports", "/v1/onboarding/signature-lists"]

    assert {path: volunteer.get(path).status_code for path in paths} == dict.fromkeys(paths, 403)


def test_prints_no_checklist_of_a_household_of_another_commune(outsider: Caller) -> None:
    answer = outsider.get(f"/v1/households/HK-{VILLAGE}-001/checklist.pdf", params={"unit_code": VILLAGE})

    assert answer.status_code in REFUSED


def test_readmits_no_friend_to_a_team_and_leads_no_campaign(volunteer: Caller) -> None:
    campaigns = volunteer.get("/v1/campaigns").json()["items"]
    team = {"unit_code": COMMUNE, "members": [{"account": "friend", "body": "youth_union"}]}

    assert campaigns
    for campaign in campaigns:
        path = f"/v1/campaigns/{campaign['id']}"
        assert volunteer.post(f"{path}/teams", team).status_code == 403
        assert volunteer.get(f"{path}/teams").status_code == 403
        assert volunteer.patch(path, {"title": "Của tôi"}).status_code == 403


def test_gives_no_consent_in_the_name_of_a_resident_of_another_commune(outsider: Caller, victim: Person) -> None:
    tries = [
        outsider.post(f"{victim.path}/consents", {"purpose": "payment_account", "grantee": "demo-bank"}),
        outsider.get(f"{victim.path}/consents"),
    ]

    assert [answer.status_code for answer in tries if answer.status_code not in REFUSED] == []
