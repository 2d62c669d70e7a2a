"""`make test-mutation`: changes one place of a rule at a time and runs its tests; a mutant that no test kills survives.

cosmic-ray finds the places and makes the mutants. They are run here, because its own runner starts an interpreter for
each and writes the mutant into the working tree: this one imports the libraries once, forks for each mutant, and gives the
mutated module to the child by an import hook.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import os
import re
import signal
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).parents[2]
RULES = Path(__file__).with_name("rules.toml")
PRELOADED = (
    "chassis.testing",
    "chassis.app",
    "sqlmodel",
    "fastapi",
    "hypothesis",
    "httpx",
    "aiohttp",
    "alembic",
    "asyncpg",
)
LEAST_SECONDS = 20.0
NO_RULE = re.compile(r"^@|Literal\[\d")
"""Lines of flags of a decorator (`frozen`, `slots`), and types that only mypy reads: a change has no effect."""
BARE_STAR = re.compile(r"(\(|^|, )\s*\*,")
"""The star before keyword-only parameters is no multiplication."""


@dataclass(frozen=True)
class Rule:
    """A module of rules, and the tests that state them."""

    name: str
    module: Path
    tests: tuple[str, ...]

    @property
    def imported_as(self) -> str:
        """`payments_qr.model.matching` of `services/payments-qr/payments_qr/model/matching.py`."""
        return ".".join(self.module.with_suffix("").parts[2:])


@dataclass(frozen=True)
class Mutant:
    """One changed place."""

    operator: str
    occurrence: int
    line: int
    code: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.operator.removeprefix('core/')} #{self.occurrence}"


class MutatedLoader(SourceFileLoader):
    """Loads a module from a text other than that of its file."""

    def __init__(self, name: str, path: str, code: str) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._code, self.path, "exec", dont_inherit=True)


class MutatedFinder(MetaPathFinder):
    """Finds one module, mutated."""

    def __init__(self, rule: Rule, code: str) -> None:
        self._name, self._path, self._code = rule.imported_as, str(ROOT / rule.module), code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return spec_from_file_location(fullname, self._path, loader=MutatedLoader(fullname, self._path, self._code))


def main() -> int:
    """Answers 1 when the tests fail without a mutant, or fewer mutants are killed than asked for."""
    arguments = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    arguments.add_argument("rules", nargs="*", help="names in rules.toml; all without any")
    arguments.add_argument("--minutes", type=float, default=60, help="end after so long, with what is known by then")
    arguments.add_argument("--least", type=float, default=0, help="percentage of mutants that must be killed")
    given = arguments.parse_args()
    operators, rules = read_rules()
    for library in PRELOADED:
        importlib.import_module(library)
    deadline, is_enough = time.monotonic() + given.minutes * 60, True
    for rule in rules:
        if not given.rules or rule.name in given.rules:
            is_enough &= test(rule, operators, deadline, given.least)
    return 0 if is_enough else 1


def read_rules() -> tuple[list[str], list[Rule]]:
    """The operators and the rules of rules.toml."""
    table: dict[str, Any] = tomllib.loads(RULES.read_text(encoding="utf-8"))
    operators = table.pop("operators")
    return operators, [Rule(name, Path(one["module"]), tuple(one["tests"])) for name, one in table.items()]


def test(rule: Rule, operators: Sequence[str], deadline: float, least: float) -> bool:
    """Run the mutants of a rule until the deadline and print the survivors; whether enough were killed."""
    began = time.monotonic()
    if not survives(rule, (ROOT / rule.module).read_text(encoding="utf-8"), 600):
        print(f"{rule.name}: its tests fail without a mutant", flush=True)
        return False
    seconds = max(LEAST_SECONDS, 5 * (time.monotonic() - began))
    mutants = sorted(mutants_of(rule, operators), key=lambda one: hashlib.sha256(str(one).encode()).digest())
    tested, survivors = 0, []
    for mutant in mutants:
        if time.monotonic() > deadline:
            break
        tested += 1
        if survives(rule, mutant.code, seconds):
            survivors.append(mutant)
    if not tested:
        print(f"{rule.name}: not tested, no time left", flush=True)
        return False
    killed = 100 * (tested - len(survivors)) / tested
    print(f"{rule.name}: {killed:.0f} % killed, {tested} of {len(mutants)} mutants tested", flush=True)
    for mutant in sorted(survivors, key=lambda one: one.line):
        print(f"  survived {rule.module}, {mutant}", flush=True)
    return killed >= least


def mutants_of(rule: Rule, operators: Sequence[str]) -> Iterator[Mutant]:
    """Every mutant of a module by these operators."""
    path = ROOT / rule.module
    source, tree = path.read_text(encoding="utf-8"), get_ast_from_path(path)
    lines = source.splitlines()
    for name in operators:
        operator = get_operator(name)()
        places = [place for node in ast_nodes(tree) for place in operator.mutation_positions(node)]
        for occurrence, (start, _) in enumerate(places):
            code = mutate_code(source, operator, occurrence)
            line = lines[start[0] - 1]
            is_star = "Mul_Div" in name and BARE_STAR.search(line)
            if code is not None and not is_star and not NO_RULE.search(line):
                yield Mutant(name, occurrence, start[0], code)


def survives(rule: Rule, code: str, seconds: float) -> bool:
    """Whether the tests of the rule pass with this text of its module; what takes too long is killed."""
    child = os.fork()
    if child == 0:
        _run_tests(rule, code)
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status == 0
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(0.02)


def _run_tests(rule: Rule, code: str) -> None:
    """In the child: never returns."""
    outcome = 1
    try:
        os.setpgid(0, 0)
        os.chdir(ROOT)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        sys.meta_path.insert(0, MutatedFinder(rule, code))
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:warnings", "-W", "ignore"]
        outcome = int(pytest.main([*options, *rule.tests]))
    finally:
        os._exit(1 if outcome else 0)


if __name__ == "__main__":
    sys.exit(main())
