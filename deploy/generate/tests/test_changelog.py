"""The changelog follows from the inventories of the releases and the document of today."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.generate.changelog import changelog, inventory, since_release
from deploy.generate.files import OPENAPI, ROOT

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/v1/units": {"get": {"parameters": [{"name": "level", "in": "query"}, {"name": "Accept", "in": "header"}]}},
        "/v1/old": {"get": {"deprecated": True}},
    },
    "components": {"schemas": {"registry.UnitView": {"properties": {"code": {}, "name": {}}}}},
}


def test_an_inventory_names_operations_parameters_and_fields() -> None:
    assert inventory(DOCUMENT) == [
        "GET /v1/old", "GET /v1/old deprecated", "GET /v1/units", "GET /v1/units ?level",
        "registry.UnitView .code", "registry.UnitView .name",
    ]  # fmt: skip


def test_what_is_new_and_what_is_gone_stands_under_the_present_version(tmp_path: Path) -> None:
    (tmp_path / "0.9.0.txt").write_text("GET /v1/gone\nGET /v1/old\nGET /v1/units\nregistry.UnitView .code\n")
    page = changelog(DOCUMENT, tmp_path)

    assert "**Added**\n\n- `GET /v1/old deprecated`\n- `GET /v1/units`: `level`\n- `registry.UnitView`: `name`" in page
    assert "**Removed**\n\n- `GET /v1/gone`" in page
    assert page.endswith("## 0.9.0\n\nThe first version: 3 operations.\n")


@pytest.mark.parametrize(
    ("version", "released", "refused"),
    [
        ("1.1.0", ["GET /v1/units", "GET /v1/units ?level"], []),
        ("1.1.0", ["GET /v1/gone", "GET /v1/units ?kind"], ["GET /v1/gone of 1.0.0", "GET /v1/units ?kind of 1.0.0"]),
        ("1.1.0", ["registry.Renamed .code"], []),
        ("2.0.0", ["GET /v1/gone"], []),
        ("1.0.0", ["GET /v1/units"], ["1.0.0 is released with another document"]),
        ("1.0.0", inventory(DOCUMENT), []),
    ],
)
def test_the_version_says_whether_users_of_the_last_release_find_everything(
    version: str, released: list[str], refused: list[str], tmp_path: Path
) -> None:
    (tmp_path / "1.0.0.txt").write_text("\n".join(released) + "\n")

    found = since_release(DOCUMENT, version, tmp_path)

    assert len(found) == len(refused)
    assert all(one.startswith(start) for one, start in zip(found, refused, strict=True))


def test_the_document_of_today_keeps_what_the_last_release_promised() -> None:
    assert since_release(json.loads((ROOT / OPENAPI).read_text(encoding="utf-8"))) == []
