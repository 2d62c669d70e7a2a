"""`make rebuild-reports`: replays the events into new projections that replace the old ones; the platform may run."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.local.keys import personal_data_keys
from deploy.local.postgres import EmbeddedPostgres, PostgresNotStarted
from deploy.local.running import read_note
from deploy.local.settings import LocalSettings, SettingRefused, read_settings


def main() -> int:
    """Returns the exit code of the rebuild."""
    try:
        settings = read_settings()
        with database_of(settings) as url:
            variables = {"DATABASE_URL": url} | _own_keys(settings)
            return subprocess.run([sys.executable, "-m", "reporting.rebuild"], env=os.environ | variables).returncode
    except (SettingRefused, PostgresNotStarted) as error:
        print(f"the reports cannot be rebuilt: {error}", file=sys.stderr)
        return 1


@contextlib.contextmanager
def database_of(settings: LocalSettings) -> Iterator[str]:
    """The server that the platform uses: the one it was given, the one it runs, or one started for this rebuild."""
    if settings.database_url is not None:
        yield settings.database_url
    elif note := read_note(settings.data_dir):
        yield str(note["database_url"])
    elif (settings.data_dir / "postgres.password").exists():
        with EmbeddedPostgres(settings.data_dir) as server:
            yield server.url
    else:
        raise PostgresNotStarted(f"there is no platform in {settings.data_dir}")


def _own_keys(settings: LocalSettings) -> dict[str, str]:
    directory: Path = settings.data_dir / "keys"
    made = personal_data_keys(directory) if directory.is_dir() else {}
    return {name: value for name, value in made.items() if name not in settings.given_keys}


if __name__ == "__main__":
    sys.exit(main())
