"""What comes over the wire before, between and instead of well-formed requests: slow, too many, ambiguous. Real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
from pydantic import ValidationError
from yarl import URL

from gateway.edge.header_timeout import HeaderTimeoutProtocol, capped_address, protocol_of
from gateway.settings import GatewaySettings, networks_of

HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"


class Wire:
    """One connection, as bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, *parts: bytes, pause: float = 0.0) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(pause)

    async def answer(self) -> bytes:
        """Everything until the other end closes, or breaks off."""
        got = b""
        with suppress(ConnectionError):
            while piece := await asyncio.wait_for(self.reader.read(65_536), 10):
                got += piece
        return got

    async def first_line(self) -> bytes:
        return await asyncio.wait_for(self.reader.readline(), 10)


@pytest.fixture
async def dial(asgi_app: Any, serve: Any) -> AsyncIterator[Callable[[], Any]]:
    """Open connections to the whole gateway."""
    url = URL(await serve(asgi_app))
    opened: list[Wire] = []

    async def wire() -> Wire:
        opened.append(Wire(*await asyncio.open_connection(url.host, url.port)))
        return opened[-1]

    yield wire
    for one in opened:
        one.writer.close()


@pytest.fixture
def short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeaderTimeoutProtocol, "head_seconds", 0.3)


@pytest.mark.usefixtures("short_timeouts")
@pytest.mark.parametrize("sent", [(), (b"GET",), (HEAD,), tuple(bytes([one]) for one in HEAD + b"X-A: " + b"b" * 200)])
async def test_a_head_that_dribbles_in_ends_the_connection(dial: Any, sent: tuple[bytes, ...]) -> None:
    wire = await dial()
    sending = asyncio.ensure_future(wire.send(*sent, pause=0.02))

    answer = await wire.answer()
    sending.cancel()

    assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.usefixtures("short_timeouts")
async def test_the_next_head_on_a_connection_must_come_in_time_too(dial: Any) -> None:
    wire = await dial()
    await wire.send(HEAD + b"\r\n")
    assert (await wire.first_line()).startswith(b"HTTP/1.1 200")
    await wire.send(HEAD)

    assert b"HTTP/1.1 408" in await wire.answer()


