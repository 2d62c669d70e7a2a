"""The only public door, as one pure ASGI application: who is calling, how much, and which room answers.

Nothing of FastAPI runs on the proxied path. The order is: is this well-formed, is there room, what is asked for, who asks,
may they ask so often; then the room answers, and every answer gets the same headers.
"""

import asyncio
from itertools import chain
from time import perf_counter

from fastapi import FastAPI

from chassis.errors import MethodNotAllowed, NotFound, Problem, Unauthenticated
from chassis.observability.log import bind_contextvars, logger
from chassis.observability.tracing import TRACING
from chassis.runtime import Runtime
from chassis.web.middleware import UNTRACED, count, describe, method_of
from gateway.answers import (
    SECURITY_HEADERS,
    STRICT_TRANSPORT,
    Answered,
    Message,
    Receive,
    Scope,
    Send,
    send_json,
    send_problem,
)
from gateway.certificate import watch_certificate
from gateway.commands.development import ensure_development_partners
from gateway.cors import Origins
from gateway.credentials import Admission, Credentials, SignerFile
from gateway.directory import Directory
from gateway.errors import (
    AmbiguousPath,
    HeadersTooLarge,
    Overloaded,
    TargetTooLong,
    TooManyRequests,
)
from gateway.head import Head, RawHeaders
from gateway.headers import check_framing, check_length
from gateway.incoming import ClientGone, read_body
from gateway.limits import InFlightLimit, LimitReached, Policy, TokenBuckets, Verdict
from gateway.mailbox import Mailbox
from gateway.oidc import Provider
from gateway.pages import Pages
from gateway.paths import MAXIMUM_TARGET_BYTES, PathRefused, decode_path
from gateway.proxy import Proxy, ResponseAborted
from gateway.proxy_client import ProxyClient
from gateway.routing import NoSuchMethod, NoSuchPath, Route, RoutingTable
from gateway.sessions import PATHS as SIGN_IN_PATHS
from gateway.sessions import Session, Sessions
from gateway.settings import GatewaySettings
from gateway.trace import Trace, read_trace
from gateway.training import Training
from gateway.volunteers import Volunteers
from gateway.webhooks import WebhookDoor

JSON_LIMIT = 1_048_576
UPLOAD_LIMIT = 33_554_432
MAXIMUM_HEADERS = 100
MAXIMUM_HEADER_BYTES = 32_768
GUESSED = frozenset({"/v1/dossiers/track", "/oauth/token"})
"""Where guessing pays: misses are counted by address."""
DEVELOPMENT_ONLY = frozenset({"/dev/token"})
SECONDS_TO_READ = 10.0
SERVICE = "gateway"


