"""Plan B, of the old district Ngọc Lặc (389): all eight steps on the days of 2024, and read by its successors today."""

from collections.abc import Callable
from typing import Any

from chassis.storage.database import Database
from contracts.casework import ProceduresChosen
from contracts.counts import Count, CountsTaken
from contracts.onboarding import CampaignUpdated, CommunicationPublished, PlanFiled, SessionHeld
from contracts.payments_qr import MerchantActivated
from onboarding.commands.sessions import publish_ended_sessions
from services.onboarding.tests.plans import finish, finish_tasks, load, on, read, send, session_on
from services.onboarding.tests.reform import Reform
from services.onboarding.tests.world import Village

Deliver = Callable[..., Any]
Calling = Callable[..., Any]

COMMUNES = {"15061": "Thị trấn Ngọc Lặc", "15073": "Xã Thạch Lập (cũ)", "15085": "Xã Quang Trung"}
"""Of the old district. 15085 is borne by another commune today: the new Thạch Lập, which 15073 and old 15085 became."""
FIVE = ["2.000635", "1.001731", "1.004884", "2.002080", "1.010832"]
TEAM = ["police", "youth_union", "community_digital_team", "telecom", "bank"]


async def test_plan_b_goes_through_its_eight_steps_and_is_read_by_its_successors_today(
    units: None, reform: Reform, deliver: Deliver, published: Deliver, calling: Calling, database: Database
) -> None:
    def district() -> Any:
        return calling("officer", unit_code="389", subject="district")

    with on("2024-04-10"):
        path = await _step_1_the_plan_is_drawn_up(district())
    await _step_1_communes_choose_services_and_hand_in_their_plans(reform, deliver, calling, path)
    with on("2024-04-22"):
        await _step_2_the_agencies_agree(district(), path)
    with on("2024-04-24"):
        await _step_3_leaders_are_guided(district(), path)
    with on("2024-05-03"):
        await _step_4_teams_and_shops_are_trained(district(), reform, deliver, path)
    with on("2024-05-13"):
        await _step_5_residents_village_by_village(district(), reform, deliver, calling, path)
    with on("2024-06-20"):
        await _step_6_results_are_published(district(), path)
    with on("2024-06-25"):
        await _step_7_the_model_is_launched(district(), path)
    with on("2024-06-29"):
        ranking = await _step_8_summing_up_votes_and_ranking(district(), deliver, calling, path)

        async with database.transaction() as session:
            await publish_ended_sessions(session)

    await _today_its_successors_read_it(calling, path, ranking)

    assert [step.status for step in (await published(CampaignUpdated))[-1].steps] == ["done"] * 8
    assert {(each.unit_code, each.state) for each in await published(PlanFiled)} == {
        ("15061", "on_time"), ("15073", "late"),
    }  # fmt: skip
    held = {each.session_id: each for each in await published(SessionHeld)}
    assert [each.kind for each in sorted(held.values(), key=lambda each: each.held_on)] == [
        "conference", "guidance", "training", "drive", "installation", "installation", "installation", "launch", "review",
    ]  # fmt: skip
    assert [each.merchants for each in held.values() if each.kind == "training"] == [1]
    assert [each.kind for each in await published(CommunicationPublished)] == ["portal", "video_report"]


async def _step_1_the_plan_is_drawn_up(district: Any) -> str:
    campaign = await load(district, "ngoc-lac-2024")
    path = f"/v1/campaigns/{campaign['id']}"
    assert [step["number"] for step in campaign["steps"]] == list(range(1, 9))
    assert all(step["due_on"] is step["starts_on"] is None for step in campaign["steps"])
    assert (campaign["starts_on"], campaign["ends_on"]) == ("2024-04-20", "2024-06-30")
    assert (campaign["minimum_procedures"], campaign["team_bodies"]) == (5, TEAM)
    owed = (await read(district, f"{path}/filings"))["items"]
    assert [(each["unit_code"], each["due_on"], each["state"]) for each in owed] == [
        (code, "2024-04-19", "missing") for code in COMMUNES
    ]
    return path


