"""Every operation of the API document as every role: who is refused, who is let in, and that nothing breaks.

The rows come from the document itself, so a new operation is in the matrix the moment it exists.
"""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from chassis.security.identity import Role

METHODS = ("get", "put", "post", "delete", "patch")
UNKNOWN_ID = "01890000-0000-7000-8000-00000000beef"
NEVER_AGAIN = {("POST", "/oauth/token"), ("POST", "/webhooks/{partner_id}"), ("POST", "/dev/token")}
"""Operations with their own checks, which have their own tests."""

OUTSIDE = "15061"
"""A commune of the demo that has nothing of the commune whose ids are asked for."""

Row = tuple[str, str, dict[str, Any]]


def rows(document: dict[str, Any]) -> Iterator[Row]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS and (method.upper(), path) not in NEVER_AGAIN:
                yield method.upper(), path, operation


def filled(path: str, value: str = UNKNOWN_ID) -> str:
    return re.sub(r"\{[^}]+\}", value, path)


def body_of(method: str) -> dict[str, Any]:
    return {} if method in ("GET", "DELETE") else {"json": {}}


def test_every_operation_declares_its_audience(document: dict[str, Any]) -> None:
    known = {*get_args(Role), "public"}
    for method, path, operation in rows(document):
        audience = operation.get("x-audience")
        assert audience, f"{method} {path} does not declare who may call it"
        assert set(audience) <= known
        assert operation.get("operationId"), f"{method} {path}"


PUBLIC = [
    r"GET /v1/units(/\{[^}]+\})?",
    r"GET /v1/procedures(/\{[^}]+\})?",
    r"GET /v1/units/\{[^}]+\}/procedures",
    r"GET /v1/onboarding/steps",
    r"GET /v1/banks",
    r"GET /v1/event-types",
    r"GET /v1/feedback/published",
    r"GET /v1/vocabularies(/\{[^}]+\})?",
    r"GET /v1/sessions",
    r"GET /v1/dossiers/track",
    r"GET /v1/reports/(?!export|reconciliation).*",
    r"GET /dashboard.*",
    r"POST /v1/channel-receipts/\{channel\}",  # signed with the secret of the channel, as webhooks are
]


def test_only_what_the_contract_names_is_public(document: dict[str, Any]) -> None:
    public = [f"{method} {path}" for method, path, operation in rows(document) if "public" in operation["x-audience"]]

    assert [row for row in public if not any(re.fullmatch(pattern, row) for pattern in PUBLIC)] == []


async def test_each_role_meets_what_the_document_promises(
    document: dict[str, Any], client: Any, callers: dict[str, dict[str, str]], tools: Any
) -> None:
    matrix = [(row, role) for row in rows(document) for role in callers]
    answers = await tools.together(
        [
            tools.ask(client, method, filled(path), headers=callers[role], **body_of(method))
            for (method, path, _), role in matrix
        ]
    )

    wrong = [
        f"{method} {path} as {role}: {answer.status_code}"
        for ((method, path, operation), role), answer in zip(matrix, answers, strict=True)
        if not is_as_promised(set(operation["x-audience"]), role, answer.status_code)
    ]
    assert wrong == []


def is_as_promised(audience: set[str], role: str, status: int) -> bool:
    if "public" in audience:
        return status not in (401, 403) and status < 500
    if role == "anonymous":
        return status == 401
    if role not in audience:
        return status == 403
    # An unknown id and an empty body: found wrong, not found, or not theirs; never a fault.
    return status != 401 and status < 500


async def test_a_record_without_owner_is_found_by_no_caller(
    document: dict[str, Any], client: Any, callers: dict[str, dict[str, str]], tools: Any
) -> None:
    asked = [
        (path, role)
        for method, path, operation in rows(document)
        if method == "GET" and path.endswith("_id}") and "public" not in operation["x-audience"]
        for role in callers
        if role in operation["x-audience"]
    ]
    answers = await tools.together(
        [tools.ask(client, "GET", filled(path), headers=callers[role]) for path, role in asked]
    )

    found = [(path, role, answer.status_code) for (path, role), answer in zip(asked, answers, strict=True)]
    assert [row for row in found if row[2] < 400] == []


