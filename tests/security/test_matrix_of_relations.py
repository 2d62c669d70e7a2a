"""Action × role × relation × state: every operation on a person's things, asked by callers of each relation to them.

Operations come from the API document, what is allowed from the services' authority tables. No caller without a relation
that the table has gets anything but 401, 403 or 404, in each state of the thing; who has one is not refused a read.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.security.authority import ACTIONS, WITHOUT_RELATION, Row, granted, row_of, service_and_name
from tests.security.cast import COMMUNE, ELSEWHERE, VILLAGE, Cast, Person
from tests.security.documents import operations

EVERY_CALLER = frozenset({"any"})
IN_UNIT = frozenset({"in_unit", "in unit", "in reach", "leads unit", "leads unit or owns the task"}) | EVERY_CALLER
RELATIONS: dict[str, frozenset[str]] = {
    "own": frozenset({"own", "payer"}) | EVERY_CALLER,
    "in unit": IN_UNIT,
    "other unit": EVERY_CALLER,
    "other person": EVERY_CALLER,
    "own partner": frozenset({"provider", "own partner", "own consents"}) | EVERY_CALLER,
    "other partner": EVERY_CALLER,
    "all": EVERY_CALLER,
}
"""The words of the tables that a caller of this relation satisfies."""
NOT_THE_PERSONS = re.compile(r"/v1/(campaigns|sessions|units|households|onboarding/imports|organizations)\b")
"""Plans and units are read by every official; a household is asked for with its unit; organizations have a test below."""


BODIES: dict[str, dict[str, Any]] = {
    "PATCH /v1/residents/{resident_id}": {"has_smartphone": True},
    "POST /v1/residents/{resident_id}/consents": {"purpose": "payment_account", "grantee": "demo-bank"},
    "POST /v1/residents/{resident_id}/corrections": {"field": "full_name", "value": "Tên Khác", "reason": "nhầm"},
    "POST /v1/residents/{resident_id}/merge": {"duplicate_id": "01890000-0000-7000-8000-00000000beef"},
    "POST /v1/residents/{resident_id}/prefill": {"fields": ["full_name"]},
    "POST /v1/residents/{resident_id}/reveal": {"fields": ["phone"], "reason": "liên hệ"},
    "POST /v1/corrections/{correction_id}/decision": {"decision": "refuse", "note": "không đúng"},
    "PATCH /v1/dossiers/{dossier_id}": {"copies": 2},
    "POST /v1/dossiers/{dossier_id}/actions": {"action": "withdraw", "note": "thôi"},
    "POST /v1/documents/{document_id}/status": {"status": "received"},
    "POST /v1/feedback/{feedback_id}/actions": {"action": "close", "note": "xong"},
    "PATCH /v1/merchants/{merchant_id}": {"market": "Chợ khác"},
    "POST /v1/merchants/{merchant_id}/qr-codes": {"kind": "static"},
    "POST /v1/payments/{payment_id}/resolve": {"action": "dismiss", "note": "nhầm"},
    "POST /v1/payments/{payment_id}/reopen": {"reason": "nhầm"},
}
"""Bodies that are accepted, so that only the relation can refuse the request."""

WITHOUT_BODY = frozenset(
    """
    POST /v1/bills/{bill_id}/reopen
    POST /v1/bills/{bill_id}/write-off
    POST /v1/data-breaches/{breach_id}/notification
    POST /v1/dossiers/{dossier_id}/attachments
    POST /v1/dossiers/{dossier_id}/fee-settlements
    POST /v1/dossiers/{dossier_id}/results
    POST /v1/dossiers/{dossier_id}/submit
    POST /v1/incidents/{incident_id}/actions
    POST /v1/moves/{move_id}/decision
    POST /v1/moves/{move_id}/reversal
    PATCH /v1/onboarding/signature-lists/{list_id}
    POST /v1/onboarding/signature-lists/{list_id}/actions
    POST /v1/registrations/{registration_id}/decision
    POST /v1/residents/{resident_id}/links/{link_id}/reopen
    PUT /v1/residents/{resident_id}/onboarding/{step}
    POST /v1/residents/{resident_id}/refresh
    POST /v1/residents/{resident_id}/representatives
    POST /v1/residents/{resident_id}/utility-accounts
    POST /v1/settlements/{settlement_id}/lines/{line_id}/reopen
    POST /v1/settlements/{settlement_id}/lines/{line_id}/resolve
    POST /v1/unmatched-events/{unmatched_id}/resolve
    """.strip().split("\n    ")
)
"""Operations that the tests of their service alone try with a body. The list only becomes shorter."""


@dataclass(frozen=True)
class Try:
    """One cell: an operation on one thing of the person, by one caller."""

    method: str
    path: str
    filled: str
    role: str
    relation: str
    row: Row

    @property
    def body(self) -> dict[str, Any] | None:
        """A body that the operation accepts; None where this table has none: a refusal of an empty body proves nothing."""
        return BODIES.get(f"{self.method} {self.path}")

    @property
    def is_allowed(self) -> bool:
        return bool(RELATIONS[self.relation] & self.row.get(self.role, frozenset()))


def rows(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], Row | None]]:
    """Method, path, operation and row of every operation that needs a relation."""
    for method, path, operation in operations(document):
        service, name = service_and_name(operation)
        if "public" not in operation["x-audience"] and not WITHOUT_RELATION.match(f"{method} {path}"):
            yield method, path, operation, row_of(service, name, f"{method} {path}")


BY_ACTION = ("payments-qr", "casework")
WITHOUT_ROW = (
    "has no row in the authority table of its service: add it to `model/authority.py`",
    "is not in ACTIONS of tests/security/authority.py: add it there with the actions that `model/authority.py` grants for it",
)


def test_every_action_of_the_list_is_granted_by_a_table() -> None:
    """An operation whose actions nobody is granted would be tried by nobody."""
    known = granted()
    unknown = [
        f"{operation}: no grant of model/authority.py has the action {action!r}; write its name as it is there"
        for operation, actions in ACTIONS.items()
        for action in actions
        if action not in known
    ]
    assert unknown == []


def test_every_operation_of_the_list_is_in_the_document(document: dict[str, Any]) -> None:
    known = {f"{method} {path}" for method, path, _ in operations(document)}
    assert sorted((ACTIONS.keys() | BODIES.keys()) - known) == []


def test_every_body_is_one_that_only_the_relation_can_refuse(document: dict[str, Any]) -> None:
    """An empty body answers 422 before anybody asks for the grant: a missing check would not be seen."""
    expected = {
        f"{method} {path}"
        for method, path, operation, row in rows(document)
        if row and "{" in path and method != "DELETE" and "requestBody" in operation and not NOT_THE_PERSONS.match(path)
    }
    missing = sorted(expected - BODIES.keys() - WITHOUT_BODY)
    assert missing == [], f"{missing}: add a body that the operation accepts to BODIES"
    assert sorted(WITHOUT_BODY - (expected - BODIES.keys())) == [], "remove from WITHOUT_BODY what BODIES has"


def test_every_operation_has_its_row_in_an_authority_table(document: dict[str, Any]) -> None:
    missing = [
        f"{method} {path} ({operation['operationId']}) {WITHOUT_ROW[operation['x-service'] in BY_ACTION]}"
        for method, path, operation, row in rows(document)
        if row is None
    ]
    assert missing == []


def test_the_tables_and_the_declared_audiences_agree(document: dict[str, Any]) -> None:
    more = [
        f"{method} {path}: the table has no {role}, the route lets it in"
        for method, path, operation, row in rows(document)
        if row
        for role in sorted(set(operation["x-audience"]) - set(row) - {"service"})
    ]
    assert more == []


@pytest.fixture(scope="module")
def things(traces: dict[str, str], cast: Cast, person: Person) -> list[dict[str, str]]:
    """What the person left, in more than one state: a draft beside the submitted dossier, a stall that waits."""
    draft = cast.dossier(person, submit=False).rsplit("/", 1)[-1]
    waiting = cast.waiting_shop(person)
    return [traces, traces | {"dossier_id": draft, "merchant_id": waiting}]


@pytest.fixture(scope="module")
def callers_by_relation(cast: Cast, person: Person, distant_victim: Person) -> dict[tuple[str, str], dict[str, str]]:
    """The headers of a caller of each role and relation to the person's things."""
    who: dict[tuple[str, str], dict[str, str]] = {
        ("resident", "own"): {"resident_id": person.id},
        ("resident", "other person"): {"resident_id": distant_victim.id},
        ("organization", "other person"): {"organization_id": "01890000-0000-7000-8000-00000000dead"},
        ("officer", "in unit"): {"unit_code": COMMUNE},
        ("officer", "other unit"): {"unit_code": ELSEWHERE},
        ("volunteer", "in unit"): {"unit_code": VILLAGE},
        ("volunteer", "other unit"): {"unit_code": ELSEWHERE},
        ("auditor", "in unit"): {"unit_code": COMMUNE},
        ("auditor", "other unit"): {"unit_code": ELSEWHERE},
        ("operator", "all"): {},
        ("partner", "own partner"): {"partner_id": "demo-bank"},
        ("partner", "other partner"): {"partner_id": "demo-portal"},
    }
    return {key: cast.sign_in(key[0], **fields).headers for key, fields in who.items()}


