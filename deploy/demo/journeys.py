"""What the demo's partners send about its residents: accounts, SIM cards, VNeID, signatures, apps."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from deploy.demo.api_client import ApiClient, success
from deploy.demo.people import Person

SEED = 236
SENDERS = 8
DAYS = 180
COUNTED = {
    "vneid.activated": "vneid_level_2",
    "portal_account.created": "portal_account",
    "app.installed": "province_app",
    "digital_signature.issued": "digital_signature",
    "payment_account.opened": "payment_account",
}
"""The indicator that counts each of these messages, once a resident."""


@dataclass(frozen=True)
class DemoMessage:
    """One webhook: partner, type, data, and when it happened."""

    id: str
    partner: str
    kind: str
    data: dict[str, Any]
    at: datetime


def load(api: ApiClient, all_people: list[Person], today: date) -> dict[str, int]:
    """Send every message; returns how many residents each indicator must count at least."""
    messages = list(messages_of(all_people, today))
    with ThreadPoolExecutor(SENDERS) as senders:
        for _ in senders.map(lambda message: _send(api, message), messages):
            pass
    people_by_indicator = {
        (COUNTED[each.kind], str(each.data["resident"])) for each in messages if each.kind in COUNTED
    }
    return dict(Counter(indicator for indicator, _ in people_by_indicator))


def messages_of(all_people: list[Person], today: date) -> Iterator[DemoMessage]:
    """The same messages every time, about adults who have what each step needs."""
    chance = random.Random(SEED)
    for person in all_people:
        if person.age < 18 or len(_number(person)) != 12:
            continue
        willing = chance.random()
        for partner, kind, data, likely in _possible(person, chance):
            if willing < likely:
                yield DemoMessage(
                    f"demo-{person.serial}-{kind.replace('.', '-')}", partner, kind, data, _moment(chance, today)
                )


def _possible(person: Person, chance: random.Random) -> Iterator[tuple[str, str, dict[str, Any], float]]:
    """Partner, type, data and how likely, in the order in which people take the steps."""
    who = {"resident": {"personal_id": _number(person)}}
    smartphone = person.cells["Smartphone"] == "có"
    if smartphone:
        yield "demo-identity", "vneid.issued", who | {"level": 2}, 0.36
        yield "demo-identity", "vneid.activated", who | {"level": 2}, 0.3
        yield "demo-identity", "portal_account.created", who, 0.24
        yield "demo-telecom", "app.installed", who | {"app": "province_app"}, 0.22
        yield "demo-identity", "ekyc.passed", who, 0.1
        serial = f"5404{person.serial:012d}"
        yield "demo-telecom", "digital_signature.issued", who | {"certificate_serial": serial}, 0.08
    partner, kind = chance.choice((("demo-bank", "bank"), ("demo-bank", "bank"), ("demo-wallet", "e_wallet")))
    if not smartphone:
        partner, kind = "demo-telecom", "mobile_money"
    account = who | {"kind": kind, "account_ref": f"demo-{person.serial}"}
    yield partner, "payment_account.opened", account, 0.28


def _number(person: Person) -> str:
    return person.cells["Số ĐDCN"]


def _moment(chance: random.Random, today: date) -> datetime:
    day = today - timedelta(days=chance.randint(1, DAYS))
    return datetime.combine(day, time(1 + chance.randint(0, 8), chance.randint(0, 59)), UTC)


def _send(api: ApiClient, message: DemoMessage) -> None:
    success(api.webhook(message.partner, message.kind, message.data, webhook_id=message.id, at=message.at))
