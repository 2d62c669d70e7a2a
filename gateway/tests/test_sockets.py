"""What comes over the wire before, between and instead of honest requests: slow, crowded, ambiguous. Real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from yarl import URL

from gateway import patience

HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"


class Wire:
    """One connection, as bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, *parts: bytes, pause: float = 0.0) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(pause)

    async def answer(self) -> bytes:
        """Everything until the other end closes."""
        return await asyncio.wait_for(self.reader.read(), 10)

    async def first_line(self) -> bytes:
        return await asyncio.wait_for(self.reader.readline(), 10)


@pytest.fixture
async def dial(door: Any, serve: Any) -> AsyncIterator[Callable[[], Any]]:
    """Open connections to the whole door."""
    url = URL(await serve(door))
    opened: list[Wire] = []

    async def wire() -> Wire:
        opened.append(Wire(*await asyncio.open_connection(url.host, url.port)))
        return opened[-1]

    yield wire
    for one in opened:
        one.writer.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS_FOR_HEAD", 0.3)
    monkeypatch.setattr(patience, "SECONDS_BETWEEN_LOOKS", 0.05)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("said", [(), (b"GET",), (HEAD,), tuple(bytes([one]) for one in HEAD + b"X-A: " + b"b" * 200)])
async def test_a_head_that_dribbles_in_ends_the_connection(dial: Any, said: tuple[bytes, ...]) -> None:
    wire = await dial()
    telling = asyncio.ensure_future(wire.say(*said, pause=0.02))

    answer = await wire.answer()
    telling.cancel()

    assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.usefixtures("impatient")
async def test_the_next_head_on_a_connection_must_come_in_time_too(dial: Any) -> None:
    wire = await dial()
    await wire.say(HEAD + b"\r\n")
    assert (await wire.first_line()).startswith(b"HTTP/1.1 200")
    await wire.say(HEAD)

    assert b"HTTP/1.1 408" in await wire.answer()


@pytest.mark.usefixtures("impatient")
async def test_an_answer_that_takes_long_is_not_a_slow_client(dial: Any, monkeypatch: Any) -> None:
    async def slow(*_: Any) -> tuple[int, dict[str, Any]]:
        await asyncio.sleep(0.8)
        return 200, {}

    monkeypatch.setattr("gateway.pages.platform_readiness", slow)
    wire = await dial()
    await wire.say(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")

    assert (await wire.first_line()).startswith(b"HTTP/1.1 200")


async def test_connections_over_the_limit_are_told_to_come_back(dial: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "CONNECTIONS", 3)
    first = [await dial() for _ in range(3)]
    for wire in first:
        await wire.say(HEAD + b"\r\n")
        assert (await wire.first_line()).startswith(b"HTTP/1.1 200")

    shed = await (await dial()).answer()
    first[0].writer.close()
    await asyncio.sleep(0.05)
    later = await dial()
    await later.say(HEAD + b"\r\n")

    assert shed.startswith(b"HTTP/1.1 503")
    assert b"Retry-After: 1" in shed
    assert (await later.first_line()).startswith(b"HTTP/1.1 200")


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
        await wire.say(b"POST /dev/token HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + head)
        await wire.say(b"\r\n\r\n0\r\n\r\n" + SMUGGLED)

        answer = await wire.answer()

        assert answer.startswith(b"HTTP/1.1 4"), (head, answer[:200])
        assert answer.count(b"HTTP/1.1 ") == 1, head


TARGETS = [
    b"/v1/%2e%2e/metrics", b"/v1/..;/metrics", b"/v1/%252e%252e/metrics", b"//metrics", b"/internal/dead-letters",
    b"/v1/units/%2e%2e%2f%2e%2e%2finternal%2fdead-letters", b"/v1/units%00", b"/metrics;a=1", b"/v1/../internal/x",
    b"http://a/metrics", b"/v1/units/..%5c..%5cmetrics", b"*", b"a:443", b"/metrics", b"/v1/units/\xc4\x91",
]  # fmt: skip


async def test_no_spelling_of_a_path_reaches_an_inner_door(dial: Any) -> None:
    for target in TARGETS:
        wire = await dial()
        await wire.say(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")

        answer = await wire.answer()

        assert answer.split(b" ")[1][:1] == b"4", (target, answer[:200])
        assert b"bakhong_" not in answer


async def test_a_header_given_twice_is_never_joined(dial: Any) -> None:
    for name in (b"Authorization", b"X-Request-Id", b"Origin"):
        wire = await dial()
        twice = name + b": first-value\r\n" + name + b": second-value\r\n"
        await wire.say(b"GET /v1/partners HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + twice + b"\r\n")

        answer = await wire.answer()

        assert answer.split(b" ")[1] in (b"400", b"401"), name
        assert not {b"first-value", b"second-value"} & set(answer.replace(b"\r\n", b" ").split()), name


class Written:
    """A transport that keeps what it is given, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        self.pieces.append(data)

    def close(self) -> None:
        self.is_closed = True


async def test_head_and_body_of_an_answer_leave_in_one_piece_and_a_long_one_does_not_wait() -> None:
    written = Written()
    transport = patience.Gathering(written, asyncio.get_running_loop())  # type: ignore[arg-type]  # only what is used
    transport.write(b"head ")
    transport.write(b"body")
    assert written.pieces == []
    await asyncio.sleep(0)
    transport.write(b"a" * patience.MOST_GATHERED)
    transport.write(b"b")
    assert written.pieces == [b"head body", b"a" * patience.MOST_GATHERED + b"b"]
    transport.write(b"the last")
    transport.close()
    await asyncio.sleep(0)
    assert (written.pieces[2:], written.is_closed) == ([b"the last"], True)
