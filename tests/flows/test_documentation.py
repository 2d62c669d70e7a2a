"""Every block of shell in the pages for partners, app makers and officers runs against a platform, as a reader pastes it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (
    "docs/integration.md",
    "docs/app.md",
    "docs/vi/ung-dung.md",
    "docs/vi/doi-tac.md",
    "docs/vi/ke-hoach-cua-xa.md",
    "docs/vi/mot-cua.md",
)
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"^<!-- tệp: (\S+) -->\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
"""A block that the reader saves under a name."""
NOT_RUN = ("git clone", "make ")
FAILED = re.compile(r'"type": ?"[^"]*/problems/|Traceback|^BAD ')
"""A problem document as an answer; a list of deliveries may contain refused ones."""

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_run(page: str, platform_url: str, tmp_path: Path) -> None:
    content = (ROOT / page).read_text(encoding="utf-8")
    blocks = [block for block in BLOCK.findall(content) if not block.startswith(NOT_RUN)]
    for name, text in FILE.findall(content):
        (tmp_path / name).write_text(text, encoding="utf-8")
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
