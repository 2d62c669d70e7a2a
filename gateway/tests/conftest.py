"""Real servers for the tests of the door: whole ASGI servers, and sockets that misbehave on purpose."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

import gateway

# The folder and the package share the name `gateway`, so pytest's importlib mode takes the folder for it.
PACKAGE = str(Path(__file__).parents[1] / "gateway")
if PACKAGE not in list(gateway.__path__):
    gateway.__path__.append(PACKAGE)

Serve = Callable[[Any], Awaitable[str]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def running(app: Any) -> AsyncIterator[str]:
    config = uvicorn.Config(app, port=0, lifespan="off", ws="none", log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a real HTTP server for an ASGI app; answers its address."""
    async with AsyncExitStack() as stack:

        async def start(app: Any) -> str:
            return await stack.enter_async_context(running(app))

        yield start


@pytest.fixture
async def serve_socket() -> AsyncIterator[Callable[[Talk], Awaitable[str]]]:
    """Start a raw TCP server that talks as the test says; answers its address."""
    servers: list[asyncio.Server] = []

    async def start(talk: Talk) -> str:
        async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await talk(reader, writer)
            finally:
                writer.close()

        server = await asyncio.start_server(once, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()
