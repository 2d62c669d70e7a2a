"""Where a dossier goes: handed in anywhere, sent to the competent unit, and the deadline continues."""

from datetime import datetime

import yaml

from casework.settings import get_settings
from chassis.clock import frozen_at
from contracts.casework import DossierSubmitted
from contracts.registry import ResidentMoved
from province import get_pack

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+07:00")
DEATH = {"relation": "child", "died_on": "2026-11-18", "died_at_place": "Tại nhà"}


async def submitted_death(client, world, **more):
    body = {"procedure_code": "1.000656", "resident_id": str(world.binh), "subject_id": str(world.an), **more}
    opened = (await client.post("/v1/dossiers", json=body)).json()
    await client.patch(f"/v1/dossiers/{opened['id']}", json={"fields": DEATH})
    await client.post(f"/v1/dossiers/{opened['id']}/attachments", files={"file": ("a.pdf", PDF)})
    answer = await client.post(f"/v1/dossiers/{opened['id']}/submit")
    assert answer.status_code == 200, answer.text
    return answer.json()


def moves(dossier):
    return [(step["action"], step["role"], step["unit_code"]) for step in dossier["history"]]


async def test_a_death_is_registered_where_the_deceased_lived_wherever_it_is_handed_in(
    officer, calling, world, published
):
    dossier = await submitted_death(officer, world)
    neighbour = calling("officer", unit_code="15061")
    neighbour.headers["X-Purpose"] = "dossier"

    assert dossier["unit_code"] == "15061"
    seen = (await neighbour.get(f"/v1/dossiers/{dossier['id']}")).json()
    assert moves(seen) == [("submit", "officer", "15061"), ("transfer", "platform", "15061")]
    assert [item["id"] for item in (await neighbour.get("/v1/dossiers")).json()["items"]] == [dossier["id"]]
    assert (await officer.get(f"/v1/dossiers/{dossier['id']}")).status_code == 200
    assert [event.unit_code for event in await published(DossierSubmitted)] == ["15061"]


async def test_a_transfer_by_hand_keeps_the_promise_and_shows_who_has_it(officer, deliver, binh, world):
    with frozen_at(MONDAY):
        dossier = await submitted_death(officer, world, subject_id=str(world.lan))
        actions = f"/v1/dossiers/{dossier['id']}/actions"
        promised = (await officer.post(actions, json={"action": "accept"})).json()["due_at"]
    await deliver(
        ResidentMoved.model_validate(
            {
                "resident_id": world.lan, "version": 2, "unit_id": world.neighbour, "unit_code": "15061", "at": MONDAY,
                "birth_month": "1961-05", "sex": "male", "residence_status": "permanent", "moved_on": MONDAY.date(),
                "from_unit_id": world.village, "from_unit_code": "15727-01",
            }
        )
    )  # fmt: skip
    with frozen_at(datetime.fromisoformat("2026-11-23T14:00:00+07:00")):
        here = await officer.post(actions, json={"action": "transfer", "unit_code": dossier["unit_code"]})
        moved = (await officer.post(actions, json={"action": "transfer", "unit_code": "15061"})).json()

    assert here.status_code == 422
    assert (moved["unit_code"], moved["due_at"], moved["status"]) == ("15061", promised, "accepted")
    history = moves((await binh.get(f"/v1/dossiers/{dossier['id']}")).json())
    assert history[-2:] == [("accept", "officer", "15724"), ("transfer", "officer", "15061")]


async def test_what_the_province_settles_goes_to_the_province(binh, calling, world, tmp_path, monkeypatch):
    for file in get_pack().procedures.glob("*.yaml"):
        procedure = yaml.safe_load(file.read_text("utf-8"))
        if file.stem == "2.000635":
            procedure["versions"][0]["competent_level"] = "province"
        (tmp_path / file.name).write_text(yaml.safe_dump(procedure, allow_unicode=True), "utf-8")
    monkeypatch.setattr(get_settings(), "procedures_dir", tmp_path)

    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()

    assert opened["unit_code"] == "38"
    assert (await calling("officer", unit_code="15724").get("/v1/dossiers")).json()["items"] == []
