"""What the set-up asks: each question is a name of `.env`, a text, a default and a check of the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

Answers = dict[str, str]
PARTNER_KINDS = ("app", "bank", "wallet", "telecom", "identity", "portal", "signature", "other")
OWN_KEYCLOAK = "keycloak"
FROM_ACME, FROM_FILES = "acme", "files"


def _always(answers: Mapping[str, str]) -> bool:
    return True


def _any_text(answer: str) -> str | None:
    return None


@dataclass(frozen=True)
class Question:
    """`check` returns a sentence about a wrong answer; `applies` decides whether earlier answers make it necessary.

    A question with a default of "" may stay unanswered.
    """

    name: str
    text: str
    default: str | None = None
    check: Callable[[str], str | None] = _any_text
    applies: Callable[[Mapping[str, str]], bool] = _always
    is_secret: bool = False


def _domain(answer: str) -> str | None:
    label = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
    return (
        None
        if re.fullmatch(rf"({label}\.)+{label}", answer)
        else "A domain in small letters, such as 3khong.example.vn."
    )


def _mail(answer: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", answer) else "An address such as van-hanh@example.vn."


def _optional_mail(answer: str) -> str | None:
    return _mail(answer) if answer else None


def _mail_server(answer: str) -> str | None:
    found = urlsplit(answer)
    is_one = not answer or (found.scheme in ("smtp", "smtps") and found.hostname)
    return None if is_one else "smtp://user:password@host:587 or smtps://user:password@host, or nothing."


def _one_of(*known: str) -> Callable[[str], str | None]:
    return lambda answer: None if answer in known else f"One of {', '.join(known)}."


def _provider(answer: str) -> str | None:
    is_one = answer == OWN_KEYCLOAK or (urlsplit(answer).scheme == "https" and urlsplit(answer).hostname)
    return None if is_one else f"{OWN_KEYCLOAK}, or the https address of your provider."


def _partner_id(answer: str) -> str | None:
    is_one = not answer or (re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", answer) and 2 <= len(answer) <= 40)
    return None if is_one else "Small letters, digits and hyphens, such as bank-a; or nothing."


def _citizens(answer: str) -> str | None:
    found = urlsplit(answer)
    is_one = not answer or (found.scheme == "https" and found.hostname)
    return None if is_one else "The https address of the provider, or nothing."


def _words(number: int) -> Callable[[str], str | None]:
    return lambda answer: None if len(answer.split()) == number else f"{number} words, with spaces between them."


def _is(name: str, value: str) -> Callable[[Mapping[str, str]], bool]:
    return lambda answers: answers.get(name) == value


def _has(name: str) -> Callable[[Mapping[str, str]], bool]:
    return lambda answers: bool(answers.get(name))


def _has_own_provider(answers: Mapping[str, str]) -> bool:
    return answers.get("SETUP_SIGN_IN") != OWN_KEYCLOAK


_with_keycloak = _is("SETUP_SIGN_IN", OWN_KEYCLOAK)

QUESTIONS = (
    Question("DOMAIN", "The domain that leads to this machine", check=_domain),
    Question(
        "SETUP_CERTIFICATE",
        f"The certificate: {FROM_ACME} (Caddy gets and renews it from Let's Encrypt) or {FROM_FILES} (you bring it)",
        FROM_ACME,
        _one_of(FROM_ACME, FROM_FILES),
    ),
    Question(
        "ACME_EMAIL", "The mail address for the certificate's authority", check=_mail,
        applies=_is("SETUP_CERTIFICATE", FROM_ACME),
    ),
    Question(
        "SETUP_CERTIFICATE_FILE", "The file with the certificate and its chain (PEM)",
        applies=_is("SETUP_CERTIFICATE", FROM_FILES),
    ),
    Question(
        "SETUP_CERTIFICATE_KEY_FILE", "The file with its key (PEM)", applies=_is("SETUP_CERTIFICATE", FROM_FILES)
    ),
    Question("SMTP_URL", "The mail server (empty: no mail is sent)", "", _mail_server, is_secret=True),
    Question("MAIL_FROM", "The sender of the platform's mail", "", _optional_mail, _has("SMTP_URL")),
    Question("ALERTS_TO", "Who receives alerts: mail addresses and URLs of webhooks, with commas (empty: no alert is sent)", ""),
    Question(
        "SETUP_SIGN_IN",
        f"Sign-in of staff: {OWN_KEYCLOAK} (runs here) or the address of your OpenID provider",
        OWN_KEYCLOAK,
        _provider,
    ),
    Question("OIDC_CLIENT_ID", "The client of the dashboard at your provider", "bakhong-dashboard", applies=_has_own_provider),
    Question(
        "SETUP_OIDC_CLIENT_SECRET", "The secret of that client", applies=_has_own_provider, is_secret=True
    ),
    Question("SETUP_OPERATOR_EMAIL", "The mail address of the first operator", check=_mail, applies=_with_keycloak),
    Question("SETUP_OPERATOR_NAME", "The name of the first operator", applies=_with_keycloak),
    Question(
        "SETUP_CITIZENS_ISSUER",
        "Sign-in of residents: the address of the OpenID provider that states their personal number (empty: later)",
        "",
        _citizens,
        _with_keycloak,
    ),
    Question(
        "SETUP_CITIZENS_CLIENT_ID", "The platform's client at that provider", "bakhong",
        applies=_has("SETUP_CITIZENS_ISSUER"),
    ),
    Question(
        "SETUP_CITIZENS_CLIENT_SECRET", "The secret of that client", applies=_has("SETUP_CITIZENS_ISSUER"), is_secret=True
    ),
    Question(
        "SETUP_CITIZENS_CLAIMS", "That provider's claims for personal number, name, birth date and level",
        "personal_id name birthdate acr", _words(4), _has("SETUP_CITIZENS_ISSUER"),
    ),
    Question(
        "SETUP_CITIZENS_LEVELS", "That provider's acr values for level 1 and level 2", None, _words(2),
        _has("SETUP_CITIZENS_ISSUER"),
    ),
    Question("SETUP_PARTNER_ID", "The short name of the first partner (empty: later)", "", _partner_id, _with_keycloak),
    Question("SETUP_PARTNER_NAME", "The partner's full name", applies=_has("SETUP_PARTNER_ID")),
    Question(
        "SETUP_PARTNER_KIND", f"The partner's kind: {', '.join(PARTNER_KINDS)}", "bank", _one_of(*PARTNER_KINDS),
        _has("SETUP_PARTNER_ID"),
    ),
)  # fmt: skip
