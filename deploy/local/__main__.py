"""`python -m deploy.local`: the whole platform in the foreground; `--end-with-parent` ends it with who started it."""

import os
import signal
import sys

from deploy.local import progress
from deploy.local.family import StartFailed
from deploy.local.foreground import die_with_parent
from deploy.local.launcher import Launcher
from deploy.local.postgres import PostgresNotStarted
from deploy.local.running import AlreadyRunning
from deploy.local.settings import SettingRefused, read_settings


def main() -> int:
    if "--end-with-parent" in sys.argv[1:]:
        die_with_parent(os.getppid(), signal.SIGTERM)
    try:
        Launcher(read_settings()).run()
    except (SettingRefused, AlreadyRunning, StartFailed, PostgresNotStarted) as error:
        progress.say(f"Ba Không cannot start: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