@pytest.mark.usefixtures("short_timeouts")
async def test_a_long_response_is_not_a_slow_client(dial: Any, monkeypatch: Any) -> None:
    async def slow(*_: Any) -> tuple[int, dict[str, Any]]:
        await asyncio.sleep(0.8)
        return 200, {}

    monkeypatch.setattr("gateway.api_docs.pages.platform_readiness", slow)
    wire = await dial()
    await wire.send(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")

    assert (await wire.first_line()).startswith(b"HTTP/1.1 200")


async def test_connections_over_the_limit_get_retry_after(dial: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeaderTimeoutProtocol, "most_connections", 3)
    first = [await dial() for _ in range(3)]
    for wire in first:
        await wire.send(HEAD + b"\r\n")
        assert (await wire.first_line()).startswith(b"HTTP/1.1 200")

    shed = await (await dial()).answer()
    first[0].writer.close()
    await asyncio.sleep(0.05)
    later = await dial()
    await later.send(HEAD + b"\r\n")

    assert shed.startswith(b"HTTP/1.1 503")
    assert b"Retry-After: 1" in shed
    assert (await later.first_line()).startswith(b"HTTP/1.1 200")


async def test_connections_of_one_address_over_its_limit_are_refused_until_one_ends(
    dial: Any, server_protocol: type[HeaderTimeoutProtocol], monkeypatch: Any
) -> None:
    monkeypatch.setattr(server_protocol, "connections_per_address", 3)
    first = [await dial() for _ in range(3)]
    for wire in first:
        await wire.send(HEAD + b"\r\n")
        assert (await wire.first_line()).startswith(b"HTTP/1.1 200")

    refused = await (await dial()).answer()
    first[0].writer.close()
    while HeaderTimeoutProtocol.open_by_address["127.0.0.1"] > 2:
        await asyncio.sleep(0.01)
    later = await dial()
    await later.send(HEAD + b"\r\n")

    assert refused.startswith(b"HTTP/1.1 429")
    assert b"Retry-After: 1" in refused
    assert (await later.first_line()).startswith(b"HTTP/1.1 200")


async def test_a_refused_connection_of_an_address_waits_for_its_response_and_only_some_wait_at_once(
    dial: Any, server_protocol: type[HeaderTimeoutProtocol], monkeypatch: Any
) -> None:
    monkeypatch.setattr(server_protocol, "connections_per_address", 1)
    monkeypatch.setattr(server_protocol, "most_refused_open", 2)
    await dial()
    waiting = [await dial() for _ in range(2)]
    while server_protocol.refused_open < 2:
        await asyncio.sleep(0.01)

    at_once = await (await dial()).answer()

    assert at_once.startswith(b"HTTP/1.1 429")
    for wire in waiting:
        assert (await wire.answer()).startswith(b"HTTP/1.1 429")
    while server_protocol.refused_open:
        await asyncio.sleep(0.01)


async def test_a_reverse_proxy_may_open_more_connections_than_one_client(
    dial: Any, server_protocol: type[HeaderTimeoutProtocol], monkeypatch: Any
) -> None:
    monkeypatch.setattr(server_protocol, "connections_per_address", 1)
    monkeypatch.setattr(server_protocol, "proxy_networks", networks_of("127.0.0.0/24"))
    for wire in [await dial() for _ in range(3)]:
        await wire.send(HEAD + b"\r\n")
        assert (await wire.first_line()).startswith(b"HTTP/1.1 200")


def test_what_the_limit_per_address_counts() -> None:
    proxies = networks_of("10.1.0.0/16, fd00::/8")
    assert capped_address("203.0.113.7", proxies) == "203.0.113.7"
    assert capped_address("2001:db8::1", proxies) == capped_address("2001:db8::ffff:1", proxies) == "2001:db8::/64"
    assert capped_address("::ffff:203.0.113.7", proxies) == "203.0.113.7"
    assert capped_address("10.1.2.3", proxies) is None
    assert capped_address("::ffff:10.1.2.3", proxies) is None
    assert capped_address("fd12::1", proxies) is None
    assert capped_address("", proxies) is None


def test_a_network_that_is_none_stops_the_start(settings: GatewaySettings) -> None:
    given = settings.model_dump()
    assert protocol_of(GatewaySettings(**given | {"connections_per_address": 7})).connections_per_address == 7
    with pytest.raises(ValidationError, match="proxy_networks"):
        GatewaySettings(**given | {"proxy_networks": "10.0.0.0/8, caddy"})


@pytest.mark.usefixtures("short_timeouts")
async def test_a_body_that_dribbles_in_after_its_response_ends_the_connection_without_a_second_response(
    dial: Any,
) -> None:
    wire = await dial()
    await wire.send(b"POST /v1/partners HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n")
    dribbling = asyncio.ensure_future(wire.send(*[b"x"] * 1000, pause=0.02))

    answer = await wire.answer()
    dribbling.cancel()
    await asyncio.gather(dribbling, return_exceptions=True)

    assert answer.startswith(b"HTTP/1.1 401")
    assert answer.count(b"HTTP/1.1 ") == 1


SMUGGLED = b"GET /v1/settings HTTP/1.1\r\nHost: a\r\n\r\n"
AMBIGUOUS_HEADS = [
    b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nContent-Length: 5",
    b"Content-Length: 0\r\nContent-Length: 44",
    b"Content-Length: 0, 44",
    b"Content-Length: +0",
    b"Content-Length: 0x0",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding: chunked, identity",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding : chunked",
    b"X-Folded: a\r\n Transfer-Encoding: chunked",
    b"X-Bare: a\nTransfer-Encoding: chunked",
    b"X-Nul: a\x00b",
    b"Host: b",
]


async def test_a_second_request_is_never_smuggled_in_the_first(dial: Any) -> None:
    for head in AMBIGUOUS_HEADS:
        wire = await dial()
        await wire.send(b"POST /dev/token HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + head)
        await wire.send(b"\r\n\r\n0\r\n\r\n" + SMUGGLED)

        answer = await wire.answer()

        assert answer.startswith(b"HTTP/1.1 4"), (head, answer[:200])
        assert answer.count(b"HTTP/1.1 ") == 1, head


TARGETS = [
    b"/v1/%2e%2e/metrics", b"/v1/..;/metrics", b"/v1/%252e%252e/metrics", b"//metrics", b"/internal/dead-letters",
    b"/v1/units/%2e%2e%2f%2e%2e%2finternal%2fdead-letters", b"/v1/units%00", b"/metrics;a=1", b"/v1/../internal/x",
    b"http://a/metrics", b"/v1/units/..%5c..%5cmetrics", b"*", b"a:443", b"/metrics", b"/v1/units/\xc4\x91",
]  # fmt: skip


async def test_no_spelling_of_a_path_reaches_an_internal_operation(dial: Any) -> None:
    for target in TARGETS:
        wire = await dial()
        await wire.send(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")

        answer = await wire.answer()

        assert answer.split(b" ")[1][:1] == b"4", (target, answer[:200])
        assert b"bakhong_" not in answer


async def test_a_header_given_twice_is_never_joined(dial: Any) -> None:
    for name in (b"Authorization", b"X-Request-Id", b"Origin"):
        wire = await dial()
        twice = name + b": first-value\r\n" + name + b": second-value\r\n"
        await wire.send(b"GET /v1/partners HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + twice + b"\r\n")

        answer = await wire.answer()

        assert answer.split(b" ")[1] in (b"400", b"401"), name
        assert not {b"first-value", b"second-value"} & set(answer.replace(b"\r\n", b" ").split()), name
