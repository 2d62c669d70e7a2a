"""Who tells the story: sends requests as any caller, and keeps what was accepted and answered."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from deploy.demo.api_client import partner_key, signed_headers

COMMUNE, VILLAGE = "15724", "15727-01"
SECONDS_TO_BE_KNOWN = 20
LONGEST_LIST = 2
Who = dict[str, str]


class StepRefused(RuntimeError):
    """A request that the chapter cannot go on without was refused; the message has the problem."""


class Teller:
    """Sends requests and keeps, by operation, the first body that was accepted and the first answer of each status."""

    def __init__(self, http: httpx.Client, document: dict[str, Any]) -> None:
        self.examples: dict[str, dict[str, Any]] = {}
        self.known: dict[str, str] = {
            "unit_code": COMMUNE, "partner_id": "demo-bank", "/v1/units/{code}": COMMUNE, "/v1/vocabularies/{name}": "bodies",
            "/v1/residents/{resident_id}/facts/{name}": "address_line",
        }  # fmt: skip
        """Ids by the parameter that takes them, or by the path up to it, or by a name of the story."""
        self.refused: list[str] = []
        """Each request of a chapter that was refused, with its problem."""
        self._http = http
        self._operations = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path, item)
            for path, item in document["paths"].items()
        ]

    def sign_in(self, **who: Any) -> Who:
        """The headers of a caller; each officer is another person."""
        answer = self.must("POST", "/dev/token", json=who)
        return {"Authorization": f"Bearer {answer['access_token']}"}

    def officer(self, unit_code: str = COMMUNE, **who: str) -> Who:
        """The headers of an officer."""
        return self.sign_in(role="officer", unit_code=unit_code, **who)

    def resident(self, name: str = "resident_id") -> Who:
        """The headers of a resident whose id is known by that name."""
        return self.sign_in(role="resident", resident_id=self.known[name], level=2)

    def must(self, method: str, path: str, **more: Any) -> Any:
        """The answer as of `ask`; StepRefused where the request is refused."""
        answer = self.ask(method, path, **more)
        if answer is None:
            raise StepRefused(self.refused[-1])
        return answer

    def ask(self, method: str, path: str, *, who: Who | None = None, purpose: str | None = None, **more: Any) -> Any:
        """The answer, kept as an example; None where the request is refused."""
        answer = self._send(method, path, who, purpose, **more)
        if not answer.is_success:
            self.refused.append(f"{method} {path}: {answer.status_code} {answer.text[:400]}")
            return None
        content = self._content(answer)
        self._keep(method, path, more.get("json"), answer.status_code, content)
        return content if content is not None else {"done": True}

    def ask_when(self, path: str, is_ready: Callable[[Any], Any], *, who: Who, purpose: str | None = None) -> Any:
        """The answer of a GET once it is as awaited; StepRefused where it never is."""
        deadline = time.monotonic() + 2 * SECONDS_TO_BE_KNOWN
        while time.monotonic() < deadline:
            answer = self._send("GET", path, who, purpose)
            if answer.is_success and is_ready(answer.json()):
                return self.must("GET", path, who=who, purpose=purpose)
            time.sleep(0.2)
        raise StepRefused(f"GET {path}: not as awaited, {answer.status_code} {answer.text[:400]}")

    def webhook(self, partner: str, kind: str, data: dict[str, Any]) -> Any:
        """A signed message of a partner of the demo."""
        body = {"type": kind, "timestamp": datetime.now(UTC).isoformat(), "data": data}
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = signed_headers(partner_key(partner), f"msg_{uuid.uuid4().hex}", content)
        answer = self._http.post(f"/webhooks/{partner}", content=content, headers=headers)
        if not answer.is_success:
            raise StepRefused(f"POST /webhooks/{partner} {kind}: {answer.status_code} {answer.text[:400]}")
        self._keep("POST", f"/webhooks/{partner}", body, answer.status_code, answer.json())
        return answer.json()

    def _send(self, method: str, path: str, who: Who | None, purpose: str | None, **more: Any) -> httpx.Response:
        headers = (who or {}) | ({"X-Purpose": purpose} if purpose else {})
        answer = self._http.request(method, path, headers=headers, **more)
        deadline = time.monotonic() + SECONDS_TO_BE_KNOWN
        while answer.status_code in (404, 429) and "retry-after" in answer.headers and time.monotonic() < deadline:
            time.sleep(0.5)
            answer = self._http.request(method, path, headers=headers, **more)
        return answer

    def _content(self, answer: httpx.Response) -> Any:
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") else None

    def _keep(self, method: str, path: str, body: Any, status: int, content: Any) -> None:
        found = min(
            ((one, item) for pattern, one, item in self._operations if pattern.match(path)),
            key=lambda pair: pair[0].count("{"),
            default=None,
        )
        if found is None or method.lower() not in found[1]:
            return
        template, item = found
        example = self.examples.setdefault(item[method.lower()]["operationId"], {})
        if body is not None:
            example.setdefault("request", body)
        if content is not None:
            answers = example.setdefault("answers", {})
            if str(status) not in answers or is_empty(answers[str(status)]):
                answers[str(status)] = shortened(content)
        self._learn(template, content)

    def _learn(self, template: str, content: Any) -> None:
        if not isinstance(content, dict):
            return
        items = content.get("items")
        first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else content
        for name, value in first.items():
            if name.endswith("_id") and isinstance(value, str):
                self.known.setdefault(name, value)
        identity = first.get("id") or first.get("code")
        if isinstance(identity, str):
            for _, path, _ in self._operations:
                if path.startswith(f"{template}/{{"):
                    self.known.setdefault(path[: path.index("}", len(template)) + 1], identity)


def is_empty(answer: Any) -> bool:
    """Whether it is a list without items, which a later answer replaces."""
    return isinstance(answer, dict) and answer.get("items") == []


def shortened(value: Any) -> Any:
    """A value with two items of each list."""
    if isinstance(value, dict):
        return {name: shortened(one) for name, one in value.items()}
    return [shortened(one) for one in value[:LONGEST_LIST]] if isinstance(value, list) else value