async def test_an_officer_sees_nothing_of_another_commune(
    document: dict[str, Any],
    client: Any,
    callers: dict[str, dict[str, str]],
    other_officer: dict[str, str],
    tools: Any,
) -> None:
    lists = [
        path
        for method, path, operation in rows(document)
        if method == "GET" and "{" not in path and "officer" in operation["x-audience"]
    ]
    paths = {path for method, path, _ in rows(document) if method == "GET"}
    leaks, seen = [], 0
    for path in lists:
        inside = await tools.ask(client, "GET", path, headers=callers["officer"])
        outside = await tools.ask(client, "GET", path, headers=other_officer)
        if inside.status_code != 200 or path in SHARED:
            continue
        ids, others = ids_in(inside), ids_in(outside)
        leaks += [f"GET {path} lists {one} to both communes" for one in ids & others]
        single = next((known for known in paths if re.fullmatch(re.escape(path) + r"/\{[^}]+\}", known)), None)
        if single is None:
            continue
        for one in sorted(ids)[:5]:
            answer = await tools.ask(client, "GET", filled(single, one), headers=other_officer)
            seen += 1
            if answer.status_code not in (403, 404):
                leaks.append(f"GET {single} shows {one} to the other commune: {answer.status_code}")

    assert leaks == []
    assert seen > 0, "the demo has nothing to look at"


ELSEWHERE: dict[str, dict[str, str]] = {
    "officer": {"unit_code": OUTSIDE},
    "volunteer": {"unit_code": OUTSIDE},
    "auditor": {"unit_code": OUTSIDE},
    "resident": {"resident_id": "01890000-0000-7000-8000-00000000dead"},
    "organization": {"organization_id": "01890000-0000-7000-8000-00000000dead"},
    "partner": {"partner_id": "demo-portal"},
}
FOR_EVERY_CALLER = re.compile(
    r"/v1/(units|procedures|banks|vocabularies|partners|campaigns|sessions|reports|data-sources|data-breaches)\b"
)
"""What officials may read of every unit, and what is the whole platform's: plans, sessions, catalogues, breaches."""


@pytest.mark.parametrize("role", ELSEWHERE)
async def test_with_anothers_ids_an_outsider_learns_and_changes_nothing(
    role: str, gateway_url: str, document: dict[str, Any], client: Any, known: dict[str, list[str]], tools: Any
) -> None:
    outsider = tools.sign_in(gateway_url, role, **ELSEWHERE[role])
    asked = [
        (method, path)
        for method, path, operation in rows(document)
        if role in operation["x-audience"]
        and "public" not in operation["x-audience"]
        and set(PLACES.findall(path)) & set(known)
        and not FOR_EVERY_CALLER.match(path)
    ]
    of_another = await tools.together(
        [
            tools.ask(client, method, with_ids(path, known), headers=outsider, **body_of(method))
            for method, path in asked
        ]
    )
    of_unknown = await tools.together(
        [tools.ask(client, method, filled(path), headers=outsider, **body_of(method)) for method, path in asked]
    )

    assert asked
    disclosed = [
        f"{method} {path} as {role}: {another.status_code} {another.text[:200]}, for an unknown id {unknown.status_code}"
        for (method, path), another, unknown in zip(asked, of_another, of_unknown, strict=True)
        if another.status_code < 400 or another.status_code >= 500 or learned(another) != learned(unknown)
    ]
    assert disclosed == []


def learned(answer: Any) -> Any:
    """A refusal without its address: it is the same for a record of another person and for an unknown id."""
    refusal = {name: value for name, value in answer.json().items() if name != "instance"}
    return refusal | {"Retry-After": answer.headers.get("retry-after")}


PLACES = re.compile(r"\{(\w+)\}")


def with_ids(path: str, known: dict[str, list[str]]) -> str:
    return PLACES.sub(lambda place: known.get(place[1], [UNKNOWN_ID])[0], path)


SHARED = {
    "/v1/partners",
    "/v1/banks",
    "/v1/vocabularies",
    "/v1/procedures",
    "/v1/units",
    "/v1/data-sources",
    "/v1/onboarding/steps",
    "/v1/good-practices",
}
"""The same for every caller; every commune may read good practices."""


def ids_in(answer: Any) -> set[str]:
    if answer.status_code != 200 or not answer.headers["content-type"].startswith("application/json"):
        return set()
    document = answer.json()
    items = document.get("items", []) if isinstance(document, dict) else []
    return {str(item["id"]) for item in items if isinstance(item, dict) and item.get("id")}


