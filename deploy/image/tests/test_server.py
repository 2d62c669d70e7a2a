"""The server of the image on a real socket, with an application that answers with what it read."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.security.raw_http import CONNECTIONS, LOOKS_LIKE_A_REQUEST, UPGRADES, Post, answered_once, connect, offer

ROOT = Path(__file__).parents[3]
APPLICATION = """
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    names = dict(scope["headers"])
    headers = [(b"content-length", b"%d" % len(body)), (b"x-request-id", names.get(b"x-request-id", b"none"))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where `deploy/image/run.py api` serves the application above."""
    folder = tmp_path_factory.mktemp("image")
    (folder / "echoing").mkdir()
    (folder / "echoing/app.py").write_text(APPLICATION)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    variables = os.environ | {"SERVICE": "echoing", "PORT": str(number), "PYTHONPATH": str(folder)}
    with subprocess.Popen([sys.executable, str(ROOT / "deploy/image/run.py"), "api"], env=variables) as process:
        while process.poll() is None:
            with closing(socket.socket()) as one:
                if one.connect_ex(("127.0.0.1", number)) == 0:
                    break
            time.sleep(0.05)
        try:
            yield number
        finally:
            process.terminate()


async def test_every_service_reads_the_body_of_a_request_that_offers_an_upgrade(port: int) -> None:
    for upgrade in UPGRADES:
        for connection in CONNECTIONS:
            post = Post("/", LOOKS_LIKE_A_REQUEST, "content-length", offer(upgrade, connection))
            for packets in (1, 2):
                answer = await answered_once(await connect("127.0.0.1", port), post.packets(packets))

                assert answer.body == LOOKS_LIKE_A_REQUEST
