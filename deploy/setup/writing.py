"""What follows from the answers: the lines of `.env` and the secrets. What is there stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from secrets import token_urlsafe

from dotenv import dotenv_values, set_key

from deploy.preflight.certificate import CERTIFICATE, KEY, check_pair
from deploy.preflight.checks import check_receivers
from deploy.secrets.__main__ import main as make_secrets
from deploy.secrets.__main__ import replace_secret
from deploy.setup.citizens import CitizenProvider, trusted_file
from deploy.setup.questions import FROM_ACME, FROM_FILES, OWN_KEYCLOAK, Answers

CLIENT_SECRET = "oidc_client_secret"
CITIZENS_SECRET = "citizens_client_secret"
NOT_WRITTEN = ("SETUP_OIDC_CLIENT_SECRET", "SETUP_CITIZENS_CLIENT_SECRET")
"""Secrets with their own files."""
TRUSTED_FILE = "identity-providers.json"
NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9./:@_,-]*")


class SetupRefused(Exception):
    """An answer cannot be used; the message names the reason and the remedy."""


def settings_of(answers: Answers) -> dict[str, str]:
    """The lines of `.env` for production."""
    domain = answers["DOMAIN"]
    has_keycloak = answers["SETUP_SIGN_IN"] == OWN_KEYCLOAK
    url = f"https://{domain}"
    settings = {
        "ENVIRONMENT": "production",
        "PUBLIC_URL": url,
        "HTTPS_ADDRESS": "0.0.0.0",
        "HTTPS_PORT": "443",
        "COMPOSE_PROFILES": "identity,observability" if has_keycloak else "observability",
        "OIDC_ISSUER": f"{url}/id/realms/bakhong" if has_keycloak else answers["SETUP_SIGN_IN"],
        "OIDC_CLIENT_ID": "bakhong-dashboard",
    }
    if answers["SETUP_CERTIFICATE"] == FROM_ACME:
        settings["PROXY_ADDRESSES"] = f"https://{domain}:8443, https://{domain}:443, https://:8443"
    if answers.get("SETUP_CITIZENS_ISSUER"):
        settings["IDENTITY_PROVIDERS_FILE"] = f"/run/authorities/{TRUSTED_FILE}"
    return settings | {name: answer for name, answer in answers.items() if name not in NOT_WRITTEN}


def write(answers: Answers, file: Path, secrets: Path) -> Iterator[str]:
    """Write what is missing; returns what was written. SetupRefused before anything is written."""
    if found := check_receivers(answers):
        raise SetupRefused(found[0].problem)
    if answers["SETUP_CERTIFICATE"] == FROM_FILES:
        _check_given_certificate(answers, secrets)
    yield from _add_lines(file, settings_of(answers))
    make_secrets(secrets, answers["DOMAIN"])
    if answers["SETUP_CERTIFICATE"] == FROM_FILES:
        yield from _copy_certificate(answers, secrets)
    yield from _keep_client_secret(answers, secrets)
    yield from _keep_citizens(answers, secrets)


def _check_given_certificate(answers: Mapping[str, str], secrets: Path) -> None:
    """The pair at the places that were named; where they are gone, the pair that was copied before."""
    here = _path(answers, "FILE").exists()
    pair = (_path(answers, "FILE"), _path(answers, "KEY_FILE")) if here else (secrets / CERTIFICATE, secrets / KEY)
    if found := check_pair(*pair, answers["DOMAIN"]):
        raise SetupRefused("\n".join(f"{finding.problem} {finding.remedy}" for finding in found))


def _copy_certificate(answers: Mapping[str, str], secrets: Path) -> Iterator[str]:
    for which, name in (("FILE", CERTIFICATE), ("KEY_FILE", KEY)):
        source, target = _path(answers, which), secrets / name
        if source.exists() and source.read_bytes() != target.read_bytes():
            replace_secret(target, source.read_text())
            yield f"{name}: from {source}"


def _path(answers: Mapping[str, str], which: str) -> Path:
    return Path(answers[f"SETUP_CERTIFICATE_{which}"]).expanduser()


def _keep_client_secret(answers: Mapping[str, str], secrets: Path) -> Iterator[str]:
    """The secret between gateway and provider: the given one, or one that is set in Keycloak later."""
    target = secrets / CLIENT_SECRET
    if target.read_text().strip():
        return
    given = answers.get("SETUP_OIDC_CLIENT_SECRET")
    replace_secret(target, given or token_urlsafe(32))
    yield f"{CLIENT_SECRET}: {'as you gave it' if given else 'made'}"


def _keep_citizens(answers: Mapping[str, str], secrets: Path) -> Iterator[str]:
    """The secret for the brokered provider, and the file by which the gateway trusts the realm."""
    given = answers.get("SETUP_CITIZENS_CLIENT_SECRET", "")
    provider = CitizenProvider.of(answers, given)
    if provider is None:
        return
    if not (secrets / CITIZENS_SECRET).exists():
        replace_secret(secrets / CITIZENS_SECRET, given)
        yield f"{CITIZENS_SECRET}: as you gave it"
    target = secrets / "authorities" / TRUSTED_FILE
    if not target.exists():
        target.write_text(trusted_file(settings_of(dict(answers))["OIDC_ISSUER"], provider.acr_values))
        yield f"authorities/{TRUSTED_FILE}: trusts the realm for what {provider.issuer} states"


def _add_lines(file: Path, settings: Mapping[str, str]) -> Iterator[str]:
    there = dotenv_values(file) if file.exists() else {}
    if not file.exists():
        file.touch(mode=0o600)
    for name, value in settings.items():
        if name not in there:
            set_key(file, name, value, quote_mode="never" if NEEDS_NO_QUOTES.fullmatch(value) else "auto")
            yield f"{file.name}: {name}"
        elif there[name] != value:
            yield f"{file.name}: {name} stays {there[name]}"
