"""The code serves any province: the name of one stands in its pack, in documents and in tests alone."""

import re
import subprocess
from pathlib import Path
from unicodedata import normalize

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"thanh[\s_-]*h(?:óa|oá|oa)", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"^(docs|deploy/provinces|tests)/"  # documents; the packs; tests run with the pack of the release
    r"|/tests/|\.md$"
    r"|^gateway/gateway/api_docs/examples\.json$"  # recorded from the demo of the pack of the release
)
THE_DEFAULT = 'DEFAULT_PROVINCE = Path("deploy/provinces/thanh-hoa")'


def test_the_name_of_a_province_is_only_in_its_pack() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name in listed.split("\0")
        if name and not ELSEWHERE.search(name)
        for number, line in enumerate(lines_of(ROOT / name), start=1)
        if NAME.search(line) and THE_DEFAULT not in line
    ]
    assert found == []


def test_the_setting_has_one_default() -> None:
    settings = (ROOT / "libs/chassis/chassis/settings.py").read_text()
    assert settings.count(THE_DEFAULT) == 1


def lines_of(file: Path) -> list[str]:
    try:
        return normalize("NFC", file.read_text("utf-8")).splitlines()
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return []
