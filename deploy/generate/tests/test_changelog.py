"""The changelog follows from the inventories of the releases and the document of today."""

from pathlib import Path
from typing import Any

from deploy.generate.changelog import changelog, inventory

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
