"""Plan A, of the commune Đồng Thắng: all six steps in their order, on the days of the plan, up to the ranking."""

from collections.abc import Callable
from typing import Any

from contracts.casework import ProceduresChosen
from contracts.counts import Count, CountsTaken
from contracts.onboarding import (
    CampaignStarted,
    CampaignUpdated,
    CommunicationPublished,
    OfficialSignatureIssued,
    PlanFiled,
    SessionHeld,
    StepCompleted,
)
from contracts.registry import ResidentConsentChanged
from services.onboarding.tests.plans import finish, finish_tasks, load, on, read, send, session_on
from services.onboarding.tests.reform import Reform
from services.onboarding.tests.world import PURPOSE, Village

Deliver = Callable[..., Any]
Calling = Callable[..., Any]

VILLAGES = [f"15727-{number:02}" for number in range(1, 6)]
BODIES = ["police", "youth_union", "women_union", "veterans_association", "farmers_union", "community_digital_team"]
SERVICES = [
    "Thủ tục cấp trích lục bản sao hộ tịch",
    "Thủ tục hỗ trợ mai táng phí đối với đối tượng bảo trợ xã hội",
]


async def test_plan_a_goes_through_its_six_steps_to_the_ranking_of_its_villages(
    units: None, reform: Reform, deliver: Deliver, published: Deliver, calling: Calling
) -> None:
    officer = calling("officer", unit_code="15727", subject="commune")

    with on("2024-07-08"):
        officer = calling("officer", unit_code="15727", subject="commune")
        path = await _step_1_the_plan_is_drawn_up(officer, reform, deliver)
    with on("2024-07-15"):
        officer = calling("officer", unit_code="15727", subject="commune")
        training = await _step_2_the_core_force_is_trained(officer, calling, path)
    with on("2024-07-19"):
        officer = calling("officer", unit_code="15727", subject="commune")
        await _step_3_the_commune_is_informed(officer, path)
    people = await _step_4_apps_are_installed_village_by_village(reform, deliver, calling, path)
    with on("2024-09-05"):
        officer = calling("officer", unit_code="15727", subject="commune")
        await _step_5_the_model_is_launched(officer, path)
    with on("2024-09-20"):
        officer = calling("officer", unit_code="15727", subject="commune")
        await _step_6_summing_up_and_ranking(officer, deliver, path)

    assert len(await published(CampaignStarted)) == 1
    assert [step.status for step in (await published(CampaignUpdated))[-1].steps] == ["done"] * 6
    assert [(each.kind, each.state) for each in await published(PlanFiled)] == [("plan", "late")]
    held = {each.session_id: each for each in await published(SessionHeld)}
    assert sorted(each.kind for each in held.values()) == sorted(
        ["training", "training", *["installation"] * 5, "launch", "review"]
    )
    assert str(training["id"]) in {str(each) for each in held}
    for each in held.values():
        assert each.businesses is not None
        assert max(each.organizations, each.merchants) <= each.businesses <= each.organizations + each.merchants
    assert [each.held for each in await published(OfficialSignatureIssued)] == [True]
    assert [each.kind for each in await published(CommunicationPublished)] == [
        "loudspeaker", "website", "good_practice",
    ]  # fmt: skip
    assert {each.resident_id for each in await published(StepCompleted)} <= {each.resident_id for each in people}


