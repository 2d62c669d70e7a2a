"""The proxy between real sockets: services and clients that break the rules of HTTP/1.1, or use them to the full."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from yarl import URL

from gateway.proxy.forwarding import Budgets

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Forward = Callable[..., Awaitable[str]]
Caller = aiohttp.ClientSession
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Script:
    """A service that answers each request with the next of its responses, and counts connections and requests."""

    def __init__(self, *responses: bytes, closes: bool = False) -> None:
        self.responses = list(responses)
        self.closes = closes
        self.connections = 0
        self.requests: list[bytes] = []

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionResetError):
                return
            self.requests.append(head)
            writer.write(self.responses.pop(0) if len(self.responses) > 1 else self.responses[0])
            await writer.drain()
            if self.closes:
                return


@pytest.fixture
def before(forward: Forward, serve_socket: Any) -> Forward:
    """Start a proxy before a service that answers as the test defines; returns the proxy's address."""

    async def start(talk: Any, **options: Any) -> str:
        return await forward(await serve_socket(talk), **options)

    return start


async def ask(caller: Caller, address: str, method: str = "GET", **more: Any) -> tuple[int, bytes]:
    async with caller.request(method, address + "/", **more) as response:
        return response.status, await asyncio.wait_for(response.read(), 10)


class Wire:
    """One connection to the proxy, as bytes."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self) -> bytes:
        return await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)


@pytest.fixture
async def dial() -> AsyncIterator[Callable[[str], Awaitable[Wire]]]:
    wires: list[Wire] = []

    async def wire(address: str) -> Wire:
        url = URL(address)
        wires.append(Wire(*await asyncio.open_connection(url.host, url.port)))
        return wires[-1]

    yield wire
    for one in wires:
        one.writer.close()


async def test_what_may_be_repeated_shares_a_connection_and_the_rest_has_one_each(
    before: Forward, caller: Caller
) -> None:
    script = Script(OK)
    address = await before(script)

    assert [await ask(caller, address) for _ in range(5)] == [(200, b"ok")] * 5
    assert script.connections == 1
    assert [await ask(caller, address, "POST") for _ in range(5)] == [(200, b"ok")] * 5
    assert script.connections == 6


async def test_a_long_response_leaves_a_connection_that_can_be_used_again(before: Forward, caller: Caller) -> None:
    script = Script(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n" + b"x" * 1_000_000)
    address = await before(script)

    for _ in range(3):
        assert await ask(caller, address) == (200, b"x" * 1_000_000)
    assert script.connections == 1


async def test_a_chunked_response_arrives_whole_and_framed_once_without_its_trailers(
    before: Forward, dial: Any
) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Late: 1\r\n\r\n"
    script = Script(chunked)
    wire = await dial(await before(script))

    for _ in range(2):
        await wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        head = (await wire.head()).lower()
        body = await asyncio.wait_for(wire.reader.readuntil(b"0\r\n\r\n"), 10)
        assert head.count(b"transfer-encoding: chunked\r\n") == 1
        assert b"content-length" not in head
        assert b"".join(body.split(b"\r\n")[1:-3:2]) == b"abcde"
    assert script.connections == 1


async def test_interim_responses_are_passed_over(before: Forward, caller: Caller) -> None:
    script = Script(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + OK)
    address = await before(script)

    assert [await ask(caller, address) for _ in range(2)] == [(200, b"ok")] * 2
    assert script.connections == 1


@pytest.mark.parametrize(
    ("method", "line"), [("HEAD", b"200 OK"), ("GET", b"304 Not Modified"), ("GET", b"204 No Content")]
)
async def test_a_response_that_has_no_body_ends_with_its_head(
    method: str, line: bytes, before: Forward, caller: Caller
) -> None:
    address = await before(Script(b"HTTP/1.1 " + line + b"\r\ncontent-length: 5\r\n\r\n"))

    for _ in range(2):
        assert await ask(caller, address, method) == (int(line[:3]), b"")


async def test_a_connection_whose_response_announced_its_close_is_not_used_again(
    before: Forward, caller: Caller
) -> None:
    script = Script(b"HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length: 2\r\n\r\nok")
    address = await before(script)

    assert [await ask(caller, address) for _ in range(2)] == [(200, b"ok")] * 2
    assert script.connections == 2


async def test_a_response_without_a_length_ends_with_its_connection(before: Forward, caller: Caller) -> None:
    address = await before(Script(b"HTTP/1.1 200 OK\r\n\r\nuntil the end", closes=True))

    assert await ask(caller, address) == (200, b"until the end")


@pytest.mark.parametrize("half", [b"content-length: 10\r\n\r\nhalf", b"transfer-encoding: chunked\r\n\r\n5\r\nhalf"])
async def test_a_response_that_breaks_off_breaks_the_clients_connection(
    half: bytes, before: Forward, caller: Caller
) -> None:
    address = await before(Script(b"HTTP/1.1 200 OK\r\n" + half, closes=True))

    with pytest.raises(aiohttp.ClientPayloadError):
        await ask(caller, address)


MANY = 70_000


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nx: y\r\n",
        b"SSH-2.0-nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * MANY + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * MANY,
    ],
    ids=[
        "half a head",
        "no HTTP",
        "length and chunks",
        "two lengths",
        "negative",
        "upgrade",
        "long field",
        "many fields",
    ],
)
async def test_what_two_readers_could_read_differently_is_a_bad_gateway(
    response: bytes, before: Forward, caller: Caller
) -> None:
    address = await before(Script(response, closes=True))

    status, body = await ask(caller, address, "POST")

    assert (status, b"/problems/bad-gateway" in body) == (502, True)


async def test_what_comes_right_behind_a_response_is_never_the_next_response(before: Forward, caller: Caller) -> None:
    script = Script(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst" + OK, b"HTTP/1.1 204 No Content\r\n\r\n")
    address = await before(script)

    assert await ask(caller, address) == (200, b"first")
    assert await ask(caller, address) == (204, b"")
    assert script.connections == 2


async def test_what_a_service_sends_unasked_is_never_given_to_the_next_caller(before: Forward, caller: Caller) -> None:
    unasked = asyncio.Event()

    async def sends_unasked(reader: Reader, writer: Writer) -> None:
        head = b"HTTP/1.1 200 OK\r\nx-request-id: %b\r\ncontent-length: 5\r\n\r\n"
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head % b"this-one" + b"right")
        if not unasked.is_set():
            await asyncio.sleep(0.05)
            writer.write(head % b"another" + b"wrong")
            unasked.set()
        await reader.read()

    address = await before(sends_unasked, own_headers=((b"x-request-id", b"this-one"),))
    assert await ask(caller, address) == (200, b"right")
    await unasked.wait()
    await asyncio.sleep(0.05)

    assert await ask(caller, address) == (200, b"right")


async def test_a_kept_connection_that_was_closed_meanwhile_is_not_used(before: Forward, caller: Caller) -> None:
    script = Script(OK, closes=True)
    address = await before(script)

    for number in (1, 2, 3):
        assert await ask(caller, address) == (200, b"ok")
        assert script.connections == number
        await asyncio.sleep(0.05)  # the close has arrived


async def closes_on_the_second(reader: Reader, writer: Writer) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(OK)
    await reader.readuntil(b"\r\n\r\n")


async def test_a_connection_closed_under_a_request_costs_no_caller_anything(before: Forward, caller: Caller) -> None:
    address = await before(closes_on_the_second)

    for method, headers in (("GET", {}), ("PUT", {}), ("DELETE", {}), ("POST", {"Idempotency-Key": "k"}), ("POST", {})):
        for _ in range(3):
            assert await ask(caller, address, method, headers=headers) == (200, b"ok"), method


async def test_a_service_that_hangs_up_on_every_request_gets_each_at_most_twice(
    before: Forward, caller: Caller
) -> None:
    requests: list[bytes] = []

    async def hangs_up(reader: Reader, writer: Writer) -> None:
        requests.append((await reader.readuntil(b"\r\n\r\n"))[:4])

    address = await before(hangs_up)

    assert (await ask(caller, address))[0] == 502
    assert (await ask(caller, address, "POST"))[0] == 502
    assert requests == [b"GET ", b"GET ", b"POST"]


@pytest.mark.parametrize(
    "body", [b"content-length: 100000\r\n\r\nhalf", b"content-type: text/event-stream\r\n\r\n: x\n"]
)
async def test_a_client_that_leaves_in_the_middle_of_a_response_ends_the_call(
    body: bytes, before: Forward, dial: Any
) -> None:
    closed = asyncio.Event()

    async def half(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n" + body)
        assert await reader.read() == b""
        closed.set()

    wire = await dial(await before(half))
    await wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await wire.head()
    wire.writer.close()

    await asyncio.wait_for(closed.wait(), 10)


async def test_a_client_that_leaves_in_the_middle_of_its_body_after_an_early_response_ends_the_call(
    before: Forward, dial: Any
) -> None:
    closed = asyncio.Event()

    async def answers_early(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nearly")
        while await reader.read(65_536):
            pass
        closed.set()

    wire = await dial(await before(answers_early, budgets=Budgets(request_idle=20, answer_idle=20)))
    await wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 150000\r\n\r\nhalf")
    await wire.head()
    wire.writer.close()

    await asyncio.wait_for(closed.wait(), 10)


async def test_a_body_keeps_its_framing_and_is_framed_once(before: Forward, dial: Any) -> None:
    seen: list[bytes] = []

    async def collect(reader: Reader, writer: Writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        end = b"x" * 70_000 if b"content-length: 70000" in head else b"0\r\n\r\n"
        seen.append(head + await reader.readuntil(end))
        writer.write(OK)

    address = await before(collect)
    for framing, body in (
        (b"Content-Length: 70000", b"x" * 70_000),
        (b"Transfer-Encoding: chunked", b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
    ):
        wire = await dial(address)
        await wire.send(b"POST / HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n\r\n" + body)
        assert (await wire.head()).startswith(b"HTTP/1.1 200")

    assert [one.count(b"content-length:") for one in seen] == [1, 0]
    assert [one.count(b"transfer-encoding: chunked\r\n") for one in seen] == [0, 1]
    assert seen[1].endswith(b"0\r\n\r\n")


async def test_a_response_before_the_end_of_the_body_is_passed_on(before: Forward, dial: Any) -> None:
    script = Script(b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n", OK)
    address = await before(script)
    wire = await dial(address)
    await wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 150000\r\n\r\nfirst")

    assert (await wire.head()).startswith(b"HTTP/1.1 413")

    other = await dial(address)
    await other.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert (await other.head()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 150000\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"]
)
async def test_a_body_that_breaks_off_never_looks_like_a_whole_one(framing: bytes, before: Forward, dial: Any) -> None:
    received = asyncio.get_running_loop().create_future()

    async def collect(reader: Reader, writer: Writer) -> None:
        data = b""
        try:
            while piece := await reader.read(65_536):
                data += piece
        except ConnectionResetError:
            pass
        received.set_result(data)

    wire = await dial(await before(collect))
    await wire.send(b"POST / HTTP/1.1\r\nHost: a\r\n" + framing)
    await asyncio.sleep(0.05)
    wire.writer.close()

    assert not (await asyncio.wait_for(received, 10)).endswith(b"0\r\n\r\n")


async def test_a_slow_upload_uses_none_of_the_services_time(before: Forward, caller: Caller) -> None:
    async def reads_all(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"0\r\n\r\n")
        writer.write(OK)

    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(8):
            yield b"piece"
            await asyncio.sleep(0.3)

    address = await before(reads_all, budgets=Budgets(request_idle=20, answer=2))

    assert await ask(caller, address, "POST", data=slowly()) == (200, b"ok")


async def test_a_service_waits_for_a_client_that_is_slow(before: Forward, dial: Any) -> None:
    piece, pieces, written = b"x" * 262_144, 80, 0

    async def flood(reader: Reader, writer: Writer) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (len(piece) * pieces))
        while written < pieces:
            writer.write(piece)
            await writer.drain()
            written += 1

    wire = await dial(await before(flood))
    await wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await wire.head()
    await asyncio.sleep(0.5)
    assert written < pieces, "the proxy took all of it without a reader"

    assert len(await asyncio.wait_for(wire.reader.readexactly(len(piece) * pieces), 60)) == len(piece) * pieces


async def test_a_client_waits_for_a_service_that_reads_slowly(before: Forward, dial: Any) -> None:
    size = 400 * 65_536
    go_on = asyncio.Event()

    async def slow(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await go_on.wait()
        await reader.readexactly(size)
        writer.write(OK)

    wire = await dial(await before(slow, body_limit=size))
    sending = asyncio.ensure_future(
        wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
    )
    await asyncio.sleep(0.5)
    assert not sending.done(), "all of the body was taken though the service read nothing"
    go_on.set()

    assert (await wire.head()).startswith(b"HTTP/1.1 200")
    await sending


async def test_repeated_fields_stay_repeated_in_both_directions(before: Forward, dial: Any) -> None:
    script = Script(b"HTTP/1.1 200 OK\r\nLink: <a>\r\nLink: <b>\r\ncontent-length: 0\r\n\r\n")
    wire = await dial(await before(script))
    await wire.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Kept: one\r\nX-Kept: two\r\n\r\n")

    head = (await wire.head()).lower()

    assert (head.count(b"link: <a>\r\n"), head.count(b"link: <b>\r\n")) == (1, 1)
    assert script.requests[0].lower().count(b"x-kept: ") == 2


async def test_field_values_in_utf_8_pass_and_others_are_malformed(before: Forward, dial: Any) -> None:
    script = Script(OK)
    address = await before(script)
    statuses = []
    for value in ("Thanh Hóa".encode(), b"Thanh H\xf3a"):
        wire = await dial(address)
        await wire.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Kept: " + value + b"\r\n\r\n")
        statuses.append((await wire.head())[:12])

    assert statuses == [b"HTTP/1.1 200", b"HTTP/1.1 400"]
    assert "x-kept: Thanh Hóa\r\n".encode() in script.requests[0]