async def _step_1_communes_choose_services_and_hand_in_their_plans(
    reform: Reform, deliver: Deliver, calling: Calling, path: str
) -> None:
    """Before 20/04: the 19th is on time, the 20th is late, and who hands in nothing is missing."""
    due = {"kind": "plan", "to": "Ban Chỉ đạo chuyển đổi số huyện", "due_before": "2024-04-20"}
    with on("2024-04-19"):
        town = calling("officer", unit_code="15061", subject="town")
        own = {
            "template": "commune", "unit_code": "15061", "title": "Mô hình 3 KHÔNG thị trấn", "starts_on": "2024-04-20",
            "parent_id": path.rpartition("/")[2], "minimum_procedures": 5, "plan": {"issued_on": "2024-04-18"},
        }  # fmt: skip
        drawn_up = await send(town, "POST", "/v1/campaigns", own, 201)
        assert (drawn_up["parent_id"], len(drawn_up["steps"])) == (path.rpartition("/")[2], 6)
        filed = await send(town, "POST", f"{path}/filings", {**due, "filed_on": "2024-04-19"}, 201)
        assert (filed["unit_code"], filed["state"], filed["due_on"]) == ("15061", "on_time", "2024-04-19")
        for_another = {**due, "filed_on": "2024-04-19", "unit_code": "15073"}
        assert (await town.post(f"{path}/filings", json=for_another)).status_code == 403
    with on("2024-04-20"):
        late = calling("officer", unit_code="15073", subject="commune")
        await send(late, "POST", f"{path}/filings", {**due, "filed_on": "2024-04-20"}, 201)
        for code, codes in (("15061", FIVE), ("15073", FIVE)):
            chosen = ProceduresChosen(
                unit_id=reform.units[f"old {code}"].unit_id, unit_code=code, codes=codes, minimum=5,
                at="2024-04-19T03:00:00Z",
            )  # fmt: skip
            await deliver(chosen)
        await deliver(_counted_by_casework("2024-04-19T23:50:00Z"))
        district = calling("officer", unit_code="389", subject="district")
        states = (await read(district, f"{path}/filings"))["items"]
        assert [(each["unit_code"], each["state"]) for each in states] == [
            ("15061", "on_time"), ("15073", "late"), ("15085", "missing"),
        ]  # fmt: skip
        announcement = await read(district, f"{path}/announcement?unit_code=15061")
        assert set(announcement["services"]) == set(FIVE)
        works = await finish_tasks(district, path, 1)
        assert "Rà soát, lựa chọn tối thiểu 05 dịch vụ công trực tuyến toàn trình" in works
        await finish(district, path, 1)


def _counted_by_casework(at: str) -> CountsTaken:
    counts = [
        Count(unit_code=code, indicator="procedures_chosen", count=number)
        for code, number in (("15061", 5), ("15073", 5), ("15085", 2))
    ]
    return CountsTaken(service="casework", at=at, counts=counts)


async def _step_2_the_agencies_agree(district: Any, path: str) -> None:
    """An inter-agency conference: method, scope, scale and content are written down as its conclusions."""
    conference = session_on(
        "conference", "389", "Hội trường UBND huyện", "2024-04-22", host="UBND huyện",
        audience=["Công an huyện", "Huyện đoàn Ngọc Lặc", "Các doanh nghiệp viễn thông", "Các chi nhánh Ngân hàng"],
        topics=["phương thức", "phạm vi", "quy mô", "nội dung thực hiện"],
    )  # fmt: skip
    held = await send(district, "POST", f"{path}/sessions", conference, 201)
    agreed = "Làm theo từng thôn, tổ dân phố; toàn huyện; mỗi thôn một tổ triển khai; đủ 12 nội dung."
    changed = await send(district, "PATCH", f"/v1/sessions/{held['id']}", {"conclusions": agreed}, 200)
    assert changed["conclusions"] == agreed
    await finish(district, path, 2)


async def _step_3_leaders_are_guided(district: Any, path: str) -> None:
    guidance = session_on(
        "guidance", "389", "Hội trường UBND huyện", "2024-04-24", host="UBND huyện",
        coordinators=["Sở Thông tin và Truyền thông"],
        audience=["Lãnh đạo UBND huyện", "Lãnh đạo các phòng, đơn vị", "Ban Chỉ đạo Chuyển đổi số xã",
                  "Tổ trưởng Tổ công nghệ số cộng đồng"],
    )  # fmt: skip
    held = await send(district, "POST", f"{path}/sessions", guidance, 201)
    assert held["coordinators"] == ["Sở Thông tin và Truyền thông"]
    await finish(district, path, 3)


