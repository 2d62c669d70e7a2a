"""Real servers for the tests of the gateway: whole ASGI servers, misbehaving sockets, the gateway itself."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import httpx
import pytest

import gateway

# The folder and the package share the name `gateway`, so pytest's importlib mode takes the folder for it.
PACKAGE = str(Path(__file__).parents[1] / "gateway")
if PACKAGE not in list(gateway.__path__):
    gateway.__path__.append(PACKAGE)

from chassis.app import create_app  # noqa: E402
from chassis.clock import now  # noqa: E402
from chassis.errors import Problem  # noqa: E402
from chassis.runtime import Runtime, Service  # noqa: E402
from chassis.testing import serving  # noqa: E402
from gateway.asgi import Gateway  # noqa: E402
from gateway.commands.development import development_secret  # noqa: E402
from gateway.edge.header_timeout import HeaderTimeoutProtocol  # noqa: E402
from gateway.edge.request_body import ClientGone  # noqa: E402
from gateway.edge.responses import send_problem  # noqa: E402
from gateway.proxy.client import ProxyClient  # noqa: E402
from gateway.proxy.forwarding import Budgets, Proxy  # noqa: E402
from gateway.settings import GatewaySettings  # noqa: E402
from gateway.webhooks.signatures import sign  # noqa: E402

Serve = Callable[[Any], Awaitable[str]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class ServerProtocol(HeaderTimeoutProtocol):
    """Without the cap per address: every test comes from one."""

    connections_per_address = 4096


def running(app: Any) -> AbstractAsyncContextManager[str]:
    return serving(app, http=ServerProtocol, h11_max_incomplete_event_size=65_536)


@pytest.fixture
def server_protocol() -> type[ServerProtocol]:
    """The protocol class of the servers that `serve` starts."""
    return ServerProtocol


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a real HTTP server for an ASGI app; answers its address."""
    async with AsyncExitStack() as stack:

        async def start(app: Any) -> str:
            return await stack.enter_async_context(running(app))

        yield start


@pytest.fixture
async def serve_socket() -> AsyncIterator[Callable[[Talk], Awaitable[str]]]:
    """Start a raw TCP server that answers as the test defines; returns its address."""
    servers: list[asyncio.Server] = []

    async def start(talk: Talk) -> str:
        async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await talk(reader, writer)
            finally:
                writer.close()

        server = await asyncio.start_server(once, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()


class Front:
    """The smallest gateway around a proxy: problems for refusals, nothing else."""

    def __init__(self, proxy: Proxy, own_headers: list[tuple[bytes, bytes]], body_limit: int) -> None:
        self.proxy = proxy
        self.own_headers = own_headers
        self.body_limit = body_limit

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self.proxy.forward(
                scope, receive, send, "service", request_headers=self.own_headers, body_limit=self.body_limit
            )
        except Problem as problem:
            await send_problem(scope, send, problem)
        except ClientGone:
            pass


@pytest.fixture
async def proxy_client() -> AsyncIterator[ProxyClient]:
    client = ProxyClient()
    yield client
    await client.close()


@pytest.fixture
def short_budgets() -> Budgets:
    return Budgets(request_idle=0.4, answer=0.4, answer_idle=0.4, stream_idle=0.4)


@pytest.fixture
def long_budgets() -> Budgets:
    """For all but the tests of time itself: a busy machine is no slow service."""
    return Budgets(request_idle=20, answer=20, answer_idle=20, stream_idle=20)


@pytest.fixture
def forward(serve: Serve, proxy_client: ProxyClient, long_budgets: Budgets) -> Callable[..., Awaitable[str]]:
    """Start a proxy before the service at an address; answers the proxy's address."""

    async def start(
        address: str,
        *,
        budgets: Budgets = long_budgets,
        body_limit: int = 200_000,
        own_headers: tuple[tuple[bytes, bytes], ...] = ((b"x-internal-token", b"ours"),),
    ) -> str:
        proxy = Proxy(proxy_client, {"service": address}, budgets=budgets)
        return await serve(Front(proxy, list(own_headers), body_limit))

    return start


@pytest.fixture
async def caller() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield session


@pytest.fixture(scope="session")
def service() -> Service:
    from gateway.app import service

    return service


@pytest.fixture
def settings(postgres_url: str, keys: Path) -> GatewaySettings:
    return GatewaySettings(
        database_url=postgres_url,
        internal_keys_file=keys / "public.json",
        signing_key_file=keys / "gateway.pem",
        run_worker=False,
        registry_url="http://127.0.0.1:1",
        onboarding_url="http://127.0.0.1:1",
        payments_qr_url="http://127.0.0.1:1",
        casework_url="http://127.0.0.1:1",
        reporting_url="http://127.0.0.1:1",
        notifications_url="http://127.0.0.1:1",
    )


@asynccontextmanager
async def opened(runtime: Runtime, settings: GatewaySettings) -> AsyncIterator[Gateway]:
    asgi_app = Gateway(create_app(runtime.service, runtime=runtime), settings)
    await asgi_app.open(runtime)
    try:
        yield asgi_app
    finally:
        await asgi_app.close()


@pytest.fixture
def open_gateway(runtime: Runtime) -> Callable[[GatewaySettings], Any]:
    """`async with open_gateway(settings) as gateway`: the whole gateway with other settings."""
    return lambda settings: opened(runtime, settings)


@pytest.fixture
async def asgi_app(runtime: Runtime, settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """The whole gateway, started, on the test's database."""
    async with opened(runtime, settings) as gateway:
        yield gateway


def outside_client(app: Any) -> httpx.AsyncClient:
    """An HTTP client that stands before the asgi_app."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")


@pytest.fixture
async def client(asgi_app: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    async with outside_client(asgi_app) as client:
        yield client


SignIn = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture
def sign_in(client: httpx.AsyncClient) -> SignIn:
    """`await sign_in("operator")` are the headers of that caller."""

    async def headers(role: str, **who: str) -> dict[str, str]:
        answer = await client.post("/dev/token", json={"role": role, **who})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return headers


@pytest.fixture
def signed() -> Callable[..., Any]:
    """`signed("demo-bank", body)` are the arguments of a POST that delivers the body, rightly signed."""

    def message(
        partner_id: str, body: Any, *, message_id: str | None = None, sent_at: datetime | None = None
    ) -> dict[str, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        headers = sign(
            development_secret(partner_id),
            message_id=message_id or f"msg_{uuid4().hex}",
            sent_at=sent_at or now(),
            body=raw,
        )
        return {"content": raw, "headers": headers | {"content-type": "application/json"}}

    return message


def account_opened(**changes: Any) -> dict[str, Any]:
    """A body that the demo bank may send."""
    data = {"resident": {"personal_id": "038095000001"}, "kind": "bank", "account_ref": "acc-1", "unit_code": "15724"}
    return {"type": "payment_account.opened", "timestamp": "2026-11-21T08:00:00+07:00", "data": data | changes}


@pytest.fixture
def opening() -> Callable[..., dict[str, Any]]:
    return account_opened