async def _step_1_the_plan_is_drawn_up(officer: Any, reform: Reform, deliver: Deliver) -> str:
    """Signed on 8 July 2024, late against its own June; services, team, equipment and signatures are seen to."""
    campaign = await load(officer, "dong-thang-2024")
    path = f"/v1/campaigns/{campaign['id']}"
    assert [step["number"] for step in campaign["steps"]] == [1, 2, 3, 4, 5, 6]
    assert [step["due_on"] for step in campaign["steps"]] == [
        "2024-06-30",
        "2024-07-31",
        None,
        "2024-08-31",
        None,
        None,
    ]
    assert campaign["steps"][1]["venue"] == "Trung tâm Hội nghị trường"
    assert [each["body"] for each in campaign["steps"][3]["coordinating_bodies"]] == [
        "culture", "youth_union", "telecom", "bank",
    ]  # fmt: skip
    assert (campaign["minimum_procedures"], campaign["services"]) == (2, SERVICES)
    assert [each["number"] for each in campaign["plan"]["basis"]] == [
        "1327/KH-STTTT", "236/STTTT-CNTT", "196/KH-UBND",
    ]  # fmt: skip
    assert "Tổ công nghệ số cộng đồng 5 thôn" in [each["name"] for each in campaign["plan"]["recipients"]]

    [own] = (await read(officer, f"{path}/filings"))["items"]
    assert (own["state"], own["filed_on"], own["due_on"]) == ("late", "2024-07-08", "2024-06-30")
    [overdue] = (await read(officer, f"{path}/tasks?overdue=true"))["items"]
    assert overdue["body"] == "culture"

    commune = reform.units["old 15727"]
    chosen = ProceduresChosen(
        unit_id=commune.unit_id, unit_code="15727", codes=["2.000635", "1.001731"], minimum=2, at="2024-07-08T03:00:00Z"
    )
    await deliver(chosen)
    for village in VILLAGES:
        members = [{"account": f"{village}-{body}", "body": body} for body in BODIES]
        team = await send(officer, "POST", f"{path}/teams", {"unit_code": village, "members": members}, 201)
        assert team["missing_bodies"] == []
    check = await send(
        officer, "POST", f"{path}/readiness-checks",
        {"unit_code": "15727-01", "venue": "Nhà văn hóa thôn 1", "items": [
            {"kind": "computer", "needed": 2, "working": 1}, {"kind": "network", "needed": True, "working": False},
            {"kind": "vneid_device", "needed": 1, "working": 0}, {"kind": "seats", "needed": 30, "working": 30},
        ]}, 201,
    )  # fmt: skip
    assert [(task["body"], task["due_on"]) for task in check["tasks"]] == [
        ("office", "2024-07-15"), ("telecom", "2024-07-15"), ("police", "2024-07-15"),
    ]  # fmt: skip
    for task in check["tasks"]:
        await send(officer, "PATCH", f"{path}/tasks/{task['id']}", {"status": "done"}, 200)
    signatures = f"{path}/official-signatures"
    asked = await send(officer, "POST", signatures, {"position": "one_stop", "requested_on": "2024-07-08"}, 201)
    for sent in ({"issued_on": "2024-07-07"}, {"returned_on": "2024-07-07"}):
        wrong = await send(officer, "PATCH", f"{signatures}/{asked['id']}", sent, 422)
        assert [each["code"] for each in wrong["errors"]] == ["before-start"]
    await send(officer, "PATCH", f"{signatures}/{asked['id']}", {"issued_on": "2024-07-08"}, 200)

    works = await finish_tasks(officer, path, 1)
    assert "Chủ trì tham mưu lựa chọn tối thiểu 02 dịch vụ công trực tuyến toàn trình" in works
    assert (await finish(officer, path, 1))["is_late"] is True
    return path


async def _step_2_the_core_force_is_trained(officer: Any, calling: Calling, path: str) -> dict[str, Any]:
    """The district's class, and the commune's own conference, where accounts for training are given out."""
    coordinators = [
        "Sở Thông tin và Truyền thông",
        "Doanh nghiệp viễn thông",
        "Ngân hàng",
        "Phòng Văn hóa và Thông tin",
    ]
    where = "Trung tâm Hội nghị trường"
    audience = ["lực lượng nòng cốt của xã", "tổ công nghệ số cộng đồng", "thanh niên tình nguyện", "học sinh lớp 9"]
    topics = ["Kỹ năng hỗ trợ người dân", "ký số, thanh toán trực tuyến"]
    district = session_on("training", "15727", "Hội trường UBND huyện", "2024-07-11", host="UBND huyện")
    await send(officer, "POST", f"{path}/sessions", district, 201)
    training = await send(
        officer, "POST", f"{path}/sessions",
        session_on("training", "15727", where, "2024-07-15", host="UBND xã", coordinators=coordinators,
                   audience=audience, topics=topics), 201,
    )  # fmt: skip
    teams = (await read(officer, f"{path}/teams"))["items"]
    members = [{"member_id": member["id"]} for team in teams for member in team["members"]]
    noted = await send(officer, "POST", f"/v1/sessions/{training['id']}/attendance", {"items": members}, 200)
    assert noted["attendance"]["member"] == len(VILLAGES) * len(BODIES)
    body = {"count": 2, "role": "volunteer"}
    accounts = await send(officer, "POST", f"/v1/sessions/{training['id']}/training-accounts", body, 201)
    assert {each["valid_until"] for each in accounts["items"]} == {"2024-07-22T11:00:00+07:00"}
    pupil = calling("volunteer", unit_code="15727-01", subject="hoc-sinh", body="school")
    assert (await pupil.get("/v1/onboarding/worklist", headers=PURPOSE)).status_code == 403

    assert len(await finish_tasks(officer, path, 2)) == 1
    assert (await finish(officer, path, 2))["is_late"] is False
    return dict(training)


