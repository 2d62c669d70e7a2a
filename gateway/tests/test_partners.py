import json
from base64 import urlsafe_b64decode as b64decode
from types import SimpleNamespace
from typing import Any, get_args
from urllib.parse import parse_qsl

import httpx
import pytest
from sqlmodel import select

from chassis.storage.database import Database
from chassis.web.service_client import ServiceCallFailed
from contracts.gateway import PartnerChanged
from contracts.services import EVERY_PROCESS
from gateway.commands.development import PARTNERS, ensure_development_partners
from gateway.model import AdministrativeAct
from gateway.routes.platform import ServiceName

PARTNER = {"id": "bank-a", "name": "Ngân hàng A", "kind": "bank", "contact": "api@bank-a.example"}
AGREEMENT = {
    "number": "12/TT",
    "signed_on": "2026-01-01",
    "unit_code": "15724",
    "scope": ["payment_account", "qr"],
    "valid_from": "2026-01-01",
    "valid_to": "2027-12-31",
}


async def test_an_operator_registers_a_partner_that_may_send_what_its_kind_sends(
    client: httpx.AsyncClient, sign_in: Any, published: Any
) -> None:
    operator = await sign_in("operator")

    answer = await client.post("/v1/partners", json=PARTNER, headers=operator)

    assert answer.status_code == 201
    assert answer.headers["Location"] == "/v1/partners/bank-a"
    assert "payment_account.opened" in answer.json()["allowed_types"]
    assert "vneid.issued" not in answer.json()["allowed_types"]
    assert (await client.get("/v1/partners/bank-a", headers=operator)).json() == answer.json()
    assert (await client.post("/v1/partners", json=PARTNER, headers=operator)).status_code == 409
    changes = [event for event in await published(PartnerChanged) if event.partner_id == "bank-a"]
    assert [(event.version, event.active) for event in changes] == [(1, True)]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"id": "Bank A"}, "/id"),
        ({"id": "-"}, "/id"),
        ({"kind": "church"}, "/kind"),
        ({"allowed_types": ["nothing.happened"]}, "/allowed_types/0"),
        ({"dialect": "morse"}, "/dialect"),
        ({"addresses": ["300.0.0.1"]}, "/addresses/0"),
        ({"messages_per_minute": 0}, "/messages_per_minute"),
    ],
)
async def test_a_wrong_field_is_named(client: httpx.AsyncClient, sign_in: Any, change: Any, pointer: str) -> None:
    answer = await client.post("/v1/partners", json=PARTNER | change, headers=await sign_in("operator"))

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_change_honours_the_version_it_was_made_on(client: httpx.AsyncClient, sign_in: Any) -> None:
    operator = await sign_in("operator")
    made = await client.post("/v1/partners", json=PARTNER, headers=operator)
    tag = made.headers["ETag"]

    first = await client.patch("/v1/partners/bank-a", json={"name": "B"}, headers=operator | {"If-Match": tag})
    stale = await client.patch("/v1/partners/bank-a", json={"name": "C"}, headers=operator | {"If-Match": tag})

    assert (first.status_code, first.json()["name"], stale.status_code) == (200, "B", 412)
    assert first.headers["ETag"] != tag


async def test_a_secret_is_shown_once(client: httpx.AsyncClient, sign_in: Any) -> None:
    operator = await sign_in("operator")
    await client.post("/v1/partners", json=PARTNER, headers=operator)

    made = await client.post("/v1/partners/bank-a/secrets", json={}, headers=operator)
    listed = await client.get("/v1/partners/bank-a/secrets", headers=operator)

    assert made.json()["secret"].startswith("whsec_")
    assert made.json()["secret"] not in listed.text
    assert listed.json()["items"][0]["hint"] == made.json()["secret"][-4:]
    wrong = await client.post("/v1/partners/bank-a/secrets", json={"secret": "not a secret at all"}, headers=operator)
    assert wrong.status_code == 422


