"""The played identity provider: OpenID Connect (discovery, code flow with PKCE, JWKS) for synthetic people, without passwords.

It stands for VNeID in development. Small and its own, because the libraries for the provider's side serve Flask or Django
(Authlib) or are whole products; tokens are made by PyJWT. `PLAYED_ISSUER` is the public address under which it is served.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import secrets
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from chassis.security.identity import Level
from chassis.security.played import ACR_VALUES, DATE_OF_BIRTH, FULL_NAME, LEVEL, PATH, PERSONAL_ID
from deploy.demo.identity.accounts import DemoAccount, account, accounts

EXAMPLE = Path(__file__).parents[3] / "docs/examples/single-page-app.html"
SECONDS_OF_CODE = 60
SECONDS_OF_TOKEN = 600
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ALGORITHM, KEY_ID = "ES256", "played-1"


@dataclass(frozen=True)
class Granted:
    """A code that was given out, and what it is good for."""

    who: DemoAccount
    level: Level
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str | None
    until: float
    at: int


_codes: dict[str, Granted] = {}


@cache
def _key() -> EllipticCurvePrivateKey:
    # New at each start: its tokens end with the process.
    return generate_private_key(SECP256R1())


def issuer() -> str:
    """The issuer, as the gateway trusts it."""
    return os.environ.get("PLAYED_ISSUER", f"http://127.0.0.1:8080{PATH}")


async def discovery(_: Request) -> Response:
    """OpenID Connect Discovery 1.0."""
    return JSONResponse({
        "issuer": issuer(), "authorization_endpoint": f"{issuer()}/authorize", "token_endpoint": f"{issuer()}/token",
        "userinfo_endpoint": f"{issuer()}/userinfo", "jwks_uri": f"{issuer()}/jwks",
        "response_types_supported": ["code"], "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": ["openid", "profile"], "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "acr_values_supported": [value for level in sorted(ACR_VALUES) for value in ACR_VALUES[level]],
        "claims_supported": ["sub", "acr", "auth_time", PERSONAL_ID, FULL_NAME, DATE_OF_BIRTH],
    })  # fmt: skip


async def jwks(_: Request) -> Response:
    """The public key."""
    key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(_key().public_key()))
    return JSONResponse({"keys": [key | {"kid": KEY_ID, "use": "sig", "alg": ALGORITHM}]})


async def show_people(request: Request) -> Response:
    """The page on which one chooses whom to sign in as. Without an application's request it explains itself."""
    asked = dict(request.query_params)
    if asked and (wrong := _wrong_request(asked)):
        return _page("Yêu cầu đăng nhập không đúng", f"<p>{html.escape(wrong)}</p>", status=400)
    return _page("Đăng nhập thử", _explanation(asked) + "".join(_choice(each, asked) for each in accounts()))


def _wrong_request(asked: dict[str, str]) -> str | None:
    """What is wrong with an authorization request (RFC 6749 section 4.1.1, RFC 7636); None when nothing is."""
    if not _is_allowed_redirect(asked.get("redirect_uri", "")):
        return "redirect_uri phải là địa chỉ trên máy này (127.0.0.1, localhost) hoặc giao thức riêng của ứng dụng."
    if asked.get("response_type") != "code":
        return "response_type phải là code."
    if not asked.get("client_id"):
        return "Thiếu client_id."
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "Phải dùng PKCE: code_challenge và code_challenge_method=S256."
    return None


def _is_allowed_redirect(address: str) -> bool:
    """A page on this machine, or an application's private scheme (RFC 8252 section 7.1)."""
    parts = urlsplit(address)
    if parts.scheme in ("http", "https"):
        return parts.hostname in LOOPBACK or address.startswith(issuer().removesuffix(PATH) + "/")
    return "." in parts.scheme


async def list_accounts(_: Request) -> Response:
    """The people of the page and what `POST /dev/token` takes for each, for scripts and for the try-it page of the API."""
    listed = [{"key": each.key, "title": each.title, "claims": each.claims} for each in accounts()]
    return JSONResponse({"items": listed}, headers={"Cache-Control": "no-store"})