@pytest.fixture(scope="module")
def tries(
    document: dict[str, Any], things: list[dict[str, str]], callers_by_relation: dict[tuple[str, str], dict[str, str]]
) -> list[Try]:
    """Every cell that can be asked: the operations whose parameters the person's things fill."""
    found: dict[tuple[str, ...], Try] = {}
    for method, path, operation, row in rows(document):
        names = re.findall(r"\{(\w+)\}", path)
        if not row or not names or NOT_THE_PERSONS.match(path):
            continue
        for thing in things:
            if set(names) <= set(thing):
                filled = re.sub(r"\{(\w+)\}", lambda part, thing=thing: thing[part[1]], path)  # type: ignore[misc]
                for role, relation in callers_by_relation:
                    if role in operation["x-audience"]:
                        found[method, filled, role, relation] = Try(method, path, filled, role, relation, row)
    return list(found.values())


async def outcomes(
    url: str, tries: list[Try], callers: dict[tuple[str, str], dict[str, str]]
) -> list[tuple[Try, httpx.Response]]:
    """What each try answers, a few at a time."""
    places = asyncio.Semaphore(8)
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:

        async def one(each: Try) -> tuple[Try, httpx.Response]:
            headers = callers[each.role, each.relation] | {"X-Purpose": "support"}
            body = {} if each.method in ("GET", "DELETE") else {"json": each.body or {}}
            async with places:
                return each, await client.request(each.method, each.filled, headers=headers, **body)  # type: ignore[arg-type]

        return await asyncio.gather(*(one(each) for each in tries))