async def _step_4_teams_and_shops_are_trained(district: Any, reform: Reform, deliver: Deliver, path: str) -> None:
    """Teams by the number of villages and residential groups; members, youth force and shop owners come."""
    members = []
    for code in COMMUNES:
        sent = TEAM if code != "15085" else TEAM[:3]
        team = await send(
            district, "POST", f"{path}/teams",
            {"unit_code": f"{code}-01", "members": [{"account": f"{code}-{body}", "body": body} for body in sent]}, 201,
        )  # fmt: skip
        assert team["missing_bodies"] == TEAM[len(sent) :]
        members += [{"member_id": each["id"]} for each in team["members"]]
    shopkeeper = Village(reform.units["15061-01"]).resident()
    shop = MerchantActivated(
        merchant_id=shopkeeper.resident_id, version=2, unit_id=shopkeeper.unit_id, unit_code="15061-01",
        category="shop", status="active", provider="demo-bank", at="2024-05-01T00:00:00Z", has_qr=True,
        owner_resident_id=shopkeeper.resident_id,
    )  # fmt: skip
    await deliver(shopkeeper, shop)
    training = session_on(
        "training", "389", "Trung tâm Văn hóa huyện", "2024-05-03", host="UBND huyện",
        coordinators=["Sở Thông tin và Truyền thông"],
        audience=["Thành viên Tổ triển khai", "Tổ công nghệ số cộng đồng", "đoàn thanh niên", "cửa hàng"],
    )  # fmt: skip
    held = await send(district, "POST", f"{path}/sessions", training, 201)
    items = [*members, {"resident_id": str(shopkeeper.resident_id)}]
    noted = await send(district, "POST", f"/v1/sessions/{held['id']}/attendance", {"items": items}, 200)
    assert noted["attendance"] == {"member": 13, "resident": 1, "organization": 0, "merchant": 1}
    assert len(await finish_tasks(district, path, 4)) == 3
    await finish(district, path, 4)


async def _step_5_residents_village_by_village(
    district: Any, reform: Reform, deliver: Deliver, calling: Calling, path: str
) -> None:
    """The Youth Union's drive, then each village and residential group at its cultural house."""
    drive = session_on("drive", "389", "Quảng trường huyện", "2024-05-05", host="Huyện đoàn Ngọc Lặc")
    await send(district, "POST", f"{path}/sessions", drive, 201)
    for number, code in enumerate(COMMUNES):
        village = Village(reform.units[f"{code}-01"])
        where = "nhà văn hóa khu phố 1" if village.unit.kind == "residential_group" else "nhà văn hóa thôn 1"
        evening = session_on("installation", f"{code}-01", where, f"2024-05-{10 + number}")
        held = await send(district, "POST", f"{path}/sessions", evening, 201)
        residents = [village.resident() for _ in range(2)]
        await deliver(*residents)
        volunteer = calling("volunteer", unit_code=f"{code}-01", subject=f"{code}-youth_union")
        items = [{"resident_id": str(each.resident_id)} for each in residents]
        await send(volunteer, "POST", f"/v1/sessions/{held['id']}/attendance", {"items": items}, 200)
        for resident in residents[: 2 - number]:
            await send(
                volunteer, "PUT", f"/v1/residents/{resident.resident_id}/onboarding/portal_account",
                {"status": "completed", "occurred_at": f"2024-05-{10 + number}T08:30:00+07:00",
                 "evidence": {"kind": "volunteer"}}, 200,
            )  # fmt: skip
    assert len(await finish_tasks(district, path, 5)) == 12
    await finish(district, path, 5)


async def _step_6_results_are_published(district: Any, path: str) -> None:
    for kind, title in (("portal", "Các dịch vụ công toàn trình đã lựa chọn"), ("video_report", "Một tháng 3 KHÔNG")):
        news = {"kind": kind, "title": title, "published_on": "2024-06-20", "evidence_for": "communications_published"}
        await send(district, "POST", f"{path}/communications", news, 201)
    proof = (await read(district, f"{path}/communications?kind=video_report"))["items"]
    assert [each["evidence_for"] for each in proof] == ["communications_published"]
    assert len(await finish_tasks(district, path, 6)) == 4
    await finish(district, path, 6)


async def _step_7_the_model_is_launched(district: Any, path: str) -> None:
    launch = session_on("launch", "389", "Trung tâm Văn hóa huyện", "2024-06-24", host="UBND huyện")
    await send(district, "POST", f"{path}/sessions", launch, 201)
    await finish(district, path, 7)


