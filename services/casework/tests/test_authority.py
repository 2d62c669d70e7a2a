"""Naming a person or a unit opens nothing: who sees a dossier, whose values it shows, who decides."""

import pytest

from casework.queries import dossiers as queries
from casework.queries.slips import get_slip
from chassis.security.identity import Caller
from contracts.access import AccessRecorded
from contracts.casework import DeathRegistered
from contracts.registry import ResidentMoved

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SECRET = {
    "full_name": "Người Bí Mật", "date_of_birth": "1977-07-07", "permanent_address": "Ngõ Bí Mật",
    "address_line": "Ngõ Bí Mật", "ethnic_group": "Dân tộc Bí Mật", "personal_id": "038177000077",
}  # fmt: skip
DEATH = {"relation": "spouse", "died_on": "2026-11-18", "died_at_place": "Tại nhà"}
ON_ONES_OWN = ["2.000635", "1.004873", "1.010041", "1.001612", "2.000908"]
ABOUT_ANOTHER = ["1.000656", "1.001731", "1.014028", "1.000894"]


@pytest.fixture
def secret(world, registry):
    """Cường of the second village: a stranger to Bình, with values that are found wherever they appear."""
    registry.people[world.cuong] |= SECRET
    return world.cuong


@pytest.fixture
def neighbour(calling):
    client = calling("officer", unit_code="15061", subject="neighbour-1")
    client.headers["X-Purpose"] = "dossier"
    return client


def body(world, code, **more):
    return {"procedure_code": code, "resident_id": str(world.binh), **more}


def shows(answer):
    return [value for value in SECRET.values() if value in answer.text]


async def filed_death(client, subject, applicant):
    body = {"procedure_code": "1.000656", "resident_id": str(applicant), "subject_id": str(subject)}
    opened = await client.post("/v1/dossiers", json=body)
    assert opened.status_code == 201, opened.text
    path = f"/v1/dossiers/{opened.json()['id']}"
    await client.patch(path, json={"fields": DEATH})
    await client.post(f"{path}/attachments", files={"file": ("a.pdf", PDF)})
    answer = await client.post(f"{path}/submit")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("member", ["subject_id", "on_behalf_of"])
@pytest.mark.parametrize("code", [*ON_ONES_OWN, *ABOUT_ANOTHER])
async def test_a_resident_who_names_a_stranger_sees_none_of_their_values(binh, world, secret, code, member):
    opened = await binh.post("/v1/dossiers", json=body(world, code, **{member: str(secret)}))

    assert opened.status_code in (201, 422)
    assert shows(opened) == []
    if opened.status_code == 201:
        path = f"/v1/dossiers/{opened.json()['id']}"
        for again in (
            await binh.get(path),
            await binh.post(f"{path}/prefill"),
            await binh.patch(path, json={"fields": {}}),
        ):
            assert again.status_code == 200
            assert shows(again) == []


@pytest.mark.parametrize("member", ["subject_id", "on_behalf_of"])
async def test_an_organization_that_names_a_stranger_sees_none_of_their_values(calling, world, secret, member):
    shop = calling("organization", organization_id=world.shop)
    for code in ("1.000656", "1.001731", "2.000635", "2.000908"):
        named = {"procedure_code": code, "organization_id": str(world.shop), member: str(secret)}

        assert shows(await shop.post("/v1/dossiers", json=named)) == []


async def test_values_of_the_subject_are_shown_to_officers_of_the_subjects_unit_only(
    binh, officer, neighbour, world, secret, published, database
):
    dossier = await filed_death(binh, secret, world.binh)
    path = f"/v1/dossiers/{dossier['id']}"

    assert shows(await officer.get(path))
    assert shows(await binh.get(path)) == []
    assert (await neighbour.get(path)).status_code == 404
    assert (await neighbour.get(f"{path}/slip.pdf")).status_code == 404
    rows = [(row.actor, row.resident_id, bool(row.fields)) for row in await published(AccessRecorded)]
    assert ("officer-1", secret, True) in rows
    assert not any(shown for actor, person, shown in rows if (actor, person) == ("binh", secret))
    for caller, name in (
        (Caller("resident", "binh", resident_id=world.binh), ""),
        (Caller("officer", "officer-1", unit_code="15724"), SECRET["full_name"]),
    ):
        async with database.reading() as session:
            opened = await queries.get_dossier(session, caller, dossier["id"])
            slip = await get_slip(session, opened.dossier, sees_subject=opened.sees_subject)
        assert slip.subject == name


async def test_at_the_desk_the_paper_is_recorded_and_the_applicant_does_not_read_the_subjects_values(
    binh, officer, world, secret
):
    named = body(world, "1.000656", subject_id=str(secret))
    paper = {"kind": "death_notification", "number": "12/GBT", "issued_on": "2026-11-18"}

    opened = (await officer.post("/v1/dossiers", json=named | {"paper": paper})).json()
    unnamed = (await officer.post("/v1/dossiers", json=named)).json()
    refused = await binh.post("/v1/dossiers", json=named | {"paper": paper})
    seen = await binh.get(f"/v1/dossiers/{opened['id']}")

    future = await officer.post("/v1/dossiers", json=named | {"paper": paper | {"issued_on": "2199-01-01"}})
    assert [error["code"] for error in future.json()["errors"]] == ["in-the-future"]
    assert opened["fields"]["subject_full_name"]["value"] == SECRET["full_name"]
    assert (opened["paper"], unnamed["paper"]) == (paper, None)
    assert (shows(seen), seen.json()["paper"]) == ([], None)
    assert seen.json()["fields"]["subject_full_name"]["withheld"] is True
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "officers-only")


