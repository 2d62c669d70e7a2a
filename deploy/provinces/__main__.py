"""`python -m deploy.provinces FOLDER`: whether a pack of a province can be used; each fault is a line. Starts nothing."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

from contracts.services import EVERY_PROCESS, package_of


def check(folder: Path) -> list[str]:
    """What is wrong with a pack, by the checks of every service that reads of it.

    Only for a process of its own: services keep the pack that they read first.
    """
    os.environ["PROVINCE_DIR"] = str(folder.absolute())
    from province import PackRefused, get_pack

    try:
        get_pack()
    except PackRefused as refused:
        return refused.faults
    found: list[str] = []
    for name in EVERY_PROCESS:
        for checked in importlib.import_module(f"{package_of(name)}.app").service.checks:
            try:
                checked()
            except PackRefused as refused:
                found += refused.faults
            except (ValueError, OSError) as error:
                found.append(str(error))
    return list(dict.fromkeys(found))


def main(arguments: list[str]) -> int:
    """1 when the pack cannot be used."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = check(Path(arguments[0]))
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        print(f"{arguments[0]} can be used.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
