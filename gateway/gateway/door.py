"""The only public door, as one pure ASGI application: who is calling, how much, and which room answers.

Nothing of FastAPI runs on the proxied path. The order is: is this well-formed, is there room, what is asked for, who asks,
may they ask so often; then the room answers, and every answer gets the same headers.
"""

import asyncio
import contextlib
import json
from time import perf_counter
from typing import Any

from fastapi import FastAPI

from chassis.errors import MethodNotAllowed, NotFound, Problem, Unauthenticated
from chassis.health import readiness
from chassis.log import bound_contextvars, logger
from chassis.middleware import UNTRACED, count, describe, method_of
from chassis.runtime import Runtime
from chassis.spans import SPANS
from gateway.answers import Message, RawHeaders, Receive, Scope, Send, header_values, send_json, send_problem
from gateway.certificate import watch_certificate
from gateway.commands.development import ensure_development_partners
from gateway.credentials import Admission, Credentials, SignerFile
from gateway.directory import Directory
from gateway.documents import merge
from gateway.errors import (
    AmbiguousPath,
    HeadersTooLarge,
    Overloaded,
    TargetTooLong,
    TooManyRequests,
)
from gateway.limits import Crowd, Crowded, Policy, TokenBuckets, Verdict
from gateway.mailbox import Mailbox
from gateway.oidc import Provider
from gateway.pages import problem_page, reader_page, send_page
from gateway.paths import MAXIMUM_TARGET_BYTES, PathRefused, decode_path
from gateway.proxy import AnswerBroken, ClientGone, Proxy, check_framing
from gateway.readiness import platform_readiness
from gateway.routing import NoSuchMethod, NoSuchPath, Route, RoutingTable
from gateway.sessions import PATHS as SIGN_IN_PATHS
from gateway.sessions import Session, Sessions
from gateway.settings import GatewaySettings
from gateway.trace import Trace, read_trace
from gateway.training import Training
from gateway.upstream import AiohttpClient, BrokenAnswer, Call, NotReached
from gateway.volunteers import Volunteers
from gateway.webhooks import WebhookDoor, read_body