async def test_agreements_and_licences_are_announced(client: httpx.AsyncClient, sign_in: Any, published: Any) -> None:
    operator = await sign_in("operator")
    await client.post("/v1/partners", json=PARTNER, headers=operator)
    licence = {"kind": "cyber_protection", "number": "1", "issuer": "A", "valid_from": "2026-01-01"}

    agreement = await client.post("/v1/partners/bank-a/agreements", json=AGREEMENT, headers=operator)
    licences = await client.post("/v1/partners/bank-a/licences", json=[licence], headers=operator)
    again = await client.post("/v1/partners/bank-a/agreements", json=AGREEMENT, headers=operator)
    backwards = AGREEMENT | {"number": "2", "valid_to": "2025-01-01"}

    assert (agreement.status_code, licences.status_code, again.status_code) == (201, 201, 409)
    assert (await client.post("/v1/partners/bank-a/agreements", json=backwards, headers=operator)).status_code == 422
    event = [one for one in await published(PartnerChanged) if one.partner_id == "bank-a"][-1]
    assert [one.unit_code for one in event.agreements] == ["15724"]
    assert [one.kind for one in event.licences] == ["cyber_protection"]
    shown = await client.get("/v1/partners/bank-a/agreements", headers=operator)
    assert shown.json()["items"][0]["scope"] == ["payment_account", "qr"]


async def test_an_agreement_and_a_licence_are_ended_and_corrected(
    client: httpx.AsyncClient, sign_in: Any, published: Any
) -> None:
    operator = await sign_in("operator")
    await client.post("/v1/partners", json=PARTNER, headers=operator)
    licence = {"kind": "cyber_protection", "number": "1", "issuer": "A", "valid_from": "2026-01-01"}
    made = (await client.post("/v1/partners/bank-a/agreements", json=AGREEMENT, headers=operator)).json()
    held = (await client.post("/v1/partners/bank-a/licences", json=licence, headers=operator)).json()["items"][0]
    agreement, one = f"/v1/partners/bank-a/agreements/{made['id']}", f"/v1/partners/bank-a/licences/{held['id']}"

    ended = await client.patch(agreement, json={"valid_to": "2026-06-30", "scope": ["qr"]}, headers=operator)
    expired = await client.patch(one, json={"valid_to": "2026-03-31"}, headers=operator)

    assert (ended.json()["valid_to"], ended.json()["scope"], expired.json()["valid_to"]) == (
        "2026-06-30", ["qr"], "2026-03-31",
    )  # fmt: skip
    event = [each for each in await published(PartnerChanged) if each.partner_id == "bank-a"][-1]
    assert [str(each.valid_to) for each in (*event.agreements, *event.licences)] == ["2026-06-30", "2026-03-31"]
    assert (await client.patch(one, json={"valid_to": None}, headers=operator)).json()["valid_to"] is None
    backwards = await client.patch(agreement, json={"valid_to": "2020-01-01"}, headers=operator)
    assert backwards.json()["errors"][0]["code"] == "before-start"
    elsewhere = agreement.replace("bank-a", "demo-bank")
    assert (await client.patch(elsewhere, json={"valid_to": None}, headers=operator)).status_code == 404
    officer = await sign_in("officer", unit_code="15724")
    assert (await client.patch(agreement, json={"valid_to": None}, headers=officer)).status_code == 403


async def test_only_operators_change_partners_and_residents_see_none(client: httpx.AsyncClient, sign_in: Any) -> None:
    officer = await sign_in("officer", unit_code="15724")
    resident = await sign_in("resident", resident_id="01890000-0000-7000-8000-000000000001")
    bank = await sign_in("partner", partner_id="demo-bank")

    assert (await client.get("/v1/partners", headers=officer)).status_code == 200
    assert (await client.post("/v1/partners", json=PARTNER, headers=officer)).status_code == 403
    assert (await client.get("/v1/partners", headers=resident)).status_code == 403
    own = await client.get("/v1/partners", headers=bank)
    assert [partner["id"] for partner in own.json()["items"]] == ["demo-bank"]
    assert (await client.get("/v1/partners/demo-wallet", headers=bank)).status_code == 404
    assert (await client.get("/v1/partners/demo-bank/secrets", headers=officer)).status_code == 403


