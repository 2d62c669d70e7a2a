"""The proxy of the tests produces each fault that it names on a real connection."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.lines import Line, Lines


@pytest.fixture
def lines() -> Iterator[Lines]:
    with Lines() as lines:
        yield lines


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    """A server that echoes everything, and ends when its client has ended."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer_all, args=(listening,), daemon=True).start()
        yield listening.getsockname()


@pytest.fixture
def line(lines: Lines, echo: tuple[str, int]) -> Line:
    return lines.open("echo", lambda: echo)


def answer_all(listening: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()


def answer(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        while sent := connection.recv(1000):
            connection.sendall(sent)


def call(line: Line) -> socket.socket:
    return socket.create_connection(("127.0.0.1", line.port), timeout=2)


def round_trip(connection: socket.socket, sent: bytes = b"hello") -> bytes:
    connection.sendall(sent)
    received = b""
    while len(received) < len(sent):
        received += connection.recv(1000)
    return received


def test_a_sound_line_changes_nothing(line: Line) -> None:
    with call(line) as connection:
        assert round_trip(connection) == b"hello"


def test_a_slow_line_takes_its_time_in_each_direction(line: Line) -> None:
    line.slow(0.1, jitter=0.02)
    with call(line) as connection:
        began = time.monotonic()
        assert round_trip(connection) == b"hello"
        assert time.monotonic() - began >= 0.16


def test_a_silent_line_delivers_nothing_until_it_is_restored_and_then_everything(line: Line) -> None:
    with call(line) as connection:
        assert round_trip(connection) == b"hello"
        line.silence()
        connection.settimeout(0.2)
        connection.sendall(b"another message")
        with pytest.raises(TimeoutError):
            connection.recv(100)
        line.heal()
        connection.settimeout(2)
        assert connection.recv(100) == b"another message"


def test_a_forgotten_connection_stays_silent_and_new_ones_speak(line: Line) -> None:
    with call(line) as old:
        assert round_trip(old) == b"hello"
        line.silence()
        line.heal(forget=True)
        old.settimeout(0.2)
        old.sendall(b"still there?")
        with pytest.raises(TimeoutError):
            old.recv(100)
        with call(line) as new:
            assert round_trip(new) == b"hello"


def test_a_reset_breaks_what_lives_and_a_refusing_line_what_comes(line: Line) -> None:
    with call(line) as connection:
        round_trip(connection)
        line.reset()
        with pytest.raises(ConnectionResetError):
            connection.recv(100)
    line.refuse()
    # The refusal may come before the caller's connect has returned, or after.
    with pytest.raises(ConnectionError), call(line) as connection:
        connection.recv(100)
    line.heal()
    with call(line) as connection:
        assert round_trip(connection) == b"hello"


def test_a_half_closed_connection_ends_in_one_direction_only(lines: Lines) -> None:
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = lines.open("listener", listening.getsockname)
        with call(line) as client:
            server, _ = listening.accept()
            with server:
                server.settimeout(2)
                client.sendall(b"one")
                received.append(server.recv(100))
                line.half_close()
                assert client.recv(100) == b""
                client.sendall(b"two")
                received.append(server.recv(100))
    assert received == [b"one", b"two"]


def test_a_dripping_line_lets_through_a_byte_at_a_time(line: Line) -> None:
    with call(line) as connection:
        round_trip(connection)
        line.drip()
        connection.sendall(b"0123456789")
        assert len(connection.recv(100)) < 10
