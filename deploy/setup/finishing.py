"""What the set-up can do only when the stack runs; `make up` does it at its end. Doing it again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from deploy.setup.citizens import CitizenProvider, broker
from deploy.setup.keycloak import KeycloakAdmin
from deploy.setup.partner import platform_client, register_partner
from deploy.setup.questions import OWN_KEYCLOAK
from deploy.setup.writing import CITIZENS_SECRET, CLIENT_SECRET


def is_wanted(settings: Mapping[str, str]) -> bool:
    """Whether the set-up was used here, with the stack's own Keycloak."""
    return settings.get("SETUP_SIGN_IN") == OWN_KEYCLOAK


def finish(settings: Mapping[str, str], secrets: Path) -> Iterator[str]:
    """The dashboard's secret, mail, the first operator and the first partner; what a person must know, line by line."""
    url = f"http://localhost:{settings.get('KEYCLOAK_PORT') or 8180}/id"
    with KeycloakAdmin(url, (secrets / "keycloak_password").read_text()) as keycloak:
        keycloak.set_dashboard_secret((secrets / CLIENT_SECRET).read_text())
        yield from _operator(keycloak, settings)
        yield from broker_citizens(keycloak, settings, secrets)
        yield from _partner(keycloak, settings, secrets)


def _operator(keycloak: KeycloakAdmin, settings: Mapping[str, str]) -> Iterator[str]:
    smtp_url = settings.get("SMTP_URL")
    if smtp_url:
        keycloak.set_mail_server(smtp_url, settings.get("MAIL_FROM") or f"ba-khong@{settings['DOMAIN']}")
    email, name = settings["SETUP_OPERATOR_EMAIL"], settings["SETUP_OPERATOR_NAME"]
    if keycloak.account_of(email):
        return
    invited = keycloak.invite(email, name, {"bakhong_role": ["operator"]}, by_mail=bool(smtp_url))
    dashboard = f"{settings['PUBLIC_URL']}/dashboard"
    if invited.password is None:
        yield f"The first operator got a mail to {email} with a link to set the password; after that: {dashboard}"
    else:
        yield f"The first operator signs in at {dashboard} as {email} with {invited.password}"
        yield "  (holds for one sign-in, which asks for a password of one's own; it is not shown again)"


def broker_citizens(keycloak: KeycloakAdmin, settings: Mapping[str, str], secrets: Path) -> Iterator[str]:
    """Have the realm broker the provider of citizens' identities, where one was named; lines about what did not work."""
    file = secrets / CITIZENS_SECRET
    provider = CitizenProvider.of(settings, file.read_text() if file.exists() else "")
    if provider is None:
        return
    try:
        broker(keycloak, provider)
    except httpx.HTTPStatusError as refused:
        yield f"Residents cannot sign in through {provider.issuer} yet: Keycloak answered {refused.response.status_code}."
        yield "  Can Keycloak's container reach it, and is the address right (SETUP_CITIZENS_ISSUER)? make up tries again."


def _partner(keycloak: KeycloakAdmin, settings: Mapping[str, str], secrets: Path) -> Iterator[str]:
    partner_id = settings.get("SETUP_PARTNER_ID")
    if not partner_id:
        return
    with platform_client(settings, secrets, keycloak.operations_token()) as platform:
        secret = register_partner(platform, settings)
    if secret:
        yield f"The partner {partner_id} signs its webhooks with {secret}"
        yield "  (hand it over by another way than mail; it is not shown again). Its developer reads docs/integration.md."