async def choose(request: Request) -> Response:
    """The person was chosen: back to the application with a code, or a token to try by hand."""
    form = await request.form()
    who, asked = account(_field(form, "account")), dict(parse_qsl(_field(form, "request")))
    level: Level = 1 if _field(form, "level") == "1" else 2
    if who is None:
        return _page("Không có tài khoản này", "", status=404)
    if not asked:
        return _page(f"Mã truy cập của {who.full_name}", _try_by_hand(who, level))
    if wrong := _wrong_request(asked):
        return _page("Yêu cầu đăng nhập không đúng", f"<p>{html.escape(wrong)}</p>", status=400)
    code = secrets.token_urlsafe(32)
    _forget_old_codes()
    _codes[code] = Granted(
        who, level, asked["client_id"], asked["redirect_uri"], asked["code_challenge"], asked.get("nonce"),
        time.monotonic() + SECONDS_OF_CODE, int(time.time()),
    )  # fmt: skip
    given = {"code": code, "iss": issuer()} | ({"state": asked["state"]} if "state" in asked else {})
    joint = "&" if urlsplit(asked["redirect_uri"]).query else "?"
    return RedirectResponse(asked["redirect_uri"] + joint + urlencode(given), 303)


async def show_example(_: Request) -> Response:
    """The application of the documentation, under the gateway's own origin."""
    if not EXAMPLE.exists():
        return _page("Không có ứng dụng mẫu ở đây", "", status=404)
    policy = "default-src 'none'; script-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'"
    return HTMLResponse(EXAMPLE.read_text(encoding="utf-8"), headers={"Content-Security-Policy": policy})


def _forget_old_codes() -> None:
    for code in [code for code, granted in _codes.items() if granted.until < time.monotonic()]:
        del _codes[code]