JSON_LIMIT = 1_048_576
UPLOAD_LIMIT = 33_554_432
MAXIMUM_HEADERS = 100
MAXIMUM_HEADER_BYTES = 32_768
GUESSED = frozenset({"/v1/dossiers/track", "/oauth/token"})
"""Where guessing pays: misses are counted by address."""
SECURITY_HEADERS: RawHeaders = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
CLOSED_PAGE = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class Gateway:
    """Holds what the door needs while it is open. `inner` answers the gateway's own REST paths."""

    def __init__(self, inner: FastAPI, settings: GatewaySettings, table: RoutingTable | None = None) -> None:
        self.inner = inner
        self.settings = settings
        self.table = table or RoutingTable.from_file()
        self._crowd = Crowd(settings.requests_at_once)
        self._streams = Crowd(settings.requests_at_once)
        self._callers = TokenBuckets(Policy("caller", settings.caller_requests_per_minute, 60))
        self._addresses = TokenBuckets(Policy("address", settings.address_requests_per_minute, 60))
        self._misses = TokenBuckets(Policy("misses", settings.misses_per_minute, 60))
        self._webhook_policy = Policy("partner", settings.partner_messages_per_minute, 60)
        self._standing = SECURITY_HEADERS if settings.is_development else [*SECURITY_HEADERS, STRICT_TRANSPORT]
        self._origins = settings.origins()
        self._tasks: list[asyncio.Task[None]] = []
        self._document: dict[str, Any] | None = None
        inner.state.gateway = self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def open(self, runtime: Runtime) -> None:
        """Take up work on a started runtime."""
        if runtime.settings.signing_key_file is None:
            raise RuntimeError("the gateway needs this variable: SIGNING_KEY_FILE")
        if self.settings.tls_certificate_file is not None:
            watch_certificate(self.settings.tls_certificate_file)
        self.client = AiohttpClient()
        self.proxy = Proxy(self.client, self.settings.service_addresses())
        self.directory = Directory(runtime.database)
        self.mailbox = Mailbox(runtime.database, capacity=self.settings.mailbox_letters)
        self.webhooks = WebhookDoor(self.directory, self.mailbox, self._webhook_policy)
        provider = _provider_of(self.settings)
        signer = SignerFile(runtime.settings.signing_key_file)
        self.sessions = _sessions_of(self.settings, provider, signer)
        self.credentials = Credentials(
            signer,
            self.directory,
            Volunteers(runtime.database),
            Training(runtime.database),
            provider,
            allows_development=self.settings.is_development,
        )
        if self.settings.is_development:
            async with runtime.database.transaction() as session:
                await ensure_development_partners(session)
        await self.directory.refresh()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self.directory.watch()), loop.create_task(self.mailbox.run())]

    async def close(self) -> None:
        """Finish: what was not answered 202 did not happen."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.close()

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = False

        async def open_first(message: Message) -> None:
            nonlocal is_open
            if message["type"] == "lifespan.startup.complete":
                try:
                    await self.open(self.inner.state.runtime)
                    is_open = True
                except Exception as error:
                    logger.error("the gateway cannot open", error=type(error).__name__)
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
            await send(message)

        async def close_first() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown" and is_open:
                await self.close()
            return message

        await self.inner(scope, close_first, open_first)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        trace = read_trace(scope["headers"])
        answered = Answered(send, [*trace.headers(), *self._standing_headers(scope)])
        began = perf_counter()
        try:
            if not SPANS.are_kept or scope["path"] in UNTRACED:
                await self._answer_within(scope, receive, answered, trace)
                return
            with SPANS.span(scope["method"], "SERVER", parent=trace.given) as span:
                try:
                    await self._answer_within(scope, receive, answered, trace.below(span.traceparent))
                finally:
                    describe(span, method_of(scope), answered.route, answered.status)
        finally:
            count(SERVICE, method_of(scope), answered.route, answered.status, perf_counter() - began)

    async def _answer_within(self, scope: Scope, receive: Receive, answered: "Answered", trace: Trace) -> None:
        with bound_contextvars(request_id=trace.request_id.decode(), traceparent=trace.traceparent.decode()):
            try:
                await self._admit(scope, receive, answered, trace)
            except ClientGone:
                return
            except AnswerBroken:
                raise
            except Problem as problem:
                await self._refuse(scope, answered, problem)
            except Exception as error:
                logger.error("unexpected error at the door", error=type(error).__name__, exc_info=True)
                if answered.has_begun:
                    raise
                await self._refuse(scope, answered, Problem())

    async def _refuse(self, scope: Scope, answered: "Answered", problem: Problem) -> None:
        if answered.has_begun:
            raise AnswerBroken from problem
        await send_problem(scope, answered, problem)

    async def _admit(self, scope: Scope, receive: Receive, send: "Answered", trace: Trace) -> None:
        _check_head(scope)
        try:
            path = decode_path(scope["raw_path"])
        except PathRefused as refused:
            raise AmbiguousPath from refused
        if await self._answer_preflight(scope, send):
            return
        if path in ("/healthz", "/readyz"):
            # Asked by those who decide whether to send us traffic: never refused for want of room.
            await self._dispatch(scope, receive, send, trace, path)
            return
        try:
            crowd = self._streams if path == "/v1/reports/stream" else self._crowd
            with crowd.enter():
                await self._dispatch(scope, receive, send, trace, path)
        except Crowded as crowded:
            raise Overloaded from crowded

    async def _dispatch(self, scope: Scope, receive: Receive, send: "Answered", trace: Trace, path: str) -> None:
        if path.startswith("/webhooks/"):
            partner_id = path.removeprefix("/webhooks/")
            send.route = "/webhooks/{partner_id}"
            await self.webhooks.answer(scope, receive, send, partner_id, trace.traceparent.decode())
        elif path in PAGES or path.startswith("/problems/"):
            send.route = path if path in PAGES else "/problems/{slug}"
            await self._answer_page(scope, send, path)
        elif path in SIGN_IN_PATHS:
            send.route = path
            self._take(scope, None)
            if self.sessions is None:
                raise NotFound
            await self.sessions.answer(scope, send, path)
        else:
            await self._answer_operation(scope, receive, send, trace, path)

    async def _answer_operation(
        self, scope: Scope, receive: Receive, send: "Answered", trace: Trace, path: str
    ) -> None:
        route, missing = self._find(scope["method"], path)
        if route is not None:
            send.route = route.template
        admission = await self._admission(scope, is_public=route is not None and route.public, path=path)
        verdict = self._take(scope, admission)
        send.add(verdict.headers())
        if route is None:
            raise missing or NotFound()
        if path in GUESSED:
            self._refuse_guessing(scope, send, path)
        own = list(trace.headers())
        if admission is not None:
            own.append((b"authorization", b"Bearer " + admission.token.encode()))
        answer: Send = send
        if scope["method"] == "HEAD" and route.method == "GET":
            scope, answer = {**scope, "method": "GET"}, _headless(send)
        if route.service == "gateway":
            await self._answer_inside(scope, receive, send, answer, own, path)
        else:
            own += _origin_headers(scope)
            limit = UPLOAD_LIMIT if _is_upload(scope) else JSON_LIMIT
            await self.proxy.forward(scope, receive, answer, route.service, request_headers=own, body_limit=limit)

    def _find(self, method: str, path: str) -> tuple[Route | None, Problem | None]:
        try:
            return self.table.find(method, path), None
        except NoSuchMethod as refused:
            return None, MethodNotAllowed(headers={"Allow": ", ".join(refused.allowed)})
        except NoSuchPath:
            return None, NotFound()

    async def _admission(self, scope: Scope, *, is_public: bool, path: str) -> Admission | None:
        values = header_values(scope, b"authorization")
        if not values or path == "/oauth/token":
            session = self._session(scope, path)
            if session is not None:
                return self.credentials.admit_session(session)
            if is_public:
                return None
            self._take(scope, None)
            raise Unauthenticated
        scheme, _, token = values[0].decode("latin-1").partition(" ")
        if len(values) > 1 or scheme.lower() != "bearer":
            raise Unauthenticated
        return await self.credentials.admit(token.strip())

    def _session(self, scope: Scope, path: str) -> Session | None:
        # A cookie is sent by any page that links here, so it opens reading of reports and nothing else.
        is_reading = scope["method"] in ("GET", "HEAD") and path.startswith(("/dashboard", "/v1/reports/"))
        return self.sessions.session_of(scope) if is_reading and self.sessions is not None else None

    def _take(self, scope: Scope, admission: Admission | None) -> Verdict:
        verdict = (
            self._addresses.take(_address(scope)) if admission is None else self._callers.take(admission.caller.subject)
        )
        if not verdict.allowed:
            raise TooManyRequests(headers=_as_text(verdict.headers()))
        return verdict

    def _refuse_guessing(self, scope: Scope, send: "Answered", path: str) -> None:
        guesser = (_address(scope), path)
        verdict = self._misses.peek(guesser)
        if not verdict.allowed:
            raise TooManyRequests(headers=_as_text(verdict.headers()))

        def count_miss(status: int) -> None:
            if status in (401, 404):
                self._misses.take(guesser)

        send.on_status = count_miss

    async def _answer_inside(
        self, scope: Scope, receive: Receive, send: "Answered", answer: Send, own: RawHeaders, path: str
    ) -> None:
        check_framing(scope["headers"], JSON_LIMIT)
        given = [(name, value) for name, value in scope["headers"] if name not in REPLACED_INSIDE]
        if path == "/oauth/token":
            given += [(b"x-client-authorization", value) for value in header_values(scope, b"authorization")[:1]]
        if path.startswith("/v1/partners") and scope["method"] not in ("GET", "HEAD"):
            send.before_answer = self.directory.refresh
        await self.inner({**scope, "headers": [*given, *own]}, await _held(receive, JSON_LIMIT), answer)

    async def _answer_page(self, scope: Scope, send: "Answered", path: str) -> None:
        verdict = self._take(scope, None) if path not in ("/healthz", "/readyz") else None
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
        if verdict is not None:
            send.add(verdict.headers())
        if path == "/healthz":
            await send_json(send, 200, {"status": "alive"}, [])
        elif path == "/readyz":
            status, document = await self._readiness()
            await send_json(send, status, document, [(b"cache-control", b"no-store")])
        elif path == "/openapi.json":
            await send_json(send, 200, await self.document(), [])
        elif path == "/docs":
            page, policy = reader_page()
            await send_page(send, page, policy=policy)
        else:
            found = problem_page(scope, path.removeprefix("/problems/"))
            if found is None:
                raise NotFound
            await send_page(send, found)

    async def _readiness(self) -> tuple[int, dict[str, Any]]:
        return await platform_readiness(self.client, self.settings, await readiness(self.inner.state.runtime))

    async def document(self) -> dict[str, Any]:
        """The merged OpenAPI document; asked for again while a service does not answer."""
        if self._document is not None:
            return self._document
        documents: dict[str, Any] = {"gateway": self.inner.openapi()}
        for service, address in self.settings.service_addresses().items():
            with contextlib.suppress(NotReached, BrokenAnswer, TimeoutError, ValueError):
                documents[service] = await self._ask_document(address)
        merged = merge(documents)
        if len(documents) == len(self.settings.service_addresses()) + 1:
            self._document = merged
        return merged

    async def _ask_document(self, address: str) -> dict[str, Any]:
        async with asyncio.timeout(5):
            answer = await self.client.open(Call("GET", f"{address.rstrip('/')}/openapi.json", [], None))
            try:
                body = b"".join([chunk async for chunk in answer.chunks()])
            finally:
                answer.close()
        if answer.status != 200:
            raise ValueError("no document")
        document: dict[str, Any] = json.loads(body)
        return document

    def _standing_headers(self, scope: Scope) -> RawHeaders:
        return [*self._standing, *self._cors_headers(scope)]

    def _cors_headers(self, scope: Scope) -> RawHeaders:
        if not self._origins:
            return []
        headers: RawHeaders = [(b"vary", b"Origin")]
        given = header_values(scope, b"origin")
        if len(given) == 1 and given[0].decode("latin-1") in self._origins:
            headers += [(b"access-control-allow-origin", given[0]), (b"access-control-expose-headers", EXPOSED)]
        return headers

    async def _answer_preflight(self, scope: Scope, send: Send) -> bool:
        if scope["method"] != "OPTIONS" or not header_values(scope, b"access-control-request-method"):
            return False
        is_listed = any(name == b"access-control-allow-origin" for name, _ in self._cors_headers(scope))
        headers: RawHeaders = PREFLIGHT if is_listed else []
        await send_json(send, 204, None, headers)
        return True


class Answered:
    """The server's `send` with the door's headers on every answer: ours replace the room's, defaults fill gaps."""

    def __init__(self, send: Send, headers: RawHeaders) -> None:
        self._send = send
        self._headers = headers
        self.has_begun = False
        self.status = CLIENT_GONE
        self.route = "none"
        """The template, for those who count: never the path as sent."""
        self.before_answer: Any = None
        self.on_status: Any = None

    def add(self, headers: RawHeaders) -> None:
        self._headers = [*self._headers, *headers]

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": self._completed(message.get("headers", []))}
            if self.before_answer is not None:
                await self.before_answer()
            if self.on_status is not None:
                self.on_status(message["status"])
            self.has_begun = True
            self.status = message["status"]
        await self._send(message)

    def _completed(self, headers: Any) -> RawHeaders:
        ours = {name for name, _ in self._headers}
        kept = [(bytes(name).lower(), bytes(value)) for name, value in headers]
        kept = [(name, value) for name, value in kept if name not in ours or name == b"vary"]
        names = {name for name, _ in kept}
        defaults = [CLOSED_PAGE] if CLOSED_PAGE[0] not in names else []
        if b"cache-control" not in names:
            defaults.append((b"cache-control", b"no-store"))
        return [*kept, *self._headers, *defaults]


