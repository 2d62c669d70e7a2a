"""Random actions over HTTP: every answer is one of the table."""

import random

import pytest

from casework.calendar import load_calendar
from casework.model.lifecycle import SECOND_OFFICER, TRANSITIONS, Action, Actor, Status, legal_actions
from chassis.clock import today
from province import get_pack

DOABLE = [action.value for action in Action if action not in (Action.SUBMIT, Action.PAY, *SECOND_OFFICER)]
LATER = load_calendar(get_pack().calendar).add_working_days(today(), 2).isoformat()
MORE = {
    "transfer": {"unit_code": "15724"}, "extend": {"due_on": LATER, "note": "Xin lỗi"},
    "return_result": {"hand_over": "in_person"},
}  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_random_actions_never_leave_the_table(binh, officer, world, seed):
    chance = random.Random(seed)
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    path = f"/v1/dossiers/{opened['id']}"
    await binh.patch(path, json={"fields": {"extract_kind": "birth"}})
    now = (await binh.post(f"{path}/submit")).json()
    for _ in range(25):
        who, actor = chance.choice([(binh, Actor.APPLICANT), (officer, Actor.OFFICER)])
        wanted = chance.choice(DOABLE)
        legal = {
            action.value
            for action in legal_actions(Status(now["status"]), actor, received=now["received_at"] is not None)
        }

        answer = await who.post(f"{path}/actions", json={"action": wanted, "note": "Lý do", **MORE.get(wanted, {})})

        if answer.status_code == 409 and answer.json()["type"] == "/problems/illegal-action":
            assert wanted not in legal
            assert set(answer.json()["legal"]) == legal
        elif answer.status_code != 200:
            assert answer.status_code in (403, 409)  # never theirs; or no more extensions
        else:
            after = answer.json()
            assert (now["status"], wanted, after["status"]) in {
                (row.status, row.action, row.next) for row in TRANSITIONS
            }
            now = after
