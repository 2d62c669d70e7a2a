"""The public edge as one pure ASGI application: it authenticates each caller, limits it and picks the service.

FastAPI does not run on the proxied path. The order of the checks: form of the request, in-flight limit, route, credential,
quota; then the service responds, and every response gets the same headers.
"""

import asyncio
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from time import perf_counter
from uuid import UUID

from fastapi import FastAPI

from chassis.errors import FieldError, InvalidQuery, MethodNotAllowed, NotFound, Problem, Unauthenticated
from chassis.observability.log import bind_contextvars, logger
from chassis.observability.tracing import TRACING
from chassis.runtime import Runtime
from chassis.security.played import PATH as PLAYED_PATH
from chassis.storage.database import Database
from chassis.web.middleware import UNTRACED, count, describe, method_of
from gateway.api_docs.pages import Pages, send_sign_in_page
from gateway.commands.development import ensure_development_partners
from gateway.edge.address_limits import AddressLimit
from gateway.edge.certificate import watch_certificate
from gateway.edge.client_address import address_group, client_address
from gateway.edge.cors import Origins
from gateway.edge.framing import check_framing, check_length
from gateway.edge.in_flight import InFlightLimit, LimitReached
from gateway.edge.paths import MAXIMUM_TARGET_BYTES, PathRefused, decode_path
from gateway.edge.rate_limits import Policy, TokenBuckets, Verdict, check_quota
from gateway.edge.request_body import ClientGone, has_body, read_body
from gateway.edge.request_head import RawHeaders, RequestHead
from gateway.edge.responses import (
    SECURITY_HEADERS,
    STRICT_TRANSPORT,
    Message,
    Receive,
    ResponseWriter,
    Scope,
    Send,
    send_json,
    send_problem,
)
from gateway.edge.slow_down import SlowDown
from gateway.edge.tracing import Trace, read_trace
from gateway.edge.usage import count_use
from gateway.errors import (
    AmbiguousPath,
    HeadersTooLarge,
    IdentityUnknown,
    Overloaded,
    TargetTooLong,
)
from gateway.identity.credentials import Admission, Credentials, SignerFile
from gateway.identity.ended_sessions import EndedSessions
from gateway.identity.oidc import IdentityProvider
from gateway.identity.played import played_provider
from gateway.identity.residents import UNREGISTERED, Residents
from gateway.identity.school import require_permitted
from gateway.identity.sessions import PATHS as SIGN_IN_PATHS
from gateway.identity.sessions import SIGN_IN, DashboardSession, DashboardSessions
from gateway.identity.training_accounts import TrainingAccounts
from gateway.identity.trusted import TrustedProvider, read_trusted_providers
from gateway.identity.volunteers import Volunteers
from gateway.proxy.client import ProxyClient
from gateway.proxy.forwarding import Proxy, ResponseAborted
from gateway.proxy.public_cache import PublicCache
from gateway.proxy.routing_table import NoSuchMethod, NoSuchPath, Route, RoutingTable
from gateway.settings import GatewaySettings
from gateway.webhooks.batch_writer import WebhookBatchWriter
from gateway.webhooks.endpoint import WebhookEndpoint
from gateway.webhooks.orders import Orders
from gateway.webhooks.partner_cache import PartnerCache

JSON_LIMIT = 1_048_576
UPLOAD_LIMIT = 33_554_432
MAXIMUM_HEADERS = 100
MAXIMUM_HEADER_BYTES = 32_768
GUESSED = frozenset({"/v1/dossiers/track", "/track", "/oauth/token"})
"""Operations where secrets can be guessed: misses are counted by address."""
RARELY_CHANGED = frozenset(
    {
        "/track",
        "/v1/feedback/published",
        "/v1/units",
        "/v1/units/{code}",
        "/v1/procedures",
        "/v1/procedures/{code}",
        "/v1/banks",
        "/v1/onboarding/steps",
    }
)
"""Public catalogues that are answered from the cache, besides pages and reports."""
DEVELOPMENT_ONLY = frozenset({"/dev/token"})
SECONDS_TO_READ = 10.0
SERVICE = "gateway"
PLAYED = "played-provider"