SERVICE = "gateway"
CLIENT_GONE = 499
"""Counted where nobody waited for the answer."""
PAGES = frozenset({"/healthz", "/readyz", "/openapi.json", "/docs"})
REPLACED_INSIDE = frozenset(
    {b"authorization", b"x-request-id", b"traceparent", b"tracestate", b"x-client-authorization"}
)
EXPOSED = b"ETag, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id"
PREFLIGHT: RawHeaders = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (
        b"access-control-allow-headers",
        b"Authorization, Content-Type, Idempotency-Key, If-Match, X-Purpose, X-Request-Id",
    ),
    (b"access-control-max-age", b"600"),
]


def _check_head(scope: Scope) -> None:
    if len(scope["raw_path"]) + len(scope["query_string"]) > MAXIMUM_TARGET_BYTES:
        raise TargetTooLong
    headers = scope["headers"]
    if len(headers) > MAXIMUM_HEADERS or sum(len(name) + len(value) for name, value in headers) > MAXIMUM_HEADER_BYTES:
        raise HeadersTooLarge


async def _held(receive: Receive, limit: int) -> Receive:
    """The body, read to its end within the limit, given again as one message."""
    body = await read_body(receive, limit)
    is_given = False

    async def again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _headless(send: Send) -> Send:
    """FastAPI's GET routes do not know HEAD: the answer to GET without its body is the answer to HEAD."""

    async def without_body(message: Message) -> None:
        if message["type"] == "http.response.body":
            if message.get("more_body"):
                return
            message = {**message, "body": b""}
        await send(message)

    return without_body


def _origin_headers(scope: Scope) -> RawHeaders:
    host = header_values(scope, b"host")[:1]
    return [
        (b"x-forwarded-for", _address(scope).encode()),
        (b"x-forwarded-proto", scope.get("scheme", "http").encode()),
        *((b"x-forwarded-host", value) for value in host),
    ]


def _is_upload(scope: Scope) -> bool:
    return any(value.lower().startswith(b"multipart/") for value in header_values(scope, b"content-type"))


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("unknown",))[0])


def _as_text(headers: RawHeaders) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in headers}


def _sessions_of(settings: GatewaySettings, provider: Provider | None, signer: SignerFile) -> Sessions | None:
    if provider is None or settings.oidc_client_id is None:
        return None
    return Sessions(settings, provider, lambda: signer.session_key)


def _provider_of(settings: GatewaySettings) -> Provider | None:
    if settings.oidc_issuer is None:
        return None
    return Provider(settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url)
