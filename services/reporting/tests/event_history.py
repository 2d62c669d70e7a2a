"""A long, untidy history: events with duplicates, reorderings between keys and late ones; and what they come to, counted
directly from the events by other means than the service's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from contracts.casework import DossierCompleted, DossierSubmitted
from contracts.event import Event
from contracts.onboarding import SessionHeld, StepCompleted, StepRevoked
from contracts.payments_qr import MerchantActivated, MerchantRegistered, PaymentReversed, PaymentSettled
from contracts.registry import ResidentDeceased, ResidentMerged, ResidentMoved, ResidentRegistered
from services.reporting.tests.conftest import unit_id

VILLAGES = ("15727-01", "15727-02", "15721-01")
STEPS = ("vneid", "portal_account", "province_app", "digital_signature", "payment_account", "cyber_protection")
START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@dataclass
class History:
    """Events per key in their order; `published_events` mixes the keys and repeats some."""

    random: Random
    keys: list[list[Event]] = field(default_factory=list)

    def uuid(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def published_events(self) -> Iterator[Event]:
        """Every key in its order, the keys in any order, every tenth event twice, now or later."""
        waiting = [list(events) for events in self.keys if events]
        while waiting:
            chosen = self.random.randrange(len(waiting))
            event = waiting[chosen].pop(0)
            yield event
            if self.random.random() < 0.1:
                yield event
            if not waiting[chosen]:
                waiting[chosen] = waiting[-1]
                waiting.pop()

    def all(self) -> list[Event]:
        return [event for events in self.keys for event in events]


def make_history(size: int, seed: int) -> History:
    """About `size` events of residents, merchants, payments, dossiers and sessions in three villages."""
    history = History(Random(seed))
    counted = made = 0
    while made < size:
        made += sum(map(len, history.keys[counted:]))
        counted = len(history.keys)
        _resident(history)
        if history.random.random() < 0.15:
            _merchant(history)
        if history.random.random() < 0.2:
            _dossier(history)
        if history.random.random() < 0.02:
            _session(history)
    return history


def count_directly(events: Sequence[Event], day: date) -> dict[str, Counter[str]]:
    """By village and counter, at the end of a day: straight from the events, one person and one thing at a time."""
    counts: dict[str, Counter[str]] = {village: Counter() for village in VILLAGES}
    codes = {str(unit_id(village)): village for village in VILLAGES}
    _count_people(events, day, counts)
    last: dict[UUID, Any] = {}
    reversed_ids = {event.payment_id for event in events if isinstance(event, PaymentReversed)}
    for event in events:
        if isinstance(event, MerchantRegistered | MerchantActivated) and _day(event.at) <= day:
            last[event.merchant_id] = event
        elif isinstance(event, PaymentSettled) and event.counted and event.business_day <= day:
            if event.payment_id not in reversed_ids:
                counts[codes[str(event.unit_id)]].update({"cashless_payments": 1, "cashless_amount": event.amount})
        elif isinstance(event, DossierSubmitted) and _day(event.submitted_at) <= day:
            online = {"dossiers_online": 1} if event.channel == 2 else {}
            counts[codes[str(event.unit_id)]].update({"dossiers": 1, **online})
        elif isinstance(event, DossierCompleted) and event.is_on_time and _day(event.finished_at) <= day:
            counts[codes[str(event.unit_id)]]["dossiers_on_time"] += 1
        elif isinstance(event, SessionHeld) and event.held_on <= day:
            counts[codes[str(event.unit_id)]]["sessions_held"] += 1
            if event.kind == "training":
                counts[codes[str(event.unit_id)]]["people_trained"] += event.residents + event.members
    for merchant in last.values():
        if merchant.status == "active":
            counts[codes[str(merchant.unit_id)]]["merchants"] += 1
            counts[codes[str(merchant.unit_id)]]["merchants_with_qr"] += merchant.has_qr
    return {village: +counted for village, counted in counts.items()}


def _count_people(events: Sequence[Event], day: date, counts: dict[str, Counter[str]]) -> None:
    records: dict[UUID, list[Any]] = {}
    for event in events:
        if isinstance(event, ResidentRegistered | ResidentMoved | ResidentDeceased | ResidentMerged):
            records.setdefault(event.resident_id, []).append(event)
    survivors = {event.resident_id: event.survivor_id for event in events if isinstance(event, ResidentMerged)}
    held: dict[UUID, set[str]] = {}
    for event in events:
        if (
            isinstance(event, StepCompleted)
            and not _is_revoked(event, revocations_of(events), day)
            and _day(min(event.at, event.completed_at or event.at)) <= day
        ):
            held.setdefault(survivors.get(event.resident_id, event.resident_id), set()).add(event.step)
    for resident, fields in records.items():
        if resident in survivors or any(isinstance(f, ResidentDeceased) and f.deceased_on <= day for f in fields):
            continue
        village = fields[0].unit_code
        for event in fields:
            if isinstance(event, ResidentMoved) and event.moved_on <= day:
                village = event.unit_code
        born = date(int(fields[0].birth_month[:4]), int(fields[0].birth_month[5:]), 1)
        is_grown = date(born.year + 15, born.month, 1) <= day
        populations = ["", *(["@15_plus"] if is_grown else [])]
        for population in populations:
            counts[village].update({f"residents{population}": 1})
            counts[village].update({f"{step}{population}": 1 for step in held.get(resident, ())})


_REVOKED: dict[int, dict[tuple[UUID, str], date]] = {}


def revocations_of(events: Sequence[Event]) -> dict[tuple[UUID, str], date]:
    """When a step was revoked, by resident and step."""
    if id(events) not in _REVOKED:
        _REVOKED[id(events)] = {
            (event.resident_id, event.step): _day(event.at) for event in events if isinstance(event, StepRevoked)
        }
    return _REVOKED[id(events)]


def _is_revoked(event: StepCompleted, revoked: dict[tuple[UUID, str], date], day: date) -> bool:
    since = revoked.get((event.resident_id, event.step))
    return since is not None and since <= day


def _resident(history: History) -> None:
    random = history.random
    village = random.choice(VILLAGES)
    fields = {
        "resident_id": history.uuid(), "version": 1, "unit_id": unit_id(village), "unit_code": village,
        "at": START, "birth_month": f"{random.randint(1940, 2025)}-{random.randint(1, 12):02}", "sex": "female",
        "residence_status": "permanent", "has_smartphone": random.random() < 0.6,
    }  # fmt: skip
    registry: list[Event] = [ResidentRegistered.model_validate(fields)]
    if random.random() < 0.1:
        to = random.choice([each for each in VILLAGES if each != village])
        registry.append(
            ResidentMoved.model_validate(
                fields | {"version": 2, "unit_id": unit_id(to), "unit_code": to, "from_unit_code": village,
                        "from_unit_id": unit_id(village), "moved_on": START.date() + timedelta(random.randint(1, 90))}
            )
        )  # fmt: skip
    elif random.random() < 0.03:
        died = START.date() + timedelta(random.randint(1, 90))
        registry.append(
            ResidentDeceased.model_validate(fields | {"version": 2, "life": "deceased", "deceased_on": died})
        )
    elif random.random() < 0.03 and history.keys:
        other = history.keys[0][0]
        assert isinstance(other, ResidentRegistered)
        merged = fields | {"version": 2, "life": "merged", "survivor_id": other.resident_id}
        registry.append(ResidentMerged.model_validate(merged))
    history.keys.append(registry)
    history.keys.append(list(_steps(history, fields)))


def _steps(history: History, fields: dict[str, Any]) -> Iterator[Event]:
    version = 0
    for step in history.random.sample(STEPS, history.random.randint(0, 4)):
        version += 1
        at = START + timedelta(days=history.random.randint(0, 120), hours=history.random.randint(0, 23))
        about = {name: fields[name] for name in ("resident_id", "unit_id", "unit_code")} | {"step": step}
        late = timedelta(days=history.random.choice([0, 0, 0, 0, 0, 3, 20]))  # entered from paper afterwards
        state = {"version": version, "status": "completed", "at": at, "completed_at": at - late}
        yield StepCompleted.model_validate(about | state)
        if history.random.random() < 0.1:
            version += 1
            ended = at + timedelta(days=history.random.randint(1, 40))
            yield StepRevoked.model_validate(about | {"version": version, "status": "revoked", "at": ended})


def _merchant(history: History) -> None:
    village = history.random.choice(VILLAGES)
    at = START + timedelta(days=history.random.randint(0, 60))
    fields = {
        "merchant_id": history.uuid(), "version": 1, "unit_id": unit_id(village), "unit_code": village,
        "category": "market_stall", "status": "submitted", "provider": "demo-bank", "at": at,
    }  # fmt: skip
    history.keys.append(
        [
            MerchantRegistered.model_validate(fields),
            MerchantActivated.model_validate(
                fields | {"version": 2, "status": "active", "has_qr": True, "at": at + timedelta(days=2)}
            ),
        ]
    )
    for _ in range(history.random.randint(0, 4)):
        _payment(history, fields, at)


def _payment(history: History, merchant: dict[str, Any], at: datetime) -> None:
    settled_at = at + timedelta(days=history.random.randint(3, 60))
    fields = {name: merchant[name] for name in ("merchant_id", "unit_id", "unit_code", "category")} | {
        "payment_id": history.uuid(),
        "amount": 1000 * history.random.randint(5, 500),
        "business_day": _day(settled_at),
    }
    events: list[Event] = [
        PaymentSettled.model_validate(fields | {"settled_at": settled_at, "counted": history.random.random() > 0.05})
    ]
    if history.random.random() < 0.1:
        events.append(PaymentReversed.model_validate(fields | {"reversed_at": settled_at + timedelta(days=1)}))
        if history.random.random() < 0.5:
            events.reverse()
    history.keys.append(events)


def _dossier(history: History) -> None:
    village = history.random.choice(VILLAGES)
    at = START + timedelta(days=history.random.randint(0, 90))
    fields = {
        "dossier_id": history.uuid(), "version": 1, "unit_id": unit_id(village), "unit_code": village,
        "procedure_code": "2.000635", "status": "submitted", "national_status": 1, "origin": "here", "at": at,
        "channel": history.random.choice([1, 2, 2, 2]), "submitted_at": at, "due_at": at + timedelta(days=1),
    }  # fmt: skip
    events: list[Event] = [DossierSubmitted.model_validate(fields)]
    if history.random.random() < 0.8:
        finished = at + timedelta(hours=history.random.randint(1, 60))
        in_time = finished <= fields["due_at"]
        done = {"version": 2, "national_status": 10, "finished_at": finished, "is_on_time": in_time, "at": finished}
        events.append(DossierCompleted.model_validate(fields | done))
    history.keys.append(events)


def _session(history: History) -> None:
    village = history.random.choice(VILLAGES)
    fields = {
        "campaign_id": history.uuid(), "session_id": history.uuid(), "unit_id": unit_id(village),
        "unit_code": village, "kind": history.random.choice(["training", "launch"]),
        "held_on": START.date() + timedelta(days=history.random.randint(0, 90)),
        "residents": history.random.randint(0, 60), "members": 3, "organizations": 0,
    }  # fmt: skip
    history.keys.append([SessionHeld.model_validate(fields)])


def _day(at: datetime | None) -> date:
    assert at is not None
    return (at + timedelta(hours=7)).date()
