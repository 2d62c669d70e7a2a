"""Tokens: development sign-in, and client credentials for partners."""

import base64
import binascii
import secrets
from typing import Annotated
from urllib.parse import parse_qsl, unquote_plus

from fastapi import Request
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import FieldError, InvalidBody, NotFound
from chassis.security.identity import Caller
from chassis.security.levels import LEVELLED
from chassis.security.scope import unknown_unit
from chassis.storage.tables import KnownUnit
from chassis.web.routing import Reading, public, transactional_router
from gateway.identity.credentials import DEV_SECONDS, PARTNER_SECONDS, Credentials
from gateway.identity.oidc import NEEDS
from gateway.schemas import DevelopmentSignIn, OAuthError, PartnerToken, Token
from gateway.webhooks.partner_cache import PartnerCache

router = transactional_router(tags=["tokens"])
OptionalCaller = Annotated[Caller | None, public()]
FORM = "application/x-www-form-urlencoded"
TOKEN_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials", "password"]},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string"},
        "username": {"type": "string"},
        "password": {"type": "string"},
    },
    "examples": [{"grant_type": "client_credentials", "client_id": "demo-bank", "client_secret": "…"}],
}


@router.post("/dev/token")
async def create_development_token(
    body: DevelopmentSignIn, request: Request, session: Reading, caller: OptionalCaller
) -> Token:
    """A token for a fictitious caller. Does not exist in production."""
    if not request.app.state.gateway.settings.is_development:
        raise NotFound
    if body.role == "resident" and body.resident_id is None and _states_a_person(body):
        return _played_token(body, request.app.state.gateway.credentials)
    _require_claims(body)
    if "unit_code" in NEEDS[body.role] and body.unit_code and not await _is_known_unit(session, body.unit_code):
        raise InvalidBody(errors=[unknown_unit("/unit_code")])
    partner_cache: PartnerCache = request.app.state.gateway.partner_cache
    if body.role == "partner" and partner_cache.find(body.partner_id or "") is None:
        error = FieldError("/partner_id", "unknown-partner", "Không có đối tác này.", "There is no such partner.")
        raise InvalidBody(errors=[error])
    token = request.app.state.gateway.credentials.issue_development(_caller(body))
    return Token(access_token=token, expires_in=DEV_SECONDS)


@router.post(
    "/oauth/token",
    response_model=PartnerToken,
    responses={status: {"model": OAuthError, "description": "RFC 6749 section 5.2"} for status in (400, 401)},
    openapi_extra={"requestBody": {"required": True, "content": {FORM: {"schema": TOKEN_FORM}}}},
)
async def create_access_token(request: Request, caller: OptionalCaller) -> JSONResponse:
    """OAuth 2.0 client credentials (RFC 6749 section 4.4), by HTTP Basic or in the form.

    Training accounts sign in with `grant_type=password` (section 4.3): `username` is the login, `password` the secret.
    """
    gateway = request.app.state.gateway
    try:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=20))
    except ValueError:
        return _oauth_error(400, "invalid_request")
    if form.get("grant_type") == "password":
        return await _training_token(gateway.credentials, form)
    if form.get("grant_type") != "client_credentials":
        return _oauth_error(400, "unsupported_grant_type")
    client_id, client_secret = _basic(request.headers.get("x-client-authorization", "")) or (
        form.get("client_id", ""),
        form.get("client_secret", ""),
    )
    partner = gateway.partner_cache.find(client_id)
    if partner is None or not partner.is_active or not partner.has_client_secret(client_secret, now()):
        return _oauth_error(401, "invalid_client")
    token = Token(access_token=gateway.credentials.issue_partner(partner.id), expires_in=PARTNER_SECONDS)
    scope = " ".join(partner.scopes)
    return JSONResponse(token.model_dump() | {"scope": scope}, headers={"Cache-Control": "no-store"})


async def _training_token(credentials: Credentials, form: dict[str, str]) -> JSONResponse:
    issued = await credentials.issue_training(form.get("username", ""), form.get("password", ""))
    if issued is None:
        return _oauth_error(400, "invalid_grant")
    token, seconds = issued
    return JSONResponse(
        Token(access_token=token, expires_in=seconds).model_dump(), headers={"Cache-Control": "no-store"}
    )


def _states_a_person(body: DevelopmentSignIn) -> bool:
    return any((body.personal_id, body.full_name, body.date_of_birth))


def _played_token(body: DevelopmentSignIn, credentials: Credentials) -> Token:
    """As the played provider would give it: whether it signs a person in is decided when it is used."""
    missing = [name for name in ("personal_id", "full_name", "date_of_birth") if getattr(body, name) is None]
    if missing or body.personal_id is None or body.full_name is None or body.date_of_birth is None:
        raise InvalidBody(errors=_required(missing))
    token = credentials.issue_played(
        personal_id=body.personal_id, full_name=body.full_name, date_of_birth=body.date_of_birth,
        level=body.level or 2, subject=body.subject,
    )  # fmt: skip
    return Token(access_token=token, expires_in=DEV_SECONDS)


def _required(names: list[str]) -> list[FieldError]:
    return [FieldError(f"/{name}", "required", "Vai trò này cần trường này.", "The role needs this field.")
            for name in names]  # fmt: skip


def _require_claims(body: DevelopmentSignIn) -> None:
    missing = [name for name in NEEDS[body.role] if getattr(body, name) is None]
    if missing:
        raise InvalidBody(errors=_required(missing))


async def _is_known_unit(session: Reading, code: str) -> bool:
    known = await session.exec(select(KnownUnit.id).where(col(KnownUnit.code) == code).limit(1))
    if known.first() is not None:
        return True
    # Before the first units arrive nothing can be checked.
    return (await session.exec(select(KnownUnit.id).limit(1))).first() is None


def _caller(body: DevelopmentSignIn) -> Caller:
    needs = NEEDS[body.role]
    own = body.resident_id or body.organization_id or body.partner_id
    # Each sign-in of an official is another person, so that maker and checker can be played.
    account = f"{body.role}:{own}" if own and needs else f"dev-{body.role}-{secrets.token_hex(6)}"
    return Caller(
        role=body.role,
        subject=body.subject or account,
        unit_code=body.unit_code if "unit_code" in needs else None,
        body=body.body if body.role == "officer" else None,
        resident_id=body.resident_id if "resident_id" in needs else None,
        organization_id=body.organization_id if "organization_id" in needs else None,
        partner_id=body.partner_id if "partner_id" in needs else None,
        level=(body.level or 2) if body.role in LEVELLED else None,
    )


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


ERROR_DESCRIPTIONS = {
    "invalid_request": "The form has too many fields",
    "unsupported_grant_type": "grant_type is client_credentials, or password for training accounts",
    "invalid_client": "Unknown client, or a secret that is wrong or no longer valid",
    "invalid_grant": "Unknown account, wrong secret, or the account has ended",
}
"""For the developer who reads the answer (RFC 6749 section 5.2: ASCII); none tells whether a client or an account exists."""


def _oauth_error(status: int, code: str) -> JSONResponse:
    headers = {"Cache-Control": "no-store"} | ({"WWW-Authenticate": "Basic"} if status == 401 else {})
    return JSONResponse({"error": code, "error_description": ERROR_DESCRIPTIONS[code]}, status, headers)
