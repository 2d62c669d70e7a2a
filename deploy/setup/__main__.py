"""`python -m deploy.setup`: asks what a deployment needs, writes `.env`, makes the secrets, and prints the next steps.

--answers FILE   lines NAME=answer, in place of questions; variables of the environment of the same names win
--unattended     asks nothing: ends with a sentence for each missing answer
finish           what needs the running stack: the first operator and the first partner (make up does it)

It can be run again: it asks only what is missing and replaces no setting and no key.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
from dotenv import dotenv_values

from deploy.preflight.stack import SETTINGS_FILE, read_settings
from deploy.setup.asking import AnswersMissing, at_terminal, collect
from deploy.setup.finishing import finish, is_wanted
from deploy.setup.questions import FROM_ACME, OWN_KEYCLOAK, QUESTIONS, Answers
from deploy.setup.writing import CITIZENS_SECRET, CLIENT_SECRET, SetupRefused, write

SECRETS = Path(__file__).parents[1] / "secrets"
NOT_DONE = (AnswersMissing, SetupRefused, httpx.HTTPError)


def main(arguments: list[str], file: Path = SETTINGS_FILE, secrets: Path = SECRETS) -> int:
    """Do what is asked; 1 with sentences where an answer is missing or cannot be used."""
    given = _parser().parse_args(arguments)
    try:
        for line in _finish(file, secrets) if given.what == "finish" else _set_up(given, file, secrets):
            print(line)
    except NOT_DONE as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _set_up(given: argparse.Namespace, file: Path, secrets: Path) -> Iterator[str]:
    asks = not given.unattended and sys.stdin.isatty()
    answers = collect(_known(given.answers, file, secrets), at_terminal if asks else None)
    yield from write(answers, file, secrets)
    yield from next_steps(answers)


def _finish(file: Path, secrets: Path) -> Iterator[str]:
    settings = read_settings(file)
    if is_wanted(settings):
        yield from finish(settings, secrets)


def _known(answers_file: Path | None, file: Path, secrets: Path) -> dict[str, str]:
    """Answers that are not asked for: given now, or there from before."""
    names = [question.name for question in QUESTIONS]
    known: dict[str, str | None] = {**(dotenv_values(answers_file) if answers_file else {}), **os.environ}
    known |= dotenv_values(file) if file.exists() else {}
    for name, kept in (("SETUP_OIDC_CLIENT_SECRET", CLIENT_SECRET), ("SETUP_CITIZENS_CLIENT_SECRET", CITIZENS_SECRET)):
        if (secrets / kept).exists() and (there := (secrets / kept).read_text().strip()):
            known[name] = there
    return {name: value for name in names if (value := known.get(name)) is not None}


def next_steps(answers: Answers | Mapping[str, str]) -> Iterator[str]:
    """What is to do next, in order."""
    domain = answers["DOMAIN"]
    steps = [
        "Copy deploy/secrets/pii_keys and deploy/secrets/pii_index_keys into a safe: no backup holds them, and without them"
        " a backup cannot be read.",
        f"{domain} must lead to this machine, and port 443 must be open to it"
        + (": the certificate's authority asks there." if answers["SETUP_CERTIFICATE"] == FROM_ACME else "."),
        "make up",
    ]
    if answers["SETUP_SIGN_IN"] == OWN_KEYCLOAK:
        steps.append("It ends with how the first operator signs in.")
        if issuer := answers.get("SETUP_CITIZENS_ISSUER"):
            callback = f"https://{domain}/id/realms/bakhong/broker/citizens/endpoint"
            steps.append(f"Name the address of return to {issuer}: {callback}")
    else:
        steps.append(
            "Give one account at your provider the claim bakhong_role=operator: it registers the first partner."
        )
    steps.append("make backup TO=/srv/backup, and from then on by cron (docs/operations.md).")
    yield "Next:"
    yield from (f"  {number}. {step}" for number, step in enumerate(steps, 1))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.setup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=["finish"])
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--unattended", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