@pytest.mark.parametrize("code", ["2.000635", "1.004873", "1.000656", "1.001731", "1.000894", "1.001193", "1.001776"])
async def test_a_foreign_unit_that_is_named_does_not_become_competent(binh, officer, world, code):
    subject = {"subject_id": str(world.lan)} if code in ("1.000656", "1.001731", "1.000894") else {}
    for client in (binh, officer):
        named = await client.post("/v1/dossiers", json=body(world, code, unit_code="15061", **subject))
        own = await client.post("/v1/dossiers", json=body(world, code, unit_code="15727-01", **subject))

        assert (named.status_code, named.json()["errors"][0]["code"]) == (422, "not-competent")
        assert (own.status_code, own.json()["unit_code"]) == (201, "15724")


async def test_what_an_applicant_attaches_opens_no_values_of_another_units_resident(binh, officer, world, registry):
    registry.people[world.an] |= SECRET
    opened = (await binh.post("/v1/dossiers", json=body(world, "1.000894", subject_id=str(world.an)))).json()
    path = f"/v1/dossiers/{opened['id']}"
    await binh.post(f"{path}/attachments", files={"file": ("a.pdf", PDF)})
    assert (await binh.post(f"{path}/submit")).status_code == 200

    before = await officer.get(path)
    await officer.post(f"{path}/actions", json={"action": "accept"})
    after = await officer.get(path)

    assert (shows(before), before.json()["fields"]["partner_full_name"]["withheld"]) == ([], True)
    assert SECRET["full_name"] in shows(after)


async def test_only_where_the_procedure_allows_it_the_applicant_names_the_commune_and_only_for_oneself(
    binh, neighbour, world
):
    oneself = await binh.post("/v1/dossiers", json=body(world, "1.004194", unit_code="15061"))
    another = await binh.post(
        "/v1/dossiers", json=body(world, "1.004194", unit_code="15061", subject_id=str(world.lan))
    )

    assert (oneself.status_code, oneself.json()["unit_code"]) == (201, "15061")
    assert (another.status_code, another.json()["errors"][0]["code"]) == (422, "not-competent")
    assert (await neighbour.get(f"/v1/dossiers/{oneself.json()['id']}")).status_code == 404  # a draft is not filed yet


async def test_the_unit_of_the_deceased_decides_and_the_desk_elsewhere_only_hands_in(
    officer, neighbour, world, registry, published
):
    registry.people[world.an] |= SECRET
    dossier = await filed_death(officer, world.an, world.binh)
    path = f"/v1/dossiers/{dossier['id']}"

    at_the_desk = await officer.get(path)
    assert (dossier["unit_code"], shows(at_the_desk)) == ("15061", [])
    assert at_the_desk.json()["legal_actions"] == ["withdraw"]
    for action in ("accept", "approve", "reject", "refuse", "transfer", "request_supplement"):
        assert (await officer.post(f"{path}/actions", json={"action": action, "note": "x"})).status_code == 403
    assert (await officer.post(f"{path}/results", files={"file": ("r.pdf", PDF)})).status_code == 403
    assert await published(DeathRegistered) == []
    assert shows(await neighbour.get(path))
    for action in ("accept", "approve"):
        assert (await neighbour.post(f"{path}/actions", json={"action": action})).status_code == 200
    assert [event.resident_id for event in await published(DeathRegistered)] == [world.an]


async def test_who_moved_away_is_transferred_to_the_new_unit_which_decides(
    binh, officer, neighbour, world, deliver, published
):
    dossier = await filed_death(binh, world.lan, world.binh)
    actions = f"/v1/dossiers/{dossier['id']}/actions"
    await officer.post(actions, json={"action": "accept"})
    await deliver(moved(world.lan, world.neighbour))

    refused = await officer.post(actions, json={"action": "approve"})
    sent = await officer.post(actions, json={"action": "transfer", "unit_code": "15061"})
    approved = await neighbour.post(actions, json={"action": "approve"})

    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-your-resident")
    assert (sent.json()["unit_code"], approved.status_code) == ("15061", 200)
    assert len(await published(DeathRegistered)) == 1


async def test_a_dossier_is_transferred_only_to_the_unit_that_decides(binh, officer, world):
    dossier = await filed_death(binh, world.lan, world.binh)

    answer = await officer.post(
        f"/v1/dossiers/{dossier['id']}/actions", json={"action": "transfer", "unit_code": "15061"}
    )

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not-competent")


async def test_a_resident_names_as_relative_only_whom_the_procedure_allows(binh, world, secret):
    for member in ("subject_id", "on_behalf_of"):
        answer = await binh.post("/v1/dossiers", json=body(world, "1.001776", **{member: str(secret)}))

        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{member}")


async def test_the_representative_finds_the_reading_of_an_organizations_form_in_the_access_log(
    calling, officer, world, published
):
    shop = calling("organization", organization_id=world.shop)
    named = {"procedure_code": "2.000908", "organization_id": str(world.shop)}
    opened = (await shop.post("/v1/dossiers", json=named)).json()

    await officer.get(f"/v1/dossiers/{opened['id']}")

    rows = [row for row in await published(AccessRecorded) if row.actor == "officer-1"]
    assert [(row.resident_id, "full_name" in row.fields) for row in rows] == [(world.binh, True)]


def moved(resident_id, unit_id):
    return ResidentMoved.model_validate(
        {
            "resident_id": resident_id, "version": 5, "unit_id": unit_id, "unit_code": "15061",
            "at": "2026-11-20T08:00:00+07:00", "birth_month": "1961-05", "sex": "male",
            "residence_status": "permanent", "from_unit_id": unit_id, "moved_on": "2026-11-20", "from_unit_code": "15727-01",
        }
    )  # fmt: skip
