import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from sqlalchemy import text

from chassis.clock import frozen_at, now
from chassis.security.identity import Verifier
from chassis.storage.database import Database
from chassis.testing import unit_event
from gateway.proxy.routing_table import Route, RoutingTable

UNIT = "/v1/units/15724"


UNSIGNED = jwt.encode({"role": "operator"}, "", algorithm="none")


def before(gateway: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(gateway), base_url="http://gateway")


class RecordingService:
    """A service behind the gateway that shows what reached it."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.seen.append({"method": scope["method"], "path": scope["path"], "headers": headers})
        status = 404 if scope["path"].endswith("track") else 200
        body = json.dumps({"path": scope["path"]}).encode()
        if scope["path"] == "/openapi.json":
            body = json.dumps(
                {"paths": {"/v1/units": {"get": {"operationId": "list", "x-audience": ["public"]}}}}
            ).encode()
        if scope["path"] == "/readyz":
            body = b'{"status": "ready"}'
        head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})


TABLE = RoutingTable(
    [
        Route("GET", "/v1/units/{code}", "registry", public=True),
        Route("GET", "/v1/residents", "registry"),
        Route("POST", "/v1/residents", "registry"),
        Route("GET", "/v1/dossiers/track", "casework", public=True),
        *(route for route in RoutingTable.from_file().routes if route.service == "gateway"),
    ]
)


@pytest.fixture
def recorder() -> RecordingService:
    return RecordingService()


@pytest.fixture
async def settings(settings: Any, serve: Any, recorder: RecordingService) -> Any:
    address = await serve(recorder)
    names = ("registry_url", "onboarding_url", "payments_qr_url", "casework_url", "reporting_url", "notifications_url")
    return settings.model_copy(update=dict.fromkeys(names, address))


@pytest.fixture
async def asgi_app(asgi_app: Any) -> Any:
    asgi_app.table = TABLE
    return asgi_app


async def test_an_officers_token_becomes_an_internal_token_that_services_verify(
    client: httpx.AsyncClient, sign_in: Any, recorder: RecordingService, keys: Any
) -> None:
    answer = await client.get("/v1/residents", headers=await sign_in("officer", unit_code="15724", body="police"))

    assert answer.status_code == 200
    scheme, _, token = recorder.seen[-1]["headers"]["authorization"].partition(" ")
    caller = Verifier(keys / "public.json").caller(token)
    assert (scheme, caller.role, caller.unit_code, caller.body) == ("Bearer", "officer", "15724", "police")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] <= 60


async def test_one_internal_token_serves_a_credential_for_a_while(
    client: httpx.AsyncClient, sign_in: Any, recorder: RecordingService
) -> None:
    headers = await sign_in("operator")
    for _ in range(2):
        await client.get("/v1/residents", headers=headers)

    assert recorder.seen[-1]["headers"]["authorization"] == recorder.seen[-2]["headers"]["authorization"]


@pytest.mark.parametrize(
    ("method", "path", "with_token", "status"),
    [
        ("GET", UNIT, False, 200),
        ("HEAD", UNIT, False, 200),
        ("GET", "/v1/residents", False, 401),
        ("GET", "/v1/nothing", False, 401),
        ("GET", "/v1/nothing", True, 404),
        ("DELETE", UNIT, False, 401),
        ("DELETE", UNIT, True, 405),
        ("GET", "/metrics", True, 404),
        ("GET", "/internal/dead-letters", True, 404),
        ("GET", "/v1//units", False, 400),
        ("GET", "/v1/units/%2e%2e/residents", False, 400),
        ("GET", "/v1/units/a%2Fb", False, 401),
        ("GET", "/webhooks/demo-bank", False, 405),
    ],
)
async def test_what_is_public_is_named_and_everything_else_is_shut(
    client: httpx.AsyncClient, sign_in: Any, method: str, path: str, with_token: bool, status: int
) -> None:
    headers = await sign_in("operator") if with_token else {}

    assert (await client.request(method, path, headers=headers)).status_code == status


async def test_head_gives_the_response_of_get_without_its_body(
    client: httpx.AsyncClient, recorder: RecordingService
) -> None:
    answer = await client.head(UNIT)

    assert (answer.content, recorder.seen[-1]["method"]) == (b"", "GET")
    assert int(answer.headers["Content-Length"]) > 0


@pytest.mark.parametrize(
    "authorization",
    ["Bearer x", "bearer a.b.c", "Bearer " + "x" * 9000, "Bearer " + UNSIGNED],
)
async def test_a_token_that_does_not_hold_is_401_invalid_token_even_where_none_is_needed(
    client: httpx.AsyncClient, authorization: str
) -> None:
    answer = await client.get(UNIT, headers={"Authorization": authorization})

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token", error_description="')
    assert "đăng nhập lại" in answer.json()["detail"]


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer ", "Basic dTpw"])
async def test_without_a_bearer_token_the_challenge_names_no_error(
    client: httpx.AsyncClient, authorization: str
) -> None:
    for headers, path in (({"Authorization": authorization}, UNIT), ({}, "/v1/residents")):
        answer = await client.get(path, headers=headers)

        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_an_expired_token_is_told_so(client: httpx.AsyncClient, sign_in: Any) -> None:
    headers = await sign_in("operator")
    with frozen_at(now() + timedelta(hours=2)):
        answer = await client.get("/v1/residents", headers=headers)

    assert answer.status_code == 401
    assert (
        answer.headers["WWW-Authenticate"]
        == 'Bearer error="invalid_token", error_description="The access token expired"'
    )
    assert "hết hạn" in answer.json()["detail"]


async def test_an_internal_token_is_no_credential_outside(
    client: httpx.AsyncClient, sign_in: Any, recorder: RecordingService
) -> None:
    await client.get("/v1/residents", headers=await sign_in("operator"))
    internal = recorder.seen[-1]["headers"]["authorization"]

    assert (await client.get("/v1/residents", headers={"Authorization": internal})).status_code == 401


async def test_tokens_of_development_end_with_the_process(
    client: httpx.AsyncClient, sign_in: Any, open_gateway: Any, settings: Any
) -> None:
    headers = await sign_in("operator")
    async with open_gateway(settings) as restarted:
        restarted.table = TABLE
        async with httpx.AsyncClient(transport=httpx.ASGITransport(restarted), base_url="http://gateway") as other:
            assert (await other.get("/v1/residents", headers=headers)).status_code == 401


async def test_in_production_there_is_no_development_sign_in_and_no_demo_partner(
    open_gateway: Any, settings: Any
) -> None:
    production = settings.model_copy(update={"environment": "production"})
    async with open_gateway(production) as gateway, before(gateway) as client:
        assert (await client.post("/dev/token")).status_code == 404
        answer = await client.post("/dev/token", json={"role": "operator"})
        assert answer.status_code == 404
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert (await client.post("/webhooks/demo-bank", content=b"{}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"role": "officer"}, "/unit_code"),
        ({"role": "resident"}, "/resident_id"),
        ({"role": "organization"}, "/organization_id"),
        ({"role": "partner"}, "/partner_id"),
        ({"role": "king"}, "/role"),
        ({"role": "officer", "unit_code": "15724", "body": "army"}, "/body"),
        ({"role": "resident", "resident_id": "x"}, "/resident_id"),
    ],
)
async def test_development_sign_in_requires_the_claims_of_the_role(
    client: httpx.AsyncClient, body: dict[str, str], pointer: str
) -> None:
    answer = await client.post("/dev/token", json=body)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_development_sign_in_knows_the_units_once_they_are_known(client: httpx.AsyncClient, deliver: Any) -> None:
    from chassis.testing import unit_event

    stranger = {"role": "officer", "unit_code": "99999"}
    assert (await client.post("/dev/token", json=stranger)).status_code == 200
    await deliver(unit_event("15724"))
    assert (await client.post("/dev/token", json=stranger)).status_code == 422
    assert (await client.post("/dev/token", json=stranger | {"unit_code": "15724"})).status_code == 200


async def test_a_partner_gets_a_token_for_its_client_secret_and_loses_it_when_retired(
    client: httpx.AsyncClient, sign_in: Any, recorder: RecordingService
) -> None:
    from gateway.commands.development import development_secret

    secret = development_secret("demo-bank")
    form = {"grant_type": "client_credentials", "client_id": "demo-bank", "client_secret": secret}
    by_form = await client.post("/oauth/token", data=form)
    by_basic = await client.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=("demo-bank", secret))
    assert by_form.status_code == by_basic.status_code == 200
    headers = {"Authorization": f"Bearer {by_form.json()['access_token']}"}
    assert (await client.get("/v1/residents", headers=headers)).status_code == 200

    await client.patch("/v1/partners/demo-bank", json={"status": "retired"}, headers=await sign_in("operator"))

    assert (await client.get("/v1/residents", headers=headers)).status_code == 401
    refused = (await client.post("/oauth/token", data=form)).json()
    unknown = (await client.post("/oauth/token", data=form | {"client_id": "nobody"})).json()
    assert (refused["error"], bool(refused["error_description"])) == ("invalid_client", True)
    assert unknown == refused


@pytest.mark.parametrize(
    "form", [b"", b"\xff\xfe", b"a=1&" * 500, b"grant_type=client_credentials&client_id=%00", b"{}"]
)
async def test_a_malformed_token_request_is_refused_with_oauth_error_codes(
    client: httpx.AsyncClient, form: bytes
) -> None:
    answer = await client.post(
        "/oauth/token", content=form, headers={"content-type": "application/x-www-form-urlencoded"}
    )

    assert answer.status_code in (400, 401)
    assert set(answer.json()) == {"error", "error_description"}


async def test_wrong_client_secrets_are_slowed_down(open_gateway: Any, settings: Any) -> None:
    async with open_gateway(settings.model_copy(update={"misses_per_minute": 3})) as gateway, before(gateway) as client:
        form = {"grant_type": "client_credentials", "client_id": "demo-bank", "client_secret": "guess"}
        statuses = [(await client.post("/oauth/token", data=form)).status_code for _ in range(4)]

    assert statuses == [401, 401, 401, 429]


async def test_wrong_passwords_of_training_accounts_are_slowed_down(open_gateway: Any, settings: Any) -> None:
    form = {"grant_type": "password", "username": "tap-huan", "password": "x"}
    async with open_gateway(settings.model_copy(update={"misses_per_minute": 3})) as gateway, before(gateway) as client:
        statuses = [(await client.post("/oauth/token", data=form)).status_code for _ in range(4)]

    assert statuses == [400, 400, 400, 429]


async def test_guessing_tracking_codes_is_slowed_down_by_misses(open_gateway: Any, settings: Any) -> None:
    async with open_gateway(settings.model_copy(update={"misses_per_minute": 3})) as gateway:
        gateway.table = TABLE
        async with before(gateway) as client:
            statuses = [(await client.get("/v1/dossiers/track?code=1")).status_code for _ in range(4)]
            assert (await client.get(UNIT)).status_code == 200

    assert statuses == [404, 404, 404, 429]


async def test_a_caller_over_its_quota_gets_the_time_of_the_next_try(open_gateway: Any, settings: Any) -> None:
    async with open_gateway(settings.model_copy(update={"caller_requests_per_minute": 2})) as gateway:
        gateway.table = TABLE
        async with before(gateway) as client:
            tokens = [
                (await client.post("/dev/token", json={"role": "operator"})).json()["access_token"] for _ in range(2)
            ]
            mine, theirs = ({"Authorization": f"Bearer {token}"} for token in tokens)
            answers = [await client.get("/v1/residents", headers=mine) for _ in range(3)]
            other = await client.get("/v1/residents", headers=theirs)

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit"].startswith('"caller";r=1')
    assert answers[2].headers["Retry-After"]
    assert answers[2].json()["type"] == "/problems/too-many-requests"
    assert other.status_code == 200


async def test_request_id_and_trace_go_in_and_come_back(client: httpx.AsyncClient, recorder: RecordingService) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answer = await client.get(UNIT, headers={"X-Request-Id": "my-request-1", "traceparent": trace})

    assert (answer.headers["X-Request-Id"], answer.headers["traceparent"]) == ("my-request-1", trace)
    assert recorder.seen[-1]["headers"]["x-request-id"] == "my-request-1"
    assert recorder.seen[-1]["headers"]["traceparent"] == trace
    replaced = await client.get(UNIT, headers={"X-Request-Id": "bad id"})
    assert len(replaced.headers["X-Request-Id"]) == 32


async def test_every_response_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in (UNIT, "/v1/residents", "/docs", "/healthz", "/problems/not-found", "/dev/token", "/v1//"):
        headers = (await client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Request-Id"]


async def test_problems_speak_the_callers_language(client: httpx.AsyncClient) -> None:
    vietnamese = await client.get("/v1/residents")
    english = await client.get("/v1/residents", headers={"Accept-Language": "en-GB,en;q=0.9,vi;q=0.5"})

    assert (vietnamese.json()["title"], vietnamese.headers["Content-Language"]) == ("Cần đăng nhập.", "vi")
    assert (english.json()["title"], english.headers["Content-Language"]) == ("Please sign in.", "en")
    assert english.json()["instance"] == "/v1/residents"


async def test_a_browser_application_is_let_in_only_from_a_listed_origin(open_gateway: Any, settings: Any) -> None:
    async with open_gateway(settings.model_copy(update={"cors_origins": "https://app.thanhhoa.gov.vn"})) as gateway:
        gateway.table = TABLE
        async with before(gateway) as client:
            asked = {"Access-Control-Request-Method": "GET"}
            for origin, allowed in (("https://app.thanhhoa.gov.vn", True), ("https://evil.example", False)):
                preflight = await client.options("/v1/residents", headers=asked | {"Origin": origin})
                answer = await client.get(UNIT, headers={"Origin": origin})
                for one in (preflight, answer):
                    assert ("Access-Control-Allow-Origin" in one.headers) is allowed
                readable = set(answer.headers.get("Access-Control-Expose-Headers", "").split(", "))
                assert ({"ETag", "Retry-After", "Deprecation", "Sunset", "Link"} <= readable) is allowed


async def test_requests_over_the_in_flight_limit_get_503_and_retry_after(
    open_gateway: Any, settings: Any, serve: Any
) -> None:
    go_on = asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await go_on.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    changed = {"requests_at_once": 3, "registry_url": await serve(slow)}
    async with open_gateway(settings.model_copy(update=changed)) as gateway:
        gateway.table = TABLE
        async with before(gateway) as client:
            waiting = [asyncio.ensure_future(client.get(f"{UNIT}?as_of=2026-11-{day}")) for day in (10, 11, 12)]
            await asyncio.sleep(0.1)
            shed = await client.get(UNIT)
            alive = await client.get("/healthz")
            go_on.set()
            served = await asyncio.gather(*waiting)

    assert (shed.status_code, shed.json()["type"], shed.headers["Retry-After"]) == (503, "/problems/overloaded", "1")
    assert alive.status_code == 200
    assert [answer.status_code for answer in served] == [204, 204, 204]


async def test_limits_of_the_head_are_refused(client: httpx.AsyncClient) -> None:
    many = [(f"x-{number}", "1") for number in range(120)]

    assert (await client.get(UNIT, headers=many)).status_code == 431
    assert (await client.get(UNIT, headers={"x-long": "a" * 40_000})).status_code == 431
    assert (await client.get(UNIT + "?q=" + "a" * 9000)).status_code == 414


async def test_a_body_over_the_limit_is_413_inside_and_behind(client: httpx.AsyncClient, sign_in: Any) -> None:
    operator = await sign_in("operator")

    async def chunks() -> Any:
        for _ in range(20):
            yield b"x" * 100_000

    for path in ("/v1/partners", "/v1/residents"):
        assert (await client.post(path, content=b"x" * 2_000_000, headers=operator)).status_code == 413
    assert (await client.post("/v1/partners", content=chunks(), headers=operator)).status_code == 413


async def test_readiness_names_every_dependency(
    client: httpx.AsyncClient, asgi_app: Any, deliver: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.proxy.readiness.SECONDS_CACHED", 0.0)
    first = await client.get("/readyz")
    assert (first.status_code, first.json()["dependencies"]["units"]) == (503, "awaited")
    await deliver(unit_event("38", parents=()))
    ready = await client.get("/readyz")
    names = {
        "database",
        "bus",
        "units",
        "registry",
        "onboarding",
        "payments-qr",
        "casework",
        "reporting",
        "notifications",
    }
    assert (ready.status_code, set(ready.json()["dependencies"])) == (200, names)

    asgi_app.pages.settings = asgi_app.settings.model_copy(update={"demo_loaded_file": tmp_path / "loaded"})
    loading = await client.get("/readyz")
    assert (loading.status_code, loading.json()["dependencies"]["demo"]) == (503, "loading")
    (tmp_path / "loaded").touch()
    assert (await client.get("/readyz")).status_code == 200

    asgi_app.pages.settings = asgi_app.settings.model_copy(update={"registry_url": "http://127.0.0.1:1"})
    down = await client.get("/readyz")
    assert (down.status_code, down.json()["dependencies"]["registry"]) == (503, "down")


async def test_a_gateway_stays_ready_when_a_newer_release_has_expanded_its_schema(
    client: httpx.AsyncClient, database: Database, deliver: Any
) -> None:
    await deliver(unit_event("38", parents=()))
    async with database.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '0999 of the next release'"))

    answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["dependencies"]["database"] == "newer"


async def test_one_api_document_names_its_components_by_service(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    assert {"/v1/partners", "/webhooks/{partner_id}", "/v1/units"} <= set(document["paths"])
    assert "gateway.PartnerView" in document["components"]["schemas"]
    assert not any(path.startswith(("/internal", "/metrics")) for path in document["paths"])
    assert document["paths"]["/v1/units"]["get"]["security"] == [{}, {"bearer": []}, {"openId": []}]


async def test_the_readers_load_nothing_from_another_host(client: httpx.AsyncClient) -> None:
    for path in ("/docs", "/problems/bad-signature", "/problems/unauthenticated"):
        page = await client.get(path)
        assert page.status_code == 200
        assert "http://" not in page.text
        assert "https://" not in page.text
    assert "bad-signature" in (await client.get("/problems/bad-signature")).text
    assert (await client.get("/problems/nothing-of-ours")).status_code == 404


async def test_an_unexpected_error_reveals_nothing(client: httpx.AsyncClient, asgi_app: Any) -> None:
    class Explosive:
        def find(self, method: str, path: str) -> Route:
            raise RuntimeError("secret 038095000001")

    asgi_app.table = Explosive()
    answer = await client.get("/v1/units/1")

    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal-error"
    assert "038095000001" not in answer.text
    assert "Traceback" not in answer.text


async def test_the_gateways_key_rotates_without_a_restart(
    client: httpx.AsyncClient,
    asgi_app: Any,
    sign_in: Any,
    recorder: RecordingService,
    tmp_path: Any,
    runtime: Any,
    settings: Any,
) -> None:
    import os
    import shutil

    from chassis.security.identity import write_keys
    from gateway.identity.credentials import SignerFile

    write_keys(tmp_path / "new", ["gateway"])
    current = tmp_path / "gateway.pem"
    shutil.copy(settings.signing_key_file, current)
    signer = SignerFile(current)
    asgi_app.credentials._signer = signer
    before = signer.token(await _caller(asgi_app, await sign_in("operator")))

    shutil.copy(tmp_path / "new" / "gateway.pem", current)
    os.utime(current, (1, 2_000_000_000))
    await client.get("/v1/residents", headers=await sign_in("operator"))

    token = recorder.seen[-1]["headers"]["authorization"].partition(" ")[2]
    assert Verifier(tmp_path / "new" / "public.json").caller(token).role == "operator"
    assert Verifier(settings.internal_keys_file).caller(before).role == "operator"


async def _caller(asgi_app: Any, headers: dict[str, str]) -> Any:
    return (await asgi_app.credentials.admit(headers["Authorization"].partition(" ")[2])).caller
