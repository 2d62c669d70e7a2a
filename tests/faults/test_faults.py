"""Every connection of the platform breaks in every way while people work: what was accepted is counted, and once.

`FAULTS=all` runs every fault, each for `FAULT_SECONDS` (15); without it `make test` runs a few, shortly. Recovery is measured
and printed, and held to a generous limit only: a machine that is shared is slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest

from chassis.messaging.bus.choose import BUS_DATABASE
from chassis.messaging.bus.embedded import EmbeddedBus
from chassis.messaging.bus.port import Outgoing
from chassis.storage.database import asyncpg_url, database_url
from contracts import topics
from contracts.payments_qr import PaymentSettled
from contracts.services import EVERY_PROCESS, SERVICE_NAMES
from deploy.demo.api_client import eventually, partner_key, signed_headers
from deploy.demo.steady_bank import open_merchant
from tests.faults.lines import Line
from tests.faults.load import Load, Payments, RequestRefused
from tests.faults.replica import Replica
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.stack import Stack, running_stack
from tests.faults.story import close, flows_again

pytestmark = pytest.mark.timeout(900)
ALL = os.environ.get("FAULTS") == "all"
FAULT_SECONDS = float(os.environ.get("FAULT_SECONDS") or (15 if ALL else 2))
POISON = 666_000_001
CHAOS_SECONDS = float(os.environ.get("CHAOS_SECONDS") or (120 if ALL else 6))
CHAOS_SEED = int(os.environ.get("CHAOS_SEED") or 20260101)


@dataclass(frozen=True)
class Fault:
    """What breaks, and what is done to end it; a fault that is over at once has no end."""

    name: str
    begin: Callable[[Stack], None]
    end: Callable[[Stack], None] = lambda stack: stack.heal()
    always: bool = False


def cut_from_database(name: str, *, forget: bool, always: bool = False) -> Fault:
    what = "for good, new connections work" if forget else "and back"
    return Fault(
        f"{name} cut from PostgreSQL, {what}",
        lambda stack: stack.database[name].silence(),
        lambda stack: stack.database[name].heal(forget=forget),
        always,
    )


def cut_from_gateway(name: str) -> Fault:
    return Fault(f"gateway cut from {name}", lambda stack: stack.services[name].silence())


def over_all_lines(name: str, begin: Callable[[Line], None], *, always: bool = False) -> Fault:
    def breaks(stack: Stack) -> None:
        for line in stack.lines:
            begin(line)

    return Fault(name, breaks, always=always)


def signalled(name: str, sign: signal.Signals, what: str) -> Fault:
    def strike(stack: Stack) -> None:
        pid = stack.pid(name)
        os.kill(pid, sign)
        assert eventually(lambda: stack.pid(name) != pid, 60), f"{name} did not come back"

    return Fault(what, strike)


FAULTS = [
    *(cut_from_database(name, forget=False, always=name == "payments-qr") for name in EVERY_PROCESS),
    *(cut_from_database(name, forget=True) for name in EVERY_PROCESS),
    *map(cut_from_gateway, SERVICE_NAMES),
    over_all_lines("every connection reset", lambda line: line.reset(), always=True),
    over_all_lines("every connection refused", lambda line: line.refuse()),
    over_all_lines("every answer half-closed", lambda line: line.half_close()),
    over_all_lines("every line slow (50 ms, jitter 40 ms)", lambda line: line.slow(0.05, 0.04)),
    Fault(
        "registry's lines drip", lambda stack: (stack.services["registry"].drip(), stack.database["registry"].drip())
    ),
    *(signalled(name, signal.SIGKILL, f"kill -9 of {name}") for name in (*EVERY_PROCESS, "postgres")),
    signalled("postgres", signal.SIGINT, "PostgreSQL restarted"),
]


@pytest.fixture(scope="module")
def disk() -> Iterator[SmallDisk]:
    with small_disk() as disk:
        yield disk


@pytest.fixture(scope="module")
def stack(disk: SmallDisk) -> Iterator[Stack]:
    with running_stack(directory=disk.place) as stack:
        yield stack


@pytest.fixture(scope="module")
def load(stack: Stack) -> Iterator[Load]:
    with Load(stack.url) as load:
        yield load


@pytest.mark.parametrize("fault", [each for each in FAULTS if ALL or each.always], ids=lambda fault: fault.name)
def test_what_was_accepted_is_counted_once(fault: Fault, stack: Stack, load: Load) -> None:
    before = load.accepted()
    load.go_on()
    fault.begin(stack)
    time.sleep(FAULT_SECONDS)
    fault.end(stack)
    healed_at = time.monotonic()
    close(stack, load, fault.name, before, healed_at)


def test_a_poison_event_is_set_aside_with_its_key_and_others_go_on(stack: Stack, load: Load) -> None:
    """One event does not parse; another is sound, and reporting cannot apply it until reporting is corrected."""
    before = load.accepted()
    stall, garbage = Payments(stack.url, open_merchant(load.api, "9900000003")), str(uuid.uuid4())
    load.go_on()
    with reporting_that_refuses(stack, POISON), httpx.Client(base_url=stack.url, timeout=10) as client:
        publish(stack, topics.PAYMENTS, garbage, PaymentSettled.type, b"{ this is not JSON")
        waiting = [stall.pay(client, amount) for amount in (POISON, 2, 3)]
        dead_letters = eventually(lambda: dead_letters_of(load, {stall.merchant_id, garbage}, at_least=5), 60)
        # Reporting and notifications read payments; the sound one is refused by reporting alone.
        assert sorted((each["key"] == garbage, each["state"]) for each in dead_letters) == [
            (False, "dead"), (False, "waiting"), (False, "waiting"), (True, "dead"), (True, "dead"),
        ]  # fmt: skip
        flows_again(load)  # other keys, while these lie there
    for counts in waiting:
        load.also(counts)
    mended_at = time.monotonic()
    [dead] = [each["id"] for each in dead_letters if each["state"] == "dead" and each["key"] != garbage]
    assert load.api.post(f"/v1/dead-letters/{dead}/replay", who=load.api.operator())["replayed"] == 3
    close(stack, load, "an event that cannot be applied, corrected and replayed", before, mended_at)


def test_a_slow_consumer_is_seen_in_the_metrics_and_catches_up(stack: Stack, load: Load) -> None:
    before = load.accepted()
    load.go_on()
    stack.database["reporting"].slow(0.2, 0.05)
    began = sum(load.accepted().values())
    assert eventually(lambda: lag_of(stack, "reporting") > 10, 60)
    assert eventually(lambda: lag_of(stack, "payments-qr") < 10, 60)
    time.sleep(FAULT_SECONDS)
    assert sum(load.accepted().values()) > began + 10
    stack.heal()
    healed_at = time.monotonic()
    close(stack, load, "reporting slow (200 ms for each question to its database)", before, healed_at)
    assert eventually(lambda: lag_of(stack, "reporting") == 0, 30)


@pytest.mark.skipif(not ALL, reason="FAULTS=all runs every fault")
@pytest.mark.parametrize("clock", [240, -240, 420, -420])
def test_a_gateway_whose_clock_is_wrong_accepts_within_its_window_and_loses_nothing(
    stack: Stack, load: Load, clock: int
) -> None:
    """The clock of one of two gateways is minutes off. Past five minutes it refuses partners' signatures and stores nothing."""
    before = load.accepted()
    load.go_on()
    with Replica(stack, "gateway", serves=True, clock=clock) as other:
        sender = Payments(other.url, load.payments.merchant_id)
        with httpx.Client(base_url=other.url, timeout=10) as there, httpx.Client(base_url=stack.url) as here:
            if abs(clock) <= 300:
                for amount in range(1, 11):
                    load.also(sender.pay(there, amount))
            else:
                with pytest.raises(RequestRefused, match="401"):
                    sender.pay(there, 1)
                load.also(sender.pay(here, 1))
    close(stack, load, f"one of two gateways {clock:+d} s wrong", before, time.monotonic())