async def _step_3_the_commune_is_informed(officer: Any, path: str) -> None:
    """The loudspeaker reads out the next session and what to bring; website and good practice follow."""
    coming = session_on(
        "installation", "15727-01", "nhà văn hóa thôn 1", "2024-07-20", topics=["vneid", "portal_account"]
    )
    await send(officer, "POST", f"{path}/sessions", coming, 201)
    announcement = await read(officer, f"{path}/announcement?unit_code=15727-01")
    assert "từ 8 giờ đến 11 giờ, thứ bảy, ngày 20 tháng 7 năm 2024, tại nhà văn hóa thôn 1" in announcement["text"]
    assert "sổ hoặc thẻ có mã số bảo hiểm xã hội" in announcement["text"]
    assert all(service in announcement["text"] for service in SERVICES)
    for kind, title in (
        ("loudspeaker", "Ngày cài đặt tại thôn 1"), ("website", "Mô hình 3 KHÔNG"), ("good_practice", "Đến từng nhà"),
    ):  # fmt: skip
        news = {"kind": kind, "title": title, "published_on": "2024-07-19", "evidence_for": "communications_published"}
        await send(officer, "POST", f"{path}/communications", news, 201)

    assert len(await finish_tasks(officer, path, 3)) == 3
    await finish(officer, path, 3)


async def _step_4_apps_are_installed_village_by_village(
    reform: Reform, deliver: Deliver, calling: Calling, path: str
) -> list[Any]:
    """At the cultural house of each village; the journey by the conditions of 2024: no VNeID for the portal yet."""
    residents = []
    for number, code in enumerate(VILLAGES):
        village = Village(reform.units[code])
        able, without_phone = village.resident(), village.resident(has_smartphone=False)
        residents += [able, without_phone]
        await deliver(able, without_phone)
        with on(f"2024-07-{20 + number}"):
            officer = calling("officer", unit_code="15727", subject="commune")
            volunteer = calling("volunteer", unit_code=code, subject=f"{code}-youth_union")
            held = await _evening_in(officer, path, code, number)
            attended = {"items": [{"resident_id": str(each.resident_id)} for each in (able, without_phone)]}
            noted = await send(volunteer, "POST", f"/v1/sessions/{held}/attendance", attended, 200)
            assert noted["attendance"]["resident"] == 2
            await _steps_of(volunteer, deliver, village, able, f"2024-07-{20 + number}", how_many=5 - number)
            body = _statement("province_app", f"2024-07-{20 + number}")
            refused = await volunteer.put(
                f"/v1/residents/{without_phone.resident_id}/onboarding/province_app", json=body
            )
            assert (refused.status_code, refused.json()["missing"]) == (409, ["smartphone"])
            await deliver(
                village.attested(
                    without_phone.resident_id, "payment_account.opened", account_kind="mobile_money", account_index=code
                )
            )
            journey = await volunteer.get(f"/v1/residents/{without_phone.resident_id}/onboarding", headers=PURPOSE)
            done = {each["step"] for each in journey.json()["steps"] if each["status"] == "completed"}
            assert done == {"payment_account"}
    with on("2024-08-30"):
        officer = calling("officer", unit_code="15727", subject="commune")
        assert len(await finish_tasks(officer, path, 4)) == 11
        assert (await finish(officer, path, 4))["is_late"] is False
    return residents


async def _evening_in(officer: Any, path: str, code: str, number: int) -> str:
    """The first village's evening was announced before; the others are planned on their day."""
    if number == 0:
        planned = (await read(officer, f"{path}/sessions"))["items"]
        return str(next(each["id"] for each in planned if each["unit_code"] == code))
    coming = session_on("installation", code, f"nhà văn hóa thôn {number + 1}", f"2024-07-{20 + number}")
    return str((await send(officer, "POST", f"{path}/sessions", coming, 201))["id"])


