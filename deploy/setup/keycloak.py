"""What the set-up does in the stack's own Keycloak by its administration API: the dashboard's secret, mail, accounts."""

from __future__ import annotations

from collections.abc import Generator
from secrets import token_urlsafe
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import httpx

REALM = "bakhong"
DASHBOARD, OPERATIONS = "bakhong-dashboard", "bakhong-operations"
SECONDS = 60
SECONDS_A_LINK_HOLDS = 3 * 24 * 3600
SMTP_PORT, SMTPS_PORT = 587, 465
ATTRIBUTES = ("bakhong_role", "unit_code", "body")
"""The attributes that come from a list of staff; other attributes of an account stay."""


class Account(NamedTuple):
    """An account of the realm; the gateway knows its person by the subject. `attributes` go into its token."""

    subject: str
    attributes: dict[str, list[str]]
    is_enabled: bool


class Invited(NamedTuple):
    """An account that was made, and the password that holds once; None where a mail holds the link."""

    account: Account
    password: str | None


class AdminToken(httpx.Auth):
    """Signs requests as Keycloak's administrator, with a new token when the last one has ended (after a minute)."""

    requires_response_body = True

    def __init__(self, url: str, username: str, password: str) -> None:
        self._url = f"{url}/realms/master/protocol/openid-connect/token"
        self._form = {"grant_type": "password", "client_id": "admin-cli", "username": username, "password": password}
        self._token = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """One request; twice where the token had ended."""
        for _ in range(2):
            if not self._token:
                answer = yield httpx.Request("POST", self._url, data=self._form)
                self._token = answer.raise_for_status().json()["access_token"]
            request.headers["Authorization"] = f"Bearer {self._token}"
            response = yield request
            if response.status_code != httpx.codes.UNAUTHORIZED:
                return
            self._token = ""


class KeycloakAdmin:
    """The realm of the platform, as Keycloak's administrator. httpx.HTTPError when Keycloak does not do what is asked."""

    def __init__(self, url: str, password: str, *, username: str = "admin") -> None:
        """`url`: without a slash at its end, such as http://localhost:8180/id."""
        self.url = url
        self._client = httpx.Client(
            base_url=f"{url}/admin/realms/{REALM}", auth=AdminToken(url, username, password), timeout=SECONDS
        )

    def __enter__(self) -> KeycloakAdmin:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def set_dashboard_secret(self, secret: str) -> bool:
        """The dashboard's client has this secret; whether it had another one."""
        client = self.client_of(DASHBOARD)
        if client.get("secret") == secret:
            return False
        self.put(f"/clients/{client['id']}", client | {"secret": secret})
        return True

    def set_mail_server(self, smtp_url: str, sender: str) -> None:
        """Mail of the realm goes through this server."""
        realm: dict[str, Any] = self.get("")
        self.put("", realm | {"smtpServer": smtp_server(smtp_url, sender)})

    def has_mail_server(self) -> bool:
        """Whether the realm can send mail."""
        return bool(self.get("").get("smtpServer"))

    def account_of(self, email: str) -> Account | None:
        """The account with this mail address."""
        found = self.get("/users", {"email": email, "exact": "true", "briefRepresentation": "false"})
        return _account(found[0]) if found else None

    def invite(self, email: str, name: str, attributes: dict[str, list[str]], *, by_mail: bool) -> Invited:
        """Makes an account whose person sets a password at the first sign-in; the name's last word is the given name."""
        password = None if by_mail else token_urlsafe(12)
        first, _, last = name.strip().rpartition(" ")
        user = {
            "username": email, "email": email, "emailVerified": True, "enabled": True, "firstName": first or last,
            "lastName": last, "attributes": attributes, "requiredActions": ["UPDATE_PASSWORD"],
            "credentials": [{"type": "password", "value": password, "temporary": True}] if password else [],
        }  # fmt: skip
        made = self._client.post("/users", json=user).raise_for_status()
        subject = made.headers["Location"].rpartition("/")[2]
        if by_mail:
            self.put(f"/users/{subject}/execute-actions-email?lifespan={SECONDS_A_LINK_HOLDS}", ["UPDATE_PASSWORD"])
        return Invited(Account(subject, attributes, is_enabled=True), password)

    def change(self, account: Account, attributes: dict[str, list[str]]) -> None:
        """The account has these attributes of the platform and may sign in. Its sessions end, so the next token has them."""
        user = self.get(f"/users/{account.subject}")
        kept = {name: values for name, values in user.get("attributes", {}).items() if name not in ATTRIBUTES}
        self.put(f"/users/{account.subject}", user | {"enabled": True, "attributes": kept | attributes})
        self._client.post(f"/users/{account.subject}/logout").raise_for_status()

    def lock(self, account: Account) -> None:
        """The account may not sign in any more, and its sessions end."""
        user = self.get(f"/users/{account.subject}")
        self.put(f"/users/{account.subject}", user | {"enabled": False})
        self._client.post(f"/users/{account.subject}/logout").raise_for_status()

    def operations_token(self) -> str:
        """An access token of the machine identity that the realm brings, with the role operator."""
        secret = self.get(f"/clients/{self.client_of(OPERATIONS)['id']}/client-secret")["value"]
        form = {"grant_type": "client_credentials", "client_id": OPERATIONS, "client_secret": secret}
        answer = httpx.post(f"{self.url}/realms/{REALM}/protocol/openid-connect/token", data=form, timeout=SECONDS)
        return str(answer.raise_for_status().json()["access_token"])

    def client_of(self, client_id: str) -> dict[str, Any]:
        """The client of the realm with this name."""
        found: list[dict[str, Any]] = self.get("/clients", {"clientId": client_id})
        return found[0]

    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        """What the administration API answers at a path of the realm."""
        return self._client.get(path, params=query).raise_for_status().json()

    def put(self, path: str, body: Any) -> None:
        """Replace what is at a path of the realm."""
        self._client.put(path, json=body).raise_for_status()

    def delete(self, path: str) -> None:
        """Remove what is at a path of the realm."""
        self._client.delete(path).raise_for_status()

    def post(self, path: str, body: Any) -> Any:
        """Add to what is at a path of the realm; the answer's body, None where it is empty."""
        answer = self._client.post(path, json=body).raise_for_status()
        return answer.json() if answer.content else None


def _account(user: dict[str, Any]) -> Account:
    attributes = {name: user.get("attributes", {}).get(name, []) for name in ATTRIBUTES}
    return Account(user["id"], {name: values for name, values in attributes.items() if values}, bool(user["enabled"]))


def smtp_server(url: str, sender: str) -> dict[str, str]:
    """Keycloak's form of `smtp://user:password@host:port` (STARTTLS) or `smtps://`."""
    found = urlsplit(url)
    is_tls = found.scheme == "smtps"
    server = {
        "host": found.hostname or "", "port": str(found.port or (SMTPS_PORT if is_tls else SMTP_PORT)), "from": sender,
        "fromDisplayName": "Ba Không", "ssl": str(is_tls).lower(), "starttls": str(bool(found.username) and not is_tls).lower(),
        "auth": str(bool(found.username)).lower(),
    }  # fmt: skip
    if found.username:
        server |= {"user": unquote(found.username), "password": unquote(found.password or "")}
    return server
