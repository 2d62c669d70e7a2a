"""The reverse proxy of the deployment in front: the real Caddy with the project's Caddyfile. It shares its connections to
the gateway between all clients, so a body that became a request would give its answer to another client."""

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from ipaddress import ip_network
from itertools import product
from pathlib import Path
from socket import socket
from subprocess import DEVNULL, Popen, run
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn

from deploy.journeys.measuring import write_status
from deploy.secrets.__main__ import self_signed
from gateway.edge.client_address import client_address
from gateway.edge.request_head import RequestHead
from tests.security.raw_http import (
    CONNECTIONS,
    LOOKS_LIKE_A_REQUEST,
    UPGRADES,
    Answer,
    Connect,
    Post,
    RawConnection,
    answered_once,
    connect,
    offer,
)

CADDYFILE = Path(__file__).parents[2] / "deploy/proxy/Caddyfile"
HONEST = b'{"role": "operator"}'
JSON = ("Content-Type", "application/json")
NOTHING_LISTENS = "127.0.0.1:1"
FRAMINGS = ("content-length", "chunked", "none")


@pytest.fixture(scope="session")
def caddy() -> str:
    found = shutil.which("caddy")
    if found is None:
        pytest.skip("no caddy here: Debian's package caddy has it")
    return found


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the names that the compose stack gives the certificate and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    self_signed(folder, ["127.0.0.1"])
    (folder / "tls_certificate.pem").rename(folder / "tls_certificate")
    (folder / "tls_key.pem").rename(folder / "tls_key")
    return folder


def buffers_of(caddy: str) -> str:
    """The directive that reads small bodies whole, as this Caddy spells it: since 2.7 with a size."""
    version = run([caddy, "version"], capture_output=True, text=True, check=True).stdout.split()[0].removeprefix("v")
    is_old = tuple(int(part) for part in version.split(".")[:2]) < (2, 7)
    return "buffer_requests" if is_old else "request_buffers 16KiB"