class Gateway:
    """The ASGI application. `inner` is the FastAPI application of the gateway's own REST operations."""

    def __init__(self, inner: FastAPI, settings: GatewaySettings, table: RoutingTable | None = None) -> None:
        self.inner = inner
        self.settings = settings
        self.table = table or RoutingTable.from_file()
        self._in_flight = InFlightLimit(settings.requests_at_once)
        self._streams = InFlightLimit(settings.requests_at_once)
        self._bodies = AddressLimit(settings.bodies_per_address)
        self._anonymous = AddressLimit(settings.anonymous_requests_per_address)
        self._address_streams = AddressLimit(settings.streams_per_address)
        self._slow_down = SlowDown()
        self._public_cache = PublicCache()
        self._proxy_networks = settings.networks_of_proxies()
        self._callers = TokenBuckets(Policy("caller", settings.caller_requests_per_minute, 60))
        self._addresses = TokenBuckets(Policy("address", max(1, settings.address_requests_per_minute // 6), 10))
        self._misses = TokenBuckets(Policy("misses", settings.misses_per_minute, 60))
        self._webhook_policy = Policy("partner", settings.partner_messages_per_minute, 60)
        self._security_headers = SECURITY_HEADERS if settings.is_development else [*SECURITY_HEADERS, STRICT_TRANSPORT]
        self._origins = Origins(settings.origins())
        self._tasks: list[asyncio.Task[None]] = []
        self.pages = Pages(inner, settings)
        inner.state.gateway = self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            head = RequestHead(scope["headers"])
            await self._respond(self._with_client_address(scope, head), head, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def open(self, runtime: Runtime) -> None:
        """Start on a started runtime."""
        if runtime.settings.signing_key_file is None:
            raise RuntimeError("the gateway needs this variable: SIGNING_KEY_FILE")
        if self.settings.tls_certificate_file is not None:
            watch_certificate(self.settings.tls_certificate_file)
        self.client = self.pages.client = ProxyClient()
        addresses = self.settings.service_urls()
        if self.settings.is_development and self.settings.played_provider_url:
            addresses[PLAYED] = self.settings.played_provider_url
        self.proxy = Proxy(self.client, addresses, most_calls=self.settings.requests_at_once)
        self.partner_cache = PartnerCache(runtime.database)
        self.batch_writer = WebhookBatchWriter(runtime.database, capacity=self.settings.mailbox_letters)
        self.webhooks = WebhookEndpoint(
            self.partner_cache,
            self.batch_writer,
            self._webhook_policy,
            self._addresses,
            self._bodies,
            Orders(runtime.service_client),
        )
        provider = _provider_of(self.settings)
        signer = SignerFile(runtime.settings.signing_key_file)
        self.sessions = _sessions_of(self.settings, provider, signer, runtime.database)
        self.residents = Residents(runtime.database, runtime.service_client)
        self.credentials = Credentials(
            signer,
            self.partner_cache,
            Volunteers(runtime.database),
            TrainingAccounts(runtime.database),
            provider,
            self.residents,
            self._trusted_providers(),
            allows_development=self.settings.is_development,
            played_issuer=self.settings.played_issuer,
        )
        if self.settings.is_development:
            async with runtime.database.transaction() as session:
                await ensure_development_partners(session)
        await self.partner_cache.refresh()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self.partner_cache.watch()), loop.create_task(self.batch_writer.run())]

    def _trusted_providers(self) -> dict[str, TrustedProvider]:
        trusted = read_trusted_providers(self.settings.identity_providers_file)
        if self.settings.is_development and self.settings.played_provider_url:
            issuer, inside = self.settings.played_issuer.rstrip("/"), self.settings.played_provider_url.rstrip("/")
            trusted[issuer] = played_provider(issuer, f"{inside}{PLAYED_PATH}/jwks")
        return trusted

    async def close(self) -> None:
        """Stop: webhooks without 202 are not stored."""
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
                    logger.error("gateway start failed", error=type(error).__name__)
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
            await send(message)

        async def close_first() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown" and is_open:
                await self.close()
            return message

        await self.inner(scope, close_first, open_first)

    async def _respond(self, scope: Scope, head: RequestHead, receive: Receive, send: Send) -> None:
        trace = read_trace(head)
        response = ResponseWriter(send, trace, [*self._security_headers, *self._origins.headers(head)])
        began = perf_counter()
        try:
            if not TRACING.is_enabled or scope["path"] in UNTRACED:
                await self._respond_within(scope, head, receive, response, trace)
                return
            with TRACING.span(scope["method"], "SERVER", parent=trace.given) as span:
                try:
                    await self._respond_within(scope, head, receive, response, trace.below(span.traceparent))
                finally:
                    describe(span, method_of(scope), response.route, response.status)
        finally:
            count(SERVICE, method_of(scope), response.route, response.status, perf_counter() - began)

    async def _respond_within(
        self, scope: Scope, head: RequestHead, receive: Receive, send: ResponseWriter, trace: Trace
    ) -> None:
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
            logger.error("unexpected error", error=type(error).__name__, exc_info=True)
            if send.has_begun:
                raise
            await self._refuse(scope, send, Problem())

    async def _refuse(self, scope: Scope, response: ResponseWriter, problem: Problem) -> None:
        if response.has_begun:
            raise ResponseAborted from problem
        await self._slow_down.before_refusal(_address(scope), problem)
        await send_problem(scope, response, problem)

    async def _admit(
        self, scope: Scope, head: RequestHead, receive: Receive, send: ResponseWriter, trace: Trace
    ) -> None:
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
            # Load balancers decide by these: never refused because of a limit.
            await self._slow_down.before_health(_address(scope))
            await self._dispatch(scope, head, receive, send, trace, path)
        else:
            try:
                await self._dispatch(scope, head, receive, send, trace, path)
            except LimitReached as reached:
                raise Overloaded from reached

    async def _dispatch(
        self, scope: Scope, head: RequestHead, receive: Receive, send: ResponseWriter, trace: Trace, path: str
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
            with nullcontext() if path in ("/healthz", "/readyz") else self._in_flight:
                await self.pages.answer(scope, send, path)
        elif (
            f"{path}/".startswith(f"{PLAYED_PATH}/")
            and self.settings.is_development
            and self.settings.played_provider_url
        ):
            send.route = f"{PLAYED_PATH}/{{*}}"
            send.add_quota(self._take(scope, None).headers())
            await self.proxy.forward(
                scope, receive, send, PLAYED, request_headers=[*trace.headers(), *_origin_headers(scope, head)],
                body_limit=JSON_LIMIT, reading=self._bodies.hold(_address(scope)), place=self._in_flight,
            )  # fmt: skip
        elif path in SIGN_IN_PATHS:
            _bind(trace)
            send.route = path
            self._take(scope, None)
            if self.sessions is None:
                if path != SIGN_IN:
                    raise NotFound
                await send_sign_in_page(scope, send, is_development=self.settings.is_development)
                return
            with self._in_flight:
                await self.sessions.answer(scope, send, path)
        else:
            await self._respond_to_operation(scope, head, receive, send, trace, path)

    async def _respond_to_operation(
        self, scope: Scope, head: RequestHead, receive: Receive, send: ResponseWriter, trace: Trace, path: str
    ) -> None:
        method: str = scope["method"]
        route, missing = self._find(method, path)
        is_played = f"{path}/".startswith(f"{PLAYED_PATH}/")
        if (path in DEVELOPMENT_ONLY or is_played) and not self.settings.is_development:
            raise NotFound  # before the rest of the request is checked: the route does not exist
        if route is not None:
            send.route = route.template
        admission = await self._admission(scope, head, is_public=route is not None and route.public, path=path)
        send.add_quota(self._take(scope, admission).headers())
        if route is None:
            raise missing or NotFound()
        count_use(admission.caller if admission else None, route.method, route.template)
        if admission is not None:
            admission = await self._acting(head, admission)
            require_permitted(admission.caller, route.method, route.template, is_public=route.public)
            if admission.caller.role == "unregistered" and not route.public:
                _require_registration(route)
        if path in GUESSED:
            self._count_guess(scope, send, path)
        own = trace.headers()
        if admission is not None:
            own.append((b"authorization", admission.bearer))
        answer: Send = send
        if method == "HEAD" and route.method == "GET":
            scope, answer = {**scope, "method": "GET"}, _headless(send)
        if route.service == "gateway":
            _bind(trace)
            await self._respond_inside(scope, head, receive, send, answer, own, path)
        else:
            own += _origin_headers(scope, head)
            limit = UPLOAD_LIMIT if _is_upload(head) else JSON_LIMIT

            async def forward(send: Send) -> None:
                with self._share_of_address(scope, route, admission):
                    await self.proxy.forward(
                        scope,
                        receive,
                        send,
                        route.service,
                        request_headers=own,
                        body_limit=limit,
                        reading=self._bodies.hold(_address(scope)),
                        place=self._streams if route.streams else self._in_flight,
                    )

            if admission is None and _may_be_cached(route):
                await self._public_cache.respond(scope, head, answer, forward)
            else:
                await forward(answer)

    def _share_of_address(
        self, scope: Scope, route: Route, admission: Admission | None
    ) -> AbstractContextManager[None]:
        """What one address may hold at services: some streams, and some requests without a credential."""
        if route.streams:
            return self._address_streams.hold(_address(scope))
        return self._anonymous.hold(_address(scope)) if admission is None else nullcontext()

    def _find(self, method: str, path: str) -> tuple[Route | None, Problem | None]:
        try:
            return self.table.find(method, path), None
        except NoSuchMethod as refused:
            return None, MethodNotAllowed(headers={"Allow": ", ".join(refused.allowed)})
        except NoSuchPath:
            return None, NotFound()

    async def _admission(self, scope: Scope, head: RequestHead, *, is_public: bool, path: str) -> Admission | None:
        values = head.values(b"authorization")
        if not values or path == "/oauth/token":
            session = await self._session(scope, path)
            if session is not None:
                return self.credentials.admit_session(session)
            if is_public:
                return None
            self._take(scope, None)
            raise Unauthenticated
        if len(values) > 1:
            raise Unauthenticated
        return self.credentials.find_admission(values[0]) or await self.credentials.admit(_bearer_of(values[0]))

    async def _acting(self, head: RequestHead, admission: Admission) -> Admission:
        """The admission of a caller who acts for the person or organization that `X-Acting-For` names."""
        values = head.values(b"x-acting-for")
        if not values:
            return admission
        try:
            principal_id = UUID(values[0].decode("latin-1").strip())
        except ValueError as error:
            raise InvalidQuery(errors=[NO_PRINCIPAL]) from error
        if len(values) > 1:
            raise InvalidQuery(errors=[NO_PRINCIPAL])
        return await self.credentials.act_for(admission, principal_id)

    async def _session(self, scope: Scope, path: str) -> DashboardSession | None:
        # Any page that links here sends the cookie, so it permits reading reports and nothing else.
        is_reading = scope["method"] in ("GET", "HEAD") and path.startswith(("/dashboard", "/v1/reports/"))
        return await self.sessions.session_of(scope) if is_reading and self.sessions is not None else None

    def _take(self, scope: Scope, admission: Admission | None) -> Verdict:
        verdict = (
            self._addresses.take(address_group(_address(scope)))
            if admission is None
            else self._callers.take(admission.caller.subject)
        )
        return check_quota(verdict)

    def _count_guess(self, scope: Scope, send: ResponseWriter, path: str) -> None:
        """Counts the guess before it is forwarded, so that parallel guesses are counted too; a right one is given back."""
        guesser = (address_group(_address(scope)), path)
        check_quota(self._misses.take(guesser))

        def give_back(status: int) -> None:
            if status not in (400, 401, 404):  # OAuth responds 400 to a wrong password
                self._misses.give_back(guesser)

        send.on_status = give_back

    def _with_client_address(self, scope: Scope, head: RequestHead) -> Scope:
        peer = _address(scope)
        address = client_address(peer, head, self._proxy_networks)
        return scope if address == peer else {**scope, "client": (address, 0)}

    async def _respond_inside(
        self,
        scope: Scope,
        head: RequestHead,
        receive: Receive,
        send: ResponseWriter,
        answer: Send,
        own: RawHeaders,
        path: str,
    ) -> None:
        check_length(head, JSON_LIMIT)
        given = [(name, value) for name, value in head.raw if name not in REPLACED_INSIDE]
        if path == "/oauth/token":
            given += [(b"x-client-authorization", value) for value in head.values(b"authorization")[:1]]
        if path.startswith("/v1/partners") and scope["method"] not in ("GET", "HEAD"):
            send.before_response = self.partner_cache.refresh
        with self._bodies.hold(_address(scope)) if has_body(head) else nullcontext():
            body = await read_body(receive, JSON_LIMIT, SECONDS_TO_READ)
        with self._in_flight:
            await self.inner({**scope, "headers": [*given, *own]}, _replayed(body, receive), answer)


REPLACED_INSIDE = frozenset(
    {b"authorization", b"x-request-id", b"traceparent", b"tracestate", b"x-client-authorization"}
)


NO_PRINCIPAL = FieldError(
    "/X-Acting-For",
    "not-an-id",
    "Phải là mã của một người dân hoặc tổ chức.",
    "Must be the id of a resident or organization.",
)


def _require_registration(route: Route) -> None:
    """IdentityUnknown for what only registered people may call."""
    if (route.method, route.template) not in UNREGISTERED:
        raise IdentityUnknown(members={"registration": "/v1/registrations"})


def _check_head(scope: Scope) -> None:
    if len(scope["raw_path"]) + len(scope["query_string"]) > MAXIMUM_TARGET_BYTES:
        raise TargetTooLong
    headers = scope["headers"]
    if len(headers) > MAXIMUM_HEADERS or sum(map(len, chain.from_iterable(headers))) > MAXIMUM_HEADER_BYTES:
        raise HeadersTooLarge


def _bind(trace: Trace) -> None:
    """Add the ids to log lines of this request; proxied requests log nothing. Ends with the request's task."""
    bind_contextvars(request_id=trace.request_id.decode(), traceparent=trace.traceparent.decode())


def _bearer_of(authorization: bytes) -> str:
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    return token.strip()


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Replay a body that was read already, as one message."""
    is_given = False

    async def replay() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _headless(send: Send) -> Send:
    """FastAPI's GET routes have no HEAD: the response to HEAD is that to GET without its body."""

    async def without_body(message: Message) -> None:
        if message["type"] == "http.response.body":
            if message.get("more_body"):
                return
            message = {**message, "body": b""}
        await send(message)

    return without_body


def _origin_headers(scope: Scope, head: RequestHead) -> RawHeaders:
    headers = [
        (b"x-forwarded-for", _address(scope).encode()),
        (b"x-forwarded-proto", scope.get("scheme", "http").encode()),
    ]
    if host := head.values(b"host"):
        headers.append((b"x-forwarded-host", host[0]))
    return headers


def _may_be_cached(route: Route) -> bool:
    is_page = route.template.startswith(("/dashboard", "/v1/reports/")) or route.template in RARELY_CHANGED
    return route.public and route.method == "GET" and is_page and not route.streams


def _is_upload(head: RequestHead) -> bool:
    return any(value.lower().startswith(b"multipart/") for value in head.values(b"content-type"))


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("unknown",))[0])


def _sessions_of(
    settings: GatewaySettings, provider: IdentityProvider | None, signer: SignerFile, database: Database
) -> DashboardSessions | None:
    if provider is None or settings.oidc_client_id is None:
        return None
    return DashboardSessions(settings, provider, lambda: signer.session_key, EndedSessions(database))


def _provider_of(settings: GatewaySettings) -> IdentityProvider | None:
    if settings.oidc_issuer is None:
        return None
    return IdentityProvider(settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url)
