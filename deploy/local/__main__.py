"""`python -m deploy.local [--end-with PID]`: the whole platform in the foreground, at most as long as that process lives."""

import argparse
import sys

from deploy.local import progress
from deploy.local.launcher import Launcher
from deploy.local.postgres import PostgresNotStarted
from deploy.local.running import AlreadyRunning
from deploy.local.settings import SettingRefused, read_settings
from deploy.local.supervisor import StartFailed


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m deploy.local")
    arguments.add_argument("--end-with", type=int, metavar="PID", help="stop when this process is gone")
    try:
        Launcher(read_settings(), end_with=arguments.parse_args().end_with).run()
    except (SettingRefused, AlreadyRunning, StartFailed, PostgresNotStarted) as error:
        progress.show(f"Ba Không cannot start: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
