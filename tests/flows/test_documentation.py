"""Every block of shell in the pages for partners and for makers of apps runs against a platform, as a reader would paste it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("docs/integration.md", "docs/app.md", "docs/vi/ung-dung.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NOT_RUN = ("git clone", "make ")
FAILED = re.compile(r'"type": ?"[^"]*/problems/|Traceback|^BAD ')
"""A problem document as an answer; a list of deliveries may contain refused ones."""

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_run(page: str, platform_url: str, tmp_path: Path) -> None:
    blocks = [
        block for block in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")) if not block.startswith(NOT_RUN)
    ]
    (tmp_path / "clients").symlink_to(ROOT / "clients")
    script = "set -eu\n" + "\n".join(blocks)

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=os.environ | {"url": platform_url},
        capture_output=True,
        text=True,
        check=False,
    )

    assert blocks
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert [line[-300:] for line in done.stdout.splitlines() if FAILED.search(line)] == []