@pytest.mark.skipif(not ALL, reason="FAULTS=all runs every fault")
@pytest.mark.parametrize("name", SERVICE_NAMES)
def test_a_worker_whose_clock_is_wrong_counts_everything_once(stack: Stack, load: Load, name: str) -> None:
    before = load.accepted()
    load.go_on()
    with Replica(stack, name, clock=-600) as other:
        time.sleep(max(FAULT_SECONDS, 8))  # its imports take a while; then it shares the partitions
        assert other.is_running(), other.output()
    close(stack, load, f"one of two workers of {name} 600 s late", before, time.monotonic())


@pytest.mark.skipif(not ALL, reason="FAULTS=all runs every fault")
def test_two_relays_and_two_consumers_of_a_service_hand_over_again_and_again(stack: Stack, load: Load) -> None:
    """A second worker comes, the first process dies, the second dies, in the middle of batches."""
    before = load.accepted()
    load.go_on()
    for _ in range(3):
        with Replica(stack, "payments-qr") as other:
            time.sleep(max(FAULT_SECONDS / 2, 5))
            os.kill(stack.pid("payments-qr"), signal.SIGKILL)
            time.sleep(max(FAULT_SECONDS / 4, 3))
            assert other.is_running(), other.output()
            other.send(signal.SIGKILL)
    close(stack, load, "two workers of payments-qr, killed in turn (3 times)", before, time.monotonic())


