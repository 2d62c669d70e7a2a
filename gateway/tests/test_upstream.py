"""The door's own client against servers that misbehave on purpose."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from gateway.upstream import LARGEST_HEAD, MOST_HELD, Answer, BrokenAnswer, Call, Client, NotReached

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Talk = Callable[[Reader, Writer], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    client = Client()
    yield client
    await client.close()


class Script:
    """A server that answers each request with the next of its lines, and counts connections and requests."""

    def __init__(self, *answers: bytes, closes: bool = False) -> None:
        self.answers = list(answers)
        self.closes = closes
        self.connections = 0
        self.requests: list[bytes] = []

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            self.requests.append(head)
            writer.write(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
            await writer.drain()
            if self.closes:
                return


async def ask(client: Client, address: str, method: str = "GET", **more: Any) -> Answer:
    return await asyncio.wait_for(client.open(Call(method, address, b"/", [], **more)), 5)


async def read(answer: Answer) -> bytes:
    return b"".join([piece async for piece in answer.chunks()])


async def whole(client: Client, address: str, method: str = "GET", **more: Any) -> tuple[int, bytes]:
    answer = await ask(client, address, method, **more)
    try:
        return answer.status, await asyncio.wait_for(read(answer), 5)
    finally:
        answer.close()


async def test_one_connection_serves_one_request_after_the_other(client: Client, serve_socket: Any) -> None:
    script = Script(OK)
    address = await serve_socket(script)

    assert [await whole(client, address) for _ in range(5)] == [(200, b"ok")] * 5
    assert script.connections == 1


async def test_a_long_answer_that_came_whole_leaves_a_connection_that_still_listens(
    client: Client, serve_socket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.upstream.MOST_HELD", 1)
    script = Script(OK)
    address = await serve_socket(script)

    assert [await whole(client, address) for _ in range(3)] == [(200, b"ok")] * 3
    assert script.connections == 1


async def test_pieces_of_a_chunked_answer_come_as_one_body_without_its_trailers(
    client: Client, serve_socket: Any
) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Late: 1\r\n\r\n"
    script = Script(chunked)
    address = await serve_socket(script)

    answer = await ask(client, address)

    assert await read(answer) == b"abcde"
    assert [name for name, _ in answer.headers] == [b"transfer-encoding"]
    assert await whole(client, address) == (200, b"abcde")
    assert script.connections == 1


async def test_interim_answers_are_passed_over(client: Client, serve_socket: Any) -> None:
    script = Script(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + OK)
    address = await serve_socket(script)

    answer = await ask(client, address)

    assert (answer.status, answer.headers, answer.body) == (200, [(b"content-length", b"2")], b"ok")
    assert await whole(client, address) == (200, b"ok")
    assert script.connections == 1


@pytest.mark.parametrize(
    ("method", "line"), [("HEAD", b"200 OK"), ("GET", b"304 Not Modified"), ("GET", b"204 No Content")]
)
async def test_an_answer_that_has_no_body_ends_with_its_head(
    client: Client, serve_socket: Any, method: str, line: bytes
) -> None:
    script = Script(b"HTTP/1.1 " + line + b"\r\ncontent-length: 5\r\n\r\n")
    address = await serve_socket(script)

    for _ in range(2):
        assert await whole(client, address, method) == (int(line[:3]), b"")


async def test_what_says_connection_close_is_not_used_again(client: Client, serve_socket: Any) -> None:
    script = Script(b"HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length: 2\r\n\r\nok")
    address = await serve_socket(script)

    assert [await whole(client, address) for _ in range(2)] == [(200, b"ok")] * 2
    assert script.connections == 2


async def test_an_answer_without_a_length_ends_with_its_connection(client: Client, serve_socket: Any) -> None:
    address = await serve_socket(Script(b"HTTP/1.1 200 OK\r\n\r\nuntil the end", closes=True))

    assert await whole(client, address) == (200, b"until the end")


@pytest.mark.parametrize(
    "half", [b"content-length: 10\r\n\r\nhalf", b"transfer-encoding: chunked\r\n\r\n5\r\nhalf", b"x: y\r\n"]
)
async def test_a_truncated_answer_is_broken(client: Client, serve_socket: Any, half: bytes) -> None:
    address = await serve_socket(Script(b"HTTP/1.1 200 OK\r\n" + half, closes=True))

    with pytest.raises(BrokenAnswer):
        await whole(client, address)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * (LARGEST_HEAD + 1),
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * LARGEST_HEAD,
    ],
    ids=["no HTTP", "length and chunks", "two lengths", "negative", "upgrade", "long header", "many headers"],
)
async def test_what_two_readers_could_read_differently_is_broken(
    client: Client, serve_socket: Any, answer: bytes
) -> None:
    address = await serve_socket(Script(answer))

    with pytest.raises(BrokenAnswer):
        await whole(client, address)


@pytest.mark.parametrize("more", [OK, b"garbage"])
async def test_what_comes_after_the_answer_is_never_the_next_answer(
    client: Client, serve_socket: Any, more: bytes
) -> None:
    script = Script(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst" + more, OK)
    address = await serve_socket(script)

    assert await whole(client, address) == (200, b"first")
    assert await whole(client, address) == (200, b"ok")
    assert script.connections == 2


async def test_a_connection_that_speaks_unasked_is_dropped(client: Client, serve_socket: Any) -> None:
    connections = 0

    async def chatter(reader: Reader, writer: Writer) -> None:
        nonlocal connections
        connections += 1
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(OK)
            await asyncio.sleep(0.05)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong")

    address = await serve_socket(chatter)
    assert await whole(client, address) == (200, b"ok")
    await asyncio.sleep(0.15)

    assert await whole(client, address) == (200, b"ok")
    assert connections == 2


async def test_a_kept_connection_that_was_closed_is_not_used(client: Client, serve_socket: Any) -> None:
    script = Script(OK, closes=True)
    address = await serve_socket(script)

    for _ in range(3):
        assert await whole(client, address, "POST", body=b"x") == (200, b"ok")
        await asyncio.sleep(0.05)  # the close has arrived


async def test_a_kept_connection_that_the_service_half_closed_is_not_used(client: Client, serve_socket: Any) -> None:
    connections = 0

    async def says_one_thing(reader: Reader, writer: Writer) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await asyncio.sleep(0.05)
        writer.write_eof()
        await reader.read()

    address = await serve_socket(says_one_thing)
    for number in (1, 2):
        assert await whole(client, address, "POST", body=b"x") == (200, b"ok")
        assert connections == number
        await asyncio.sleep(0.15)


async def test_a_connection_closed_under_the_request_is_tried_anew_only_where_that_is_safe(
    client: Client, serve_socket: Any
) -> None:
    async def closes_on_the_second(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await reader.readuntil(b"\r\n\r\n")

    address = await serve_socket(closes_on_the_second)

    assert await whole(client, address) == (200, b"ok")
    assert await whole(client, address, may_repeat=True) == (200, b"ok")
    with pytest.raises(BrokenAnswer):
        await whole(client, address, "POST")


async def test_nobody_listens_there(client: Client) -> None:
    with pytest.raises(NotReached):
        await whole(client, "http://127.0.0.1:1")


async def test_an_abandoned_answer_closes_its_connection(client: Client, serve_socket: Any) -> None:
    closed = asyncio.Event()
    script = Script(OK)

    async def talk(reader: Reader, writer: Writer) -> None:
        if closed.is_set():
            await script(reader, writer)
            return
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        assert await reader.read() == b""
        closed.set()

    address = await serve_socket(talk)
    answer = await ask(client, address)
    assert answer.body is None
    answer.close()
    await asyncio.wait_for(closed.wait(), 5)

    assert await whole(client, address) == (200, b"ok")


async def test_a_cancelled_call_closes_its_connection(client: Client, serve_socket: Any) -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def silent(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        assert await reader.read() == b""
        closed.set()

    address = await serve_socket(silent)
    call = asyncio.ensure_future(client.open(Call("GET", address, b"/", [])))
    await asked.wait()
    call.cancel()

    await asyncio.wait_for(closed.wait(), 5)


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_body_in_pieces_says_its_length_or_comes_in_chunks(client: Client, serve_socket: Any) -> None:
    seen: list[bytes] = []

    async def collect(reader: Reader, writer: Writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        end = b"de" if b"content-length: 5" in head else b"0\r\n\r\n"
        seen.append(head + await reader.readuntil(end))
        writer.write(OK)

    address = await serve_socket(collect)
    await whole(client, address, "POST", body=pieces(b"abc", b"de"), length=5)
    await whole(client, address, "POST", body=pieces(b"abc", b"de"))

    assert seen[0].endswith(b"content-length: 5\r\n\r\nabcde")
    assert seen[1].endswith(b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")


async def test_an_answer_before_the_end_of_the_body_is_passed_on_and_its_connection_not_used_again(
    client: Client, serve_socket: Any
) -> None:
    never = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"first"
        await never.wait()

    script = Script(b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n", OK)
    address = await serve_socket(script)

    assert (await whole(client, address, "POST", body=slowly(), length=100))[0] == 413
    assert await whole(client, address) == (200, b"ok")
    assert script.connections == 2


async def test_a_body_that_breaks_off_breaks_the_request_off_too(client: Client, serve_socket: Any) -> None:
    received = asyncio.get_running_loop().create_future()

    class Refused(Exception):
        pass

    async def breaks() -> AsyncIterator[bytes]:
        yield b"half"
        raise Refused

    async def collect(reader: Reader, writer: Writer) -> None:
        try:
            received.set_result(await reader.read())
        except ConnectionResetError:
            received.set_result(b"")

    address = await serve_socket(collect)

    with pytest.raises(Refused):
        await ask(client, address, "POST", body=breaks())
    assert not (await received).endswith(b"0\r\n\r\n")


async def test_a_service_waits_for_a_reader_that_is_slow(client: Client, serve_socket: Any) -> None:
    size = 40 * MOST_HELD
    written = 0

    async def flood(reader: Reader, writer: Writer) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
        while written < size:
            writer.write(b"x" * MOST_HELD)
            await writer.drain()
            written += MOST_HELD

    address = await serve_socket(flood)
    answer = await ask(client, address)
    await asyncio.sleep(0.3)
    assert written < size, "the client took all of it without a reader"

    assert len(await asyncio.wait_for(read(answer), 20)) == size
    answer.close()


async def test_a_service_that_reads_slowly_makes_the_body_wait(client: Client, serve_socket: Any) -> None:
    given = 0
    go_on = asyncio.Event()

    async def flood() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(400):
            given += 1
            yield b"x" * 65_536

    async def slow(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await go_on.wait()
        await reader.readexactly(400 * 65_536)
        writer.write(OK)

    address = await serve_socket(slow)
    call = asyncio.ensure_future(whole(client, address, "POST", body=flood(), length=400 * 65_536))
    await asyncio.sleep(0.3)
    assert given < 400, "all of the body was taken though nobody read it"
    go_on.set()

    assert await call == (200, b"ok")


async def test_a_line_end_within_a_header_never_leaves(client: Client, serve_socket: Any) -> None:
    script = Script(OK)
    address = await serve_socket(script)

    with pytest.raises(ValueError, match="line end"):
        await client.open(Call("GET", address, b"/", [(b"x", b"y\r\nauthorization: Bearer z")]))
    assert script.requests == []
