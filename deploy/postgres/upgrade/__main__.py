"""`python -m deploy.postgres.upgrade`: another major version of PostgreSQL under the compose stack.

rehearse IMAGE   copies everything into it while the stack serves, compares, prints how long it takes, and removes the copy
upgrade IMAGE    for real: stops what writes, copies, compares every table, and serves from the new volume; the old one stays
back             the way back: the same into the version of before, with everything that was accepted since
confirm          removes the volume of before
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from deploy.backup.server import NotDone
from deploy.postgres.upgrade.moving import back, confirm, rehearse, upgrade

WITH_IMAGE = {"rehearse": rehearse, "upgrade": upgrade}
ALONE = {"back": back, "confirm": confirm}


def main(arguments: list[str]) -> int:
    """Do what is asked; 1 with a sentence where it cannot be done: the stack serves as before then."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.postgres.upgrade",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    for name in WITH_IMAGE:
        actions.add_parser(name).add_argument("image", help="such as postgres:18.1")
    for name in ALONE:
        actions.add_parser(name)
    try:
        for line in _lines(parser.parse_args(arguments)):
            print(line)
    except NotDone as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _lines(given: argparse.Namespace) -> Iterator[str]:
    if given.action in WITH_IMAGE:
        return WITH_IMAGE[given.action](given.image)
    return ALONE[given.action]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
