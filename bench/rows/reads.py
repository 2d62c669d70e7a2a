"""A resident reads their own record, an officer reads one: at the service, and through the gateway."""

from uuid import UUID

from bench.drive import drive, request
from bench.residents import OFFICER, load_units, register
from bench.rounds import Book, interleaved, ratio_row
from bench.stage import Process, Stage
from chassis.security.identity import Caller

READERS = 200
SECONDS = 3.0
PURPOSE = {"X-Purpose": "support"}
OWN, OFFICERS = "resident reads own record, at the service", "officer reads a record, at the service"
BARE = "bare Starlette + asyncpg"


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """Both reads at the registry itself, against the bare handler."""
    load_units(stage)
    alone = {"RUN_WORKER": "0"}
    with (
        stage.serving("registry.app:app", name="registry", service="registry", variables=alone) as registry,
        stage.serving("bench.contenders.bare:app", name="bare") as bare,
    ):
        ids = register(stage, registry.url, READERS)
        _own_record(stage, book, rounds, registry, bare, ids)
        _by_officer(stage, book, rounds, registry, bare, ids)


def _own_record(stage: Stage, book: Book, rounds: int, registry: Process, bare: Process, ids: list[str]) -> None:
    ours = [request("GET", f"/v1/residents/{one}", bearer(stage, resident(one))) for one in ids]
    theirs = [request("GET", f"/own/{one}", {}) for one in ids]
    _compare(stage, book, rounds, OWN, 0.6, (registry, ours), (bare, theirs))


def _by_officer(stage: Stage, book: Book, rounds: int, registry: Process, bare: Process, ids: list[str]) -> None:
    ours = [request("GET", f"/v1/residents/{one}", bearer(stage, OFFICER) | PURPOSE) for one in ids]
    theirs = [request("GET", f"/officer/{one}", {}) for one in ids]
    _compare(stage, book, rounds, OFFICERS, 0.5, (registry, ours), (bare, theirs))


def _compare(
    stage: Stage, book: Book, rounds: int, what: str, limit: float, ours: tuple[Process, list[bytes]],
    theirs: tuple[Process, list[bytes]],
) -> None:  # fmt: skip
    results = interleaved(
        book,
        what,
        {
            "platform": lambda: drive(stage, ours[0].port, ours[1], seconds=SECONDS),
            "baseline": lambda: drive(stage, theirs[0].port, theirs[1], seconds=SECONDS),
        },
        rounds,
    )
    refuse_failures(what, results["platform"] + results["baseline"])
    book.add(ratio_row(what, BARE, limit, [run.rate for run in results["platform"]],
                       [run.rate for run in results["baseline"]]))  # fmt: skip


def refuse_failures(what: str, runs: list) -> None:  # type: ignore[type-arg]  # of Seen
    """A rate that contains refused requests does not count."""
    for run in runs:
        if run.failed > sum(run.statuses.values()) * 0.001:
            raise RuntimeError(f"{what}: answers that are no success: {run.statuses}, broken {run.broken}")


def resident(resident_id: str) -> Caller:
    """The person with this id."""
    return Caller(role="resident", subject=f"bench-{resident_id}", resident_id=UUID(resident_id))


def bearer(stage: Stage, caller: Caller) -> dict[str, str]:
    """The internal header that names the caller."""
    return {"Authorization": f"Bearer {stage.token(caller)}"}
