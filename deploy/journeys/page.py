"""`/status` from the files that the journeys write, over HTTP: for a cluster, where no reverse proxy of ours reads the files.

It is there while the journeys run, whatever is down behind them.
"""

from __future__ import annotations

import threading
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.api_docs.pages import send_status
from gateway.edge.responses import send_json
from gateway.status.document import read_status


def page_of(folder: Path) -> ASGIApp:
    """Serves `/status` as the gateway does; 503 until the first round has ended, 404 for everything else."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status = read_status(folder)
        if scope["path"] != "/status" or scope["method"] not in ("GET", "HEAD"):
            await send_json(send, 404, {"status": 404}, [])
        elif status is None:
            await send_json(send, 503, {"status": 503}, [(b"retry-after", b"60")])
        else:
            await send_status(scope, send, status)

    return app


def serve_page(folder: Path, port: int) -> None:
    """Starts serving on every address, in a thread that ends with the process."""
    config = uvicorn.Config(
        page_of(folder), host="0.0.0.0", port=port, lifespan="off", ws="none", log_config=None, access_log=False,
        server_header=False, limit_concurrency=256,
    )  # fmt: skip
    threading.Thread(target=uvicorn.Server(config).run, name="status", daemon=True).start()
