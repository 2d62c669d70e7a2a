"""What the set-up does in the stack's own Keycloak by its administration API: dashboard's secret, mail, first operator."""

from __future__ import annotations

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


class Invited(NamedTuple):
    """The first operator: the name to sign in with, and the password that holds once; None where a mail holds the link."""

    username: str
    password: str | None


class KeycloakAdmin:
    """The realm of the platform, as Keycloak's administrator. httpx.HTTPError when Keycloak does not do what is asked."""

    def __init__(self, url: str, password: str, *, username: str = "admin") -> None:
        """`url`: without a slash at its end, such as http://localhost:8180/id."""
        self.url = url
        form = {"grant_type": "password", "client_id": "admin-cli", "username": username, "password": password}
        answer = httpx.post(f"{url}/realms/master/protocol/openid-connect/token", data=form, timeout=SECONDS)
        token = answer.raise_for_status().json()["access_token"]
        self._client = httpx.Client(
            base_url=f"{url}/admin/realms/{REALM}", headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS
        )

    def __enter__(self) -> KeycloakAdmin:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def set_dashboard_secret(self, secret: str) -> bool:
        """The dashboard's client has this secret; whether it had another one."""
        client = self._client_of(DASHBOARD)
        if client.get("secret") == secret:
            return False
        self._put(f"/clients/{client['id']}", client | {"secret": secret})
        return True

    def set_mail_server(self, smtp_url: str, sender: str) -> None:
        """Mail of the realm goes through this server."""
        realm: dict[str, Any] = self._get("")
        self._put("", realm | {"smtpServer": smtp_server(smtp_url, sender)})

    def invite_operator(self, email: str, name: str, *, by_mail: bool) -> Invited | None:
        """Makes the operator, who sets a password at the first sign-in; None when the account is there already."""
        if self._get("/users", {"email": email, "exact": "true"}):
            return None
        password = None if by_mail else token_urlsafe(12)
        first, _, last = name.strip().rpartition(" ")
        user = {
            "username": email, "email": email, "emailVerified": True, "enabled": True, "firstName": first or last,
            "lastName": last, "attributes": {"bakhong_role": ["operator"]}, "requiredActions": ["UPDATE_PASSWORD"],
            "credentials": [{"type": "password", "value": password, "temporary": True}] if password else [],
        }  # fmt: skip
        self._client.post("/users", json=user).raise_for_status()
        if by_mail:
            (made,) = self._get("/users", {"email": email, "exact": "true"})
            self._put(f"/users/{made['id']}/execute-actions-email?lifespan={SECONDS_A_LINK_HOLDS}", ["UPDATE_PASSWORD"])
        return Invited(email, password)

    def operations_token(self) -> str:
        """An access token of the machine identity that the realm brings, with the role operator."""
        secret = self._get(f"/clients/{self._client_of(OPERATIONS)['id']}/client-secret")["value"]
        form = {"grant_type": "client_credentials", "client_id": OPERATIONS, "client_secret": secret}
        answer = httpx.post(f"{self.url}/realms/{REALM}/protocol/openid-connect/token", data=form, timeout=SECONDS)
        return str(answer.raise_for_status().json()["access_token"])

    def _client_of(self, client_id: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = self._get("/clients", {"clientId": client_id})
        return found[0]

    def _get(self, path: str, query: dict[str, str] | None = None) -> Any:
        return self._client.get(path, params=query).raise_for_status().json()

    def _put(self, path: str, body: Any) -> None:
        self._client.put(path, json=body).raise_for_status()


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
