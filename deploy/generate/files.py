"""Every file that is written by a program: its path in the repository and its text, from the code of this tree."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.event import Event
from contracts.services import EVERY_PROCESS, package_of
from deploy.generate.asyncapi import describe_events
from deploy.generate.changelog import changelog
from deploy.generate.event_tables import EventUse, events_page, overview, with_block
from deploy.generate.levels import levels_page
from gateway.api_docs.openapi import describe_all, generated_tables, merge, problems_of
from gateway.api_docs.openapi30 import as_openapi_30

EVENTS_READ = "gateway/gateway/api_docs/assets/asyncapi.json"
"""What the reader of the events loads; a compact copy in the package of the gateway."""
ROOT = Path(__file__).parents[2]
OPENAPI, OPENAPI_30, ASYNCAPI = "docs/api/openapi.json", "docs/api/openapi-3.0.json", "docs/api/asyncapi.json"


def generated_files(root: Path = ROOT) -> dict[str, str]:
    """Path and text of every generated file; pages that are generated in part keep the rest of what `root` has."""
    described = describe_all()
    documents = {service: answer["openapi"] for service, answer in described.items()}
    api = merge(documents, problems_of(described))
    use = EventUse(handled_events(), root)
    return {
        OPENAPI: _json(api),
        OPENAPI_30: _json(as_openapi_30(_from_json(_json(api)))),
        ASYNCAPI: _json(describe_events(use)),
        EVENTS_READ: json.dumps(describe_events(use), ensure_ascii=False, default=str, separators=(",", ":")) + "\n",
        **{_in_root(path): text for path, text in generated_tables(described).items()},
        "docs/api/CHANGELOG.md": changelog(_from_json(_json(api))),
        "docs/events.md": events_page(use),
        "docs/levels.md": levels_page(api),
        "README.md": with_block((root / "README.md").read_text(encoding="utf-8"), overview(use)),
    }


def handled_events() -> dict[str, tuple[type[Event], ...]]:
    """The events that each process handles."""
    return {name: tuple(importlib.import_module(f"{package_of(name)}.app").service.handlers) for name in EVERY_PROCESS}


def _in_root(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n"


def _from_json(text: str) -> Any:
    """As a reader of the written document gets it: plain JSON values only."""
    return json.loads(text)
