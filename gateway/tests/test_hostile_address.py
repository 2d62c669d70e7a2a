"""One address cannot take the gateway from the others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from yarl import URL

from chassis.errors import NotFound
from chassis.testing import unit_event
from gateway.edge.slow_down import SlowDown
from gateway.errors import TooManyRequests
from gateway.proxy.routing_table import Route, RoutingTable

TABLE = RoutingTable(
    [
        Route("POST", "/v1/residents", "registry", public=True),
        Route("GET", "/v1/units/{code}", "registry", public=True),
        Route("GET", "/v1/dossiers/track", "casework", public=True),
        Route("GET", "/v1/reports/stream", "reporting", public=True, streams=True),
        Route("GET", "/dashboard", "reporting", public=True),
        *(route for route in RoutingTable.from_file().routes if route.service == "gateway"),
    ]
)
CALM = {"bodies_per_address": 3, "streams_per_address": 2, "requests_at_once": 3, "misses_per_minute": 3}


class CountingService:
    """Counts requests by path; a stream stays open, a tracking code is right when it is `right`."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(scope["path"])
        if not scope["path"].endswith("/stream"):
            await asyncio.sleep(0.05)
        is_wrong = scope["path"].endswith("track") and b"right" not in scope["query_string"]
        kind = b"text/event-stream" if scope["path"].endswith("/stream") else b"application/json"
        await send(
            {"type": "http.response.start", "status": 404 if is_wrong else 200, "headers": [(b"content-type", kind)]}
        )
        if kind == b"text/event-stream":
            await send({"type": "http.response.body", "body": b": hello\n\n", "more_body": True})
            await asyncio.sleep(30)
        await send({"type": "http.response.body", "body": b'{"status": "ready"}'})


@pytest.fixture
def service_behind() -> CountingService:
    return CountingService()


@pytest.fixture
async def url(
    open_gateway: Any, settings: Any, serve: Callable[[Any], Any], service_behind: CountingService
) -> AsyncIterator[URL]:
    address = await serve(service_behind)
    names = ("registry_url", "onboarding_url", "payments_qr_url", "casework_url", "reporting_url", "notifications_url")
    async with open_gateway(settings.model_copy(update=dict.fromkeys(names, address) | CALM)) as gateway:
        gateway.table = TABLE
        yield URL(await serve(gateway))


@pytest.fixture
async def http(url: URL) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=str(url), timeout=20) as client:
        yield client


Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def send_raw(url: URL) -> AsyncIterator[Callable[[bytes], Any]]:
    opened: list[Wire] = []

    async def start(data: bytes) -> Wire:
        wire = await asyncio.open_connection(url.host, url.port)
        wire[1].write(data)
        await wire[1].drain()
        opened.append(wire)
        return wire

    yield start
    for _, writer in opened:
        writer.close()


def unfinished(path: str, framing: bytes = b"Content-Length: 900") -> bytes:
    return (
        b"POST "
        + path.encode()
        + b" HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        + framing
        + b"\r\n\r\n{"
    )


@pytest.mark.parametrize("path", ["/v1/residents", "/webhooks/demo-bank", "/dev/token"])
async def test_unfinished_bodies_of_one_address_are_capped_and_take_no_place(
    http: httpx.AsyncClient, send_raw: Callable[[bytes], Any], path: str
) -> None:
    wires = [await send_raw(unfinished(path)) for _ in range(4)]

    done, _ = await asyncio.wait(
        [asyncio.ensure_future(reader.readline()) for reader, _ in wires],
        return_when=asyncio.FIRST_COMPLETED,
        timeout=5,
    )

    assert [one.result().split()[1] for one in done] == [b"429"]
    # More bodies are open than requests may be in flight, and others are served.
    assert (await http.get("/v1/units/15724")).status_code == 200


async def test_event_streams_of_one_address_are_capped(send_raw: Callable[[bytes], Any]) -> None:
    wires = [await send_raw(b"GET /v1/reports/stream HTTP/1.1\r\nHost: a\r\n\r\n") for _ in range(3)]

    statuses = sorted([(await asyncio.wait_for(reader.readline(), 5)).split()[1] for reader, _ in wires])

    assert statuses == [b"200", b"200", b"429"]


