"""The table of authority matches the routes, and every read of another person's data is recorded."""

from collections.abc import Awaitable, Callable
from typing import Any, get_args

import pytest
from sqlalchemy import text

from chassis.security.identity import Role
from chassis.storage.database import Database
from chassis.web.routing import TransactionalRoute
from registry.model.authority import AUTHORITY, PUBLIC, SECOND_PERSON, Relation
from registry.routes import ROUTERS

from .conftest import PURPOSE, a_resident
from .test_organizations import a_shop

ROUTES = {
    route.endpoint.__name__: route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, TransactionalRoute)
}


def test_every_operation_has_its_row_with_exactly_the_roles_of_its_route(capsys: pytest.CaptureFixture[str]) -> None:
    for operation, cells in AUTHORITY.items():
        for role, relations in cells.items():
            second = SECOND_PERSON.get(operation, "")
            print(f"{operation} | {role} | {', '.join(sorted(relations))} | {second}")  # noqa: T201  # the table, for its reader

    assert ROUTES.keys() - PUBLIC == AUTHORITY.keys(), "add the operation to AUTHORITY in registry/model/authority.py"
    for operation, cells in AUTHORITY.items():
        assert ROUTES[operation].audience == cells.keys(), operation
        assert cells.keys() <= set(get_args(Role))
        assert set().union(*cells.values()) <= set(get_args(Relation))
    assert SECOND_PERSON.keys() <= AUTHORITY.keys()
    assert len(capsys.readouterr().out.splitlines()) == sum(map(len, AUTHORITY.values()))


WITHOUT_RECORD = {
    "get_verified_phone": "the person's own number, for a message to that person: no person reads it, and the send is kept",
    "create_resident": "shows what the officer has stated",
    "create_consent": "shows what the officer has stated",
    "create_correction": "shows what the officer has stated",
    "delete_consent": "shows nothing",
    "create_organization": "shows what was stated", "list_organizations": "organizations, with ids of residents",
    "look_up_organization": "an organization, with the id of a resident",
    "get_organization": "an organization, with the id of a resident",
    "update_organization": "an organization, with the id of a resident",
    "list_representative_claims": "ids of residents", "confirm_representative": "an organization",
    "refuse_representative": "an organization",
    "dismiss_duplicate_candidate": "shows nothing", "undo_duplicate_dismissal": "shows nothing",
    "create_resident_import": "counts", "list_resident_imports": "counts", "get_resident_import": "counts",
    "list_import_rejections": "rows and codes, never a value",
    "list_import_warnings": "rows and codes; the names of a converted file are recorded by a test of their own",
    "list_actor_accesses": "accounts, ids and names of fields", "create_move": "an id",
    "decide_on_move": "units and days", "delete_move": "nothing",
    "reverse_move_request": "units and days", "list_move_requests": "units and days without a purpose, names with one",
    "get_move_request": "units and days without a purpose, names with one",
    "get_import_template": "villages", "undo_resident_import": "counts", "get_import_undo": "rows and ids",
    "resolve_unmatched_event": "ids", "list_undecided_residents": "ids",
    "link_account": "ids, for the gateway", "delete_own_link": "shows nothing", "delete_identity_link": "shows nothing",
    "reopen_identity_link": "an account, without a person's data",
    "create_registration": "shows what the person has stated", "list_registrations": "no resident yet",
    "get_registration": "no resident yet", "decide_on_registration": "no resident yet",
    "create_representative": "shows what was stated", "delete_representative": "shows nothing",
    "create_organization_representative": "shows what was stated",
    "list_organization_representatives": "its own test", "delete_organization_representative": "shows nothing",
    "get_representative": "walked as a list", "list_own_representations": "for residents alone",
    "create_unit_refresh": "counts", "list_unit_refreshes": "counts", "get_unit_refresh": "counts",
    "list_data_sources": "states", "create_unit_import": "counts",
    "list_unit_imports": "counts", "get_unit_import": "counts", "undo_unit_import": "counts", "get_unit_template": "titles",
    "verify_access_seals": "numbers of links",
    "list_key_rotations": "counts", "create_data_breach": "the register of breaches",
    "list_data_breaches": "the register of breaches", "get_data_breach": "the register of breaches",
    "record_breach_notification": "the register of breaches",
}  # fmt: skip
"""Operations whose answer holds no personal data of another person beyond what the caller has sent, and what it holds."""
NEED_NO_PURPOSE = {
    "list_access_log",
    "update_resident",
    "merge_resident",
    "undo_resident_merge",
    "decide_on_correction",
}
"""The log itself, and changes, whose purpose is a correction unless another one is sent."""

