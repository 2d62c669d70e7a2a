from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from chassis.clock import frozen_at
from chassis.storage.database import Session

from .conftest import PURPOSE, a_resident

DETECTED = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def a_breach(**changes: Any) -> dict[str, Any]:
    return {
        "detected_at": DETECTED.isoformat(), "kinds": ["phone", "full_name"], "residents": 12, "may_harm": True,
        "account": "Danh sách của Nguyễn Văn Lộ gửi nhầm địa chỉ",
    } | changes  # fmt: skip


async def test_a_breach_has_72_hours_until_the_authority_is_notified(calling: Any, session: Session) -> None:
    officer, operator = calling("officer", unit_code="15724"), calling("operator")

    made = await officer.post("/v1/data-breaches", json=a_breach())
    path = made.headers["Location"]
    with frozen_at(DETECTED + timedelta(hours=71)):
        in_time = (await calling("auditor", unit_code="38").get(path)).json()
    with frozen_at(DETECTED + timedelta(hours=73)):
        late = (await calling("operator").get("/v1/data-breaches")).json()["items"]
    notified = {"notified_at": (DETECTED + timedelta(hours=70)).isoformat(), "reference": "A05-1"}
    before = {"notified_at": (DETECTED - timedelta(hours=1)).isoformat(), "reference": "A05-1"}
    wrong = await operator.post(f"{path}/notification", json=before)
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "before-start")
    stopped = await operator.post(f"{path}/notification", json=notified)

    assert made.status_code == 201, made.text
    assert in_time["notify_by"] == "2026-11-05T15:00:00+07:00"
    assert (in_time["is_overdue"], [one["is_overdue"] for one in late]) == (False, [True])
    assert (stopped.json()["is_overdue"], stopped.json()["reference"]) == (False, "A05-1")
    assert (await operator.post(f"{path}/notification", json=notified)).status_code == 409
    assert (await officer.get(path)).status_code == 403
    [kept] = (await session.execute(text("SELECT row_to_json(b)::text FROM data_breach AS b"))).scalars()
    assert "Nguyễn" not in kept


async def test_a_breach_without_harm_has_no_time_limit_and_wrong_entries_are_refused(
    calling: Any,
) -> None:
    operator = calling("operator")

    harmless = (await operator.post("/v1/data-breaches", json=a_breach(may_harm=False))).json()
    future = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    wrong = await operator.post(
        "/v1/data-breaches", json=a_breach(detected_at=future, kinds=[], residents=-1, account="x")
    )

    assert (harmless["notify_by"], harmless["is_overdue"]) == (None, False)
    assert {e["pointer"] for e in wrong.json()["errors"]} == {"/detected_at", "/kinds", "/residents", "/account"}


async def test_officers_see_what_they_have_to_answer_first(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    own, officer = calling("resident", resident_id=view["id"]), calling("officer", unit_code="15724")
    path = f"/v1/residents/{view['id']}/corrections"
    soon = (await own.post(path, json={"field": "sex", "value": "female"})).json()
    await own.post(path, json={"kind": "erasure"})

    near = (await officer.get(f"/v1/corrections?due_by={soon['due_on']}", headers=PURPOSE)).json()["items"]
    everything = (await officer.get("/v1/corrections", headers=PURPOSE)).json()["items"]

    assert [one["id"] for one in near] == [soon["id"]]
    assert len(everything) == 2
    assert (await officer.get("/v1/corrections?due_by=never", headers=PURPOSE)).status_code == 400