async def _step_8_summing_up_votes_and_ranking(district: Any, deliver: Deliver, calling: Calling, path: str) -> Any:
    """Models are voted for in three categories; communes are ranked by people, services chosen and plans handed in."""
    review = session_on("review", "389", "Hội trường UBND huyện", "2024-06-28", conclusions="Nhân rộng toàn huyện.")
    await send(district, "POST", f"{path}/sessions", review, 201)
    town = calling("officer", unit_code="15061", subject="town")
    commune = calling("officer", unit_code="15073", subject="commune")
    models = [
        await send(town, "POST", f"{path}/models",
                   {"unit_code": "15061", "body": "youth_union", "title": "Chợ không tiền mặt"}, 201),
        await send(commune, "POST", f"{path}/models", {"unit_code": "15073", "body": "culture", "title": "Thôn số"}, 201),
    ]  # fmt: skip
    missing = (await read(district, f"{path}/models?body=youth_union&missing=true"))["items"]
    assert [each["unit_code"] for each in missing] == ["15073", "15085"]
    put_up = {}
    for category, model in (
        ("advanced", models[0]),
        ("effective", models[1]),
        ("excellent", models[0]),
        ("excellent", models[1]),
    ):
        body = {"model_id": model["id"], "category": category}
        put_up[category, model["title"]] = (await send(district, "POST", f"{path}/nominations", body, 201))["id"]
    assert (await district.post(f"{path}/nominations", json=body)).status_code == 409
    for voter, title in (
        ("v1", "Chợ không tiền mặt"),
        ("v1", "Chợ không tiền mặt"),
        ("v2", "Chợ không tiền mặt"),
        ("v3", "Thôn số"),
    ):
        client = calling("officer", unit_code="389", subject=voter)
        await send(client, "POST", f"{path}/nominations/{put_up['excellent', title]}/votes", None, 201)
    works = await finish_tasks(district, path, 8)
    assert works == ["Đảm bảo Đoàn Thanh niên các xã, thị trấn phải có mô hình trong Chuyển đổi số"]
    evaluation = {"results": "Đạt", "lessons": "Làm theo từng thôn"}
    await send(district, "PATCH", path, {"evaluation": evaluation}, 200)
    await finish(district, path, 8)
    assert (await read(district, f"{path}/tasks?status=open"))["items"] == []

    ranking = await read(district, f"{path}/ranking")
    assert [(each["title"], each["place"], each["votes"]) for each in ranking["categories"]["excellent"]] == [
        ("Chợ không tiền mặt", 1, 2), ("Thôn số", 2, 1),
    ]  # fmt: skip
    assert [(each["unit_code"], each["place"]) for each in ranking["items"]] == [
        ("15061", 1),
        ("15073", 2),
        ("15085", 3),
    ]
    assert [(each["parts"]["procedures_chosen"], each["parts"]["filing_plan"]) for each in ranking["items"]] == [
        (1.0, 1.0), (1.0, 0.5), (0.4, 0.0),
    ]  # fmt: skip
    assert [each["parts"]["portal_account"] for each in ranking["items"]] == [0.6667, 0.5, 0.0]
    return ranking


async def _today_its_successors_read_it(calling: Calling, path: str, of_2024: Any) -> None:
    """The district is no more: each commune that came of it reads all, changes nothing; who leads all of it leads it."""
    with on("2026-03-02"):
        for code in ("15061", "15085"):
            heir = calling("officer", unit_code=code, subject="heir")
            assert path.rpartition("/")[2] in [each["id"] for each in (await read(heir, "/v1/campaigns"))["items"]]
            campaign = await read(heir, path)
            assert (campaign["unit_code"], campaign["unit_name"]) == ("389", "Huyện Ngọc Lặc")
            assert [each["status"] for each in campaign["steps"]] == ["done"] * 8
            for part in (
                "tasks",
                "filings",
                "communications",
                "models",
                "nominations",
                "official-signatures",
                "sessions",
            ):
                assert "items" in await read(heir, f"{path}/{part}")
            today = await read(heir, f"{path}/ranking")
            assert today["categories"] == of_2024["categories"]
            assert [(each["unit_code"], each["unit_name"]) for each in today["items"]] == list(COMMUNES.items())
            assert [each["parts"]["filing_plan"] for each in today["items"]] == [1.0, 0.5, 0.0]
            assert [each["parts"]["portal_account"] for each in today["items"]] == [0.6667, 0.5, 0.0]
            assert (await heir.patch(path, json={"title": "Khác"})).status_code == 403
            assert (await heir.patch(f"{path}/steps/8", json={"status": "planned"})).status_code == 403
        stranger = calling("officer", unit_code="15724")
        assert (await stranger.get(path)).status_code == 404
        assert (await read(stranger, "/v1/campaigns"))["items"] == []
        province = calling("officer", unit_code="38")
        assert (await send(province, "PATCH", path, {"title": "Đã kết thúc"}, 200))["title"] == "Đã kết thúc"
