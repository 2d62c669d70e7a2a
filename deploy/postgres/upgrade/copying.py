"""One server's roles and databases into another one, of a newer or an older version, and the comparison of both.

A dump and not `pg_upgrade`: that needs the programs of both versions in one place, and each image of PostgreSQL holds one.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping

from deploy.backup.server import NotDone, Programs

PSQL = ("-q", "-X", "-v", "ON_ERROR_STOP=1", "-d")
COUNTS = r"""
SELECT format('SELECT %L, count(*) FROM %I.%I', schemaname || '.' || tablename, schemaname, tablename)
FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 \gexec
SELECT format('SELECT %L, last_value FROM %I.%I', schemaname || '.' || sequencename || ' (sequence)', schemaname, sequencename)
FROM pg_sequences ORDER BY 1 \gexec
"""


def databases(server: Programs) -> list[str]:
    """The databases of the services."""
    question = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
    return server.run("psql", *PSQL, "postgres", "-Atc", question).split()


def copy(old: Programs, new: Programs) -> None:
    """Everything of `old` into `new`, which is empty; NotDone at the first statement that `new` refuses."""
    _run_script(new, _roles(old), "postgres")
    for database in databases(old):
        with tempfile.TemporaryFile() as dump:
            old.run("pg_dump", "--create", database, into=dump)
            dump.seek(0)
            new.run("psql", *PSQL, "postgres", out_of=dump)
    new.run("vacuumdb", "--all", "--analyze-only", "--quiet")


def count(server: Programs) -> dict[str, int]:
    """Rows of each table and the position of each sequence, by `database.schema.name`."""
    counted = {}
    for database in databases(server):
        for line in _run_script(server, COUNTS, database).splitlines():
            name, _, number = line.rpartition("|")
            counted[f"{database}.{name}"] = int(number or 0)
    return counted


def differences(wanted: Mapping[str, int], there: Mapping[str, int]) -> list[str]:
    """A sentence for each table and sequence that is not the same."""
    return [
        f"{name}: {there.get(name, 'nothing')} in place of {wanted.get(name, 'nothing')}"
        for name in sorted({*wanted, *there})
        if wanted.get(name) != there.get(name)
    ]


def version_of(server: Programs) -> int:
    """The major version."""
    return int(server.run("psql", *PSQL, "postgres", "-Atc", "SHOW server_version_num")) // 10_000


def _roles(server: Programs) -> str:
    """Statements that make the roles with their passwords; the one that the new server was made with is there already."""
    own = server.run("psql", *PSQL, "postgres", "-Atc", "SELECT current_user").strip()
    statements = server.run("pg_dumpall", "--roles-only")
    return re.sub(rf"^(CREATE|ALTER) ROLE {re.escape(own)}\b.*;$", "", statements, flags=re.MULTILINE)


def _run_script(server: Programs, script: str, database: str) -> str:
    with tempfile.TemporaryFile() as file:
        file.write(script.encode())
        file.seek(0)
        return server.run("psql", *PSQL, database, "-At", out_of=file)


def must_be_equal(wanted: Mapping[str, int], there: Mapping[str, int]) -> None:
    """NotDone where a row is missing or too many."""
    if found := differences(wanted, there):
        raise NotDone("The copy is not the same: " + "; ".join(found[:20]))