async def test_a_resident_sees_nothing_of_another_resident(
    document: dict[str, Any], client: Any, callers: dict[str, dict[str, str]], tools: Any
) -> None:
    listed = await tools.ask(client, "GET", "/v1/residents?unit_code=15724&limit=1", headers=callers["officer"])
    resident_id = listed.json()["items"][0]["id"]
    asked = [
        (method, path.replace("{resident_id}", resident_id))
        for method, path, operation in rows(document)
        if path.startswith("/v1/residents/{resident_id}") and "resident" in operation["x-audience"]
    ]
    answers = await tools.together(
        [
            tools.ask(client, method, filled(path), headers=callers["resident"], **body_of(method))
            for method, path in asked
        ]
    )

    assert asked
    shown = [(*row, answer.status_code) for row, answer in zip(asked, answers, strict=True) if answer.status_code < 400]
    assert shown == []


JUNK_BODIES: list[dict[str, Any]] = [
    {"json": []},
    {"json": "x"},
    {"json": {"unit_code": {"$ne": 1}, "items": [[]], "resident_id": 2**63, "kind": None}},
    {"content": b"\xff\xfe", "headers": {"content-type": "application/json"}},
    {"content": b'{"name": "\\u0000\\ud800", "amount": 1e999}', "headers": {"content-type": "application/json"}},
    {"content": b"[" * 5000, "headers": {"content-type": "application/json"}},
]


async def test_junk_in_a_body_is_the_callers_fault(
    document: dict[str, Any], client: Any, callers: dict[str, dict[str, str]], tools: Any
) -> None:
    asked = [
        (method, path, junk, role)
        for method, path, operation in rows(document)
        if "requestBody" in operation
        for junk in JUNK_BODIES
        for role in sorted(set(operation["x-audience"]) & set(callers))[:1]
    ]
    answers = await tools.together(
        [
            tools.ask(client, method, filled(path), **(junk | {"headers": callers[role] | junk.get("headers", {})}))
            for method, path, junk, role in asked
        ]
    )

    broken = [
        (method, path, junk, answer.status_code)
        for (method, path, junk, _), answer in zip(asked, answers, strict=True)
        if answer.status_code >= 500 or answer.status_code < 400
    ]
    assert broken == []


JUNK_VALUES = ["", "-1", "9" * 30, "x" * 300, "%00", "' OR 1=1 --", "đ", "2026-02-30", "NaN"]


async def test_junk_in_a_query_is_the_callers_fault(
    document: dict[str, Any], client: Any, callers: dict[str, dict[str, str]], tools: Any
) -> None:
    asked = [
        (method, f"{filled(path)}?{parameter['name']}={JUNK_VALUES[(turn + place) % len(JUNK_VALUES)]}", role)
        for place, (method, path, operation) in enumerate(rows(document))
        if method == "GET"
        for turn, parameter in enumerate(operation.get("parameters", []))
        if parameter["in"] == "query"
        for role in sorted((set(operation["x-audience"]) | {"anonymous"}) & set(callers))[-1:]
    ]
    answers = await tools.together(
        [tools.ask(client, method, path, headers=callers[role]) for method, path, role in asked]
    )

    broken = [
        (*row, answer.status_code) for row, answer in zip(asked, answers, strict=True) if answer.status_code >= 500
    ]
    assert broken == []


async def test_an_unknown_query_parameter_is_refused_everywhere(
    document: dict[str, Any], client: Any, callers: dict[str, dict[str, str]], tools: Any
) -> None:
    asked = [
        (path, role)
        for method, path, operation in rows(document)
        if method == "GET" and path.startswith("/v1/")
        for role in sorted((set(operation["x-audience"]) | {"anonymous"}) & set(callers))[-1:]
        if role != "anonymous" or "public" in operation["x-audience"]
    ]
    answers = await tools.together(
        [tools.ask(client, "GET", f"{filled(path)}?no_such_parameter=1", headers=callers[role]) for path, role in asked]
    )

    accepted = [
        (*row, answer.status_code) for row, answer in zip(asked, answers, strict=True) if answer.status_code < 400
    ]
    assert accepted == []
