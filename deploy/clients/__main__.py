"""`make clients [ONLY="python go"]`: the packages of the API's clients in `dist/`. Exit 3 where a toolchain is absent."""

import sys

from deploy.clients.generator import ToolchainAbsent
from deploy.clients.languages import LANGUAGES


def main(names: list[str]) -> int:
    """Returns the exit code."""
    absent = False
    for name in names or list(LANGUAGES):
        try:
            print(f"{name:<11} {LANGUAGES[name]()}", flush=True)
        except ToolchainAbsent as missing:
            absent = True
            print(f"{name:<11} skipped: {missing}", flush=True)
    return 3 if absent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
