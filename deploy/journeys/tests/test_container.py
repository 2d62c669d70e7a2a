"""The container of the journeys has what it imports, and its accounts' file may be empty."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import yaml

from deploy.journeys.accounts import Accounts, JourneyAccount, JourneyPartner

ROOT = Path(__file__).parents[3]
STACK = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["journeys"]


def test_what_is_mounted_is_all_that_the_process_imports(tmp_path: Path) -> None:
    for volume in STACK["volumes"]:
        source, place = volume.split(":")[:2]
        if source.startswith("./"):
            target = tmp_path / place.removeprefix("/srv/")
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, target)

    done = subprocess.run(
        [sys.executable, "-c", "import deploy.journeys.__main__ as main; print(main.__file__)"],
        cwd=tmp_path, env={"PATH": "/usr/bin"}, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path))


def test_an_empty_file_means_that_nothing_is_prepared_and_writing_keeps_the_file(tmp_path: Path) -> None:
    file = tmp_path / "journeys.json"
    assert Accounts.read(file) is None
    file.touch(0o444)
    assert Accounts.read(file) is None
    place = file.stat().st_ino
    login = JourneyAccount(login="tap-huan-1", secret="1")
    accounts = Accounts(
        resident=login, resident_id="r", officer=login, merchant_id="m", procedure="2.000635",
        partner=JourneyPartner(id="p", webhook_secret="whsec_", client_id="p", client_secret="s"),
        prepared_at=datetime(2026, 11, 30, tzinfo=UTC),
    )  # fmt: skip

    accounts.write(file)

    assert Accounts.read(file) == accounts
    assert file.stat().st_ino == place
