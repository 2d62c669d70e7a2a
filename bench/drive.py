"""Sends requests to a port from the generator's core: with wrk where it is installed, else with our own generator."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from bench.load import Plan, Seen, write_requests
from bench.machine import find_tool
from bench.stage import Stage

CONNECTIONS = 32


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def drive(stage: Stage, port: int, requests: Sequence[bytes], *, seconds: float, connections: int = CONNECTIONS,
          once: bool = False) -> Seen:  # fmt: skip
    """Play requests in turn for some seconds, `connections` under way at a time; `once`: none twice."""
    if find_tool("wrk") and not once:
        return _by_wrk(stage, port, requests, seconds, connections)
    place = stage.folder / "requests.bin"
    write_requests(place, requests)
    plan = Plan(port, str(place), connections=connections, seconds=seconds, once=once)
    path = stage.folder / "plan.json"
    path.write_text(json.dumps(asdict(plan)))
    core = ",".join(map(str, sorted(stage.cores.generator)))
    return Seen(**json.loads(stage.run([sys.executable, "-m", "bench.load", core, str(path)], stage.cores.generator)))


WRK_SCRIPT = """
local requests = {%s}
local at = 0
local statuses = {}
request = function() at = at %% #requests + 1; return requests[at] end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('SEEN {"rate":%%f,"p50":%%f,"p99":%%f,"good":%%d,"bad":%%d,"broken":%%d}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.requests - e.status, e.status, e.connect + e.read + e.write + e.timeout))
end
"""


def _by_wrk(stage: Stage, port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Seen:
    script = stage.folder / "requests.lua"
    script.write_text(WRK_SCRIPT % ",".join(json.dumps(one.decode()) for one in requests))
    command = ["wrk", "-t1", f"-c{connections}", "--timeout", "10s", "-s", str(script), f"http://127.0.0.1:{port}"]
    stage.run([*command[:3], "-d1s", *command[3:]], stage.cores.generator)
    printed = stage.run([*command[:3], f"-d{seconds:.0f}s", *command[3:]], stage.cores.generator)
    line = next(line for line in printed.splitlines() if line.startswith("SEEN "))
    result = json.loads(line[5:])
    return Seen(
        result["rate"], result["p50"], result["p99"], {"200": result["good"], "error": result["bad"]}, result["broken"]
    )
