"""Trainees click through everything, and nothing of it reaches a report, a partner or a real person."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.demo.api_client import ApiClient, eventually, success

pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole platform and its demo

COMMUNE, PROVINCE = "15724", "38"
ONBOARDING = "onboarding"


@dataclass(frozen=True)
class Trainee:
    """A trainee, signed in by the operation that production has too."""

    who: dict[str, str]
    unit_code: str
    resident_id: str


@pytest.fixture(scope="module")
def trainees(api: ApiClient) -> dict[str, Trainee]:
    """One of each role, in the training commune of the demo's campaign."""
    officer = api.officer(COMMUNE)
    campaign = api.get("/v1/campaigns", who=officer)["items"][0]
    starts_at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    body = {"kind": "training", "unit_code": COMMUNE, "venue": "Hội trường", "starts_at": starts_at}
    held = api.post(f"/v1/campaigns/{campaign['id']}/sessions", body, who=officer)
    path = f"/v1/sessions/{held['id']}/training-accounts"
    roles = ("officer", "volunteer", "resident")
    return {role: sign_in(api, api.post(path, {"count": 1, "role": role}, who=officer)) for role in roles}


def sign_in(api: ApiClient, given: Any) -> Trainee:
    [account] = given["items"]
    form = {"grant_type": "password", "username": account["login"], "password": account["secret"]}
    eventually(lambda: api.request("POST", "/oauth/token", data=form).status_code == 200, 60)
    token = success(api.request("POST", "/oauth/token", data=form)).json()["access_token"]
    return Trainee({"Authorization": f"Bearer {token}"}, account["unit_code"], account["resident_id"] or "")


def villagers(api: ApiClient, trainee: Trainee) -> list[Any]:
    """Who lives in the training commune; none while the registry has not received it."""
    answer = api.request("GET", f"/v1/residents?unit_code={trainee.unit_code}", who=trainee.who, purpose=ONBOARDING)
    return list(answer.json()["items"]) if answer.status_code == 200 else []


def test_a_trainee_meets_made_up_people_only(api: ApiClient, trainees: dict[str, Trainee]) -> None:
    officer = trainees["officer"]
    assert eventually(lambda: len(villagers(api, officer)) >= 13, 60)

    seen = api.get("/v1/residents?limit=200", who=officer.who, purpose=ONBOARDING)["items"]

    assert {each["personal_id"][:3] for each in seen} == {"000"}
    real = api.get(f"/v1/residents?unit_code={COMMUNE}", who=api.officer(COMMUNE), purpose=ONBOARDING)["items"]
    for path in ("", "/onboarding"):
        refused = api.request("GET", f"/v1/residents/{real[0]['id']}{path}", who=officer.who, purpose=ONBOARDING)
        assert refused.status_code in (403, 404)
    assert (
        api.request("GET", f"/v1/residents?unit_code={COMMUNE}", who=officer.who, purpose=ONBOARDING).status_code == 403
    )


def test_what_trainees_do_is_done_and_is_in_no_report(api: ApiClient, trainees: dict[str, Trainee]) -> None:
    before = api.get(f"/v1/reports/progress?unit_code={PROVINCE}", who=api.officer(PROVINCE))["indicators"]
    resident, volunteer, officer = trainees["resident"], trainees["volunteer"], trainees["officer"]
    own = f"/v1/residents/{resident.resident_id}/onboarding"
    eventually(lambda: api.request("GET", own, who=resident.who).status_code == 200, 60)
    done = {"status": "completed", "occurred_at": datetime.now(UTC).isoformat()}

    with_help = {**done, "evidence": {"kind": "volunteer"}}
    success(api.request("PUT", f"{own}/province_app", json=with_help, who=volunteer.who))
    work = api.get(f"/v1/onboarding/worklist?unit_code={volunteer.unit_code}", who=volunteer.who, purpose=ONBOARDING)[
        "items"
    ]
    assert work
    consent = {"grantee": "demo-bank", "purpose": "onboarding"}
    api.post(f"/v1/residents/{resident.resident_id}/consents", consent, who=resident.who)
    feedback = {"unit_code": officer.unit_code, "category": "regulation", "text": "Góp ý của buổi tập huấn"}
    api.post("/v1/feedback", feedback, who=resident.who)

    steps = {each["step"]: each["status"] for each in api.get(own, who=resident.who)["steps"]}
    assert steps["province_app"] == "completed"
    after = api.get(f"/v1/reports/progress?unit_code={PROVINCE}", who=api.officer(PROVINCE))["indicators"]
    assert {each["code"]: each["numerator"] for each in after} == {each["code"]: each["numerator"] for each in before}
    for unit in (officer.unit_code, resident.unit_code):
        assert api.request("GET", f"/v1/reports/progress?unit_code={unit}").status_code in (400, 404)
    bank = api.sign_in(role="partner", partner_id="demo-bank")
    referred = api.list_all("/v1/partners/demo-bank/referrals", who=bank)
    assert resident.resident_id not in [each["resident_id"] for each in referred]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/feedback", {"unit_code": COMMUNE, "category": "conduct", "text": "Gửi nhầm"}),
        ("/v1/documents", {"unit_code": COMMUNE, "subject": "Gửi nhầm"}),
        ("/v1/residents/lookup", {"personal_id": "038085000001"}),
    ],
)
def test_a_trainee_writes_to_no_real_person(
    api: ApiClient, trainees: dict[str, Trainee], path: str, body: dict[str, str]
) -> None:
    refused = api.request("POST", path, json=body, who=trainees["officer"].who, purpose=ONBOARDING)

    assert refused.status_code == 403, refused.text


def test_no_real_caller_sees_the_training_commune(api: ApiClient, trainees: dict[str, Trainee]) -> None:
    code = trainees["officer"].unit_code
    communes = api.list_all("/v1/units", params={"level": "commune"})

    assert code not in [each["code"] for each in communes]
    province = api.officer(PROVINCE)
    assert api.request("GET", f"/v1/residents?unit_code={code}", who=province, purpose=ONBOARDING).status_code == 403
