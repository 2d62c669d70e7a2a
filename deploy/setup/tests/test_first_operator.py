"""The first operator and the first partner with a real Keycloak and the real platform."""

import asyncio
import email
import html
import re
from collections.abc import AsyncIterator, Iterator
from email import policy
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from deploy.identity.browser import Browser
from deploy.identity.keycloak import Keycloak
from deploy.local.started import Started, started
from deploy.setup.keycloak import KeycloakAdmin
from deploy.setup.partner import register_partner
from gateway.identity.oidc import IdentityProvider

pytestmark = [pytest.mark.identity, pytest.mark.timeout(600)]

SECRET = "the-secret-between-gateway-and-provider"
CALLBACK = "https://localhost:8443/dashboard/callback"
OPERATOR = {"bakhong_role": ["operator"]}
PARTNER = {"SETUP_PARTNER_ID": "bank-a", "SETUP_PARTNER_NAME": "Bank A", "SETUP_PARTNER_KIND": "bank"}


@pytest.fixture(scope="module")
def platform(keycloak: Keycloak) -> Iterator[Started]:
    with started({"DEMO": "0", "OIDC_ISSUER": keycloak.issuer}) as platform:
        yield platform


def sign_in_page(keycloak: Keycloak, browser: Browser) -> httpx.Response:
    query = httpx.QueryParams(
        client_id="bakhong-dashboard", response_type="code", scope="openid", redirect_uri=CALLBACK,
        code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method="S256",
    )  # fmt: skip
    return browser.open(f"{keycloak.issuer}/protocol/openid-connect/auth?{query}")


def access_token(keycloak: Keycloak, code: str) -> str:
    """What the gateway gets for the code that the browser brought back."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": "bakhong-dashboard",
        "client_secret": SECRET, "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    }  # fmt: skip
    answer = httpx.post(f"{keycloak.issuer}/protocol/openid-connect/token", data=form, timeout=60)
    return str(answer.raise_for_status().json()["access_token"])


async def test_the_operator_sets_a_password_in_the_browser_and_is_operator(
    keycloak: Keycloak, admin: KeycloakAdmin
) -> None:
    assert admin.set_dashboard_secret(SECRET)
    assert not admin.set_dashboard_secret(SECRET)
    invited = admin.invite("van-hanh@example.vn", "Người Vận Hành", OPERATOR, by_mail=False)
    assert invited.password
    assert admin.account_of("van-hanh@example.vn") == invited.account

    browser = Browser(CALLBACK)
    page = browser.send(sign_in_page(keycloak, browser), username="van-hanh@example.vn", password=invited.password)
    assert "password-new" in page.text
    back = browser.send(page, **{"password-new": "a-word-of-my-own", "password-confirm": "a-word-of-my-own"})

    token = access_token(keycloak, parse_qs(urlsplit(back.headers["Location"]).query)["code"][0])
    caller, _ = await IdentityProvider(keycloak.issuer, "bakhong").caller(token)
    assert caller.role == "operator"


class MailServer:
    """Takes every message."""

    def __init__(self) -> None:
        self.port = 0
        self.messages: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        while line := (await reader.readline()).decode().strip().upper():
            if line == "DATA":
                writer.write(b"354 go on\r\n")
                self.messages.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"221 bye\r\n" if line == "QUIT" else b"250 ok\r\n")
        writer.close()


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    mail = MailServer()
    server = await asyncio.start_server(mail.serve, "127.0.0.1", 0)
    mail.port = server.sockets[0].getsockname()[1]
    yield mail
    server.close()


async def test_with_a_mail_server_the_operator_gets_a_link_that_sets_the_password(
    admin: KeycloakAdmin, mail_server: MailServer
) -> None:
    await asyncio.to_thread(admin.set_mail_server, f"smtp://127.0.0.1:{mail_server.port}", "ba-khong@example.vn")
    invited = await asyncio.to_thread(admin.invite, "b@example.vn", "B", OPERATOR, by_mail=True)
    assert invited.password is None

    (sent,) = mail_server.messages
    message = email.message_from_bytes(sent, policy=policy.default)
    body = message.get_body(("plain",))
    assert body
    link = re.search(r"https?://\S+", body.get_content())
    assert link

    def passwords_page() -> str:
        browser = Browser(CALLBACK)
        page = browser.open(link[0])
        if "password-new" not in page.text:  # a page in between names what is to be done
            further = re.search(r'href="([^"]*action-token[^"]*)"', page.text)
            assert further, page.text[:2000]
            page = browser.open(html.unescape(further[1]))
        return page.text

    assert "password-new" in await asyncio.to_thread(passwords_page)


def test_the_first_partner_gets_its_secret_once(keycloak: Keycloak, admin: KeycloakAdmin, platform: Started) -> None:
    headers = {"Authorization": f"Bearer {admin.operations_token()}"}
    with httpx.Client(base_url=platform.url, headers=headers, timeout=30) as client:
        secret = register_partner(client, PARTNER)
        again = register_partner(client, PARTNER)
        partner = client.get("/v1/partners/bank-a").json()

    assert secret
    assert secret.startswith("whsec_")
    assert again is None
    assert (partner["name"], partner["kind"]) == ("Bank A", "bank")


def test_the_realm_names_the_callback_of_these_tests() -> None:
    realm = (Path(__file__).parents[2] / "identity/realm.json").read_text()
    assert CALLBACK in realm.replace("${PUBLIC_URL:", "").replace("}/dashboard", "/dashboard")
