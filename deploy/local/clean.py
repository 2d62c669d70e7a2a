"""`python -m deploy.local.clean`: removes the data of `make run`, wherever it was put. Needs the standard library only."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from deploy.local.postgres import SHARED_PLACES
from deploy.local.running import is_in_use
from deploy.local.settings import data_dir_of


def clean(data_dir: Path) -> list[Path]:
    """Remove `data_dir`, the place it remembers and copied programs; returns what was removed."""
    note = data_dir / "postgres.place"
    places = [Path(note.read_text().strip())] if note.exists() else []
    for shared in SHARED_PLACES:
        places += shared.glob("programs-*")
    removed = [place for place in (*places, data_dir) if place.is_dir()]
    for place in removed:
        shutil.rmtree(place)
    return removed


def main() -> int:
    data_dir = data_dir_of()
    if is_in_use(data_dir):
        print(f"Ba Không still runs on {data_dir}: stop it first", file=sys.stderr)
        return 1
    for place in clean(data_dir):
        print(f"removed {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
