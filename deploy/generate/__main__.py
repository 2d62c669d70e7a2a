"""`make generate`: writes every generated file. `--check` compares instead, and names each file that differs.

It refuses to write a document that breaks what users of the one before rely on, unless BREAKING=1 is set, and one that its
semantic version does not allow after the last release.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from deploy.generate.changelog import since_release
from deploy.generate.compatibility import breaking_api_changes, breaking_event_changes
from deploy.generate.files import ASYNCAPI, OPENAPI, ROOT, generated_files
from gateway.api_docs.meanings import counts

COMPARED = {OPENAPI: breaking_api_changes, ASYNCAPI: breaking_event_changes}


def main() -> int:
    """Returns the exit code."""
    arguments = argparse.ArgumentParser(prog="python -m deploy.generate")
    arguments.add_argument(
        "--check", action="store_true", help="compare with the files of the repository, write nothing"
    )
    return check() if arguments.parse_args().check else write(may_break=os.environ.get("BREAKING") == "1")


def write(root: Path = ROOT, *, may_break: bool = False) -> int:
    """Write every generated file below `root`; 1 and nothing written when a document would break its users."""
    files = generated_files(root)
    broken = [] if may_break else broken_by(files, root) + since_release(json.loads(files[OPENAPI]))
    if broken:
        print("Users of the API would be broken; BREAKING=1 writes all the same:", *broken, sep="\n  ")
        return 1
    for path in write_files(files, root):
        print(f"wrote {path}")
    print_counts(files[OPENAPI])
    return 0


def print_counts(document: str) -> None:
    """How much of the API document has a description or an example."""
    for what, (having, whole) in counts(json.loads(document)).items():
        print(f"{what:<26} {having:>5} of {whole:>5}  {100 * having / (whole or 1):5.1f} %")


def check(root: Path = ROOT) -> int:
    """Compare byte for byte with what the code gives now; 1 where a file differs."""
    with tempfile.TemporaryDirectory() as folder:
        files = generated_files(root)
        write_files(files, Path(folder))
        stale = [path for path in files if _bytes(root / path) != _bytes(Path(folder) / path)]
    for path in stale:
        print(f"{path} is not what the code gives: run make generate and commit it")
    return 1 if stale else 0


def broken_by(files: Mapping[str, str], root: Path) -> list[str]:
    """What users of the present documents below `root` would miss in the new ones."""
    found = []
    for path, compare in COMPARED.items():
        if (root / path).exists():
            found += compare(json.loads((root / path).read_text(encoding="utf-8")), json.loads(files[path]))
    return found


def write_files(files: Mapping[str, str], root: Path) -> list[str]:
    """Write what differs; answers those paths."""
    written = []
    for path, text in files.items():
        target = root / path
        if _bytes(target) != text.encode():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
            written.append(path)
    return written


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