Request = Callable[[Any, dict[str, str]], Awaitable[Any]]


def requests_for(one: str, two: str, correction: str, consent: str) -> dict[str, Request]:
    """A request for every operation that shows another person's data, in an order that lets each succeed."""
    path = f"/v1/residents/{one}"
    return {
        "list_residents": lambda c, h: c.get("/v1/residents", headers=h),
        "get_resident": lambda c, h: c.get(path, headers=h),
        "look_up_resident": lambda c, h: c.post(
            "/v1/residents/lookup", json={"personal_id": "038085000001"}, headers=h
        ),
        "look_up_residents": lambda c, h: c.post(
            "/v1/residents/lookups", json={"personal_ids": ["038085000001"]}, headers=h
        ),
        "reveal_resident": lambda c, h: c.post(
            f"{path}/reveal", json={"fields": ["phone"], "reason": "thử"}, headers=h
        ),
        "list_resident_attributes": lambda c, h: c.get(f"{path}/facts", headers=h),
        "prefill_resident": lambda c, h: c.post(f"{path}/prefill", json={"fields": ["full_name"]}, headers=h),
        "prefill_for_service": lambda c, h: c.post(
            f"/internal/residents/{one}/prefill", json={"fields": ["full_name"]}, headers=h
        ),
        "refresh_resident": lambda c, h: c.post(f"{path}/refresh", headers=h),
        "list_duplicate_candidates": lambda c, h: c.get("/v1/duplicate-candidates?unit_code=15724", headers=h),
        "list_access_log": lambda c, h: c.get(f"{path}/access-log", headers=h),
        "list_consents": lambda c, h: c.get(f"{path}/consents", headers=h),
        "get_consent": lambda c, h: c.get(f"{path}/consents/{consent}", headers=h),
        "export_resident": lambda c, h: c.get(f"{path}/export", headers=h),
        "list_attribute_history": lambda c, h: c.get(f"{path}/facts/phone/history", headers=h),
        "list_resident_corrections": lambda c, h: c.get(f"{path}/corrections", headers=h),
        "list_corrections": lambda c, h: c.get("/v1/corrections", headers=h),
        "get_correction": lambda c, h: c.get(f"/v1/corrections/{correction}", headers=h),
        "list_resident_representatives": lambda c, h: c.get(f"{path}/representatives", headers=h),
        "list_identity_links": lambda c, h: c.get(f"{path}/links", headers=h),
        "decide_on_correction": lambda c, h: c.post(
            f"/v1/corrections/{correction}/decision", json={"decision": "refuse", "note": "đúng rồi"}, headers=h
        ),
        "update_resident": lambda c, h: c.patch(path, json={"has_smartphone": False}, headers=h),
        "list_unmatched_events": lambda c, h: c.get("/v1/unmatched-events", headers=h),
        "merge_resident": lambda c, h: c.post(f"{path}/merge", json={"duplicate_id": two}, headers=h),
        "undo_resident_merge": lambda c, h: c.delete(f"{path}/merge", headers=h),
    }


