"""The table of authority, printed, and held against every operation of the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chassis.ids import new_id
from reporting.model.authority import AUTHORITY
from services.reporting.tests.conftest import registered
from services.reporting.tests.test_progress import numbers

pytestmark = pytest.mark.usefixtures("units")
ROLES: dict[str, dict[str, Any]] = {
    "officer": {"unit_code": "15727-01"}, "auditor": {"unit_code": "15727-01"}, "operator": {}, "service": {},
    "volunteer": {"unit_code": "15727-01"}, "resident": {"resident_id": new_id()},
    "organization": {"organization_id": new_id()}, "partner": {"partner_id": "demo-bank"},
}  # fmt: skip
UNITS = {"in unit": "15727-01", "other unit": "15727-02"}


def is_allowed(action: str, role: str, relation: str) -> bool:
    return any(each.action == action and each.role == role and each.relation in (relation, "any") for each in AUTHORITY)


def test_the_table_of_authority() -> None:
    for right in AUTHORITY:
        print(f"{right.action:16} {right.role:10} {right.relation:10} second person: never")  # noqa: T201
    assert len(set(AUTHORITY)) == len(AUTHORITY)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("relation", UNITS)
async def test_every_role_reads_what_the_table_allows_and_nothing_else(
    role: Any, relation: str, deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    unit = UNITS[relation]
    await deliver(registered(unit), registered(unit))
    client = calling(role, **ROLES[role])

    exact = (2, None) if is_allowed("exact figures", role, relation) else (None, None)
    assert await numbers(client, unit, "residents") == exact
    for action, path in (("export", "export?format=csv&unit_code="), ("reconciliation", "reconciliation?unit_code=")):
        answer = await client.get(f"/v1/reports/{path}{unit}")
        assert answer.status_code == (200 if is_allowed(action, role, relation) else 403), (action, answer.text)