async def _steps_of(volunteer: Any, deliver: Deliver, village: Village, who: Any, day: str, how_many: int) -> None:
    """The first steps of the plan for one resident: by the volunteer's batch, and by providers."""
    ask = ResidentConsentChanged(
        resident_id=who.resident_id, unit_id=who.unit_id, unit_code=who.unit_code, consent_id=who.resident_id,
        partner_id="demo-telecom", purposes=["onboarding"], given=True, at=f"{day}T01:00:00Z",
    )  # fmt: skip
    passed = village.attested(who.resident_id, "ekyc.passed", partner_id="demo-identity")
    signed = village.attested(
        who.resident_id, "digital_signature.issued", partner_id="demo-telecom", certificate_serial="S1"
    )
    await deliver(ask, passed, *([signed] if how_many >= 5 else []))
    steps = ["portal_account", "vneid", "province_app", "payment_account"][:how_many]
    items = [
        {"client_id": step, "resident_id": str(who.resident_id), "step": step, **_statement(step, day)}
        for step in steps
    ]
    answer = await send(volunteer, "POST", "/v1/onboarding/batches", {"items": items}, 200)
    assert [each["result"] for each in answer["items"]] == ["applied"] * len(steps), answer
    again = await send(volunteer, "POST", "/v1/onboarding/batches", {"items": items}, 200)
    assert {each["result"] for each in again["items"]} == {"unchanged"}


def _statement(step: str, day: str) -> dict[str, Any]:
    evidence = {"kind": "volunteer"} | ({"account_kind": "e_wallet"} if step == "payment_account" else {})
    return {"status": "completed", "occurred_at": f"{day}T08:30:00+07:00", "evidence": evidence}


async def _step_5_the_model_is_launched(officer: Any, path: str) -> None:
    launch = session_on("launch", "15727", "Trung tâm Hội nghị trường", "2024-09-04", host="UBND xã")
    await send(officer, "POST", f"{path}/sessions", launch, 201)
    await finish(officer, path, 5)


async def _step_6_summing_up_and_ranking(officer: Any, deliver: Deliver, path: str) -> None:
    """What was reached, what was learnt; villages by all that was counted, here and by the other services."""
    review = session_on(
        "review",
        "15727",
        "Hội trường UBND xã",
        "2024-09-19",
        conclusions="Mỗi thôn một tổ, đến từng nhà người cao tuổi.",
    )
    await send(officer, "POST", f"{path}/sessions", review, 201)
    evaluation = {"results": "Đạt", "limits": "Ít", "causes": "Mới", "lessons": "Sớm", "proposals": "Tiếp"}
    assert (await send(officer, "PATCH", path, {"evaluation": evaluation}, 200))["evaluation"] == evaluation
    assert len(await finish_tasks(officer, path, 6)) == 1
    campaign = await finish(officer, path, 6)
    assert campaign["done_on"] == "2024-09-20"
    assert (await read(officer, f"{path}/tasks?status=open"))["items"] == []

    places = (await read(officer, f"{path}/ranking"))["items"]
    assert [(each["place"], each["unit_code"]) for each in places] == [(n + 1, code) for n, code in enumerate(VILLAGES)]
    assert places[0]["parts"] == {
        "vneid": 0.5, "portal_account": 0.5, "province_app": 0.5, "digital_signature": 0.5, "payment_account": 1.0,
        "cyber_protection": 0.0,
    }  # fmt: skip

    counts = [
        Count(unit_code="15727-05", indicator="merchants_with_qr", count=3),
        Count(unit_code="15727-01", indicator="merchants_with_qr", count=1),
    ]
    await deliver(CountsTaken(service="payments-qr", at="2024-09-20T01:00:00Z", counts=counts))
    targets = [{"indicator": "merchants_with_qr", "count": 3}, {"indicator": "dossiers_on_time", "percent": 90}]
    await send(officer, "PATCH", path, {"targets": targets}, 200)
    ranking = await read(officer, f"{path}/ranking")
    assert [each["unit_code"] for each in ranking["items"]][:2] == ["15727-05", "15727-01"]
    assert ranking["items"][0]["parts"] == {"merchants_with_qr": 1.0}
    assert ranking["uncounted"] == ["dossiers_on_time"]