async def token(request: Request) -> Response:
    """A code for tokens, once (RFC 6749 section 4.1.3)."""
    form = await request.form()
    if _field(form, "grant_type") != "authorization_code":
        return _oauth_error("unsupported_grant_type", "grant_type is authorization_code")
    granted = _codes.pop(_field(form, "code"), None)
    if granted is None or granted.until < time.monotonic() or not _fits(granted, form):
        return _oauth_error(
            "invalid_grant",
            "The code is unknown, used or over 60 s old, or client_id, redirect_uri or code_verifier differ",
        )
    claims = _claims(granted.who, granted.level, granted.at)
    identity = claims | {"aud": granted.client_id} | ({"nonce": granted.nonce} if granted.nonce else {})
    answer = {
        "access_token": _signed(claims | {"aud": "bakhong", "client_id": granted.client_id}, "at+jwt"),
        "id_token": _signed(identity, "JWT"),
        "token_type": "Bearer",
        "expires_in": SECONDS_OF_TOKEN,
        "scope": "openid profile",
    }
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _fits(granted: Granted, form: FormData) -> bool:
    digest = hashlib.sha256(_field(form, "code_verifier").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    same = (_field(form, "redirect_uri"), _field(form, "client_id")) == (granted.redirect_uri, granted.client_id)
    return same and secrets.compare_digest(challenge, granted.challenge)


async def userinfo(request: Request) -> Response:
    """The claims of the access token's person."""
    given = request.headers.get("authorization", "").partition(" ")[2]
    try:
        claims = jwt.decode(given, _key().public_key(), algorithms=[ALGORITHM], audience="bakhong", issuer=issuer())
    except jwt.PyJWTError:
        challenge = 'Bearer error="invalid_token"' if given else "Bearer"
        return Response(status_code=401, headers={"WWW-Authenticate": challenge})
    names = ("sub", PERSONAL_ID, FULL_NAME, DATE_OF_BIRTH)
    return JSONResponse({name: claims[name] for name in names}, headers={"Cache-Control": "no-store"})


def _claims(who: DemoAccount, level: Level, at: int) -> dict[str, Any]:
    return {
        "iss": issuer(), "sub": who.subject, PERSONAL_ID: who.personal_id, FULL_NAME: who.full_name,
        DATE_OF_BIRTH: who.date_of_birth, LEVEL: ACR_VALUES[level][0], "auth_time": at,
    }  # fmt: skip


def _signed(claims: dict[str, Any], kind: str) -> str:
    moment = int(time.time())
    stamped = claims | {"iat": moment, "exp": moment + SECONDS_OF_TOKEN, "jti": secrets.token_urlsafe(12)}
    return jwt.encode(stamped, _key(), ALGORITHM, headers={"kid": KEY_ID, "typ": kind})


def _oauth_error(code: str, description: str) -> Response:
    return JSONResponse({"error": code, "error_description": description}, 400, {"Cache-Control": "no-store"})


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _explanation(asked: dict[str, str]) -> str:
    if asked:
        return f"<p>Ứng dụng <code>{html.escape(asked['client_id'])}</code> muốn biết bạn là ai. Chọn một người:</p>"
    return (
        "<p>Trang này đóng vai nhà cung cấp định danh (như VNeID) trong bản chạy thử. Mọi người dưới đây đều là người giả"
        " định. Chọn một người để lấy mã truy cập dùng thử; ứng dụng thì đăng nhập qua OpenID Connect, cấu hình ở"
        f' <a href="{PATH}/.well-known/openid-configuration">.well-known/openid-configuration</a>, như'
        f' <a href="{PATH}/app">ứng dụng mẫu</a>.</p>'
    )


def _choice(who: DemoAccount, asked: dict[str, str]) -> str:
    wants_high = any(value in asked.get("acr_values", "").split() for value in ACR_VALUES[2])
    levels = (2,) if wants_high else (1, 2)
    buttons = "".join(
        f'<button name="level" value="{level}" aria-label="{html.escape(who.full_name)}, mức {level}">Mức {level}</button>'
        for level in levels
    )
    hidden = html.escape(urlencode(asked), quote=True)
    return (
        f'<form method="post" action="{PATH}/choose"><input type="hidden" name="request" value="{hidden}">'
        f'<input type="hidden" name="account" value="{who.key}">'
        f"<div><strong>{html.escape(who.full_name)}</strong><br><span>{html.escape(who.title)}</span></div>"
        f"<div>{buttons}</div></form>"
    )


def _try_by_hand(who: DemoAccount, level: Level) -> str:
    claims = _claims(who, level, int(time.time()))
    given = _signed(claims | {"aud": "bakhong", "client_id": "tay"}, "at+jwt")
    call = f'curl -s {issuer().removesuffix(PATH)}/v1/me -H "Authorization: Bearer {given}"'
    return f"<p>Mã dùng được {SECONDS_OF_TOKEN // 60} phút:</p><pre>{html.escape(call)}</pre>"


def _page(title: str, content: str, *, status: int = 200) -> Response:
    # No form-action: it holds for every redirect after the form, and a broker leads on to an application not known here.
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(TEMPLATE.format(title=html.escape(title), content=content), status, headers)


TEMPLATE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · nhà cung cấp định danh minh họa</title>
<style>body{{font:1.05rem/1.6 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}}
form{{display:flex;justify-content:space-between;align-items:center;gap:1rem;border-top:1px solid #ccc;padding:.7rem 0}}
button{{font:inherit;padding:.5rem .9rem;margin:.15rem;min-width:5rem}}span{{color:#444}}
pre{{white-space:pre-wrap;word-break:break-all}}
</style></head><body><main><h1>{title}</h1>{content}</main></body></html>
"""

ROUTES = [
    Route(PATH, show_people),
    Route(f"{PATH}/", show_people),
    Route(f"{PATH}/authorize", show_people),
    Route(f"{PATH}/app", show_example),
    Route(f"{PATH}/accounts", list_accounts),
    Route(f"{PATH}/choose", choose, methods=["POST"]),
    Route(f"{PATH}/token", token, methods=["POST"]),
    Route(f"{PATH}/userinfo", userinfo),
    Route(f"{PATH}/jwks", jwks),
    Route(f"{PATH}/.well-known/openid-configuration", discovery),
]
"""For the process that plays the linked databases too."""