@contextmanager
def running(caddy: str, certificate: Path, gateway: str, status: Path | None = None) -> Iterator[int]:
    """Caddy before `gateway` (host:port), with the folder of the measured status; gives its port, where it serves TLS."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {
        "PROXY_ADDRESSES": f"https://:{port}",
        "PROXY_TLS": f"{certificate}/tls_certificate {certificate}/tls_key",
        "PROXY_GATEWAY": gateway,
        "PROXY_BUFFERS": buffers_of(caddy),
        "PROXY_STATUS": str(status or certificate / "no-status"),
        "XDG_DATA_HOME": str(certificate),
        "XDG_CONFIG_HOME": str(certificate),
    }
    command = [caddy, "run", "--adapter", "caddyfile", "--config", str(CADDYFILE)]
    with Popen(command, env=variables, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL) as process:
        try:
            yield port
        finally:
            process.terminate()


@asynccontextmanager
async def dialling(port: int, certificate: Path) -> AsyncIterator[Connect]:
    """Connections through Caddy, as soon as it listens."""
    tls = ssl.create_default_context(cafile=certificate / "tls_certificate")
    tls.set_alpn_protocols(["http/1.1"])
    opened: list[RawConnection] = []

    async def one() -> RawConnection:
        opened.append(await connect("127.0.0.1", port, tls))
        return opened[-1]

    async with asyncio.timeout(60):
        while True:
            with suppress(ConnectionError):
                await one()
                break
            await asyncio.sleep(0.05)
    yield one
    for connection in opened:
        await connection.close()


@pytest.fixture(scope="session")
def proxy_port(caddy: str, certificate: Path, gateway_url: str) -> Iterator[int]:
    """Where Caddy listens before the running platform."""
    with running(caddy, certificate, urlsplit(gateway_url).netloc) as port:
        yield port


@pytest.fixture
async def dial(proxy_port: int, certificate: Path) -> AsyncIterator[Connect]:
    async with dialling(proxy_port, certificate) as one:
        yield one


async def answered(dial: Connect, packets: tuple[bytes, ...]) -> Answer:
    """The one answer; asked once more where the proxy cut it, which does not show whose answer it was."""
    with suppress(asyncio.IncompleteReadError):
        return await answered_once(await dial(), packets)
    return await answered_once(await dial(), packets)


async def test_through_the_proxy_a_request_that_offers_an_upgrade_is_answered_once_and_its_body_is_read(
    dial: Connect,
) -> None:
    for upgrade, connection, framing, packets in product(UPGRADES, CONNECTIONS, FRAMINGS, (1, 2)):
        case = (upgrade, connection, framing, packets)
        headers = [JSON, *offer(upgrade, connection)]
        honest = await answered(dial, Post("/dev/token", HONEST, framing, headers).packets(packets))
        hostile = Post("/dev/token", LOOKS_LIKE_A_REQUEST, framing, headers)
        refused = await answered(dial, hostile.packets(packets))

        assert honest.status == (422 if framing == "none" else 200), (case, honest)
        assert refused.status == 422, (case, refused)


async def test_through_the_proxy_every_client_gets_the_answer_to_its_own_request(dial: Connect) -> None:
    async def innocent(number: int) -> None:
        connection = await dial()
        await connection.send(
            b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: innocent-%d\r\nConnection: close\r\n\r\n" % number
        )
        answer = await connection.answer()
        assert (answer.status, answer.headers["x-request-id"]) == (200, f"innocent-{number}")
        assert await connection.rest() == b""

    async def attacker(number: int) -> None:
        upgrade, framing = UPGRADES[number % len(UPGRADES)], FRAMINGS[number % 2]
        connection = await dial()
        headers = [JSON, *offer(upgrade, "Upgrade")]
        await connection.send(*Post("/dev/token", LOOKS_LIKE_A_REQUEST, framing, headers).packets(1 + number // 2 % 2))
        answer = await connection.answer()
        assert (answer.status, answer.headers["x-request-id"]) == (422, "first-request")
        await connection.close()

    for start in range(0, 240, 12):
        numbers = range(start, start + 12)
        await asyncio.gather(*map(attacker, numbers), *map(innocent, numbers))


async def test_through_the_proxy_a_client_that_expects_100_continue_gets_it(dial: Connect) -> None:
    head, body = Post("/dev/token", HONEST, "content-length", [JSON, ("Expect", "100-continue")]).packets(2)
    connection = await dial()
    await connection.send(head)
    interim = await connection.answer()

    final = await answered_once(connection, [body])

    assert (interim.status, final.status) == (100, 200)


async def test_through_the_proxy_trailers_and_other_tokens_of_connection_change_no_framing(dial: Connect) -> None:
    trailers = b"X-Internal-Token: theirs\r\nContent-Length: 500\r\n\r\n"
    head = (
        b"POST /dev/token HTTP/1.1\r\nHost: a\r\n%b\r\nTrailer: X-Internal-Token\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    for named in (b"Connection: keep-alive, x", b"Connection: TE\r\nTE: trailers", b"Connection: content-length"):
        packets = [head % named, b"%x\r\n%b\r\n0\r\n" % (len(LOOKS_LIKE_A_REQUEST), LOOKS_LIKE_A_REQUEST), trailers]

        answer = await answered_once(await dial(), packets)

        assert answer.status in (415, 422), named


async def test_the_proxy_passes_no_offer_of_an_upgrade_on(caddy: str, certificate: Path) -> None:
    heads: list[bytes] = []

    async def record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(record, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    with running(caddy, certificate, f"{host}:{port}") as proxy_port:
        async with dialling(proxy_port, certificate) as dial:
            for upgrade, connection in product(UPGRADES, CONNECTIONS):
                client = await dial()
                await client.send(*Post("/", b"", "content-length", offer(upgrade, connection)).packets(1))
                assert (await client.answer()).status == 200
                await client.close()
    server.close()
    await server.wait_closed()

    assert len(heads) == len(UPGRADES) * len(CONNECTIONS)
    assert not [head for head in heads if b"\r\nupgrade:" in head.lower() or b"\r\nconnection:" in head.lower()]


async def test_through_the_proxy_the_gateway_knows_the_clients_address_and_no_forged_one(
    caddy: str, certificate: Path
) -> None:
    """Caddy connects from 127.0.0.1, which is trusted; the client connects from 127.0.0.2 and forges headers."""
    networks = (ip_network("127.0.0.1/32"),)

    async def show_address(scope: Any, receive: Any, send: Any) -> None:
        address = client_address(scope["client"][0], RequestHead(scope["headers"]), networks).encode()
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(address))]}
        )
        await send({"type": "http.response.body", "body": address})

    server = uvicorn.Server(uvicorn.Config(show_address, port=0, lifespan="off", log_config=None, proxy_headers=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    tls = ssl.create_default_context(cafile=certificate / "tls_certificate")
    forged = {"X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.7", "X-Real-IP": "198.51.100.7"}
    with running(caddy, certificate, f"127.0.0.1:{port}") as proxy_port:
        transport = httpx.AsyncHTTPTransport(verify=tls, local_address="127.0.0.2", retries=0)
        async with dialling(proxy_port, certificate), httpx.AsyncClient(transport=transport) as client:
            answer = await client.get(f"https://127.0.0.1:{proxy_port}/", headers=forged)
    async with httpx.AsyncClient() as client:
        direct = await client.get(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-For": "198.51.100.7"})
    server.should_exit = True
    await serving

    assert answer.text == "127.0.0.2"
    assert direct.text == "198.51.100.7", "a trusted peer is believed: so the proxy must overwrite the header"


async def test_the_status_is_served_while_the_gateway_is_down(caddy: str, certificate: Path, tmp_path: Path) -> None:
    write_status(tmp_path, {"dossier": "down"}, {"gateway": "down"}, datetime(2026, 11, 30, 5, tzinfo=UTC))
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    tls = ssl.create_default_context(cafile=certificate / "tls_certificate")
    with running(caddy, certificate, NOTHING_LISTENS, tmp_path) as port:
        async with (
            dialling(port, certificate),
            httpx.AsyncClient(verify=tls, base_url=f"https://127.0.0.1:{port}") as client,
        ):
            data = await client.get("/status")
            chosen = await client.get("/status?format=json", headers=browser)
            page = await client.get("/status", headers={**browser, "accept-language": "vi-VN,vi;q=0.9,en;q=0.5"})
            english = await client.get("/status", headers={**browser, "accept-language": "en-US,en;q=0.9"})
            link = await client.get("/status?lang=vi", headers={**browser, "accept-language": "en"})
            again = await client.get("/status", headers={"if-none-match": data.headers["etag"]})
            others = [await client.get(path) for path in ("/status/history.json", "/history.json", "/v1/units")]

    assert data.headers["content-type"] == chosen.headers["content-type"] == "application/json"
    assert [part["state"] for part in data.json()["journeys"]] == ["down"]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Dịch vụ đang không hoạt động" in page.text
    assert '<html lang="vi">' in page.text
    assert '<html lang="en">' in english.text
    assert '<html lang="vi">' in link.text
    assert {answer.headers["cache-control"] for answer in (data, page, english)} == {"public, max-age=30"}
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["vary"].startswith("Accept, Accept-Language")
    assert again.status_code == 304
    assert {answer.status_code for answer in others} == {502}, "only the status is served without the gateway"


async def test_the_status_is_the_gateways_where_nothing_measures_and_words_where_that_is_down(
    caddy: str, certificate: Path, proxy_port: int
) -> None:
    tls = ssl.create_default_context(cafile=certificate / "tls_certificate")
    async with dialling(proxy_port, certificate), httpx.AsyncClient(verify=tls) as client:
        measured_by_readiness = await client.get(f"https://127.0.0.1:{proxy_port}/status")
    with running(caddy, certificate, NOTHING_LISTENS) as port:
        async with (
            dialling(port, certificate),
            httpx.AsyncClient(verify=tls, base_url=f"https://127.0.0.1:{port}") as client,
        ):
            words, other = await client.get("/status"), await client.get("/v1/units")

    assert len(measured_by_readiness.json()["services"]) == 7
    assert measured_by_readiness.headers.get_list("cache-control") == ["public, max-age=30"]
    assert words.status_code == 503
    assert "Dịch vụ đang không hoạt động" in words.text
    assert (other.status_code, other.text) == (502, "")
