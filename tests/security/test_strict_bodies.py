"""An unknown member of a JSON body is refused by every operation, so that a misspelt one never changes a meaning."""

import asyncio
from typing import Any

import httpx

from tests.security.documents import operations

NOBODYS_ID = "01890000-0000-7000-8000-00000000beef"
OTHER_CHECKS = {"/webhooks/{partner_id}"}
"""Signed bytes with rules of their own."""


async def test_an_unknown_member_of_a_body_is_refused_everywhere(
    door_url: str, document: dict[str, Any], callers: dict[str, dict[str, str]]
) -> None:
    asked = [
        (method, path, sorted(set(operation["x-audience"]) & set(callers))[:1] or ["anonymous"])
        for method, path, operation in operations(document)
        if "application/json" in operation.get("requestBody", {}).get("content", {}) and path not in OTHER_CHECKS
    ]
    places = asyncio.Semaphore(8)
    async with httpx.AsyncClient(base_url=door_url, timeout=60) as client:

        async def one(method: str, path: str, role: str) -> str | None:
            filled = "/".join(NOBODYS_ID if part.startswith("{") else part for part in path.split("/"))
            body = {"no_such_member": 1, "role": "operator"} if path == "/dev/token" else {"no_such_member": 1}
            async with places:
                answer = await client.request(method, filled, json=body, headers=callers[role])
            named = [each["pointer"] for each in answer.json().get("errors", []) if each["code"] == "unknown-field"]
            is_refused = "/no_such_member" in named or answer.status_code in (403, 404)
            return None if is_refused else f"{method} {path} as {role}: {answer.status_code} {answer.text[:150]}"

        wrong = await asyncio.gather(*(one(method, path, role) for method, path, [role] in asked))

    assert [line for line in wrong if line] == [], "\n".join(filter(None, wrong))
    assert len(asked) > 50
