import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chassis.errors import Unauthenticated
from chassis.security.encryption import DEVELOPMENT_KEYS
from gateway.identity.oidc import IdentityProvider, KeySet
from gateway.settings import GatewaySettings

RESIDENT = "01890000-0000-7000-8000-000000000001"


class Identity:
    """An OpenID provider: discovery, keys, and tokens as a test wants them."""

    def __init__(self) -> None:
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id = "key-1"
        self.fetches = 0
        self.is_down = False
        self.address = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        documents: dict[str, Callable[[], Any]] = {
            "/realms/bakhong/.well-known/openid-configuration": self.discovery,
            "/realms/bakhong/keys": self.keys,
            "/realms/bakhong/token": lambda: {"access_token": self.token(bakhong_role="officer")},
        }
        status = 503 if self.is_down else 200
        body = b"down" if self.is_down else json.dumps(documents[scope["path"]]()).encode()
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": body})

    @property
    def issuer(self) -> str:
        return f"{self.address}/realms/bakhong"

    def discovery(self) -> dict[str, str]:
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
        }

    def keys(self) -> dict[str, Any]:
        self.fetches += 1
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        secret = {"kty": "oct", "kid": "shared", "k": "c2VjcmV0", "alg": "HS256"}
        return {"keys": [key | {"kid": self.key_id, "use": "sig", "alg": "RS256"}, secret]}

    def token(self, *, key: Any = None, algorithm: str = "RS256", key_id: str | None = None, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": ["account", "bakhong"], "sub": "u-1", "iat": now, "exp": now + 300, "typ": "Bearer",
            "bakhong_role": "officer", "unit_code": "15724", "body": "police",
        } | changes  # fmt: skip
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, key or self.private, algorithm=algorithm, headers={"kid": key_id or self.key_id})


@pytest.fixture
async def identity(serve: Any) -> Identity:
    identity = Identity()
    identity.address = await serve(identity)
    return identity


@pytest.fixture
def provider(identity: Identity) -> IdentityProvider:
    return IdentityProvider(identity.issuer, "bakhong")


async def test_an_officers_token_gives_role_and_unit(identity: Identity, provider: IdentityProvider) -> None:
    caller, until = await provider.caller(identity.token())

    assert (caller.role, caller.subject, caller.unit_code, caller.body) == ("officer", "u-1", "15724", "police")
    assert until > time.time()


async def test_a_resident_is_known_by_the_residents_id(identity: Identity, provider: IdentityProvider) -> None:
    caller, _ = await provider.caller(identity.token(bakhong_role="resident", resident_id=RESIDENT))

    assert str(caller.resident_id) == RESIDENT
    assert caller.unit_code is None


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "account"},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"nbf": int(time.time()) + 3600},
        {"typ": "Refresh"},
        {"typ": "ID"},
        {"sub": None},
        {"bakhong_role": None},
        {"bakhong_role": "service"},
        {"bakhong_role": "partner", "partner_id": "demo-bank"},
        {"bakhong_role": "king"},
        {"unit_code": None},
        {"bakhong_role": "resident", "resident_id": "not-a-uuid"},
    ],
)
async def test_a_token_that_is_not_for_us_is_refused(
    identity: Identity, provider: IdentityProvider, changes: Any
) -> None:
    with pytest.raises(Unauthenticated):
        await provider.caller(identity.token(**changes))


async def test_only_the_providers_key_and_algorithm_count(identity: Identity, provider: IdentityProvider) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    curve = ec.generate_private_key(ec.SECP256R1())
    forged = [
        identity.token(key=other),
        identity.token(key=curve, algorithm="ES256"),
        identity.token(key="c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", algorithm="HS256"),
        identity.token(key="c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", algorithm="HS256", key_id="shared"),
        jwt.encode({"iss": identity.issuer, "sub": "u", "aud": "bakhong"}, "", algorithm="none"),
        identity.token()[:-4] + "AAAA",
        "a.b.c",
    ]
    for token in forged:
        with pytest.raises(Unauthenticated):
            await provider.caller(token)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_keys_outlive_an_outage_of_the_provider(identity: Identity) -> None:
    clock = Clock()
    keys = KeySet(identity.issuer, None, clock=clock)
    await keys.key("key-1")
    identity.is_down = True
    clock.now += 3600

    assert await keys.key("key-1")


async def test_a_new_key_is_found_and_unknown_ones_do_not_flood_the_provider(identity: Identity) -> None:
    clock = Clock()
    keys = KeySet(identity.issuer, None, clock=clock)
    await keys.key("key-1")
    identity.key_id = "key-2"
    clock.now += 31
    assert await keys.key("key-2")

    for _ in range(50):
        with pytest.raises(Unauthenticated):
            await keys.key("made-up")
    assert identity.fetches == 2


async def test_a_discovery_document_of_another_issuer_is_not_believed(identity: Identity) -> None:
    keys = KeySet(identity.issuer + "/", None)
    identity.discovery = lambda: {"issuer": "https://evil.example", "jwks_uri": f"{identity.issuer}/keys"}  # type: ignore[method-assign]

    with pytest.raises(Unauthenticated):
        await keys.key("key-1")