async def test_every_operation_that_shows_another_persons_data_demands_a_purpose_and_records_the_read(
    calling: Any, register: Any, deliver: Any, database: Database
) -> None:
    from .conftest import a_partner_event

    one = await register(a_resident(1, phone="0912345678", phone_owner_verified=False))
    two = await register(a_resident(2, phone="0912345678", phone_owner_verified=False))
    await deliver(a_partner_event("app.installed", {"resident": {"phone": "0912345678"}, "app": "province_app"}))
    own = calling("resident", resident_id=one["id"])
    correction = (await own.post(f"/v1/residents/{one['id']}/corrections", json={"kind": "erasure"})).json()["id"]
    grant = {"purpose": "prefill", "grantee": "demo-bank"}
    consent = (await own.post(f"/v1/residents/{one['id']}/consents", json=grant)).json()["id"]
    officer, service = calling("officer", unit_code="15724"), calling("service")
    walked = requests_for(one["id"], two["id"], correction, consent)

    assert walked.keys() | WITHOUT_RECORD.keys() == AUTHORITY.keys(), (
        "walk the operation or describe what its answer contains"
    )
    for operation, request in walked.items():
        client = service if operation == "look_up_residents" else officer
        if operation not in NEED_NO_PURPOSE:
            assert (await request(client, {})).status_code == 428, operation
        before = await accesses_of(database, one["id"])
        answer = await request(client, PURPOSE)
        assert answer.status_code == 200, (operation, answer.text)
        assert await accesses_of(database, one["id"]) > before, f"{operation} shows data and records no access"


async def accesses_of(database: Database, resident_id: str) -> int:
    async with database.reading() as session:
        found = await session.execute(
            text("SELECT count(*) FROM access_entry WHERE resident_id = :id"), {"id": resident_id}
        )
    return int(found.scalar_one())


async def test_an_empty_change_is_a_read_and_needs_a_purpose(calling: Any, register: Any, database: Database) -> None:
    view = await register(a_resident())
    officer, path = calling("officer", unit_code="15724"), f"/v1/residents/{view['id']}"

    assert (await officer.patch(path, json={})).status_code == 428
    assert (await officer.patch(path, json={}, headers=PURPOSE)).status_code == 200
    assert await accesses_of(database, view["id"]) == 1


async def test_callers_outside_the_unit_learn_nothing(calling: Any, register: Any) -> None:
    one, two = await register(a_resident(1)), await register(a_resident(2))
    own = calling("resident", resident_id=one["id"])
    correction = (await own.post(f"/v1/residents/{one['id']}/corrections", json={"kind": "erasure"})).json()["id"]
    grant = {"purpose": "prefill", "grantee": "demo-bank"}
    consent = (await own.post(f"/v1/residents/{one['id']}/consents", json=grant)).json()["id"]
    await calling("officer", unit_code="15724").post("/v1/organizations", json=a_shop())
    elsewhere = calling("officer", unit_code="15061")

    for operation, request in requests_for(one["id"], two["id"], correction, consent).items():
        answer = await request(elsewhere, PURPOSE)
        empty = answer.status_code == 200 and answer.json().get("items") == []
        assert empty or answer.status_code in (403, 404), (operation, answer.text)


async def test_a_pupil_of_a_team_reads_and_writes_no_personal_data(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    shop = (await calling("officer", unit_code="15724").post("/v1/organizations", json=a_shop())).json()
    pupil, path = calling("volunteer", unit_code="15727-01", body="school"), f"/v1/residents/{view['id']}"
    consent = {"purpose": "prefill", "grantee": "demo-bank", "evidence": {"kind": "paper"}}

    answers = [
        await pupil.get("/v1/residents", headers=PURPOSE),
        await pupil.get(path, headers=PURPOSE),
        await pupil.post("/v1/residents/lookup", json={"personal_id": "038085000001"}, headers=PURPOSE),
        await pupil.post("/v1/residents/lookup", json={"personal_id": "038085000009"}, headers=PURPOSE),
        await pupil.get(f"{path}/consents", headers=PURPOSE),
        await pupil.post(f"{path}/consents", json=consent),
        await pupil.get("/v1/organizations"),
        await pupil.get(f"/v1/organizations/{shop['id']}"),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert (await pupil.get("/v1/data-sources")).status_code == 200
