"""Residents sign in at a provider of their own, which a real Keycloak brokers as the set-up prepares it: over HTTP, page by page.

The provider is the one that `make run` plays; the platform trusts the realm alone.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest

from chassis.security.played import ACR_VALUES
from deploy.demo.api_client import eventually
from deploy.demo.identity.accounts import COMMUNE, account
from deploy.identity.browser import Browser
from deploy.identity.keycloak import ADMIN_PASSWORD, Keycloak
from deploy.local.started import Started, started
from deploy.setup.citizens import ALIAS, CitizenProvider, broker, trusted_file
from deploy.setup.finishing import broker_citizens
from deploy.setup.keycloak import KeycloakAdmin

pytestmark = [pytest.mark.identity, pytest.mark.timeout(900)]

APP, REDIRECT = "bakhong-app", "vn.bakhong.app:/signed-in"
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
LOW, HIGH = ACR_VALUES[1][0], ACR_VALUES[2][0]
SECONDS_TO_END = 60
EXAMPLE = Path(__file__).parents[3] / "docs/examples/single-page-app.html"
REVEAL = {"fields": ["personal_id"], "reason": "xem số của tôi"}


@pytest.fixture(scope="module")
def site() -> Iterator[ThreadingHTTPServer]:
    """The web server of an application: answers every request with its `content`."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(getattr(self.server, "content", b""))

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def origin_of(site: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{site.server_port}"


@pytest.fixture(scope="module")
def platform(
    keycloak: Keycloak, site: ThreadingHTTPServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """The platform with its demo; its provider is brokered by Keycloak."""
    trusted: Path = tmp_path_factory.mktemp("authorities") / "identity-providers.json"
    trusted.write_text(trusted_file(keycloak.issuer, (LOW, HIGH)))
    settings = {"DEMO": "1", "OIDC_ISSUER": keycloak.issuer, "IDENTITY_PROVIDERS_FILE": str(trusted),
                "CORS_ORIGINS": origin_of(site)}  # fmt: skip
    with started(settings) as platform, KeycloakAdmin(keycloak.url, ADMIN_PASSWORD) as admin:
        provider = CitizenProvider(
            f"{platform.url}/dev/identity",
            "bakhong",
            "a-secret",
            ("personal_id", "name", "birthdate", "acr"),
            (LOW, HIGH),
        )
        broker(admin, provider)
        broker(admin, provider)  # as at every `make up`
        yield platform


@pytest.fixture
def api(platform: Started) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=platform.url, timeout=60) as api:
        yield api


class Person:
    """A resident with a browser and the province's app, which knows the realm alone."""

    def __init__(self, keycloak: Keycloak, platform: Started, key: str) -> None:
        self._keycloak, self._platform, self._key = keycloak, platform, key
        self.browser = Browser(REDIRECT)
        self.tokens: dict[str, Any] = {}

    def begin(self, **asked: str) -> httpx.Response:
        """The page on which the app's request ends: the provider's, or the way back to the app."""
        query = {
            "client_id": APP, "response_type": "code", "scope": "openid", "redirect_uri": REDIRECT,
            "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        } | asked  # fmt: skip
        return self.browser.open(f"{self._keycloak.issuer}/protocol/openid-connect/auth?{urlencode(query)}")

    def choose(self, page: httpx.Response, level: int) -> httpx.Response:
        """Sign in at the provider, at this level."""
        assert "/dev/identity/authorize" in str(page.url), (page.url, page.text[:2000])
        [form] = [one for one in re.findall(r"<form.*?</form>", page.text, re.S) if f'value="{self._key}"' in one]
        request = re.search(r'name="request" value="([^"]*)"', form)
        assert request
        assert f'name="level" value="{level}"' in form
        chosen = {"account": self._key, "request": html.unescape(request[1]), "level": str(level)}
        return self.browser.post(f"{self._platform.url}/dev/identity/choose", chosen)

    def sign_in(self, level: int = 2, **asked: str) -> dict[str, str]:
        """The headers of the person, who chose this level at the provider."""
        return self.finish(self.choose(self.begin(**asked), level))

    def finish(self, back: httpx.Response) -> dict[str, str]:
        """The headers, for the code that the browser brought back to the app."""
        location = back.headers.get("Location", "")
        assert location.startswith(REDIRECT), (back.status_code, back.url, back.text[:3000])
        return self._take({"grant_type": "authorization_code", "code": parse_qs(urlsplit(location).query)["code"][0],
                           "redirect_uri": REDIRECT, "code_verifier": VERIFIER})  # fmt: skip

    def refresh(self) -> dict[str, str]:
        """The headers with a refreshed token."""
        return self._take({"grant_type": "refresh_token", "refresh_token": self.tokens["refresh_token"]})

    @property
    def claims(self) -> dict[str, Any]:
        return jwt.decode(self.tokens["access_token"], options={"verify_signature": False})

    def _take(self, form: dict[str, str]) -> dict[str, str]:
        path = f"{self._keycloak.issuer}/protocol/openid-connect/token"
        answer = httpx.post(path, data=form | {"client_id": APP}, timeout=60)
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}


@pytest.fixture
def visitor(keycloak: Keycloak, platform: Started) -> Any:
    """`visitor("citizen")` is a person of the provider's page with a new browser."""
    return lambda key: Person(keycloak, platform, key)


def me(api: httpx.Client, headers: dict[str, str]) -> dict[str, Any]:
    answer = api.get("/v1/me", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_app_signs_a_resident_in_at_the_provider_and_sees_the_own_record(
    api: httpx.Client, visitor: Any, keycloak: Keycloak, admin: KeycloakAdmin
) -> None:
    who = account("citizen")
    assert who
    person = visitor("citizen")
    own = me(api, headers := person.sign_in(level=1))

    assert (own["role"], own["level"]) == ("resident", 1)
    assert api.get(f"/v1/residents/{own['resident_id']}", headers=headers).json()["full_name"] == who.full_name
    assert eventually(lambda: me(api, headers)["links"], 30)[0]["issuer"] == keycloak.issuer
    assert (person.claims["personal_id"], person.claims["citizen_level"]) == (who.personal_id, LOW)
    [kept] = admin.get("/users", {"username": f"{ALIAS}.{who.subject}", "exact": "true"})
    assert who.personal_id not in str(admin.get(f"/users/{kept['id']}"))
    assert not any(who.personal_id in address for address in person.browser.visited)


@pytest.mark.parametrize("refusal", ["unknown", "mismatch", "deceased", "minor"])
def test_each_refusal_is_the_same_as_without_a_broker(api: httpx.Client, visitor: Any, refusal: str) -> None:
    answer = api.get("/v1/residents", headers=visitor(refusal).sign_in())

    assert (answer.status_code, answer.json()["type"]) == (403, f"/problems/identity-{refusal}")


def test_level_2_is_asked_from_the_provider_although_keycloak_has_a_session(api: httpx.Client, visitor: Any) -> None:
    who = account("citizen")
    assert who
    person = visitor("citizen")
    low = person.sign_in(level=1)
    path = f"/v1/residents/{me(api, low)['resident_id']}/reveal"
    refused = api.post(path, json=REVEAL, headers=low)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/insufficient-level")
    asked = re.search(r'acr_values="([^"]+)"', refused.headers["WWW-Authenticate"])
    assert asked

    page = person.begin(acr_values=asked[1])
    assert f'value="{who.key}"' in page.text
    assert 'name="level" value="1"' not in page.text  # the provider was told which level
    high = person.finish(person.choose(page, 2))

    assert me(api, high)["level"] == 2
    assert api.post(path, json=REVEAL, headers=high).json()["fields"] == {"personal_id": who.personal_id}


def test_keycloaks_session_and_refreshed_tokens_keep_level_and_time_of_the_sign_in(
    api: httpx.Client, visitor: Any
) -> None:
    person = visitor("citizen")
    began = int(time.time())
    first = me(api, person.sign_in(level=1))
    signed_in_at, issued_at = person.claims["auth_time"], person.claims["iat"]
    assert began <= signed_in_at <= time.time()
    time.sleep(2)

    refreshed = me(api, person.refresh())
    assert person.claims["iat"] > issued_at
    again = me(api, person.finish(person.begin()))  # no page of the provider in between

    for later in (refreshed, again):
        assert (later["level"], later["signed_in_at"]) == (1, first["signed_in_at"])
    assert person.claims["auth_time"] == signed_in_at

    person.finish(person.choose(person.begin(max_age="1"), 1))
    assert person.claims["auth_time"] > signed_in_at


def test_a_provider_that_cannot_be_reached_is_named_and_a_known_one_is_not_asked_again(
    platform: Started, admin: KeycloakAdmin, tmp_path: Path
) -> None:
    settings = {
        "SETUP_CITIZENS_ISSUER": "http://127.0.0.1:9", "SETUP_CITIZENS_CLIENT_ID": "bakhong",
        "SETUP_CITIZENS_CLAIMS": "personal_id name birthdate acr", "SETUP_CITIZENS_LEVELS": f"{LOW} {HIGH}",
    }  # fmt: skip
    before = admin.get(f"/identity-provider/instances/{ALIAS}")

    assert "http://127.0.0.1:9" in next(iter(broker_citizens(admin, settings, tmp_path)))
    assert admin.get(f"/identity-provider/instances/{ALIAS}") == before

    moved = before | {"config": before["config"] | {"issuer": "http://127.0.0.1:9"}}  # as if it were down now
    admin.put(f"/identity-provider/instances/{ALIAS}", moved)
    assert list(broker_citizens(admin, settings, tmp_path)) == []
    admin.put(f"/identity-provider/instances/{ALIAS}", before)


def test_a_lower_level_at_the_next_sign_in_lowers_the_session(api: httpx.Client, visitor: Any) -> None:
    person = visitor("citizen")
    assert me(api, person.sign_in(level=2))["level"] == 2

    assert me(api, person.sign_in(level=1, prompt="login"))["level"] == 1


def test_an_account_that_was_made_anew_waits_for_an_officer(
    api: httpx.Client, visitor: Any, admin: KeycloakAdmin
) -> None:
    who = account("grandchild")
    assert who
    assert me(api, visitor("grandchild").sign_in())["role"] == "resident"
    [kept] = admin.get("/users", {"username": f"{ALIAS}.{who.subject}", "exact": "true"})
    admin.delete(f"/users/{kept['id']}")

    answer = api.get("/v1/me", headers=visitor("grandchild").sign_in())

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/identity-conflict")


def test_who_ends_the_link_is_refused_at_the_next_sign_in(api: httpx.Client, visitor: Any) -> None:
    headers = visitor("grandmother").sign_in()
    [link] = eventually(lambda: me(api, headers)["links"], 30)
    assert api.delete(f"/v1/me/links/{link['id']}", headers=headers).status_code == 204

    def is_revoked() -> bool:
        answer = api.get("/v1/me", headers=visitor("grandmother").sign_in())
        return answer.status_code == 403 and answer.json()["type"] == "/problems/identity-revoked"

    assert eventually(is_revoked, SECONDS_TO_END)


def test_a_proposal_that_an_officer_accepts_opens_the_record_for_the_same_account(
    api: httpx.Client, visitor: Any
) -> None:
    own = visitor("unknown").sign_in()
    sent = api.post("/v1/registrations", json={"unit_code": "15727-02"}, headers=own)
    assert sent.status_code == 202, sent.text
    officer = api.post("/dev/token", json={"role": "officer", "unit_code": COMMUNE}).json()["access_token"]
    decided = api.post(
        f"/v1/registrations/{sent.json()['id']}/decision",
        json={"decision": "accept"},
        headers={"Authorization": f"Bearer {officer}"},
    )
    assert decided.status_code == 200, decided.text

    assert eventually(lambda: api.get("/v1/me", headers=own).status_code == 200, SECONDS_TO_END)
    assert me(api, visitor("unknown").sign_in())["resident_id"] == sent.json()["id"]


def test_an_account_of_the_realm_that_no_provider_vouched_for_signs_nobody_in(
    api: httpx.Client, keycloak: Keycloak, admin: KeycloakAdmin
) -> None:
    who = account("conflict")
    assert who
    scopes = ["bakhong", "citizen"]
    admin.post("/clients", {"clientId": "direct", "publicClient": True, "directAccessGrantsEnabled": True,
                            "defaultClientScopes": scopes})  # fmt: skip
    admin.post("/users", {
        "username": "made-by-hand", "enabled": True, "email": "a@example.org", "emailVerified": True, "firstName": "A",
        "lastName": "B", "credentials": [{"type": "password", "value": "a-long-word", "temporary": False}],
        "attributes": {"personal_id": [who.personal_id], "full_name": [who.full_name], "date_of_birth": [who.date_of_birth]},
    })  # fmt: skip
    form = {"grant_type": "password", "client_id": "direct", "username": "made-by-hand", "password": "a-long-word"}
    given = httpx.post(f"{keycloak.issuer}/protocol/openid-connect/token", data=form, timeout=60).json()["access_token"]

    answer = api.get("/v1/me", headers={"Authorization": f"Bearer {given}"})

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/insufficient-level")


@pytest.fixture
def application(
    platform: Started, keycloak: Keycloak, admin: KeycloakAdmin, site: ThreadingHTTPServer
) -> Iterator[Any]:
    """The documentation's single-page application in a real browser: of another origin, with the realm as its provider."""
    playwright = pytest.importorskip("playwright.sync_api", reason="uv sync --group browser")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no chromium here: install it (apt-get install chromium) or name it by CHROMIUM")
    app = admin.client_of(APP)
    addresses = {"redirectUris": [REDIRECT, f"{origin_of(site)}/"], "webOrigins": [origin_of(site)]}
    admin.put(f"/clients/{app['id']}", app | addresses)
    site.content = adapted(platform.url, keycloak.issuer)  # type: ignore[attr-defined]
    with playwright.sync_playwright() as started_playwright:
        browser = started_playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(locale="vi-VN")
        page.goto(f"{origin_of(site)}/")
        yield page
        browser.close()


def adapted(api: str, issuer: str) -> bytes:
    """The application as its maker adapts it: three names."""
    page = EXAMPLE.read_text(encoding="utf-8")
    for its, ours in (
        ('API = location.origin', f'API = "{api}"'), ('API + "/dev/identity"', f'"{issuer}"'), ('"ung-dung-thu"', f'"{APP}"'),
    ):  # fmt: skip
        assert its in page
        page = page.replace(its, ours)
    return page.encode()


def test_in_a_browser_the_documented_application_signs_in_and_steps_up_through_the_broker(application: Any) -> None:
    who = account("citizen")
    assert who
    application.get_by_role("button", name="Đăng nhập").click()
    application.get_by_role("button", name=f"{who.full_name}, mức 1", exact=True).first.click()
    application.get_by_text("Đã đăng nhập, mức 1").wait_for()
    application.get_by_role("button", name="Xem hồ sơ").click()
    application.locator("#result", has_text=who.full_name).wait_for()

    application.get_by_role("button", name="Xem số định danh").click()
    application.get_by_role("button", name=f"{who.full_name}, mức 2", exact=True).first.wait_for()
    assert application.get_by_role("button", name="mức 1").count() == 0
    application.get_by_role("button", name=f"{who.full_name}, mức 2", exact=True).first.click()

    application.locator("#result", has_text=who.personal_id).wait_for()
    assert application.locator("#who").text_content() == "Đã đăng nhập, mức 2"
