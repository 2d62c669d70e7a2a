"""`python -m deploy.backup`: backup and restore of the compose stack's PostgreSQL; keys are never part of it.

base FOLDER              one base backup while everything serves, and the log up to now
log FOLDER               the log since the last time: every few minutes, by cron
restore FOLDER [--until "2026-11-22 08:30:00+07"]   into an empty stack with a new bus
check-keys               are all keys available with which the data were encrypted?
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from contracts.services import EVERY_PROCESS
from deploy.backup.restoring import newest_base, restore
from deploy.backup.server import ComposeServer, NotDone, compose
from deploy.backup.taking import take_base, take_log

SECRETS = Path(__file__).parents[1] / "secrets"


def main(arguments: list[str]) -> int:
    """Do what is asked; 1 with a sentence where it cannot be done."""
    given = _parser().parse_args(arguments)
    try:
        for line in given.action(given):
            print(line)
    except NotDone as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _base(given: argparse.Namespace) -> list[str]:
    taken = take_base(ComposeServer(), given.folder, SECRETS)
    size = sum(path.stat().st_size for path in taken.iterdir())
    return [f"{taken}: {size / 1e6:,.1f} MB", *_log(given)]


def _log(given: argparse.Namespace) -> list[str]:
    return [f"{len(take_log(ComposeServer(), given.folder))} segments of the log taken"]


def _restore(given: argparse.Namespace) -> list[str]:
    base = given.folder / given.base if given.base else newest_base(given.folder)
    return [*restore(given.folder, SECRETS, base=base, until=given.until), "start with: docker compose up --wait"]


def _check_keys(given: argparse.Namespace) -> list[str]:
    findings, missing = [], []
    for name in EVERY_PROCESS:  # all of them, whatever one lacks: who puts a key back wants to know all at once
        try:
            findings.append(compose("run", "--rm", "--no-deps", "-T", f"{name}-migrate", "check-keys").strip())
        except NotDone as reason:
            missing.append(str(reason))
    if missing:
        raise NotDone("\n".join([*findings, *missing]))
    return findings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.backup", description=__doc__)
    actions = parser.add_subparsers(required=True)
    for name, action in (("base", _base), ("log", _log), ("restore", _restore)):
        one = actions.add_parser(name)
        one.add_argument("folder", type=Path)
        one.set_defaults(action=action)
        if name == "restore":
            one.add_argument("--base", help="the name of a base backup in the folder; the newest without it")
            one.add_argument("--until", help="a moment with its offset; without it to the end of the log")
    actions.add_parser("check-keys").set_defaults(action=_check_keys)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
