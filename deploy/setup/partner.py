"""The first partner, registered through the platform's own API."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx

SECONDS = 30


def platform_client(settings: Mapping[str, str], secrets: Path, token: str) -> httpx.Client:
    """Asks the proxy of this machine under the platform's name, whether or not the name leads here already."""
    trusted = ssl.create_default_context()
    for certificate in (secrets / "tls_certificate.pem", *(secrets / "authorities").glob("*.pem")):
        trusted.load_verify_locations(certificate)
    domain = settings["DOMAIN"]

    def name_the_host(request: httpx.Request) -> None:
        request.headers["Host"] = domain
        request.extensions["sni_hostname"] = domain

    return httpx.Client(
        base_url=f"https://127.0.0.1:{settings.get('HTTPS_PORT') or 8443}", verify=trusted, timeout=SECONDS,
        headers={"Authorization": f"Bearer {token}"}, event_hooks={"request": [name_the_host]},
    )  # fmt: skip


def register_partner(platform: httpx.Client, settings: Mapping[str, str]) -> str | None:
    """The secret with which the partner signs; None when it has one already. httpx.HTTPError when it is refused."""
    partner_id = settings["SETUP_PARTNER_ID"]
    if platform.get(f"/v1/partners/{partner_id}").status_code == httpx.codes.NOT_FOUND:
        body = {"id": partner_id, "name": settings["SETUP_PARTNER_NAME"], "kind": settings["SETUP_PARTNER_KIND"]}
        platform.post("/v1/partners", json=body).raise_for_status()
    secrets = platform.get(f"/v1/partners/{partner_id}/secrets").raise_for_status().json()["items"]
    if secrets:
        return None
    made = platform.post(f"/v1/partners/{partner_id}/secrets", json={}).raise_for_status().json()
    return str(made["secret"])