async def test_the_list_goes_page_by_page(client: httpx.AsyncClient, sign_in: Any) -> None:
    operator = await sign_in("operator")
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await client.get(f"/v1/partners?limit=2{cursor}", headers=operator)).json()
        seen += [partner["id"] for partner in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == sorted(partner.id for partner in PARTNERS)


async def test_setting_up_the_development_partners_twice_changes_nothing(
    client: httpx.AsyncClient, database: Database, published: Any
) -> None:
    before = await published(PartnerChanged)
    async with database.transaction() as session:
        await ensure_development_partners(session)

    assert len(before) == len(PARTNERS)
    assert await published(PartnerChanged) == before


async def test_every_administrative_act_is_kept(client: httpx.AsyncClient, sign_in: Any, database: Database) -> None:
    operator = await sign_in("operator", subject="op-1")
    await client.post("/v1/partners", json=PARTNER, headers=operator)
    await client.post("/v1/partners/bank-a/secrets", json={}, headers=operator)
    await client.patch("/v1/partners/bank-a", json={"status": "retired"}, headers=operator)

    async with database.reading() as session:
        acts = list(await session.exec(select(AdministrativeAct)))
    assert [(act.actor, act.act, act.target) for act in acts] == [
        ("op-1", "partner.registered", "partner bank-a"),
        ("op-1", "partner.secret_added", "partner bank-a"),
        ("op-1", "partner.changed", "partner bank-a"),
    ]
    shown = await client.get("/v1/administrative-acts", params={"actor": "op-1", "limit": 2}, headers=operator)
    assert [act["act"] for act in shown.json()["items"]] == ["partner.registered", "partner.secret_added"]
    rest = await client.get("/v1/administrative-acts", params={"cursor": shown.json()["next_cursor"]}, headers=operator)
    assert [act["act"] for act in rest.json()["items"]] == ["partner.changed"]
    assert (
        await client.get("/v1/administrative-acts", headers=await sign_in("officer", unit_code="15724"))
    ).status_code == 403


ACTS: dict[str, dict[str, Any]] = {
    "POST /v1/partners": PARTNER | {"id": "bank-b"},
    "PATCH /v1/partners/{partner_id}": {"contact": "b@bank-b.example"},
    "POST /v1/partners/{partner_id}/secrets": {},
    "POST /v1/partners/{partner_id}/agreements": AGREEMENT,
    "POST /v1/partners/{partner_id}/licences": {"kind": "x", "number": "1", "issuer": "y", "valid_from": "2026-01-01"},
    "PATCH /v1/partners/{partner_id}/agreements/{agreement_id}": {"valid_to": None},
    "PATCH /v1/partners/{partner_id}/licences/{licence_id}": {"valid_to": None},
    "POST /v1/partners/{partner_id}/deliveries/{delivery_id}/process-again": {},
    "POST /v1/dead-letters/{dead_letter_id}/replay": {},
    "DELETE /v1/dead-letters/{dead_letter_id}?reason=khong-ap-dung-duoc": {},
}
"""A body for everything that an operator can do in the gateway; the test below takes the list from the API document."""


async def test_whatever_an_operator_does_leaves_one_act(
    client: httpx.AsyncClient,
    sign_in: Any,
    asgi_app: Any,
    database: Database,
    signed: Any,
    opening: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths = asgi_app.inner.openapi()["paths"]
    deeds = [
        f"{method.upper()} {path}"
        for path, item in paths.items()
        for method, operation in item.items()
        if method != "get" and "operator" in operation["x-audience"]
    ]
    assert sorted(deeds) == sorted(deed.partition("?")[0] for deed in ACTS), "a new deed of operators needs its act"
    operator = await sign_in("operator", subject="op-2")
    await client.post("/webhooks/demo-bank", **signed("demo-bank", opening()))
    listed = await client.get("/v1/partners/demo-bank/deliveries", headers=operator)
    replayed = []

    async def replay(dead_letter_id: Any) -> int:
        replayed.append(str(dead_letter_id))
        return 1

    runtime = asgi_app.inner.state.runtime
    monkeypatch.setattr(runtime, "consumer", SimpleNamespace(replay=replay, discard=replay))
    monkeypatch.setattr(runtime.service_client, "call", no_service_has_it)
    ids = {"partner_id": "demo-bank", "delivery_id": listed.json()["items"][0]["id"], "dead_letter_id": DEAD_LETTER_ID}
    other, held = await sign_in("operator", subject="op-1"), "/v1/partners/demo-bank"
    licence = {"kind": "y", "number": "2", "issuer": "y", "valid_from": "2026-01-01"}
    made = await client.post(f"{held}/agreements", json=AGREEMENT | {"number": "13/TT"}, headers=other)
    licensed = await client.post(f"{held}/licences", json=licence, headers=other)
    ids |= {"agreement_id": made.json()["id"], "licence_id": licensed.json()["items"][0]["id"]}
    for deed, body in ACTS.items():
        method, path = deed.split()
        answer = await client.request(method, path.format(**ids), json=body, headers=operator)
        assert answer.is_success, (deed, answer.text)

    async with database.reading() as session:
        acts = list(await session.exec(select(AdministrativeAct).where(AdministrativeAct.actor == "op-2")))
    assert len(acts) == len({act.act for act in acts}) == len(ACTS)
    assert all(act.role == "operator" and act.target for act in acts)
    assert [act.detail for act in acts if act.act == "dead_letter.discarded"] == ["khong-ap-dung-duoc"]
    assert replayed == [DEAD_LETTER_ID, DEAD_LETTER_ID]


DEAD_LETTER_ID = "01890000-0000-7000-8000-000000000001"


async def no_service_has_it(service: str, *_: Any, **__: Any) -> Any:
    raise ServiceCallFailed(service, 404)


async def test_the_service_gives_the_reason_why_a_dead_letter_stays(
    client: httpx.AsyncClient, sign_in: Any, asgi_app: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def onboarding_has_it(service: str, *_: Any, **__: Any) -> Any:
        problem = {
            "type": "/problems/dead-letter-stays",
            "id": DEAD_LETTER_ID,
            "reason": "StepCompleted does not parse: step",
        }
        raise ServiceCallFailed(service, 409, problem) if service == "onboarding" else ServiceCallFailed(service, 404)

    monkeypatch.setattr(asgi_app.inner.state.runtime.service_client, "call", onboarding_has_it)
    operator = await sign_in("operator")

    refused = await client.post(f"/v1/dead-letters/{DEAD_LETTER_ID}/replay", headers=operator)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/dead-letter-stays")
    assert (refused.json()["id"], refused.json()["reason"]) == (DEAD_LETTER_ID, "StepCompleted does not parse: step")
    assert (await client.delete(f"/v1/dead-letters/{DEAD_LETTER_ID}", headers=operator)).status_code == 400, (
        "why, please"
    )
    async with database.reading() as session:
        assert not list(await session.exec(select(AdministrativeAct)))


async def test_settings_show_no_secret(client: httpx.AsyncClient, sign_in: Any) -> None:
    answer = await client.get("/v1/settings", headers=await sign_in("operator"))

    assert answer.json()["settings"]["environment"] == "development"
    assert not any(word in answer.text.lower() for word in ("password", "pii", "postgresql", "secret"))


async def test_dead_letters_name_services_that_do_not_respond(client: httpx.AsyncClient, sign_in: Any) -> None:
    operator = await sign_in("operator")

    answer = await client.get("/v1/dead-letters", headers=operator)

    assert answer.json()["items"] == []
    assert set(answer.json()["unanswered"]) == {
        "registry",
        "onboarding",
        "payments-qr",
        "casework",
        "reporting",
        "notifications",
    }
    path = "/v1/dead-letters/01890000-0000-7000-8000-000000000001/replay"
    assert (await client.post(path, headers=operator)).status_code == 503


@pytest.fixture
async def behind(asgi_app: Any, serve: Any) -> dict[str, list[str]]:
    """A service behind the gateway that has these dead letters (their ids), a page at a time."""
    dead_letters = {"registry": [f"01890000-0000-7000-8000-00000000000{n}" for n in (1, 3, 5)],
               "casework": [f"01890000-0000-7000-8000-00000000000{n}" for n in (2, 4)]}  # fmt: skip

    async def app(scope: Any, receive: Any, send: Any) -> None:
        service, query = scope["path"].split("/")[1], dict(parse_qsl(scope["query_string"].decode()))
        after = json.loads(b64decode(query["cursor"] + "==="))[0] if "cursor" in query else ""
        left = [one for one in dead_letters[service] if one > after]
        shown = left[: int(query["limit"])]
        common = {"topic": "t", "key": "k", "type": "x", "event_id": shown[0] if shown else "", "state": "dead",
                  "reason": "r", "died_at": "2026-01-01T00:00:00Z"}  # fmt: skip
        body = {
            "items": [common | {"id": one} for one in shown],
            "next_cursor": "more" if len(left) > len(shown) else None,
        }
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    url = await serve(app)
    service_client = asgi_app.inner.state.runtime.service_client
    for service in dead_letters:
        service_client.urls[service] = f"{url}/{service}"
    return dead_letters


async def test_dead_letters_of_all_services_are_one_list_page_by_page(
    client: httpx.AsyncClient, sign_in: Any, behind: dict[str, list[str]]
) -> None:
    operator, seen, cursor = await sign_in("operator"), [], None
    for _ in range(3):
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/dead-letters", params=asked, headers=operator)).json()
        seen.append([item["id"] for item in page["items"]])
        cursor = page["next_cursor"]

    assert [len(page) for page in seen] == [2, 2, 1]
    assert [one for page in seen for one in page] == sorted(one for ids in behind.values() for one in ids)
    assert cursor is None


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b'{"id": "bank-b", "name": "B", "messages_per_minute": NaN}', "/", "json"),
        (b'{"id": "bank-b", "name": "B", "messages_per_minute": -Infinity}', "/", "json"),
        (b'{"id": "bank-b", "name": "B", "adress": "x"}', "/adress", "unknown-field"),
        (b'{"id": "bank-b", "name": "B", "messages_per_minute": "5"}', "/messages_per_minute", "int-type"),
    ],
)
async def test_bodies_are_strict_json(
    client: httpx.AsyncClient, sign_in: Any, body: bytes, pointer: str, code: str
) -> None:
    headers = await sign_in("operator") | {"Content-Type": "application/json"}

    answer = await client.post("/v1/partners", content=body, headers=headers)

    assert answer.status_code == 422
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)


async def test_null_clears_only_what_may_be_empty(client: httpx.AsyncClient, sign_in: Any) -> None:
    operator = await sign_in("operator")

    refused = await client.patch("/v1/partners/demo-bank", json={"name": None, "scopes": None}, headers=operator)
    cleared = await client.patch("/v1/partners/demo-bank", json={"contact": None}, headers=operator)

    assert refused.status_code == 422
    assert {one["code"] for one in refused.json()["errors"]} == {"not-nullable"}
    assert (cleared.status_code, cleared.json()["contact"]) == (200, None)


def test_dead_letters_of_every_process_can_be_asked_for_by_name() -> None:
    assert get_args(ServiceName) == EVERY_PROCESS
