"""Health of a process over HTTP, without an event loop."""

from __future__ import annotations

import contextlib
import http.client
import json
from typing import Any


def ask(port: int, path: str, *, seconds: float = 2.0) -> tuple[int, Any] | None:
    """Status and JSON body of `GET path` on 127.0.0.1; None without a response in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    parsed = None
    with contextlib.suppress(ValueError):
        parsed = json.loads(body)
    return answer.status, parsed


def is_ready(port: int) -> bool:
    """Whether `/readyz` returns 200."""
    answer = ask(port, "/readyz")
    return answer is not None and answer[0] == 200


def is_alive(port: int) -> bool:
    """Whether `/healthz` returns 200."""
    answer = ask(port, "/healthz")
    return answer is not None and answer[0] == 200
