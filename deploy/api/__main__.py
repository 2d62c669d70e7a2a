"""`python -m deploy.api [folder]`: writes `openapi.json` and `asyncapi.json`, by default to docs/api/, and the door's tables."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from deploy.api.asyncapi import describe_events
from deploy.local.services import EVERYTHING, package_of
from gateway.documents import ask_all, merge, write_tables

FOLDER = Path(__file__).parents[2] / "docs/api"


def main(folder: Path = FOLDER) -> int:
    """Write the documents as the services of this tree describe themselves."""
    folder.mkdir(parents=True, exist_ok=True)
    answers = ask_all()
    write_tables(answers)
    _write(folder / "openapi.json", merge({service: answer["openapi"] for service, answer in answers.items()}))
    described = {name: importlib.import_module(f"{package_of(name)}.app").service for name in EVERYTHING}
    _write(folder / "asyncapi.json", describe_events({name: service.reactions for name, service in described.items()}))
    return 0


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
