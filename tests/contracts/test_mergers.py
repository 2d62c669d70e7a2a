"""Every table with a unit has a row with its rule for a merger, and the page names no table that is gone."""

import importlib
import re
from pathlib import Path

import pytest

from contracts.services import GATEWAY, SERVICES, package_of

PAGE = (Path(__file__).parents[2] / "docs/mergers.md").read_text()
SECTIONS = dict(
    zip(re.findall(r"^## (.+)$", PAGE, re.MULTILINE), re.split(r"^## .+$", PAGE, flags=re.MULTILINE)[1:], strict=True)
)
TITLES = {"payments-qr": "Payments"}
ELSEWHERE = {"registry", "onboarding"}
"""These have tables of their own, with a test each."""


@pytest.mark.parametrize("name", [*sorted({service.name for service in SERVICES} - ELSEWHERE), GATEWAY])
def test_every_table_with_a_unit_has_a_row_with_its_rule_for_a_merger(name: str) -> None:
    service = importlib.import_module(f"{package_of(name)}.app").service
    section = SECTIONS[TITLES.get(name, name.capitalize())]
    rows = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)

    named = {table for row in rows for table in re.findall(r"`([a-z_]+)`", row)}

    assert named == {
        table.name
        for table in service.metadata.tables.values()
        if any("unit_id" in column.name or "unit_code" in column.name for column in table.columns)
    }
