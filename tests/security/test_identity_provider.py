"""Sign-in against a real Keycloak with the realm that the repository ships."""

import html
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from chassis.errors import Unauthenticated
from deploy.identity.keycloak import ADMIN, ADMIN_PASSWORD, Keycloak, temporary_keycloak
from gateway.identity.ended_sessions import EndedSessions
from gateway.identity.oidc import IdentityProvider

pytestmark = pytest.mark.identity

PASSWORD = "a-long-word-for-tests"
OFFICER = {"bakhong_role": ["officer"], "unit_code": ["15724"], "body": ["police"]}


@pytest.fixture(scope="session")
def keycloak() -> Iterator[Keycloak]:
    with temporary_keycloak() as keycloak:
        yield keycloak


@pytest.fixture(scope="session")
def admin(keycloak: Keycloak) -> Iterator[httpx.Client]:
    """Keycloak's own administration of the realm, with a client for direct grants and two users."""
    form = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN, "password": ADMIN_PASSWORD}
    answer = httpx.post(f"{keycloak.url}/realms/master/protocol/openid-connect/token", data=form, timeout=60)
    headers = {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}
    with httpx.Client(base_url=f"{keycloak.url}/admin/realms/bakhong", headers=headers, timeout=60) as client:
        tests = {"clientId": "tests", "publicClient": True, "directAccessGrantsEnabled": True}
        client.post("/clients", json=tests | {"defaultClientScopes": ["bakhong", "citizen"]}).raise_for_status()
        for name, attributes in (("officer", OFFICER), ("stranger", {})):
            add_user(client, name, attributes)
        yield client


def add_user(client: httpx.Client, name: str, attributes: dict[str, list[str]]) -> None:
    user = {
        "username": name, "enabled": True, "emailVerified": True, "email": f"{name}@example.org", "firstName": "A",
        "lastName": "B", "attributes": attributes,
        "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
    }  # fmt: skip
    client.post("/users", json=user).raise_for_status()


@pytest.fixture
def provider(keycloak: Keycloak) -> IdentityProvider:
    return IdentityProvider(keycloak.issuer, "bakhong")


def tokens_of(keycloak: Keycloak, name: str) -> dict[str, Any]:
    form = {"grant_type": "password", "client_id": "tests", "username": name, "password": PASSWORD, "scope": "openid"}
    answer = httpx.post(f"{keycloak.issuer}/protocol/openid-connect/token", data=form, timeout=60)
    tokens: dict[str, Any] = answer.raise_for_status().json()
    return tokens


async def test_an_officers_access_token_has_role_unit_and_body(
    keycloak: Keycloak, admin: httpx.Client, provider: IdentityProvider
) -> None:
    caller, _ = await provider.caller(tokens_of(keycloak, "officer")["access_token"])

    assert (caller.role, caller.unit_code, caller.body) == ("officer", "15724", "police")


async def test_a_token_without_a_role_is_unauthenticated(
    keycloak: Keycloak, admin: httpx.Client, provider: IdentityProvider
) -> None:
    with pytest.raises(Unauthenticated):
        await provider.caller(tokens_of(keycloak, "stranger")["access_token"])


async def test_id_and_refresh_tokens_are_no_access_tokens(
    keycloak: Keycloak, admin: httpx.Client, provider: IdentityProvider
) -> None:
    tokens = tokens_of(keycloak, "officer")
    for kind in ("id_token", "refresh_token"):
        with pytest.raises(Unauthenticated):
            await provider.caller(tokens[kind])


async def test_a_token_for_another_audience_is_refused(keycloak: Keycloak, admin: httpx.Client) -> None:
    other = IdentityProvider(keycloak.issuer, "another-client")
    with pytest.raises(Unauthenticated):
        await other.caller(tokens_of(keycloak, "officer")["access_token"])


def test_no_one_changes_their_own_role(admin: httpx.Client) -> None:
    profile = admin.get("/users/profile").raise_for_status().json()
    may_edit = {one["name"]: one["permissions"]["edit"] for one in profile["attributes"]}

    for name in ("bakhong_role", "unit_code", "body", "resident_id", "organization_id"):
        assert may_edit[name] == ["admin"]
    assert profile.get("unmanagedAttributePolicy", "DISABLED") == "DISABLED"


