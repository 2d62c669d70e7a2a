"""The public edge as one pure ASGI application: it authenticates each caller, limits it and picks the service.

FastAPI does not run on the proxied path. The order of the checks: form of the request, in-flight limit, route, credential,
quota; then the service responds, and every response gets the same headers.
"""

import asyncio
from contextlib import nullcontext
from time import perf_counter

from fastapi import FastAPI

from chassis.errors import MethodNotAllowed, NotFound, Problem, Unauthenticated
from chassis.observability.log import bind_contextvars, logger
from chassis.observability.tracing import TRACING
from chassis.runtime import Runtime
from chassis.security.played import PATH as PLAYED_PATH
from chassis.tasks import cancel_until_ended
from chassis.web.middleware import UNTRACED, count, describe, method_of
from gateway.api_docs.pages import Pages, send_sign_in_page
from gateway.commands.development import ensure_development_partners
from gateway.edge.certificate import watch_certificate
from gateway.edge.client_address import client_address, origin_headers, peer_of
from gateway.edge.cors import Origins
from gateway.edge.framing import check_framing, check_length
from gateway.edge.guesses import Guesses
from gateway.edge.in_flight import InFlightLimit, LimitReached
from gateway.edge.limits import Limits
from gateway.edge.paths import PathRefused, decode_path
from gateway.edge.rate_limits import Policy, Verdict
from gateway.edge.request_body import ClientGone, has_body, read_body, replayed
from gateway.edge.request_head import RawHeaders, RequestHead
from gateway.edge.responses import (
    SECURITY_HEADERS,
    STRICT_TRANSPORT,
    Message,
    Receive,
    ResponseWriter,
    Scope,
    Send,
    headless,
    send_json,
    send_problem,
)
from gateway.edge.slow_down import SlowDown
from gateway.edge.tracing import Trace, read_trace
from gateway.edge.usage import count_use
from gateway.errors import AmbiguousPath, Overloaded
from gateway.identity.admission import acting_for, find_admission, require_registration
from gateway.identity.configured import provider_of, sessions_of, trusted_providers
from gateway.identity.credentials import Admission, Credentials, SignerFile
from gateway.identity.residents import Residents
from gateway.identity.school import require_permitted
from gateway.identity.sessions import PATHS as SIGN_IN_PATHS
from gateway.identity.sessions import SIGN_IN
from gateway.identity.training_accounts import TrainingAccounts
from gateway.identity.volunteers import Volunteers
from gateway.proxy.client import ProxyClient
from gateway.proxy.forwarding import Proxy, ResponseAborted
from gateway.proxy.public_cache import PublicCache, may_be_cached
from gateway.proxy.routing_table import NoSuchMethod, NoSuchPath, Route, RoutingTable
from gateway.settings import GatewaySettings
from gateway.webhooks.batch_writer import WebhookBatchWriter
from gateway.webhooks.endpoint import WebhookEndpoint
from gateway.webhooks.orders import Orders
from gateway.webhooks.partner_cache import PartnerCache

