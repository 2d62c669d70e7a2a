"""What the gateway's way costs: a small document, and the registry's reads, against nginx and a bare aiohttp proxy."""

from contextlib import ExitStack

from bench import nginx
from bench.drive import CONNECTIONS, drive, request
from bench.load import Seen
from bench.machine import find_tool
from bench.residents import UNIT, load_units, register
from bench.rounds import Book, Row, interleaved, median, ratio_row, skipped
from bench.rows.reads import PURPOSE, READERS, refuse_failures
from bench.stage import Process, Stage, ask

OVERHEAD = f"proxy overhead, small JSON, {CONNECTIONS} connections, one core, cached token"
OWN, OFFICERS = "resident reads own record, through the gateway", "officer reads a record, through the gateway"
SECONDS = 3.0
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
        contenders = {
            "platform": lambda: drive(stage, gateway.port, ours, seconds=SECONDS),
            "aiohttp": lambda: drive(stage, bare.port, theirs, seconds=SECONDS),
        }
        if find_tool("nginx"):
            port = stack.enter_context(nginx.proxying(stage, upstream))
            contenders["nginx"] = lambda: drive(stage, port, theirs, seconds=SECONDS)
        results = interleaved(book, OVERHEAD, contenders, rounds)
    for runs in results.values():
        refuse_failures(OVERHEAD, runs)
    _add_overhead(book, results)


def _add_overhead(book: Book, results: dict[str, list[Seen]]) -> None:
    ours = [run.rate for run in results["platform"]]
    if "nginx" in results:
        book.add(
            ratio_row(OVERHEAD, "nginx proxy_pass (aim for 0.4)", 0.15, ours, [run.rate for run in results["nginx"]])
        )
        late = median([run.p99 for run in results["platform"]]) / median([run.p99 for run in results["nginx"]])
        p99s = " / ".join(f"{median([run.p99 for run in results[name]]):.1f}" for name in ("platform", "nginx"))
        book.add(Row(f"{OVERHEAD}: p99", "nginx proxy_pass", "≤ 4", f"{late:.2f}", late <= 4, f"{p99s} ms"))
    else:
        book.add(skipped(OVERHEAD, "nginx proxy_pass", "≥ 0.15", NO_NGINX))
    book.add(ratio_row(OVERHEAD, "a bare aiohttp proxy", 0.9, ours, [run.rate for run in results["aiohttp"]]))


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