async def test_an_officer_of_the_identity_provider_is_admitted(
    open_gateway: Any, settings: Any, identity: Identity
) -> None:
    changed = settings.model_copy(update={"oidc_issuer": identity.issuer})
    async with open_gateway(changed) as gateway:
        transport = httpx.ASGITransport(gateway)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            token = identity.token(bakhong_role="operator")
            answer = await client.get("/v1/partners", headers={"Authorization": f"Bearer {token}"})
            wrong = await client.get("/v1/partners", headers={"Authorization": f"Bearer {identity.token(aud='x')}"})

    assert (answer.status_code, wrong.status_code) == (200, 401)


@pytest.fixture
async def browser(open_gateway: Any, settings: Any, identity: Identity) -> Any:
    """A browser in front of a gateway with sign-in."""
    wanted = {"oidc_issuer": identity.issuer, "oidc_client_id": "dashboard", "oidc_client_secret": "s"}
    async with open_gateway(settings.model_copy(update=wanted)) as gateway:
        transport = httpx.ASGITransport(gateway)
        async with httpx.AsyncClient(transport=transport, base_url="https://gateway") as browser:
            yield browser


async def signed_in(browser: httpx.AsyncClient, next_page: str = "/dashboard/units/15724") -> httpx.Response:
    begun = await browser.get("/dashboard/sign-in", params={"next": next_page})
    state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"][0]
    return await browser.get("/dashboard/callback", params={"code": "c", "state": state})


async def test_an_officer_signs_in_by_the_code_flow(browser: httpx.AsyncClient, identity: Identity) -> None:
    begun = await browser.get("/dashboard/sign-in")
    query = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert begun.headers["Location"].startswith(f"{identity.issuer}/auth?")
    assert query["redirect_uri"] == ["https://gateway/dashboard/callback"]
    assert query["code_challenge_method"] == ["S256"]

    finished = await signed_in(browser)

    assert (finished.status_code, finished.headers["Location"]) == (303, "/dashboard/units/15724")
    session = next(one for one in finished.headers.get_list("Set-Cookie") if one.startswith("__Host-session="))
    assert all(part in session for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in session


async def test_a_session_opens_reading_and_nothing_else(browser: httpx.AsyncClient) -> None:
    before = await browser.get("/v1/reports/export?unit_code=15724&format=csv")
    await signed_in(browser)
    # 503: let in, and the service behind is not there in this test.
    assert before.status_code == 401
    assert (await browser.get("/v1/reports/export?unit_code=15724&format=csv")).status_code == 503
    assert (await browser.get("/v1/residents")).status_code == 401
    assert (await browser.post("/v1/partners", json={})).status_code == 401

    await browser.post("/dashboard/sign-out")
    assert (await browser.get("/v1/reports/export?unit_code=15724&format=csv")).status_code == 401


async def test_a_copied_cookie_is_worth_nothing_after_sign_out(browser: httpx.AsyncClient) -> None:
    await signed_in(browser)
    copied = browser.cookies["__Host-session"]
    await browser.post("/dashboard/sign-out")
    browser.cookies.set("__Host-session", copied)

    assert (await browser.get("/v1/reports/export?unit_code=15724&format=csv")).status_code == 401


async def test_a_callback_without_its_own_state_signs_no_one_in(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/dashboard/callback?code=c&state=x")).status_code == 401
    await browser.get("/dashboard/sign-in")
    assert (await browser.get("/dashboard/callback?code=c&state=x")).status_code == 401
    browser.cookies.set("__Host-session", "A" * 200)
    assert (await browser.get("/v1/reports/export")).status_code == 401


@pytest.mark.parametrize(
    "foreign",
    ["https://evil.example", "//evil.example", "/dashboard//evil.example", "/dashboard\\x", "/dashboardx", "x"],
)
async def test_after_signing_in_only_our_own_pages_follow(browser: httpx.AsyncClient, foreign: str) -> None:
    assert (await signed_in(browser, foreign)).headers["Location"] == "/dashboard"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"oidc_issuer": None}, "OIDC_ISSUER"),
        ({"oidc_issuer": "http://id.example/realms/x"}, "OIDC_ISSUER"),
        ({"oidc_jwks_url": "http://id.example/keys"}, "OIDC_JWKS_URL"),
        ({"signing_key_file": None}, "SIGNING_KEY_FILE"),
        ({"pii_keys": None}, "PII_KEYS"),
        ({"pii_keys": f"a:x,{DEVELOPMENT_KEYS}"}, "PII_KEYS"),
        ({"pii_index_keys": DEVELOPMENT_KEYS}, "PII_INDEX_KEYS"),
    ],
)
def test_production_does_not_start_without_its_secrets(changes: Any, named: str, tmp_path: Any) -> None:
    right = {
        "environment": "production", "pii_keys": "a:x", "pii_index_keys": "a:x", "internal_keys_file": tmp_path,
        "signing_key_file": tmp_path, "oidc_issuer": "https://id.example/realms/x",
    }  # fmt: skip
    GatewaySettings(**right)
    with pytest.raises(ValueError, match=named):
        GatewaySettings(**(right | changes))
