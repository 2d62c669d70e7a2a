"""Faults of the portal, the app and the network: dealt with, and in time."""

from datetime import datetime, timedelta

from casework.commands.incidents import escalate_incidents
from chassis.clock import frozen_at, now
from contracts.casework import IncidentChanged, IncidentReported

MONDAY = datetime.fromisoformat("2026-11-23T15:00:00+07:00")


async def test_an_incident_is_reported_assigned_resolved_and_reopened(binh, officer, calling, world):
    created = await officer.post(
        "/v1/incidents", json={"system": "portal", "title": "Không đăng nhập được", "severity": "high"}
    )
    incident = created.json()
    actions = f"/v1/incidents/{incident['id']}/actions"

    assert (created.status_code, incident["unit_code"], incident["status"]) == (201, "15724", "open")
    assigned = (await officer.post(actions, json={"action": "assign", "assignee": "office-it"})).json()
    resolved = (await officer.post(actions, json={"action": "resolve", "resolution": "Đã khởi động lại"})).json()
    refused = await officer.post(actions, json={"action": "resolve"})
    reopened = (await officer.post(actions, json={"action": "reopen"})).json()

    assert (assigned["assignee"], resolved["status"], resolved["resolved_at"] is not None) == (
        "office-it",
        "resolved",
        True,
    )
    assert (refused.status_code, refused.json()["legal"]) == (409, ["reopen"])
    assert (reopened["status"], reopened["resolution"]) == ("open", None)
    mine = await binh.post("/v1/incidents", json={"system": "app", "unit_code": "15724"})
    assert mine.status_code == 201
    assert len((await officer.get("/v1/incidents", params={"system": "app"})).json()["items"]) == 1
    assert (await calling("officer", unit_code="15061").get("/v1/incidents")).json()["items"] == []
    assert (await binh.get("/v1/incidents")).json()["items"] == [mine.json()]
    assert (await binh.post("/v1/incidents", json={"system": "fax"})).status_code == 422
    tomorrow = (now() + timedelta(days=1)).isoformat()
    ahead = await officer.post("/v1/incidents", json={"system": "app", "occurred_at": tomorrow})
    assert (ahead.status_code, ahead.json()["errors"][0]["code"]) == (422, "in-the-future")


async def act(client, incident, action, **more):
    return (await client.post(f"/v1/incidents/{incident['id']}/actions", json={"action": action, **more})).json()


async def report(client, **more):
    return (
        await client.post("/v1/incidents", json={"system": "portal", "title": "Không đăng nhập được"} | more)
    ).json()


async def test_a_fault_is_due_by_its_severity_in_working_time(officer, world):
    with frozen_at(MONDAY):
        due = {severity: (await report(officer, severity=severity))["due_at"] for severity in ("high", "normal", "low")}

    assert due == {
        "high": "2026-11-25T09:30:00+07:00",  # two hours on Monday, the 24th is a holiday, two on Wednesday
        "normal": "2026-11-26T17:00:00+07:00",
        "low": "2026-12-01T17:00:00+07:00",
    }


async def test_a_late_incident_is_escalated_once_and_its_clock_restarts_when_it_is_reopened(
    binh, officer, world, database, published
):
    with frozen_at(MONDAY):
        incident = await report(binh, severity="high")

    async def escalate(moment):
        with frozen_at(datetime.fromisoformat(moment)):
            async with database.transaction() as session:
                return await escalate_incidents(session)

    assert await escalate("2026-11-25T09:30:00+07:00") == 0
    assert await escalate("2026-11-25T09:31:00+07:00") == 1
    assert await escalate("2026-11-25T09:32:00+07:00") == 0
    with frozen_at(datetime.fromisoformat("2026-11-25T10:00:00+07:00")):
        late = (await officer.get("/v1/incidents", params={"overdue": True})).json()["items"]
        resolved = await act(officer, incident, "resolve", resolution="Khởi động lại")
        nothing_late = (await officer.get("/v1/incidents", params={"overdue": True})).json()["items"]
        back = await act(officer, incident, "reopen")

    assert [(item["id"], item["is_overdue"], item["escalation"]) for item in late] == [(incident["id"], True, 1)]
    assert (resolved["is_on_time"], nothing_late) == (False, [])
    assert (back["due_at"], back["escalation"], back["is_on_time"]) == ("2026-11-25T15:30:00+07:00", 0, None)
    reported, *changes = await published(IncidentReported, IncidentChanged)
    assert (reported.reporter_id, reported.system) == (world.binh, "portal")
    assert [(event.status, event.escalation, event.is_on_time) for event in changes] == [
        ("open", 1, None), ("resolved", 1, False), ("open", 0, None),
    ]  # fmt: skip
    assert "đăng nhập" not in reported.model_dump_json()


async def test_an_organization_reports_in_its_own_commune(calling, world):
    shop = calling("organization", organization_id=world.shop)

    assert (await report(shop, system="network"))["unit_code"] == "15724"
