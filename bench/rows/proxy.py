"""What the gateway's way costs: a small document, and the registry's reads, against nginx and a bare aiohttp proxy."""

from contextlib import ExitStack
from functools import partial

from bench import nginx
from bench.drive import CONNECTIONS, drive, request
from bench.load import Seen
from bench.machine import find_tool
from bench.residents import UNIT, load_units, register
from bench.rounds import Book, Row, interleaved, median, ratio_row, skipped
from bench.rows.reads import PURPOSE, READERS, refuse_failures
from bench.stage import Process, Stage, ask

FEWER = (1, 8)
"""The same with fewer connections: shown beside, with shorter and fewer rounds."""
OWN, OFFICERS = "resident reads own record, through the gateway", "officer reads a record, through the gateway"
SECONDS = 3.0
BARE = "a bare aiohttp proxy"
NO_NGINX = "nginx is not installed (Debian: nginx-light)"


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """The proxy alone, then the registry's reads through it."""
    with ExitStack() as stack:
        upstream = (
            stack.enter_context(nginx.answering(stage))
            if find_tool("nginx")
            else stack.enter_context(
                stage.serving("bench.contenders.small:app", name="small", cores=stage.cores.generator)
            ).port
        )
        _overhead(stage, book, rounds, upstream)
    _reads(stage, book, rounds)


def _overhead(stage: Stage, book: Book, rounds: int, upstream: int) -> None:
    address = f"http://127.0.0.1:{upstream}"
    with ExitStack() as stack:
        gateway = _gateway(stage, stack, address)
        bare = stack.enter_context(
            stage.serving("bench.contenders.aiohttp_proxy:app", name="aiohttp", variables={"UPSTREAM": address})
        )
        ours = [request("GET", "/v1/residents", _signed_in(gateway) | PURPOSE)]
        theirs = [request("GET", "/v1/residents", {})]
        targets = {"platform": (gateway.port, ours), "aiohttp": (bare.port, theirs)}
        if find_tool("nginx"):
            targets["nginx"] = (stack.enter_context(nginx.proxying(stage, upstream)), theirs)
        for connections in (CONNECTIONS, *FEWER):
            results = _race(stage, book, rounds, targets, connections)
            _add_overhead(book, results, connections)


def _race(
    stage: Stage, book: Book, rounds: int, targets: dict[str, tuple[int, list[bytes]]], connections: int
) -> dict[str, list[Seen]]:
    has_fewer_rounds = connections in FEWER
    seconds = 2.0 if has_fewer_rounds else SECONDS
    contenders = {
        name: partial(drive, stage, port, requests, seconds=seconds, connections=connections)
        for name, (port, requests) in targets.items()
    }
    results = interleaved(book, _what(connections), contenders, min(rounds, 3) if has_fewer_rounds else rounds)
    for runs in results.values():
        refuse_failures(_what(connections), runs)
    return results


def _what(connections: int) -> str:
    return f"proxy overhead, small JSON, {connections} connection{'s'[: connections > 1]}, one core, cached token"


def _add_overhead(book: Book, results: dict[str, list[Seen]], connections: int) -> None:
    what = _what(connections)
    limits = {"nginx": 0.15, "aiohttp": 0.5} if connections == CONNECTIONS else {}
    names = {"nginx": "nginx proxy_pass (aim for 0.4)" if limits else "nginx proxy_pass", "aiohttp": BARE}
    ours = results["platform"]
    for baseline, name in names.items():
        if baseline not in results:
            book.add(skipped(what, name, "≥ 0.15" if limits else "-", NO_NGINX))
            continue
        theirs = results[baseline]
        rates = [[run.rate for run in ours], [run.rate for run in theirs]]
        book.add(ratio_row(what, name, limits.get(baseline), rates[0], rates[1]))
        late = median([run.p99 for run in ours]) / median([run.p99 for run in theirs])
        is_in_time = late <= 4 if limits and baseline == "nginx" else None
        p99s = " / ".join(f"{median([run.p99 for run in runs]):.1f}" for runs in (ours, theirs))
        to_reach = "-" if is_in_time is None else "≤ 4"
        book.add(Row(f"{what}: p99", name, to_reach, f"{late:.2f}", is_in_time, f"{p99s} ms"))


def _reads(stage: Stage, book: Book, rounds: int) -> None:
    if not find_tool("nginx"):
        for what in (OWN, OFFICERS):
            book.add(skipped(what, "nginx proxy_pass to the bare handler", "≥ 0.25", NO_NGINX))
        return
    load_units(stage)
    alone = {"RUN_WORKER": "0"}
    with ExitStack() as stack:
        registry = stack.enter_context(
            stage.serving("registry.app:app", name="registry", service="registry", variables=alone)
        )
        bare = stack.enter_context(stage.serving("bench.contenders.bare:app", name="bare"))
        ids = register(stage, registry.url, READERS, first=READERS)
        gateway = _gateway(stage, stack, registry.url)
        port = stack.enter_context(nginx.proxying(stage, bare.port))
        own = [request("GET", f"/v1/residents/{one}", _signed_in(gateway, one)) for one in ids]
        officers = [request("GET", f"/v1/residents/{one}", _signed_in(gateway) | PURPOSE) for one in ids[:50]]
        for what, ours, path in ((OWN, own, "own"), (OFFICERS, officers, "officer")):
            _compare_reads(stage, book, rounds, what, gateway.port, ours, port, [f"/{path}/{one}" for one in ids])


def _compare_reads(
    stage: Stage, book: Book, rounds: int, what: str, our_port: int, ours: list[bytes], port: int, paths: list[str]
) -> None:
    theirs = [request("GET", path, {}) for path in paths]
    results = interleaved(
        book,
        what,
        {
            "platform": lambda: drive(stage, our_port, ours, seconds=SECONDS),
            "baseline": lambda: drive(stage, port, theirs, seconds=SECONDS),
        },
        rounds,
    )
    refuse_failures(what, results["platform"] + results["baseline"])
    rates = [[run.rate for run in results[name]] for name in ("platform", "baseline")]
    book.add(ratio_row(what, "nginx proxy_pass to the bare handler", 0.25, rates[0], rates[1]))


def _gateway(stage: Stage, stack: ExitStack, registry: str) -> Process:
    variables = {"RUN_WORKER": "0", "REGISTRY_URL": registry}
    return stack.enter_context(stage.serving("gateway.app:app", name="gateway", service="gateway", variables=variables))


def _signed_in(gateway: Process, resident_id: str | None = None) -> dict[str, str]:
    who = {"role": "resident", "resident_id": resident_id} if resident_id else {"role": "officer", "unit_code": UNIT}
    token = ask("POST", f"{gateway.url}/dev/token", body=who)["access_token"]
    return {"Authorization": f"Bearer {token}"}
