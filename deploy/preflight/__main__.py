"""`python -m deploy.preflight`: what is wrong with this machine, its keys, its certificate and its versions; changes nothing."""

from __future__ import annotations

import sys

from deploy.preflight.checks import findings
from deploy.preflight.stack import read_settings


def main() -> int:
    """1 when something is wrong; each finding is one line."""
    found = list(findings(read_settings()))
    for finding in found:
        print(finding, file=sys.stderr)
    if found:
        print("Nothing was changed.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
