"""`python -m deploy.observability`: writes the configuration of Alertmanager from `ALERTS_TO`, and prints whom alerts reach."""

import sys

from deploy.observability.receivers import ReceiversRefused, write_receivers
from deploy.preflight.stack import read_settings


def main() -> int:
    """2 when a setting makes no sense; then nothing is changed."""
    try:
        for line in write_receivers(read_settings()):
            print(line)
    except ReceiversRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
