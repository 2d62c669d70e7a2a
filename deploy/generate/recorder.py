"""A pytest plugin that notes the successful requests of tests and their answers: `pytest -p deploy.generate.recorder …`.

One JSON line each in `RECORDED` (`.cache/recorded.jsonl`); `deploy.generate.recorded` chooses the examples of the API
document from them. So every example was sent in a test and accepted, and every answer was given by the code.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

RECORDED = Path(__file__).parents[2] / ".cache/recorded.jsonl"
LARGEST = 60_000


def pytest_configure(config: pytest.Config) -> None:
    """Called by pytest: the two clients of the tests send through the recorder."""
    RECORDED.parent.mkdir(exist_ok=True)
    recorded = config.stash[ORIGINALS] = (httpx.AsyncClient.send, httpx.Client.send)
    httpx.AsyncClient.send = _asynchronous(recorded[0])  # type: ignore[method-assign]
    httpx.Client.send = _synchronous(recorded[1])  # type: ignore[method-assign]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Called by pytest: the clients as they were."""
    httpx.AsyncClient.send, httpx.Client.send = config.stash[ORIGINALS]  # type: ignore[method-assign]


ORIGINALS = pytest.StashKey[tuple[Any, Any]]()


def _asynchronous(send: Callable[..., Any]) -> Callable[..., Any]:
    async def send_and_note(self: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        response: httpx.Response = await send(self, request, **options)
        if not options.get("stream"):
            note(request, response)
        return response

    return send_and_note


def _synchronous(send: Callable[..., Any]) -> Callable[..., Any]:
    def send_and_note(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        response: httpx.Response = send(self, request, **options)
        if not options.get("stream"):
            note(request, response)
        return response

    return send_and_note


def note(request: httpx.Request, response: httpx.Response) -> None:
    """Append a successful exchange of JSON."""
    is_public = request.url.path.startswith(("/v1/", "/dev/token", "/oauth/token"))
    if not (is_public and response.is_success and len(response.content) < LARGEST):
        return
    line = {
        "method": request.method,
        "path": request.url.path,
        "headers": sorted(set(response.headers) & {"etag", "location"}),
        "request": _json(request.headers, request.content) if request.method != "GET" else None,
        "status": response.status_code,
        "response": _json(response.headers, response.content),
    }
    descriptor = os.open(RECORDED, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, (json.dumps(line, ensure_ascii=False) + "\n").encode())
    finally:
        os.close(descriptor)


def _json(headers: httpx.Headers, content: bytes) -> Any:
    if not headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        return json.loads(content)
    except ValueError:
        return None