class Gateway:
    """Holds what the door needs while it is open. `inner` answers the gateway's own REST paths."""

    def __init__(self, inner: FastAPI, settings: GatewaySettings, table: RoutingTable | None = None) -> None:
        self.inner = inner
        self.settings = settings
        self.table = table or RoutingTable.from_file()
        self._in_flight = InFlightLimit(settings.requests_at_once)
        self._streams = InFlightLimit(settings.requests_at_once)
        self._callers = TokenBuckets(Policy("caller", settings.caller_requests_per_minute, 60))
        self._addresses = TokenBuckets(Policy("address", settings.address_requests_per_minute, 60))
        self._misses = TokenBuckets(Policy("misses", settings.misses_per_minute, 60))
        self._webhook_policy = Policy("partner", settings.partner_messages_per_minute, 60)
        self._standing = SECURITY_HEADERS if settings.is_development else [*SECURITY_HEADERS, STRICT_TRANSPORT]
        self._origins = Origins(settings.origins())
        self._tasks: list[asyncio.Task[None]] = []
        self.pages = Pages(inner, settings)
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
        self.client = self.pages.client = ProxyClient()
        addresses = self.settings.service_urls()
        self.proxy = Proxy(self.client, addresses, most_calls=self.settings.requests_at_once)
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
        head = Head(scope["headers"])
        trace = read_trace(head)
        answered = Answered(send, trace, [*self._standing, *self._origins.headers(head)])
        began = perf_counter()
        try:
            if not TRACING.is_enabled or scope["path"] in UNTRACED:
                await self._answer_within(scope, head, receive, answered, trace)
                return
            with TRACING.span(scope["method"], "SERVER", parent=trace.given) as span:
                try:
                    await self._answer_within(scope, head, receive, answered, trace.below(span.traceparent))
                finally:
                    describe(span, method_of(scope), answered.route, answered.status)
        finally:
            count(SERVICE, method_of(scope), answered.route, answered.status, perf_counter() - began)

    async def _answer_within(self, scope: Scope, head: Head, receive: Receive, send: Answered, trace: Trace) -> None:
        try:
            await self._admit(scope, head, receive, send, trace)
        except ClientGone:
            return
        except ResponseAborted:
            raise
        except Problem as problem:
            await self._refuse(scope, send, problem)
        except Exception as error:
            _bind(trace)
            logger.error("unexpected error at the door", error=type(error).__name__, exc_info=True)
            if send.has_begun:
                raise
            await self._refuse(scope, send, Problem())

    async def _refuse(self, scope: Scope, answered: Answered, problem: Problem) -> None:
        if answered.has_begun:
            raise ResponseAborted from problem
        await send_problem(scope, answered, problem)

    async def _admit(self, scope: Scope, head: Head, receive: Receive, send: Answered, trace: Trace) -> None:
        _check_head(scope)
        check_framing(head, scope["http_version"])
        try:
            path = decode_path(scope["raw_path"])
        except PathRefused as refused:
            raise AmbiguousPath from refused
        preflight = self._origins.preflight(scope["method"], head)
        if preflight is not None:
            await send_json(send, 204, None, preflight)
        elif path in ("/healthz", "/readyz"):
            # Asked by those who decide whether to send us traffic: never refused because of a limit.
            await self._dispatch(scope, head, receive, send, trace, path)
        else:
            try:
                with self._streams if path == "/v1/reports/stream" else self._in_flight:
                    await self._dispatch(scope, head, receive, send, trace, path)
            except LimitReached as reached:
                raise Overloaded from reached

    async def _dispatch(
        self, scope: Scope, head: Head, receive: Receive, send: Answered, trace: Trace, path: str
    ) -> None:
        if path.startswith("/webhooks/"):
            _bind(trace)
            partner_id = path.removeprefix("/webhooks/")
            send.route = "/webhooks/{partner_id}"
            await self.webhooks.answer(scope, receive, send, partner_id, trace.traceparent.decode())
        elif (page := self.pages.route_of(path)) is not None:
            send.route = page
            if path not in ("/healthz", "/readyz"):
                send.add_quota(self._take(scope, None).headers())
            await self.pages.answer(scope, send, path)
        elif path in SIGN_IN_PATHS:
            _bind(trace)
            send.route = path
            self._take(scope, None)
            if self.sessions is None:
                raise NotFound
            await self.sessions.answer(scope, send, path)
        else:
            await self._answer_operation(scope, head, receive, send, trace, path)

    async def _answer_operation(
        self, scope: Scope, head: Head, receive: Receive, send: Answered, trace: Trace, path: str
    ) -> None:
        method: str = scope["method"]
        route, missing = self._find(method, path)
        if path in DEVELOPMENT_ONLY and not self.settings.is_development:
            raise NotFound  # before anything of the request is looked at: the route does not exist
        if route is not None:
            send.route = route.template
        admission = await self._admission(scope, head, is_public=route is not None and route.public, path=path)
        send.add_quota(self._take(scope, admission).headers())
        if route is None:
            raise missing or NotFound()
        if path in GUESSED:
            self._refuse_guessing(scope, send, path)
        own = trace.headers()
        if admission is not None:
            own.append((b"authorization", admission.bearer))
        answer: Send = send
        if method == "HEAD" and route.method == "GET":
            scope, answer = {**scope, "method": "GET"}, _headless(send)
        if route.service == "gateway":
            _bind(trace)
            await self._answer_inside(scope, head, receive, send, answer, own, path)
        else:
            own += _origin_headers(scope, head)
            limit = UPLOAD_LIMIT if _is_upload(head) else JSON_LIMIT
            await self.proxy.forward(scope, receive, answer, route.service, request_headers=own, body_limit=limit)

    def _find(self, method: str, path: str) -> tuple[Route | None, Problem | None]:
        try:
            return self.table.find(method, path), None
        except NoSuchMethod as refused:
            return None, MethodNotAllowed(headers={"Allow": ", ".join(refused.allowed)})
        except NoSuchPath:
            return None, NotFound()

    async def _admission(self, scope: Scope, head: Head, *, is_public: bool, path: str) -> Admission | None:
        values = head.values(b"authorization")
        if not values or path == "/oauth/token":
            session = self._session(scope, path)
            if session is not None:
                return self.credentials.admit_session(session)
            if is_public:
                return None
            self._take(scope, None)
            raise Unauthenticated
        if len(values) > 1:
            raise Unauthenticated
        return self.credentials.recognise(values[0]) or await self.credentials.admit(_bearer_of(values[0]))

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

    def _refuse_guessing(self, scope: Scope, send: Answered, path: str) -> None:
        guesser = (_address(scope), path)
        verdict = self._misses.peek(guesser)
        if not verdict.allowed:
            raise TooManyRequests(headers=_as_text(verdict.headers()))

        def count_miss(status: int) -> None:
            if status in (400, 401, 404):  # 400 is what OAuth says of a wrong password
                self._misses.take(guesser)

        send.on_status = count_miss

    async def _answer_inside(
        self, scope: Scope, head: Head, receive: Receive, send: Answered, answer: Send, own: RawHeaders, path: str
    ) -> None:
        check_length(head, JSON_LIMIT)
        given = [(name, value) for name, value in head.raw if name not in REPLACED_INSIDE]
        if path == "/oauth/token":
            given += [(b"x-client-authorization", value) for value in head.values(b"authorization")[:1]]
        if path.startswith("/v1/partners") and scope["method"] not in ("GET", "HEAD"):
            send.before_answer = self.directory.refresh
        body = await read_body(receive, JSON_LIMIT, SECONDS_TO_READ)
        await self.inner({**scope, "headers": [*given, *own]}, _again(body, receive), answer)


