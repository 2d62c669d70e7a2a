"""The check of a pack by its command: every service's part, each fault a line; the packs that we have pass."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.preflight.province import check_province

ROOT = Path(__file__).parents[3]
SECOND = ROOT / "tests/provinces/song-ngan"
PACKS = [*(each.parent for each in sorted((ROOT / "deploy/provinces").glob("*/province.toml"))), SECOND]


def check(folder: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "deploy.provinces", str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("pack", PACKS, ids=[pack.name for pack in PACKS])
def test_every_pack_that_we_have_can_be_used(pack: Path) -> None:
    assert check(pack) == (0, "")


def test_the_faults_of_every_service_are_named_at_once(tmp_path: Path) -> None:
    pack = Path(shutil.copytree(SECOND, tmp_path / "tinh"))
    write(pack / "units.csv", "99812,,,commune", "99812,,,hamlet")
    write(pack / "procedures/9.000001.yaml", "choices: purposes", "choices: reasons")
    write(pack / "calendar.yaml", '"14:30"', '"half past two"')
    write(pack / "commune_points.csv", "99811,15.10", "99811,151.0")

    code, said = check(pack)

    assert code == 1
    for part in ("units.csv, line 6, level", "9.000001.yaml", "same_day_cutoff", "commune_points.csv"):
        assert part in said, (part, said)


def test_units_that_do_not_fit_together_are_named(tmp_path: Path) -> None:
    pack = Path(shutil.copytree(SECOND, tmp_path / "tinh"))
    write(pack / "units.csv", "98,,,province,city,,Sông Ngân", "97,,,province,city,,Sông Ngân")
    write(pack / "successions.csv", "99811,99802", "99811,99899")

    code, said = check(pack)

    assert code == 1
    assert "no unit of level province has the code 98 and the name Sông Ngân" in said
    assert "units.csv, line 3, parent_code: No such parent on that day" in said
    assert "successions.csv, line 3, code: No unit has this code on that day" in said


def test_the_preflight_says_what_is_wrong_with_the_pack(tmp_path: Path) -> None:
    assert check_province("") == []
    [finding] = check_province(str(tmp_path / "nowhere"))
    assert (finding.check, "there is no such folder" in finding.problem) == ("province", True)


def write(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