async def test_many_requests_for_a_public_page_cost_the_service_one(
    http: httpx.AsyncClient, service_behind: CountingService
) -> None:
    answers = await asyncio.gather(*(http.get("/dashboard") for _ in range(24)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 24
    assert service_behind.paths.count("/dashboard") == 1


async def test_many_requests_for_readiness_ask_each_service_once(
    http: httpx.AsyncClient, service_behind: CountingService, deliver: Any
) -> None:
    await deliver(unit_event("38", parents=()))
    answers = await asyncio.gather(*(http.get("/readyz") for _ in range(24)))

    assert {answer.status_code for answer in answers} == {200}
    assert service_behind.paths.count("/readyz") <= 2 * 5


async def test_parallel_guesses_get_no_more_than_is_allowed(
    http: httpx.AsyncClient, service_behind: CountingService
) -> None:
    right = [(await http.get("/v1/dossiers/track?code=right")).status_code for _ in range(5)]
    wrong = await asyncio.gather(*(http.get("/v1/dossiers/track?code=1") for _ in range(12)))

    assert right == [200] * 5, "a right code is not counted"
    statuses = [answer.status_code for answer in wrong]
    assert (statuses.count(404), statuses.count(429)) == (3, 9)
    assert service_behind.paths.count("/v1/dossiers/track") <= 5 + 3


async def test_an_address_without_a_right_signature_spends_nothing_of_the_partners_quota(
    open_gateway: Any, settings: Any, signed: Any, opening: Any
) -> None:
    limits = {"partner_messages_per_minute": 1, "address_requests_per_minute": 120}
    async with open_gateway(settings.model_copy(update=limits)) as gateway:
        transport = httpx.ASGITransport(gateway)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            junk = signed("demo-bank", opening()) | {"content": b"{}"}
            statuses = [(await client.post("/webhooks/demo-bank", **junk)).status_code for _ in range(19)]
            honest = await client.post("/webhooks/demo-bank", **signed("demo-bank", opening()))
            statuses.append((await client.post("/webhooks/demo-bank", **junk)).status_code)
            over = await client.post("/webhooks/demo-bank", **junk)

    assert set(statuses) == {401}
    assert honest.status_code == 202
    assert over.status_code == 429


async def test_an_address_that_goes_on_after_sixty_refusals_waits_for_each_next_one() -> None:
    slow_down = SlowDown(seconds=60)
    for _ in range(60):
        await asyncio.wait_for(slow_down.before_refusal("203.0.113.7", TooManyRequests()), 10)

    waiting = asyncio.create_task(slow_down.before_refusal("203.0.113.7", TooManyRequests()))
    await slow_down.before_refusal("203.0.113.8", TooManyRequests())
    await slow_down.before_refusal("203.0.113.7", NotFound())
    await slow_down.before_health("203.0.113.7")

    assert not waiting.done()
    waiting.cancel()


async def test_health_pages_are_never_refused_and_answered_slower_when_one_address_floods_them() -> None:
    slow_down = SlowDown(seconds=60)
    for _ in range(1200):
        await slow_down.before_health("203.0.113.7")

    waiting = asyncio.create_task(slow_down.before_health("203.0.113.7"))
    await slow_down.before_health("203.0.113.8")

    assert not waiting.done()
    waiting.cancel()


async def test_a_stranger_gets_no_signed_reply_of_viettel(client: httpx.AsyncClient, sign_in: Any) -> None:
    operator = await sign_in("operator")
    partner = {"id": "viettel", "name": "Viettel", "kind": "wallet", "dialect": "viettel"}
    assert (await client.post("/v1/partners", json=partner, headers=operator)).status_code == 201
    secret = {"use": "webhook", "secret": "access-code:hash-key-of-viettel"}
    assert (await client.post("/v1/partners/viettel/secrets", json=secret, headers=operator)).status_code == 201

    form = {"content-type": "application/x-www-form-urlencoded"}
    for body in ("order_id=1&order_id=2", "merchant_code=M&order_id=1&check_sum=AAAA", "\x80", "check_sum=%"):
        answer = await client.post("/webhooks/viettel", content=body.encode("latin-1"), headers=form)
        assert "check_sum" not in answer.json(), body
