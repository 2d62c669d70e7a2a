"""A stranger with a script: no credential, the public documents, and time."""

import base64
import json
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from deploy.demo.api_client import partner_key, signed_headers, success
from tests.security.cast import COMMUNE, Caller, Cast, Person, Shop, disclosed


@pytest.fixture(scope="module")
def stranger(gateway_url: str) -> Iterator[Caller]:
    """From an address for itself where the platform is on this machine, because misses are counted by address."""
    local = "127.0.0.3" if httpx.URL(gateway_url).host == "127.0.0.1" else None
    with httpx.Client(base_url=gateway_url, timeout=60, transport=httpx.HTTPTransport(local_address=local)) as client:
        yield Caller(client, {})


def _unsigned(**claims: Any) -> str:
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


CLAIMS = {"role": "operator", "sub": "root", "aud": "bakhong", "iss": "bakhong-gateway", "exp": 4_000_000_000}
PRETENDED: dict[str, dict[str, str]] = {
    "a role in a header": {"X-Role": "operator", "X-Caller-Role": "operator", "X-User": "root"},
    "an internal token": {"X-Internal-Token": _unsigned(**CLAIMS), "X-Bakhong-Token": _unsigned(**CLAIMS)},
    "a token without signature": {"Authorization": f"Bearer {_unsigned(**CLAIMS)}"},
    "a word for a token": {"Authorization": "Bearer x"},
    "a basic password": {"Authorization": "Basic " + base64.b64encode(b"admin:admin").decode()},
    "an internal address": {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
    "another path": {"X-Original-URL": "/v1/units", "X-Rewrite-URL": "/v1/units"},
    "another method": {"X-HTTP-Method-Override": "GET", "X-Method-Override": "PUT"},
    "a stolen cookie": {"Cookie": "__Host-session=1; session=1"},
    "acting for another person": {"X-Acting-For": "01890000-0000-7000-8000-00000000beef"},
}


@pytest.mark.parametrize("headers", PRETENDED.values(), ids=PRETENDED)
def test_impersonates_no_one(cast: Cast, headers: dict[str, str], victim: Person, dossier: str) -> None:
    caller = cast.stranger(**headers)
    for path in (victim.path, "/v1/residents", dossier, "/v1/settings", "/v1/partners", "/v1/payments"):
        answer = caller.get(path, purpose="support")
        assert answer.status_code == 401
        assert disclosed(answer, victim) == []


def test_a_header_with_a_token_of_another_person_gives_no_right_to_act(cast: Cast, victim: Person) -> None:
    stranger = cast.resident(cast.register())

    answer = stranger.get(victim.path, purpose="support", headers={"X-Acting-For": victim.id})

    assert answer.status_code in (401, 403, 404)
    assert disclosed(answer, victim) == []


INNER = [
    "/internal/links",
    "/metrics",
    "/internal",
    "/v1/../internal",
    "/%2e%2e/metrics",
    "//metrics",
    "/v1//residents",
]
INNER += ["/v1/residents/../partners", "/v1/units/%2e%2e/residents", "/v1/units/..%2fresidents", "/v1\\residents"]
INNER += ["/v1/residents;x=1", "/v1/residents%00", "/v1/residents%2f", "/V1/RESIDENTS", "/v1/residents/"]


@pytest.mark.parametrize("path", INNER)
def test_no_spelling_of_a_path_opens_what_is_closed(gateway_url: str, path: str) -> None:
    with httpx.Client() as client:
        url = httpx.URL(gateway_url).copy_with(raw_path=path.encode())
        assert client.get(url).status_code in (400, 401, 404, 405)


def test_guesses_no_tracking_code_and_locks_no_one_out(cast: Cast, stranger: Caller, victim: Person) -> None:
    path = cast.dossier(victim)
    own = cast.api.get(path, who=cast.api.resident(victim.id))
    right = {"code": own["code"], "phone_last4": victim.phone[-4:]}
    wrong = [f"{number:04d}" for number in range(0, 10_000, 800) if f"{number:04d}" != victim.phone[-4:]]

    guesses = [stranger.get("/v1/dossiers/track", params=right | {"phone_last4": guess}) for guess in wrong]

    assert {guess.status_code for guess in guesses} <= {404, 429}
    assert guesses[-1].status_code == 429, "guessing has no limit"
    assert [disclosed(guess, victim) for guess in guesses if disclosed(guess, victim)] == []
    assert success(cast.resident(victim).get(path)).json()["code"] == own["code"]


def test_tracking_shows_no_name(cast: Cast, stranger: Caller) -> None:
    person = cast.register()
    path = cast.dossier(person)
    own = cast.api.get(path, who=cast.api.resident(person.id))

    shown = stranger.get("/v1/dossiers/track", params={"code": own["code"], "phone_last4": person.phone[-4:]})

    assert shown.status_code in (200, 429)
    assert disclosed(shown, person) == []


def test_unsigned_messages_spend_nothing_of_a_partners_quota(cast: Cast, stranger: Caller, shop: Shop) -> None:
    statuses = {stranger.post("/webhooks/demo-bank", {"type": "x"}).status_code for _ in range(300)}
    assert statuses <= {401, 429}

    paid = {
        "partner_reference": f"after-junk-{secrets.token_hex(6)}", "amount": 5_000, "currency": "VND",
        "settled_at": datetime.now(UTC).isoformat(), "merchant_id": shop.id,
    }  # fmt: skip
    body = json.dumps({"type": "qr.payment_settled", "timestamp": datetime.now(UTC).isoformat(), "data": paid}).encode()
    answer = cast.client.post(
        "/webhooks/demo-bank",
        content=body,
        headers=signed_headers(partner_key("demo-bank"), secrets.token_hex(8), body),
    )
    assert answer.status_code == 202


FORGERIES: dict[str, Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]]] = {
    "a changed body": lambda headers, body: (headers, body.replace(b"5000", b"9000")),
    "another id": lambda headers, body: (headers | {"webhook-id": "other"}, body),
    "another time": lambda headers, body: (headers | {"webhook-timestamp": str(int(time.time()) + 1)}, body),
    "no signature": lambda headers, body: (headers | {"webhook-signature": ""}, body),
    "an unknown version": lambda headers, body: (
        headers | {"webhook-signature": headers["webhook-signature"].replace("v1,", "v9,")}, body,
    ),
    "the empty key": lambda headers, body: (signed_headers(b"", headers["webhook-id"], body), body),
    "another partner's key": lambda headers, body: (
        signed_headers(partner_key("demo-wallet"), headers["webhook-id"], body), body,
    ),
    "an old message": lambda headers, body: (
        signed_headers(partner_key("demo-bank"), headers["webhook-id"], body, time.time() - 600), body,
    ),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_forges_no_payment(
    cast: Cast, shop: Shop, forgery: Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]]
) -> None:
    paid = {"partner_reference": secrets.token_hex(6), "amount": 5000, "currency": "VND", "merchant_id": shop.id}
    body = json.dumps({"type": "qr.payment_settled", "timestamp": datetime.now(UTC).isoformat(), "data": paid}).encode()
    headers, sent = forgery(signed_headers(partner_key("demo-bank"), secrets.token_hex(8), body), body)

    answer = cast.client.post("/webhooks/demo-bank", content=sent, headers=headers)

    assert answer.status_code in (401, 429)


