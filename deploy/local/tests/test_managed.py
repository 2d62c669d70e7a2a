"""A PostgreSQL that is managed elsewhere: by its address alone, with TLS that is verified."""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import text

from chassis.storage.database import Database, asyncpg_url, connect, database_url
from chassis.storage.migrations import upgrade
from deploy.secrets.__main__ import self_signed

SSL_REQUEST = struct.pack("!ii", 8, 80877103)


class TlsServer:
    """What a managed PostgreSQL has before it: agrees to TLS as the protocol wants it, and passes on what was inside.

    The PostgreSQL of the tests comes from a wheel that was built without TLS.
    """

    def __init__(self, server: str, folder: Path) -> None:
        self.behind = urlsplit(server)
        self.authority = folder / "tls_certificate.pem"
        self.opened = 0
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(self.authority, folder / "tls_key.pem")
        self._serving: set[asyncio.Task[None]] = set()
        self.port = 0

    def url(self, database: str, host: str = "localhost") -> str:
        server = self.behind._replace(netloc=f"{self.behind.netloc.rpartition('@')[0]}@{host}:{self.port}").geturl()
        return f"{database_url(server, database)}?sslmode=verify-full&sslrootcert={quote(str(self.authority))}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            assert await reader.readexactly(8) == SSL_REQUEST, "a client connected without TLS"
            writer.write(b"S")
            await writer.drain()
            await writer.start_tls(self._context)
            self.opened += 1
            inner_reader, inner_writer = await asyncio.open_connection(self.behind.hostname, self.behind.port)
            await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))
        writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@pytest.fixture
async def listening(postgres_url: str, tmp_path: Path) -> AsyncIterator[TlsServer]:
    """Known as `localhost` only, by its own certificate."""
    self_signed(tmp_path, ["localhost"])
    tls_server = TlsServer(postgres_url, tmp_path)
    async with await asyncio.start_server(tls_server.serve, "127.0.0.1", 0) as listening:
        tls_server.port = listening.sockets[0].getsockname()[1]
        yield tls_server


async def test_everything_that_connects_verifies_who_it_talks_to(listening: TlsServer) -> None:
    database = Database(listening.url("postgres"), pool_size=1)
    async with database.reading() as session:
        assert (await session.execute(text("SELECT 1"))).scalar_one() == 1
    assert (await database.fetch("SELECT 2 AS two"))[0]["two"] == 2
    await database.close()
    own = await connect(listening.url("postgres"), "test")
    assert await own.fetchval("SELECT 3") == 3
    await own.close()
    assert listening.opened == 3


async def test_a_server_whose_certificate_names_another_address_is_refused(listening: TlsServer) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await connect(listening.url("postgres", host="127.0.0.1"), "test")


async def test_a_service_makes_its_database_and_its_tables_there(listening: TlsServer) -> None:
    from reporting.app import service

    name = f"managed_{listening.port}"
    await asyncio.to_thread(upgrade, listening.url(name), service.migrations)
    database = Database(listening.url(name), pool_size=1)
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM alembic_version"))).scalar_one() == 1
    await database.close()
    own = await connect(asyncpg_url(listening.url("postgres")), "test")
    await own.execute(f'DROP DATABASE "{name}"')
    await own.close()
