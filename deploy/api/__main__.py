"""`python -m deploy.api [folder]`: writes `openapi.json` and `asyncapi.json`, by default to docs/api/, and the door's tables.

It refuses to overwrite a document whose promises the new one breaks, unless BREAKING=1 says that this is meant.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contracts.services import EVERY_PROCESS, package_of
from deploy.api.asyncapi import describe_events
from deploy.api.promises import broken_facts, broken_promises
from gateway.documents import ask_all, merge, write_tables

FOLDER = Path(__file__).parents[2] / "docs/api"


def main(folder: Path = FOLDER) -> int:
    """Write the documents as the services of this tree describe themselves."""
    folder.mkdir(parents=True, exist_ok=True)
    answers = ask_all()
    api = merge({service: answer["openapi"] for service, answer in answers.items()})
    described = {name: importlib.import_module(f"{package_of(name)}.app").service for name in EVERY_PROCESS}
    events = describe_events({name: service.handlers for name, service in described.items()})
    openapi, asyncapi = folder / "openapi.json", folder / "asyncapi.json"
    broken = _compared(openapi, api, broken_promises) + _compared(asyncapi, events, broken_facts)
    if broken and os.environ.get("BREAKING") != "1":
        print("Promises to those who use the API would be broken; BREAKING=1 writes all the same:", *broken, sep="\n  ")
        return 1
    write_tables(answers)
    _write(openapi, api)
    _write(asyncapi, events)
    return 0


def _compared(path: Path, after: Any, compare: Callable[[Any, Any], list[str]]) -> list[str]:
    return compare(json.loads(path.read_text(encoding="utf-8")), after) if path.exists() else []


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