def test_a_lost_leader_and_its_successor_publish_the_same_rows_and_they_count_once(stack: Stack, load: Load) -> None:
    """The leading relay's session ends at the server while it publishes: for a moment there are two leaders."""
    before = load.accepted()
    load.go_on()
    for _ in range(5):
        for name in ("gateway", "payments-qr", "registry"):
            end_sessions(stack, f"relay of {name}")
        time.sleep(FAULT_SECONDS / 4)
    close(stack, load, "the leading relay's session ended (15 times)", before, time.monotonic())


@pytest.mark.skipif(not ALL, reason="FAULTS=all runs every fault")
def test_a_full_disk_refuses_with_503_and_what_was_accepted_is_counted_when_there_is_space(
    disk: SmallDisk, stack: Stack, load: Load
) -> None:
    """The disk of the database is full to the last byte: the gateway returns 503, and stores nothing partially."""
    if not disk.is_small:
        pytest.skip("needs its own file system: root, or sudo without a password")
    before = load.accepted()
    load.go_on()
    until = time.monotonic() + 60
    refused: httpx.Response | None = None
    with httpx.Client(base_url=stack.url, timeout=20) as client:
        while refused is None and time.monotonic() < until:
            disk.fill()
            answer = one_payment(client, load.payments.merchant_id)
            if answer.status_code == 202:
                load.also({"cashless_payments": 1, "cashless_amount": 1})
            else:
                refused = answer
    time.sleep(FAULT_SECONDS)
    disk.free()
    healed_at = time.monotonic()
    assert refused is not None, "the disk was never full"
    assert (refused.status_code, "retry-after" in refused.headers) == (503, True), refused.text
    close(stack, load, "the disk of the database full", before, healed_at)


@pytest.mark.skipif(not ALL, reason="FAULTS=all runs every fault")
def test_faults_at_random_in_a_row_and_at_once_change_no_count(stack: Stack, load: Load) -> None:
    """A schedule by CHAOS_SEED for CHAOS_SECONDS: faults begin and end over one another, and everything goes on."""
    chance = random.Random(CHAOS_SEED)
    before, broken = load.accepted(), []
    load.go_on()
    until = time.monotonic() + CHAOS_SECONDS
    while time.monotonic() < until:
        begin, end = chance.choice(CHAOS)(stack, chance)
        begin()
        broken.append(end)
        time.sleep(chance.uniform(0.2, 1.5))
        if len(broken) > chance.randint(1, 3):
            broken.pop(chance.randrange(len(broken)))()
    for end in broken:
        end()
    stack.heal()
    close(stack, load, f"faults at random for {CHAOS_SECONDS:.0f} s (seed {CHAOS_SEED})", before, time.monotonic())


