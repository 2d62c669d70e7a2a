"""Every table has a row with how long its rows are kept, and the page names no table that is gone."""

import importlib
import re
from importlib.resources import files
from pathlib import Path

import pytest

from contracts.services import GATEWAY, SERVICES, package_of

PAGE = (Path(__file__).parents[2] / "docs/retention.md").read_text()
SECTIONS = dict(
    zip(re.findall(r"^## (.+)$", PAGE, re.MULTILINE), re.split(r"^## .+$", PAGE, flags=re.MULTILINE)[1:], strict=True)
)
TITLES = {"payments-qr": "Payments"}


def tables_on_the_page(title: str) -> set[str]:
    rows = re.findall(r"^\| (`[^|]+) \|", SECTIONS[title], re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}


@pytest.mark.parametrize("name", [*(service.name for service in SERVICES), GATEWAY])
def test_every_table_of_a_service_has_its_row(name: str) -> None:
    service = importlib.import_module(f"{package_of(name)}.app").service

    assert tables_on_the_page(TITLES.get(name, name.capitalize())) == {
        table.name for table in service.metadata.tables.values()
    }


def test_every_table_of_the_chassis_has_its_row() -> None:
    scripts = "".join(path.read_text() for path in files("chassis").iterdir() if path.name.endswith(".sql"))
    made = set(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?([a-z_]+)", scripts))

    assert tables_on_the_page("In every service") == made
