"""A webhook is accepted when it is durable: shared commits against a commit for each, and against pgbench."""

import base64
import hashlib
import hmac
import json
import re
import time
from itertools import count

from bench.drive import CONNECTIONS, drive, request
from bench.load import Seen
from bench.machine import find_tool, seconds_to_sync
from bench.residents import UNIT, residents
from bench.rounds import Book, interleaved, ratio_row, skipped
from bench.rows.reads import refuse_failures
from bench.stage import Process, Stage
from chassis.security.encryption import encrypt
from gateway.commands.development import development_secret
from gateway.model.deliveries import DELIVERY_BODY

WHAT = f"webhook accepted and durable, {CONNECTIONS} connections, one gateway process"
FLOOR = "the floor of it: the same server, writer and answer without a check, a signature or encryption"
SECONDS = 4.0
MOST = 6_000
"""Requests a second prepared for each run: more than one gateway process answers."""
PARTNER = "demo-bank"
CLIENTS = 8
serials = count()


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """One gateway that shares commits, one that does not, one that checks nothing, pgbench inserting the same row."""
    alone = {"RUN_WORKER": "0"}
    with (
        stage.serving("gateway.app:app", name="gateway", service="gateway", variables=alone) as shared,
        stage.serving(
            "bench.contenders.each_alone:app", name="gateway-each", service="gateway", variables=alone
        ) as each,
        stage.serving(
            "bench.contenders.no_checks:app", name="no-checks", service="gateway", variables=alone
        ) as unchecked,
    ):
        contenders = {
            "platform": lambda: _knock(stage, shared),
            "a commit for each": lambda: _knock(stage, each),
            "no checks": lambda: _knock(stage, unchecked),
        }
        if find_tool("pgbench"):
            _make_table(stage)
            contenders["pgbench"] = lambda: _pgbench(stage)
        results = interleaved(book, WHAT, contenders, rounds)
    refuse_failures(WHAT, results["platform"] + results["a commit for each"] + results["no checks"])
    rates = {name: [run.rate for run in runs] for name, runs in results.items()}
    p99 = sorted(run.p99 for run in results["platform"])[rounds // 2]
    book.add(ratio_row(WHAT, "(a) our gateway, a commit for each request", 2.0, rates["platform"],
                       rates["a commit for each"], f"p99 {p99:.0f} ms"))  # fmt: skip
    if "pgbench" in rates:
        named = f"(b) pgbench, same row, an INSERT a transaction, {CLIENTS} clients, fsync on"
        disk = f"8 KiB durable in {seconds_to_sync(stage.folder) * 1000:.2f} ms"
        book.add(ratio_row(WHAT, named, 0.6, rates["platform"], rates["pgbench"], disk))
        book.add(ratio_row(FLOOR, named, None, rates["no checks"], rates["pgbench"]))
    else:
        book.add(skipped(WHAT, "(b) pgbench", "≥ 0.6", "pgbench is not installed (Debian: postgresql-contrib)"))


def signed(message: dict[str, object], webhook_id: str, partner: str = PARTNER) -> bytes:
    """A partner's request as it goes over the wire (Standard Webhooks 1.0)."""
    body = json.dumps(message).encode()
    moment = str(int(time.time()))
    key = base64.b64decode(development_secret(partner).removeprefix("whsec_"))
    mark = hmac.new(key, f"{webhook_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(mark).decode()}",
    }
    return request("POST", f"/webhooks/{partner}", headers, body)


def account_opened(personal_id: str, at: str) -> dict[str, object]:
    """What a bank sends when a person has opened an account."""
    who = {"personal_id": personal_id}
    data = {"resident": who, "kind": "bank", "account_ref": f"a-{personal_id}", "unit_code": UNIT}
    return {"type": "payment_account.opened", "timestamp": at, "data": data}


def _knock(stage: Stage, gateway: Process) -> Seen:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    people = residents(int(MOST * (SECONDS + 1)), 0)
    requests = [signed(account_opened(one.personal_id, at), f"bench-{next(serials)}") for one in people]
    return drive(stage, gateway.port, requests, seconds=SECONDS, once=True)


def _make_table(stage: Stage) -> None:
    stage.query("gateway", "CREATE TABLE bench_delivery (LIKE delivery INCLUDING ALL)")


def _pgbench(stage: Stage) -> Seen:
    """The row that the webhook writes, by prepared single INSERTs, on the generator's core like the generator."""
    sealed = encrypt(DELIVERY_BODY, "x" * 36, json.dumps(account_opened("0" * 12, "")["data"])).hex()
    script = stage.folder / "pgbench.sql"
    script.write_text(
        "INSERT INTO bench_delivery (id, partner_id, webhook_id, event, occurred_at, received_at, body_hash, body,"
        " subject_key, status, attempt, repeats, conflicts) VALUES (gen_random_uuid(), 'demo-bank',"
        " gen_random_uuid()::text, 'payment_account.opened', now(), now(), sha256('x'),"
        f" '\\x{sealed}', '{'0' * 64}', 'accepted', 1, 0, 0);\n"
    )
    url = stage.database("gateway")
    command = ["pgbench", "-n", "-M", "prepared", "-f", str(script), "-c", str(CLIENTS), "-j", "1", url]
    printed = stage.run([*command[:-1], "-T", str(int(SECONDS)), url], stage.cores.generator)
    rate = float(re.search(r"tps = ([\d.]+)", printed)[1])  # type: ignore[index]  # pgbench always prints it
    latency = float(re.search(r"latency average = ([\d.]+)", printed)[1])  # type: ignore[index]
    return Seen(rate, latency, 0.0, {"200": int(rate * SECONDS)}, 0)