def test_guesses_no_client_secret(stranger: Caller) -> None:
    form = {"grant_type": "client_credentials", "client_id": "demo-bank"}

    statuses = [
        stranger.ask("POST", "/oauth/token", data=form | {"client_secret": f"guess-{number}"}).status_code
        for number in range(10)
    ]

    assert set(statuses) <= {401, 429}


def test_public_pages_and_reports_name_no_person(stranger: Caller, victim: Person, shop: Shop) -> None:
    paths = [f"/v1/reports/progress?unit_code={COMMUNE}", "/v1/sessions", f"/v1/units/{COMMUNE}", "/dashboard"]
    paths += ["/openapi.json", "/docs", "/v1/procedures", f"/v1/units/{COMMUNE}/procedures", "/v1/reports/indicators"]
    for path in paths:
        answer = stranger.get(path)
        assert answer.status_code in (200, 429)
        assert disclosed(answer, victim) == []
        assert shop.account_no not in answer.text


DEEP = b"[" * 900 + b"]" * 900
BODIES = [DEEP, b'{"a":' * 500 + b"1" + b"}" * 500, b"\xff" * 1000, b'{"code": NaN}', b'{"a": 1' + b"0" * 5000 + b"}"]


@pytest.mark.parametrize("body", BODIES, ids=["deep list", "deep object", "bytes", "NaN", "long number"])
def test_no_body_makes_a_fault(stranger: Caller, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    for path in ("/dev/token", "/webhooks/demo-bank", "/v1/residents", "/oauth/token"):
        answer = stranger.ask("POST", path, content=body, headers=headers)
        assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("cursor", ["bnVsbA", "WzFd", "W10", "W3t9XQ", "WyIiXQ", "%00", "x" * 5000, "W251bGxd"])
def test_no_cursor_made_by_hand_makes_a_fault(stranger: Caller, cursor: str) -> None:
    for path in ("/v1/units", "/v1/procedures", "/v1/sessions"):
        assert stranger.get(path, params={"cursor": cursor}).status_code in (200, 400, 414, 429, 431)


def test_registers_and_enters_nothing(stranger: Caller) -> None:
    tries = [
        stranger.post("/v1/residents", {"full_name": "Người Lạ"}),
        stranger.post("/v1/merchants", {"name": "Quầy lạ"}),
        stranger.post("/v1/feedback", {"unit_code": COMMUNE, "category": "conduct", "text": "rác"}),
        stranger.post("/v1/incidents", {"system": "portal"}),
        stranger.post("/v1/qr-codes/decode", {"payload": "0002"}),
        stranger.put(f"/v1/units/{COMMUNE}/procedures", {"codes": []}),
    ]

    assert [answer.status_code for answer in tries] == [401] * len(tries)


@pytest.mark.parametrize("hosts", [b"", b"Host: a\r\nHost: b\r\n"], ids=["none", "two"])
def test_a_request_without_one_host_is_refused(gateway_url: str, hosts: bytes) -> None:
    url = httpx.URL(gateway_url)
    if url.scheme == "https":
        pytest.skip("asks without TLS")
    with socket.create_connection((url.host, url.port or 80), timeout=10) as connection:
        connection.sendall(b"GET /v1/units HTTP/1.1\r\n" + hosts + b"\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")