REPLACED_INSIDE = frozenset(
    {b"authorization", b"x-request-id", b"traceparent", b"tracestate", b"x-client-authorization"}
)


def _check_head(scope: Scope) -> None:
    if len(scope["raw_path"]) + len(scope["query_string"]) > MAXIMUM_TARGET_BYTES:
        raise TargetTooLong
    headers = scope["headers"]
    if len(headers) > MAXIMUM_HEADERS or sum(map(len, chain.from_iterable(headers))) > MAXIMUM_HEADER_BYTES:
        raise HeadersTooLarge


def _bind(trace: Trace) -> None:
    """For what is logged from here on: where a request only passes, nothing is. Ends with the task of the request."""
    bind_contextvars(request_id=trace.request_id.decode(), traceparent=trace.traceparent.decode())


def _bearer_of(authorization: bytes) -> str:
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    return token.strip()


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read already, given again as one message."""
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


def _origin_headers(scope: Scope, head: Head) -> RawHeaders:
    headers = [
        (b"x-forwarded-for", _address(scope).encode()),
        (b"x-forwarded-proto", scope.get("scheme", "http").encode()),
    ]
    if host := head.values(b"host"):
        headers.append((b"x-forwarded-host", host[0]))
    return headers


def _is_upload(head: Head) -> bool:
    return any(value.lower().startswith(b"multipart/") for value in head.values(b"content-type"))


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