def one_payment(client: httpx.Client, merchant_id: str) -> httpx.Response:
    """One try to deliver a payment of one đồng."""
    webhook_id, at = f"msg_{uuid.uuid4().hex}", datetime.now(UTC).isoformat()
    payment = {
        "partner_reference": webhook_id, "amount": 1, "currency": "VND", "settled_at": at, "merchant_id": merchant_id,
    }  # fmt: skip
    body = json.dumps({"type": "qr.payment_settled", "timestamp": at, "data": payment}).encode()
    headers = signed_headers(partner_key("demo-bank"), webhook_id, body)
    return client.post("/webhooks/demo-bank", content=body, headers=headers)


@contextlib.contextmanager
def reporting_that_refuses(stack: Stack, amount: int) -> Iterator[None]:
    """A fault of reporting's own: it cannot store a payment of this amount."""
    sql(
        stack,
        "reporting",
        f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'a mistake in this release'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON subject FOR EACH ROW
            WHEN (NEW.kind = 'payment' AND NEW.state::text LIKE '%{amount}%') EXECUTE FUNCTION refuse()
        """,
    )
    try:
        yield
    finally:
        sql(stack, "reporting", "DROP TRIGGER refuse ON subject; DROP FUNCTION refuse()")


def end_sessions(stack: Stack, application: str) -> None:
    sql(
        stack,
        "postgres",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{application}'",
    )


def publish(stack: Stack, topic: str, key: str, type_: str, value: bytes) -> None:
    """Publishes a record on the bus without a service."""

    async def publish() -> None:
        bus = EmbeddedBus(database_url(stack.database_server, BUS_DATABASE))
        await bus.start()
        headers = {"ce_id": str(uuid.uuid4()), "ce_type": type_, "ce_time": datetime.now(UTC).isoformat()}
        await bus.publish([Outgoing(topic, key, value, headers)])
        await bus.stop()

    asyncio.run(publish())


def sql(stack: Stack, database: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(asyncpg_url(database_url(stack.database_server, database)))
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def dead_letters_of(load: Load, keys: set[str], *, at_least: int) -> list[dict[str, Any]]:
    """The open dead letters of these keys, once there are so many."""
    everything = load.api.list_all("/v1/dead-letters", who=load.api.operator())
    found = [each for each in everything if each["key"] in keys]
    return found if len(found) >= at_least else []


def lag_of(stack: Stack, name: str) -> float:
    """What Prometheus would read: events of the bus that the service has not fetched yet."""
    answer = httpx.get(f"http://127.0.0.1:{stack.ports[name]}/metrics", timeout=10).text
    [line] = [line for line in answer.splitlines() if line.startswith("bakhong_consumer_lag_events{")]
    return float(line.rsplit(" ", 1)[1])


Story = tuple[Callable[[], object], Callable[[], object]]


def some_process_dies(stack: Stack, chance: random.Random) -> Story:
    name = chance.choice(["gateway", *SERVICE_NAMES])

    def die() -> None:
        with contextlib.suppress(ProcessLookupError, KeyError):  # it may be dead already
            os.kill(stack.pid(name), signal.SIGKILL)

    return die, lambda: None


def some_line(breaks: str) -> Callable[[Stack, random.Random], Story]:
    def choose(stack: Stack, chance: random.Random) -> Story:
        line = chance.choice(stack.lines)
        return getattr(line, breaks), line.heal

    return choose


def some_line_slow(stack: Stack, chance: random.Random) -> Story:
    line, seconds = chance.choice(stack.lines), chance.uniform(0.01, 0.2)
    return lambda: line.slow(seconds, seconds / 2), line.heal


CHAOS = [some_process_dies, some_line("silence"), some_line("reset"), some_line("refuse"), some_line_slow]