JSON_LIMIT = 1_048_576
UPLOAD_LIMIT = 33_554_432
GUESSED = frozenset({"/v1/dossiers/track", "/track", "/oauth/token"})
"""Operations where secrets can be guessed: misses are counted by address."""
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
        self.limits = Limits(settings)
        self._slow_down = SlowDown()
        self._public_cache = PublicCache()
        self._proxy_networks = settings.networks_of_proxies()
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
        self.guesses = Guesses(runtime.database, Policy("misses", self.settings.misses_per_minute, 60))
        self.partner_cache = PartnerCache(runtime.database)
        self.batch_writer = WebhookBatchWriter(runtime.database, capacity=self.settings.mailbox_letters)
        self.webhooks = WebhookEndpoint(
            self.partner_cache,
            self.batch_writer,
            self._webhook_policy,
            self.limits.addresses,
            self.limits.bodies,
            Orders(runtime.service_client),
        )
        provider = provider_of(self.settings)
        signer = SignerFile(runtime.settings.signing_key_file)
        self.sessions = sessions_of(self.settings, provider, signer, runtime.database)
        self.residents = Residents(runtime.database, runtime.service_client)
        self.credentials = Credentials(
            signer,
            self.partner_cache,
            Volunteers(runtime.database),
            TrainingAccounts(runtime.database),
            provider,
            self.residents,
            trusted_providers(self.settings),
            allows_development=self.settings.is_development,
            played_issuer=self.settings.played_issuer,
        )
        if self.settings.is_development:
            async with runtime.database.transaction() as session:
                await ensure_development_partners(session)
        await self.partner_cache.refresh()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self.partner_cache.watch()), loop.create_task(self.batch_writer.run())]

    async def close(self) -> None:
        """Stop: webhooks without 202 are not stored."""
        await cancel_until_ended(self._tasks)
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
        await self._slow_down.before_refusal(peer_of(scope), problem)
        await send_problem(scope, response, problem)

    async def _admit(
        self, scope: Scope, head: RequestHead, receive: Receive, send: ResponseWriter, trace: Trace
    ) -> None:
        head.check_size(len(scope["raw_path"]) + len(scope["query_string"]))
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
            await self._slow_down.before_health(peer_of(scope))
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
            with nullcontext() if path in ("/healthz", "/readyz") else self.limits.in_flight:
                await self.pages.answer(scope, send, path)
        elif (
            f"{path}/".startswith(f"{PLAYED_PATH}/")
            and self.settings.is_development
            and self.settings.played_provider_url
        ):
            send.route = f"{PLAYED_PATH}/{{*}}"
            send.add_quota(self._take(scope, None).headers())
            # Its own tokens and clients, for its userinfo and token endpoints; no caller of the platform's.
            own = [*trace.headers(), *((b"authorization", value) for value in head.values(b"authorization")[:1])]
            await self._forward(scope, head, receive, send, PLAYED, own, self.limits.in_flight)
        elif path in SIGN_IN_PATHS:
            _bind(trace)
            send.route = path
            self._take(scope, None)
            if self.sessions is None:
                if path != SIGN_IN:
                    raise NotFound
                await send_sign_in_page(scope, send, is_development=self.settings.is_development)
                return
            with self.limits.in_flight:
                await self.sessions.answer(scope, send, path)
        else:
            await self._respond_to_operation(scope, head, receive, send, trace, path)

    async def _respond_to_operation(
        self, scope: Scope, head: RequestHead, receive: Receive, send: ResponseWriter, trace: Trace, path: str
    ) -> None:
        route, admission = await self._permitted(scope, head, send, path)
        own = trace.headers()
        if admission is not None:
            own.append((b"authorization", admission.bearer))
        answer: Send = send
        if scope["method"] == "HEAD" and route.method == "GET":
            scope, answer = {**scope, "method": "GET"}, headless(send)
        if route.service == "gateway":
            _bind(trace)
            await self._respond_inside(scope, head, receive, send, answer, own, path)
            return

        async def forward(send: Send) -> None:
            place = self.limits.streams if route.streams else self.limits.in_flight
            with self.limits.share_of(peer_of(scope), streams=route.streams, is_anonymous=admission is None):
                await self._forward(scope, head, receive, send, route.service, own, place)

        if admission is None and may_be_cached(route):
            await self._public_cache.respond(scope, head, answer, forward)
        else:
            await forward(answer)

    async def _permitted(
        self, scope: Scope, head: RequestHead, send: ResponseWriter, path: str
    ) -> tuple[Route, Admission | None]:
        """The operation and its caller, none for a public one, after every check; a Problem for what is refused."""
        route, missing = self._find(scope["method"], path)
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
            admission = await acting_for(head, admission, self.credentials)
            require_permitted(admission.caller, route.method, route.template, is_public=route.public)
            if not route.public:
                require_registration(admission.caller, route.method, route.template)
        if path in GUESSED:
            await self.guesses.count(peer_of(scope), path, send)
        return route, admission

    async def _forward(
        self,
        scope: Scope,
        head: RequestHead,
        receive: Receive,
        send: Send,
        service: str,
        own: RawHeaders,
        place: InFlightLimit,
    ) -> None:
        """Forward to a service with these headers of our own."""
        await self.proxy.forward(
            scope, receive, send, service, request_headers=[*own, *origin_headers(scope, head)],
            body_limit=UPLOAD_LIMIT if head.is_upload else JSON_LIMIT, reading=self.limits.bodies.hold(peer_of(scope)),
            place=place,
        )  # fmt: skip

    def _find(self, method: str, path: str) -> tuple[Route | None, Problem | None]:
        try:
            return self.table.find(method, path), None
        except NoSuchMethod as refused:
            return None, MethodNotAllowed(headers={"Allow": ", ".join(refused.allowed)})
        except NoSuchPath:
            return None, NotFound()

    async def _admission(self, scope: Scope, head: RequestHead, *, is_public: bool, path: str) -> Admission | None:
        admission = await find_admission(scope, head, path, self.credentials, self.sessions)
        if admission is None and not is_public:
            self._take(scope, None)
            raise Unauthenticated
        return admission

    def _take(self, scope: Scope, admission: Admission | None) -> Verdict:
        return self.limits.take(peer_of(scope), admission.caller.subject if admission else None)

    def _with_client_address(self, scope: Scope, head: RequestHead) -> Scope:
        peer = peer_of(scope)
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
        with self.limits.bodies.hold(peer_of(scope)) if has_body(head) else nullcontext():
            body = await read_body(receive, JSON_LIMIT, SECONDS_TO_READ)
        with self.limits.in_flight:
            await self.inner({**scope, "headers": [*given, *own]}, replayed(body, receive), answer)


REPLACED_INSIDE = frozenset(
    {b"authorization", b"x-request-id", b"traceparent", b"tracestate", b"x-client-authorization"}
)


def _bind(trace: Trace) -> None:
    """Add the ids to log lines of this request; proxied requests log nothing. Ends with the request's task."""
    bind_contextvars(request_id=trace.request_id.decode(), traceparent=trace.traceparent.decode())
