"""Local servers with the protocols of channels: Google's token exchange and FCM, a push service, partners, SMTP."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN = "ya29.test"


@dataclass
class Google:
    """The token endpoint and FCM; `answer` is FCM's next status and body."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    url: str = ""
    exchanges: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    body: dict[str, Any] = field(default_factory=lambda: {"name": "projects/ba-khong/messages/1"})

    def key_file(self, folder: Path) -> Path:
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = folder / "fcm.json"
        account = {
            "type": "service_account",
            "project_id": "ba-khong",
            "client_email": "sender@ba-khong.example",
            "private_key_id": "k1",
            "private_key": pem.decode(),
            "token_uri": f"{self.url}/token",
        }
        path.write_text(json.dumps(account))
        return path

    async def exchange(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        claims = jwt.decode(
            str(form["assertion"]), self.key.public_key(), ["RS256"], audience=f"{self.url}/token",
            issuer="sender@ba-khong.example",
        )  # fmt: skip
        assert claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
        self.exchanges += 1
        return web.json_response({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})

    async def send(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        self.messages.append((await request.json())["message"])
        return web.json_response(self.body, status=self.status)


@asynccontextmanager
async def google() -> AsyncIterator[Google]:
    server, app = Google(), web.Application()
    app.router.add_post("/token", server.exchange)
    app.router.add_post("/v1/projects/ba-khong/messages:send", server.send)
    async with serving(app) as url:
        server.url = url
        yield server


@dataclass
class Partner:
    """Takes JSON; `status` and `body` are its answer."""

    url: str = ""
    requests: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.json()))
        return web.json_response(self.body, status=self.status, headers=self.headers)


@asynccontextmanager
async def partner() -> AsyncIterator[Partner]:
    server, app = Partner(), web.Application()
    app.router.add_post("/send", server.take)
    async with serving(app) as url:
        server.url = f"{url}/send"
        yield server


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """An application on a free port of the loopback."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    try:
        yield f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
    finally:
        await runner.cleanup()


@dataclass
class Browser:
    """The receiving end of a push: its keys, and how it decrypts (RFC 8291, written from the RFC, not with our library)."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"0123456789abcdef"

    @property
    def point(self) -> bytes:
        return point_of(self.key.public_key())

    def decrypt(self, body: bytes) -> bytes:
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = derived(shared, self.auth, b"WebPush: info\0" + self.point + sender, 32)
        key = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded[-1] == 2, "the last record ends with 2"
        return padded[:-1]


def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


@dataclass
class Mailbox:
    """What a mail server took; addresses at `refused.example` are refused."""

    messages: list[str] = field(default_factory=list)
    answer: str = "250 taken"
    port: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:
        if address.endswith("@refused.example"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.messages.append(envelope.content.decode())
        return self.answer


class _OnAnyPort(Controller):
    """aiosmtpd's server on a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@asynccontextmanager
async def mail_server() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    controller = _OnAnyPort(mailbox, hostname="127.0.0.1", port=0)
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()
