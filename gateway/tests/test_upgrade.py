"""Requests that offer an upgrade, and others whose end a server could get wrong: each is answered exactly once."""

import json
from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import pytest
from yarl import URL

from gateway.proxy.routing_table import Route, RoutingTable
from tests.security.raw_http import (
    CONNECTIONS,
    LOOKS_LIKE_A_REQUEST,
    SECOND_REQUEST,
    UPGRADES,
    Connect,
    Post,
    RawConnection,
    answered_once,
    connect,
    offer,
    refused_and_closed,
)

HONEST = b'{"role": "operator"}'
JSON = ("Content-Type", "application/json")
FRAMINGS = ("content-length", "chunked", "none")


class Recorder:
    """A service behind the gateway that keeps the headers and the body of each request."""

    def __init__(self) -> None:
        self.seen: list[tuple[dict[bytes, bytes], bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.seen.append((dict(scope["headers"]), body))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def settings(settings: Any, serve: Any, recorder: Recorder) -> Any:
    return settings.model_copy(update={"registry_url": await serve(recorder)})


@pytest.fixture
async def dial(asgi_app: Any, serve: Any) -> AsyncIterator[Connect]:
    """Connections to the whole gateway, with one public operation that a service answers."""
    own = (route for route in RoutingTable.from_file().routes if route.service == "gateway")
    asgi_app.table = RoutingTable([Route("POST", "/v1/recorded", "registry", public=True), *own])
    url = URL(await serve(asgi_app))
    opened: list[RawConnection] = []

    async def one() -> RawConnection:
        opened.append(await connect(str(url.host), url.port or 80))
        return opened[-1]

    yield one
    for connection in opened:
        await connection.close()


async def test_a_request_that_offers_an_upgrade_gets_one_response_and_its_body_is_read(dial: Connect) -> None:
    for upgrade, connection, framing, packets in product(UPGRADES, CONNECTIONS, FRAMINGS, (1, 2)):
        headers = [JSON, *offer(upgrade, connection)]
        honest = await answered_once(await dial(), Post("/dev/token", HONEST, framing, headers).packets(packets))
        empty = await answered_once(await dial(), Post("/dev/token", b"", framing, headers).packets(packets))

        assert honest.status == (422 if framing == "none" else 200), (upgrade, connection, framing, packets, honest)
        assert empty.status == 422, (upgrade, connection, framing, packets, empty)


async def test_a_body_that_looks_like_a_request_is_never_taken_for_one(dial: Connect, recorder: Recorder) -> None:
    cases = list(product(("/dev/token", "/v1/recorded"), UPGRADES, CONNECTIONS, FRAMINGS[:2], (1, 2)))
    for path, upgrade, connection, framing, packets in cases:
        post = Post(path, LOOKS_LIKE_A_REQUEST, framing, offer(upgrade, connection))

        answer = await answered_once(await dial(), post.packets(packets))

        assert answer.status == (200 if path == "/v1/recorded" else 422), (path, upgrade, connection, framing, packets)
    assert [body for _, body in recorder.seen] == [LOOKS_LIKE_A_REQUEST] * (len(cases) // 2)


async def test_a_signed_webhook_that_offers_an_upgrade_is_accepted(dial: Connect, signed: Any, opening: Any) -> None:
    for framing, packets in product(FRAMINGS[:2], (1, 2)):
        delivery = signed("demo-bank", opening())
        headers = [*delivery["headers"].items(), *offer("h2c", "Upgrade, HTTP2-Settings")]
        post = Post("/webhooks/demo-bank", delivery["content"], framing, headers)

        answer = await answered_once(await dial(), post.packets(packets))

        assert answer.status == 202, (framing, packets, answer)


async def test_no_header_of_one_connection_reaches_a_service(dial: Connect, recorder: Recorder) -> None:
    ended = {
        "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk", "TE": "trailers", "Trailer": "X-Checksum", "Keep-Alive": "timeout=5",
        "Proxy-Authorization": "Basic eA==", "Proxy-Authenticate": "Basic", "Proxy-Connection": "keep-alive",
        "Proxy-Anything": "1", "X-Named": "1", "X-Also": "1", "Connection": "Upgrade, HTTP2-Settings, x-named, X-Also",
    }  # fmt: skip
    post = Post("/v1/recorded", b"{}", "chunked", [*ended.items(), ("X-Kept", "yes")])

    await answered_once(await dial(), post.packets(1))

    headers = recorder.seen[0][0]
    own = headers.pop(b"connection", b"keep-alive")  # of the gateway's own connection to the service
    assert own in (b"keep-alive", b"close")
    assert {name.lower().encode() for name in ended} & headers.keys() == set()
    assert headers[b"x-kept"] == b"yes"


async def test_a_websocket_handshake_is_handled_as_any_other_request(dial: Connect) -> None:
    handshake = "\r\n".join(f"{name}: {value}" for name, value in offer("websocket", "Upgrade")).encode()
    for path, status in ((b"/healthz", 200), (b"/v1/partners", 401)):
        request = b"GET %b HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n" % (path, handshake)

        answer = await answered_once(await dial(), [request])

        assert answer.status == status


async def test_a_client_that_expects_100_continue_gets_it(dial: Connect) -> None:
    post = Post("/dev/token", HONEST, "content-length", [JSON, ("Expect", "100-continue")])
    head, body = post.packets(2)
    connection = await dial()
    await connection.send(head)
    interim = await connection.answer()

    final = await answered_once(connection, [body])

    assert (interim.status, final.status) == (100, 200)


async def test_a_body_that_was_announced_by_expect_is_never_taken_for_a_request(dial: Connect) -> None:
    expected = [("Expect", "100-continue")]
    for (path, status), framing in product((("/dev/token", 422), ("/v1/partners", 401)), FRAMINGS[:2]):
        connection = await dial()
        head, body = Post(path, LOOKS_LIKE_A_REQUEST, framing, expected).packets(2)
        await connection.send(head)
        final = await connection.answer()
        if final.status == 100:  # else it was answered without the body, which comes all the same
            await connection.send(body)
            final = await connection.answer()
        else:
            await connection.send(body)

        await connection.send(SECOND_REQUEST)

        assert final.status == status
        assert (await connection.answer()).headers["x-request-id"] == "second-request"
        assert await connection.rest() == b""


async def test_an_expectation_or_coding_that_is_unknown_changes_nothing(dial: Connect) -> None:
    headers = [("Expect", "200-ok"), ("TE", "trailers, deflate;q=0.5"), ("TE", "gzip")]
    for header, framing, packets in product(headers, FRAMINGS[:2], (1, 2)):
        post = Post("/dev/token", HONEST, framing, [JSON, header])

        answer = await answered_once(await dial(), post.packets(packets))

        assert answer.status in (200, 417)


async def test_any_token_in_connection_leaves_the_framing_as_it_is(dial: Connect) -> None:
    tokens = (
        "keep-alive, x",
        "x, close, x-request-id",
        "x-forwarded-for",
        "host",
        "content-length",
        "transfer-encoding",
    )
    for connection, framing, packets in product(tokens, FRAMINGS[:2], (1, 2)):
        one = await dial()
        await one.send(
            *Post("/dev/token", LOOKS_LIKE_A_REQUEST, framing, [("Connection", connection)]).packets(packets)
        )

        answer = await one.answer()

        assert answer.status == 422
        assert answer.headers["x-request-id"] != "smuggled"


async def test_trailers_end_the_body_and_are_no_headers(dial: Connect, recorder: Recorder) -> None:
    head = b"POST /v1/recorded HTTP/1.1\r\nHost: a\r\nTrailer: X-Internal-Token\r\nTransfer-Encoding: chunked\r\n\r\n"
    trailers = b"X-Internal-Token: theirs\r\nContent-Length: 500\r\nTransfer-Encoding: chunked\r\n\r\n"
    for packets in ([head + b"2\r\n{}\r\n0\r\n" + trailers], [head, b"2\r\n{}\r\n0\r\n", trailers]):
        answer = await answered_once(await dial(), packets)

        headers, body = recorder.seen.pop()
        assert (answer.status, body) == (200, b"{}")
        assert b"x-internal-token" not in headers


async def test_http_2_without_negotiation_is_refused(dial: Connect) -> None:
    settings_frame = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"

    answer = await refused_and_closed(await dial(), [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings_frame])

    assert answer.status == 400


async def test_a_tunnel_is_not_opened(dial: Connect) -> None:
    answer = await answered_once(await dial(), [b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"])

    assert 400 <= answer.status < 500


@pytest.mark.parametrize(
    "hosts", [b"", b"Host: a\r\nHost: a\r\n", b"Host: a\r\nHost: b\r\n", b"hOST: a\r\nHost: b\r\n"]
)
async def test_http_1_1_with_no_host_or_with_two_is_refused(dial: Connect, hosts: bytes) -> None:
    for body in (b"\r\n", b"Content-Length: %d\r\n\r\n%b" % (len(LOOKS_LIKE_A_REQUEST), LOOKS_LIKE_A_REQUEST)):
        answer = await refused_and_closed(await dial(), [b"POST /dev/token HTTP/1.1\r\n" + hosts + body])

        assert answer.status == 400


CUT_DIFFERENTLY = [
    b"Content-Length: 20\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nContent-Length: 20",
    b"Content-Length: 20\r\nContent-Length: 5",
    b"Content-Length: 20, 5",
    b"Content-Length: +20",
    b"Content-Length: 0x14",
    b"Content-Length: \xb2",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding : chunked",
    b"Content-Length : 20",
    b"Content-Length: 20\r\n , 5",
    b"X-Nul: a\x00b",
]


PATHS = (b"/dev/token", b"/v1/recorded", b"/webhooks/demo-bank", b"/healthz", b"/v1/nothing")


async def test_a_body_that_two_parsers_could_cut_differently_is_refused(dial: Connect, recorder: Recorder) -> None:
    for path, framing in product(PATHS, CUT_DIFFERENTLY):
        head = b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n%b\r\n\r\n" % (path, framing)
        for packets in ([head + HONEST], [head, HONEST], [head + b"0\r\n\r\n"]):
            answer = await refused_and_closed(await dial(), packets)

            assert answer.status == 400, (answer, packets)
    assert recorder.seen == []


async def test_a_length_that_is_sent_twice_alike_is_one_length(dial: Connect) -> None:
    post = Post("/dev/token", HONEST, "content-length", [JSON, ("Content-Length", str(len(HONEST)))])
    for packets in (1, 2):
        assert (await answered_once(await dial(), post.packets(packets))).status == 200


async def test_chunks_in_http_1_0_are_refused(dial: Connect) -> None:
    head = b"POST /dev/token HTTP/1.0\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = await refused_and_closed(await dial(), [head + b"14\r\n%b\r\n0\r\n\r\n" % HONEST])

    assert answer.status == 400


BADLY_ENDED_CHUNKS = [
    b"14\n%b\n0\n\n",
    b"14\r\n%bXX0\r\n\r\n",
    b"14 \n%b\r\n0\r\n\r\n",
    b"0x14\r\n%b\r\n0\r\n\r\n",
    b"-14\r\n%b\r\n0\r\n\r\n",
]


async def test_chunks_that_do_not_end_as_in_the_rfc_end_the_connection(dial: Connect, recorder: Recorder) -> None:
    head = b"POST /v1/recorded HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    for body in BADLY_ENDED_CHUNKS:
        answer = await refused_and_closed(await dial(), [head + body % HONEST])

        assert answer.status == 400, body
    assert recorder.seen == []


async def test_bare_line_feeds_in_a_head_are_read_in_one_way(dial: Connect, recorder: Recorder) -> None:
    """RFC 9112, section 2.2, lets a server take a line feed alone for the end of a line."""
    body = json.dumps({"a": LOOKS_LIKE_A_REQUEST.decode()}).encode()
    request = b"POST /v1/recorded HTTP/1.1\nHost: a\nX-A: b\nContent-Length: %d\n\n%b" % (len(body), body)

    answer = await answered_once(await dial(), [request])

    assert answer.status == 200
    assert [taken for _, taken in recorder.seen] == [body]


async def test_a_folded_header_is_one_header(dial: Connect, recorder: Recorder) -> None:
    """RFC 9112, section 5.2: obsolete folding is refused, or it becomes a space."""
    head = b"POST /v1/recorded HTTP/1.1\r\nHost: a\r\nX-Folded: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n"

    answer = await answered_once(await dial(), [head + b"{}"])

    headers, body = recorder.seen[0]
    assert (answer.status, body) == (200, b"{}")
    assert headers[b"x-folded"] == b"a Transfer-Encoding: chunked"
