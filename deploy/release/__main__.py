"""`python -m deploy.release`: what `make up` and `make rollback` run.

up         checks the machine and the settings, makes missing secrets, builds and starts the release of this checkout
rollback   starts the release before it again
"""

from __future__ import annotations

import sys

from deploy.backup.server import NotDone
from deploy.release.starting import rollback, up

ACTIONS = {"up": up, "rollback": rollback}


def main(arguments: list[str]) -> int:
    """Do what is asked; 1 with sentences where it cannot be done."""
    if len(arguments) != 1 or arguments[0] not in ACTIONS:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        for line in ACTIONS[arguments[0]]():
            print(line)
    except NotDone as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
