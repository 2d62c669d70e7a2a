"""Operation × role × level × acting for another, from the API document: what a sign-in is too weak for, what is not theirs."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from deploy.demo.api_client import eventually
from tests.security.cast import Cast, Person
from tests.security.documents import operations
from tests.security.test_matrix import NEVER_AGAIN, body_of, filled

SCOPES = ("dossiers", "payments", "onboarding", "documents")
LEVELLED = frozenset({"resident", "organization"})
LEVEL_2 = {
    "POST /v1/residents/{resident_id}/reveal",
    "POST /v1/residents/{resident_id}/consents",
    "DELETE /v1/residents/{resident_id}/consents/{consent_id}",
    "POST /v1/residents/{resident_id}/corrections",
    "POST /v1/dossiers/{dossier_id}/submit",
    "POST /v1/residents/{resident_id}/representatives",
    "DELETE /v1/residents/{resident_id}/representatives/{representation_id}",
    "DELETE /v1/me/links/{link_id}",
}
"""What the contract names; an export has full numbers too."""
RESOURCES_OF_LEVEL_2 = r"/(consents|corrections|links|representatives)\b"
"""Reading them needs the level of writing them."""
NEVER_FOR_ANOTHER = {
    "POST /v1/residents/{resident_id}/reveal",
    "GET /v1/residents/{resident_id}/export",
    "GET /v1/residents/{resident_id}/access-log",
    "POST /v1/residents/{resident_id}/consents",
    "POST /v1/residents/{resident_id}/corrections",
    "POST /v1/residents/{resident_id}/representatives",
    "GET /v1/me/representations",
    "DELETE /v1/me/links/{link_id}",
}
"""What only the person does."""

Row = tuple[str, str, dict[str, Any]]


def rows_for(document: dict[str, Any], role: str) -> Iterator[Row]:
    """The operations that a role may call."""
    for method, path, operation in operations(document):
        if role in operation["x-audience"] and (method, path) not in NEVER_AGAIN:
            yield method, path, operation


def test_every_operation_with_a_sign_in_has_a_level_and_the_named_ones_have_2(document: dict[str, Any]) -> None:
    levels = {
        f"{method} {path}": operation.get("x-level")
        for method, path, operation in operations(document)
        if "public" not in operation["x-audience"]
    }
    assert {operation for operation, level in levels.items() if level not in (1, 2)} == set()
    assert {operation for operation in LEVEL_2 if levels[operation] != 2} == set()
    high = {operation for operation, level in levels.items() if level == 2}
    others = {operation for operation in high - LEVEL_2 if not re.search(RESOURCES_OF_LEVEL_2, operation)}
    assert others == {"GET /v1/residents/{resident_id}/export"}


def test_no_representative_does_what_only_the_person_does(document: dict[str, Any]) -> None:
    acting = {f"{method} {path}": operation.get("x-acting-for") for method, path, operation in operations(document)}

    assert {operation for operation in NEVER_FOR_ANOTHER if acting[operation] is not None} == set()
    assert set(filter(None, acting.values())) == {*SCOPES, "any"}


@pytest.mark.parametrize("role", sorted(LEVELLED))
async def test_a_sign_in_of_level_1_is_asked_for_level_2_where_the_document_requires_it(
    role: str, document: dict[str, Any], client: Any, gateway_url: str, tools: Any
) -> None:
    unknown = {f"{role}_id": "01890000-0000-7000-8000-00000000dead"}
    low = tools.sign_in(gateway_url, role, **unknown, level=1)
    asked = list(rows_for(document, role))
    answers = await tools.together(
        [tools.ask(client, method, filled(path), headers=low, **body_of(method)) for method, path, _ in asked]
    )

    wrong = []
    for (method, path, operation), answer in zip(asked, answers, strict=True):
        is_asked = answer.status_code == 401 and answer.json()["type"] == "/problems/insufficient-level"
        if is_asked != (operation.get("x-level") == 2 and "public" not in operation["x-audience"]):
            wrong.append(f"{method} {path} as {role} of level 1: {answer.status_code}")
        if is_asked and "insufficient_user_authentication" not in answer.headers["WWW-Authenticate"]:
            wrong.append(f"{method} {path}: no challenge")
    assert asked
    assert wrong == []


@pytest.fixture(scope="module")
def representatives(cast: Cast, victim: Person) -> dict[str, dict[str, str]]:
    """The headers of a representative of the victim for each scope."""
    own = cast.resident(victim)
    until = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011  # any day of next month
    acting = {}
    for scope in SCOPES:
        who = cast.register()
        body = {"representative_id": who.id, "scope": [scope], "until": until}
        made = own.post(f"{victim.path}/representatives", body)
        assert made.status_code == 201, made.text
        caller = cast.resident(who)
        acting[scope] = caller.headers | {"X-Acting-For": victim.id}
        assert eventually(lambda caller=caller, scope=scope: _may_act(caller, acting[scope]), 30)
    return acting


def _may_act(caller: Any, headers: dict[str, str]) -> bool:
    return bool(caller.client.get("/v1/me", headers=headers).status_code == 200)


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_representative_does_what_the_scope_names_and_nothing_else(
    scope: str, document: dict[str, Any], client: Any, representatives: dict[str, dict[str, str]], tools: Any
) -> None:
    asked = [row for row in rows_for(document, "resident") if "public" not in row[2]["x-audience"]]
    headers = representatives[scope]
    answers = await tools.together(
        [tools.ask(client, method, filled(path), headers=headers, **body_of(method)) for method, path, _ in asked]
    )

    wrong = []
    for (method, path, operation), answer in zip(asked, answers, strict=True):
        is_in_scope = operation.get("x-acting-for") in (scope, "any")
        is_refused = answer.status_code == 403 and answer.json()["type"] == "/problems/outside-scope"
        if is_refused == is_in_scope:
            wrong.append(f"{method} {path} for another with {scope}: {answer.status_code}")
    assert asked
    assert wrong == []