async def test_new_keys_of_the_provider_are_found(
    keycloak: Keycloak, admin: httpx.Client, provider: IdentityProvider
) -> None:
    first = tokens_of(keycloak, "officer")["access_token"]
    await provider.caller(first)
    add_key(admin)
    provider.keys._tried_at = None  # the next half minute, now

    second = tokens_of(keycloak, "officer")["access_token"]

    assert first.split(".")[0] != second.split(".")[0]
    assert (await provider.caller(second))[0].role == "officer"
    assert (await provider.caller(first))[0].role == "officer"


def add_key(admin: httpx.Client) -> None:
    realm_id = admin.get("").raise_for_status().json()["id"]
    key = {
        "name": "newer", "providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider",
        "parentId": realm_id, "config": {"priority": ["200"], "enabled": ["true"], "active": ["true"]},
    }  # fmt: skip
    admin.post("/components", json=key).raise_for_status()


@pytest.fixture
def dashboard_secret(admin: httpx.Client) -> str:
    """The secret of the dashboard's client, which may redirect to the gateway of these tests."""
    dashboard = admin.get("/clients", params={"clientId": "bakhong-dashboard"}).json()[0]
    dashboard["redirectUris"] = ["https://gateway/dashboard/callback"]
    admin.put(f"/clients/{dashboard['id']}", json=dashboard).raise_for_status()
    secret: str = admin.get(f"/clients/{dashboard['id']}/client-secret").json()["value"]
    return secret


class EndedInMemory(EndedSessions):
    def __init__(self) -> None:
        self._ids: set[str] = set()

    async def add(self, session_id: str, until: datetime) -> None:
        self._ids.add(session_id)

    async def contains(self, session_id: str) -> bool:
        return session_id in self._ids


@pytest.fixture
async def browser(keycloak: Keycloak, dashboard_secret: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before the gateway; the service behind it only returns the caller."""
    from fastapi import FastAPI

    from chassis.security.identity import write_keys
    from gateway.asgi import Gateway
    from gateway.identity.credentials import Credentials, SignerFile
    from gateway.identity.sessions import DashboardSessions
    from gateway.proxy.client import ProxyClient
    from gateway.settings import GatewaySettings

    write_keys(tmp_path, ["gateway"])
    signer = SignerFile(tmp_path / "gateway.pem")
    settings = GatewaySettings(
        oidc_issuer=keycloak.issuer, oidc_client_id="bakhong-dashboard", oidc_client_secret=dashboard_secret
    )
    provider = IdentityProvider(keycloak.issuer, "bakhong")
    gateway = Gateway(FastAPI(), settings)
    gateway.client = ProxyClient()
    gateway.sessions = DashboardSessions(settings, provider, lambda: signer.session_key, EndedInMemory())
    gateway.credentials = Credentials(signer, None, None, None, provider, allows_development=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gateway), base_url="https://gateway") as browser:
        yield browser
    await gateway.client.close()


async def test_an_officer_signs_in_on_the_dashboard(keycloak: Keycloak, browser: httpx.AsyncClient) -> None:
    begun = await browser.get("/dashboard/sign-in", params={"next": "/dashboard/units/15724"})

    async with httpx.AsyncClient(timeout=60) as at_provider:
        page = await at_provider.get(begun.headers["Location"])
        action = re.search(r'action="([^"]+)"', page.text)
        assert action, page.text[:500]
        form = {"username": "officer", "password": PASSWORD}
        # Its cookies are for TLS only; a browser makes an exception for the loopback, the client library does not.
        cookies = "; ".join(one.partition(";")[0] for one in page.headers.get_list("Set-Cookie"))
        back = await at_provider.post(html.unescape(action[1]), data=form, headers={"Cookie": cookies})
    assert back.status_code == 302, back.text[:500]
    address = urlsplit(back.headers["Location"])
    finished = await browser.get(f"{address.path}?{address.query}")

    assert (finished.status_code, finished.headers["Location"]) == (303, "/dashboard/units/15724")
    assert "__Host-session" in finished.headers["Set-Cookie"]


async def test_keys_outlive_the_provider(keycloak: Keycloak, admin: httpx.Client, provider: IdentityProvider) -> None:
    token = tokens_of(keycloak, "officer")["access_token"]
    await provider.caller(token)

    keycloak.stop()

    assert (await provider.caller(token))[0].role == "officer"