async def test_without_a_relation_of_the_table_nothing_is_read_or_changed(
    gateway_url: str, tries: list[Try], callers_by_relation: dict[tuple[str, str], dict[str, str]]
) -> None:
    refused = [each for each in tries if not each.is_allowed]
    answers = await outcomes(gateway_url, refused, callers_by_relation)

    wrong = [
        f"{each.method} {each.path} as {each.role}, {each.relation}: {answer.status_code} {answer.text[:120]}"
        for each, answer in answers
        if answer.status_code not in (401, 403, 404) and not (answer.status_code == 422 and each.body is None)
    ]
    assert wrong == [], "\n".join(wrong)
    assert sum(each.body is not None or each.method in ("GET", "DELETE") for each in refused) > 100


async def test_who_has_a_relation_of_the_table_is_not_refused_a_read(
    gateway_url: str, tries: list[Try], callers_by_relation: dict[tuple[str, str], dict[str, str]]
) -> None:
    reads = [each for each in tries if each.is_allowed and each.method == "GET"]
    answers = await outcomes(gateway_url, reads, callers_by_relation)

    wrong = [
        f"{each.method} {each.path} as {each.role}, {each.relation}: {answer.status_code} {answer.text[:120]}"
        for each, answer in answers
        if answer.status_code in (401, 403) or answer.status_code >= 500
    ]
    assert wrong == [], "\n".join(wrong)
    assert len(reads) > 25


@pytest.mark.parametrize("relation", ["claimed", "other person", "other unit"])
def test_an_organization_is_closed_to_all_but_its_confirmed_representative_and_its_unit(
    cast: Cast, person: Person, distant_victim: Person, relation: str
) -> None:
    claimant = cast.register()
    claim = {
        "tax_code": cast.tax_code(claimant), "name": "Hộ thử", "kind": "household_business", "unit_code": COMMUNE,
        "representative": {"resident_id": claimant.id},
    }  # fmt: skip
    path = f"/v1/organizations/{cast.api.post('/v1/organizations', claim, who=cast.api.resident(claimant.id))['id']}"
    caller = {
        "claimed": cast.resident(claimant), "other person": cast.resident(distant_victim),
        "other unit": cast.officer(ELSEWHERE),
    }[relation]  # fmt: skip
    step = {"status": "completed", "occurred_at": "2026-01-05T08:00:00+07:00", "evidence": {"kind": "self"}}

    tries = [
        caller.patch(path, {"name": "Của tôi"}),
        caller.put(f"{path}/onboarding/province_app", step),
        caller.post(f"{path}/representative/confirmation", {"resident_id": claimant.id}),
        *([caller.get(path)] if relation != "claimed" else []),
    ]

    assert [answer.status_code for answer in tries if answer.status_code not in (403, 404)] == []
