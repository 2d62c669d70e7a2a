import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from yarl import URL

from chassis.errors import Problem
from gateway.edge.responses import send_problem
from gateway.proxy.client import ProxyClient
from gateway.proxy.forwarding import Proxy

Forward = Callable[..., Awaitable[str]]


class Service:
    """An upstream that records what reached it and answers as each test defines."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.active = 0
        self.cancelled = asyncio.Event()
        self.respond: Callable[..., Awaitable[None]] = self.echo

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.active += 1
        try:
            await self.respond(scope, receive, send)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        finally:
            self.active -= 1

    async def echo(self, scope: Any, receive: Any, send: Any) -> None:
        body = await read(receive)
        self.seen.append(
            {"raw": scope["raw_path"], "query": scope["query_string"], "headers": scope["headers"], "body": body}
        )
        await reply(send, 200, body, [(b"content-type", b"application/octet-stream")])

    def header(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.seen[-1]["headers"] if key == name]


async def read(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise asyncio.CancelledError
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def reply(send: Any, status: int, body: bytes = b"", headers: list[tuple[bytes, bytes]] | None = None) -> None:
    head = [*(headers or []), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def proxy_url(serve: Any, forward: Forward, service: Service) -> str:
    return await forward(await serve(service))


async def raw_exchange(address: str, request: bytes) -> bytes:
    url = URL(address)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer


async def test_connection_headers_of_the_client_are_not_forwarded(proxy_url: str, service: Service) -> None:
    await raw_exchange(
        proxy_url,
        b"GET /v1/x HTTP/1.1\r\nHost: a\r\nConnection: close, X-Secret-Hop\r\nX-Secret-Hop: 1\r\nKeep-Alive: 5\r\n"
        b"TE: trailers\r\nTrailer: x\r\nProxy-Authorization: Basic x\r\nUpgrade: h2c\r\nX-Kept: yes\r\n\r\n",
    )

    names = {name for name, _ in service.seen[-1]["headers"]}
    assert not names & {b"x-secret-hop", b"keep-alive", b"te", b"trailer", b"proxy-authorization", b"upgrade"}
    assert service.header(b"x-kept") == [b"yes"]


async def test_a_client_cannot_strip_a_header_of_the_gateway_by_naming_it_in_connection(
    proxy_url: str, service: Service
) -> None:
    await raw_exchange(
        proxy_url,
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Internal-Token\r\nX-Internal-Token: theirs\r\n\r\n",
    )

    assert service.header(b"x-internal-token") == [b"ours"]


async def test_claims_of_identity_and_origin_are_deleted(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    claims = {
        "X-Internal-Token": "theirs",
        "X-Internal-User": "root",
        "X_Internal_Token": "theirs",
        "X-Forwarded-For": "1.2.3.4",
        "Forwarded": "for=1.2.3.4",
        "Authorization": "Bearer x",
        "Cookie": "session=1",
        "X-Request-Id": "chosen-by-client",
    }
    await caller.get(proxy_url + "/", headers=claims)

    assert service.header(b"x-internal-token") == [b"ours"]
    names = {name for name, _ in service.seen[-1]["headers"]}
    assert not names & {b"x-internal-user", b"x_internal_token", b"x-forwarded-for", b"forwarded"}
    assert not names & {b"authorization", b"cookie", b"x-request-id", b"user-agent-added"}


async def test_nothing_is_added_to_the_clients_headers(proxy_url: str, service: Service) -> None:
    await raw_exchange(proxy_url, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")

    assert {name for name, _ in service.seen[-1]["headers"]} == {b"host", b"x-internal-token"}


async def test_paths_and_queries_arrive_as_they_were_written(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    await caller.get(URL(proxy_url + "/a%2Fb/%C4%91?q=%2B+a%20b&q=%26", encoded=True))

    assert service.seen[-1]["raw"] == b"/a%2Fb/%C4%91"
    assert service.seen[-1]["query"] == b"q=%2B+a%20b&q=%26"


async def test_encoded_responses_pass_undecoded(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    packed = gzip.compress(b"three times no" * 100)

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        await reply(send, 200, packed, [(b"content-encoding", b"gzip")])

    service.respond = respond
    async with caller.get(proxy_url + "/") as answer:
        assert await answer.read() == packed
        assert answer.headers["Content-Length"] == str(len(packed))
        assert answer.headers["Content-Encoding"] == "gzip"


async def test_cookies_of_one_user_never_reach_another(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    async def respond(scope: Any, receive: Any, send: Any) -> None:
        service.seen.append({"headers": scope["headers"]})
        await reply(send, 200, b"", [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")])

    service.respond = respond
    async with caller.get(proxy_url + "/") as answer:
        assert answer.headers.getall("Set-Cookie") == ["a=1", "b=2"]
    await caller.get(proxy_url + "/", headers={"Cookie": ""})

    assert service.header(b"cookie") == []


async def test_large_bodies_flow_both_ways_without_being_held(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    body = bytes(range(256)) * 700

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 10_000):
            yield body[start : start + 10_000]

    for data in (body, pieces()):
        async with caller.post(proxy_url + "/", data=data) as answer:
            assert await answer.read() == body


async def test_a_response_arrives_piece_by_piece(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    go_on = asyncio.Event()

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        head = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"data: 2\n\n"})

    service.respond = respond
    async with caller.get(proxy_url + "/") as answer:
        assert await answer.content.readany() == b"data: 1\n\n"
        go_on.set()
        assert await answer.content.read() == b"data: 2\n\n"


@pytest.mark.parametrize("status", [204, 304])
async def test_responses_without_body_stay_without_body(
    status: int, proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    async def respond(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"etag", b'"1"')]})
        await send({"type": "http.response.body", "body": b""})

    service.respond = respond
    async with caller.get(proxy_url + "/") as answer:
        assert answer.status == status
        assert answer.headers["ETag"] == '"1"'
        assert await answer.read() == b""


async def test_head_keeps_the_length_and_sends_no_body(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    async def respond(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"12345")]})
        await send({"type": "http.response.body", "body": b""})

    service.respond = respond
    async with caller.head(proxy_url + "/") as answer:
        assert answer.headers["Content-Length"] == "12345"
        assert await answer.read() == b""


async def test_date_server_and_request_id_are_set_by_the_gateway(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    theirs = [(b"x-request-id", b"upstream"), (b"date", b"yesterday"), (b"server", b"theirs"), (b"x-kept", b"1")]

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        await reply(send, 200, b"", theirs)

    service.respond = respond
    async with caller.get(proxy_url + "/") as answer:
        assert answer.headers["X-Kept"] == "1"
        assert "X-Request-Id" not in answer.headers
        assert "yesterday" not in answer.headers.getall("Date", [])
        assert "theirs" not in answer.headers.getall("Server", [])


async def test_a_body_over_the_limit_is_refused_with_and_without_a_length(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 10_000

    async with caller.post(proxy_url + "/", data=b"x" * 200_001) as answer:
        assert answer.status == 413
        assert json.loads(await answer.read())["type"] == "/problems/too-large"
    async with caller.post(proxy_url + "/", data=pieces()) as answer:
        assert answer.status == 413
    assert service.seen == []


async def test_a_client_that_sends_too_slowly_gets_408(serve: Any, forward: Forward, short_budgets: Any) -> None:
    proxy_url = await forward(await serve(Service()), budgets=short_budgets)
    answer = await raw_exchange(proxy_url, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")

    assert answer.startswith(b"HTTP/1.1 408")


async def test_a_client_that_leaves_ends_the_call_at_the_service(proxy_url: str, service: Service) -> None:
    waiting = asyncio.Event()
    gone = asyncio.Event()

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        await read(receive)
        waiting.set()
        assert (await receive())["type"] == "http.disconnect"
        gone.set()

    service.respond = respond
    url = URL(proxy_url)
    _, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
    await waiting.wait()
    writer.close()

    await asyncio.wait_for(gone.wait(), 2)
    await asyncio.sleep(0.05)
    assert service.active == 0


async def test_a_client_that_leaves_in_the_middle_of_its_body_ends_the_call(proxy_url: str, service: Service) -> None:
    gone = asyncio.Event()

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()

    service.respond = respond
    url = URL(proxy_url)
    _, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 150000\r\n\r\n" + b"x" * 100_000)
    await asyncio.sleep(0.1)
    writer.close()

    await asyncio.wait_for(gone.wait(), 2)


async def test_a_truncated_response_is_never_passed_on_as_complete(
    forward: Forward, serve_socket: Any, caller: aiohttp.ClientSession
) -> None:
    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        await writer.drain()

    proxy_url = await forward(await serve_socket(break_off))
    async with caller.get(proxy_url + "/") as answer:
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_502_503_and_504_distinguish_the_failures(
    forward: Forward, serve_socket: Any, short_budgets: Any, caller: aiohttp.ClientSession
) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def say_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-nonsense\r\n\r\n")

    outcomes = []
    for address in (
        await serve_socket(hang_up),
        await serve_socket(say_nonsense),
        "http://127.0.0.1:1",
        await serve_socket(stay_silent),
    ):
        proxy_url = await forward(address, budgets=short_budgets)
        async with caller.post(proxy_url + "/", data=b"{}") as answer:
            outcomes.append((answer.status, json.loads(await answer.read())["type"]))

    assert outcomes == [
        (502, "/problems/bad-gateway"),
        (502, "/problems/bad-gateway"),
        (503, "/problems/service-unavailable"),
        (504, "/problems/gateway-timeout"),
    ]


async def test_only_safe_calls_are_repeated(
    serve: Any, forward: Forward, caller: aiohttp.ClientSession, service: Service
) -> None:
    calls: list[bytes] = []

    async def fail_first(scope: Any, receive: Any, send: Any) -> None:
        calls.append(await read(receive))
        await reply(send, 503 if len(calls) % 2 else 200)

    service.respond = fail_first
    proxy_url = await forward(await serve(service))

    async with caller.get(proxy_url + "/") as answer:
        assert (answer.status, len(calls)) == (200, 2)
    async with caller.post(proxy_url + "/", data=b"a", headers={"Idempotency-Key": "k"}) as answer:
        assert (answer.status, calls[2:]) == (200, [b"a", b"a"])
    async with caller.post(proxy_url + "/", data=b"b") as answer:
        assert (answer.status, calls[4:]) == (503, [b"b"])


async def test_a_response_with_retry_after_is_not_retried_at_once(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    calls = 0

    async def shed(scope: Any, receive: Any, send: Any) -> None:
        nonlocal calls
        calls += 1
        await reply(send, 503, b"", [(b"retry-after", b"7")])

    service.respond = shed
    async with caller.get(proxy_url + "/") as answer:
        assert answer.headers["Retry-After"] == "7"
    assert calls == 1


async def test_a_failing_service_is_left_alone_for_a_while(
    forward: Forward, serve_socket: Any, caller: aiohttp.ClientSession
) -> None:
    reached = 0

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal reached
        reached += 1
        await reader.readuntil(b"\r\n\r\n")

    proxy_url = await forward(await serve_socket(hang_up))
    statuses = []
    for _ in range(8):
        async with caller.post(proxy_url + "/", data=b"{}") as answer:
            statuses.append(answer.status)
            retry_after = answer.headers.get("Retry-After")

    assert statuses == [502] * 5 + [503] * 3
    assert reached == 5
    assert retry_after is not None


async def test_a_service_with_its_hands_full_is_given_no_more_and_the_next_one_works_on(
    serve: Any, service: Service, proxy_client: ProxyClient, long_budgets: Any, caller: aiohttp.ClientSession
) -> None:
    go_on = asyncio.Event()

    async def waits(scope: Any, receive: Any, send: Any) -> None:
        await go_on.wait()
        await reply(send, 204)

    service.respond = waits
    addresses = {"busy": await serve(service), "free": await serve(Service())}
    proxy = Proxy(proxy_client, addresses, budgets=long_budgets, most_calls=2)

    async def two_services(scope: Any, receive: Any, send: Any) -> None:
        name = scope["path"].removeprefix("/")
        try:
            await proxy.forward(scope, receive, send, name, request_headers=[], body_limit=1_000)
        except Problem as problem:
            await send_problem(scope, send, problem)

    proxy_url = await serve(two_services)
    waiting = [asyncio.ensure_future(caller.get(f"{proxy_url}/busy")) for _ in range(2)]
    while service.active < 2:
        await asyncio.sleep(0.01)
    async with caller.get(f"{proxy_url}/busy") as refused, caller.get(f"{proxy_url}/free") as beside:
        assert (refused.status, refused.headers["Retry-After"], beside.status) == (503, "1", 200)
        assert (await refused.json())["type"] == "/problems/overloaded"
    go_on.set()
    assert [answer.status for answer in await asyncio.gather(*waiting)] == [204, 204]


async def test_expect_100_continue_is_handled_by_the_gateway(proxy_url: str, service: Service) -> None:
    url = URL(proxy_url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
    writer.write(b"abc")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    writer.close()

    assert service.header(b"expect") == []


async def test_many_exchanges_at_once_do_not_mix(
    proxy_url: str, service: Service, caller: aiohttp.ClientSession
) -> None:
    async def one(number: int) -> bool:
        async with caller.post(proxy_url + "/", data=str(number).encode()) as answer:
            if answer.status == 503:  # a slow machine sheds load
                return False
            assert (answer.status, await answer.read()) == (200, str(number).encode())
            return True

    assert sum(await asyncio.gather(*(one(number) for number in range(200)))) > 50


FAILED = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n"


async def closes_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n{}")
    writer.write(FAILED + b"\r\n{}")


async def announces_its_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n{}")
    writer.write(FAILED + b"Connection: close\r\n\r\n{}")


async def closes_when_the_next_request_comes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await closes_at_once(reader, writer)
    await reader.read(1)


@pytest.mark.parametrize("talk", [closes_at_once, announces_its_close, closes_when_the_next_request_comes])
async def test_after_a_500_the_next_callers_post_never_meets_the_closed_connection(
    talk: Any, forward: Forward, serve_socket: Any, caller: aiohttp.ClientSession
) -> None:
    proxy_url = await forward(await serve_socket(talk))
    statuses = set()
    for _ in range(40):
        async with caller.post(proxy_url + "/", data=b"{}") as answer:
            statuses.add(answer.status)

    assert statuses == {500}
