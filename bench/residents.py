"""Synthetic residents: numbers of the right form that belong to no person, the same ones every time."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bench.stage import Stage, ask, wait_for
from chassis.security.identity import Caller

UNIT = "15724"
"""Đồng Tiến, a commune that the registry knows from the start."""
_FAMILY = ("Lê", "Nguyễn", "Phạm", "Trịnh", "Trần", "Hoàng", "Bùi", "Đỗ", "Hà", "Cao", "Mai", "Vũ", "Quách", "Trương")
_GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dung",
    "Giang",
    "Hà",
    "Hoa",
    "Hương",
    "Kiên",
    "Lan",
    "Linh",
    "Minh",
    "Nam",
    "Nga",
    "Yến",
)
_PREFIXES = ("038", "040", "042", "044", "045", "046", "048", "049", "051", "052")
"""Provinces: a million serial numbers each."""
OFFICER = Caller(role="officer", subject="bench-officer", unit_code=UNIT)


@dataclass(frozen=True, slots=True)
class Resident:
    """A person who does not exist."""

    personal_id: str
    full_name: str
    born: date
    is_female: bool
    phone: str

    def body(self, unit_code: str = UNIT) -> dict[str, Any]:
        """What an officer sends to register them."""
        return {
            "personal_id": self.personal_id,
            "id_document": "cccd",
            "full_name": self.full_name,
            "date_of_birth": self.born.isoformat(),
            "sex": "female" if self.is_female else "male",
            "unit_code": unit_code,
            "phone": self.phone,
            "phone_owner_verified": True,
            "has_smartphone": True,
            "has_bank_account": False,
        }


def residents(count: int, first: int = 0) -> Iterator[Resident]:
    """`count` residents from a serial number on; the same serial is the same person."""
    for serial in range(first, first + count):
        chance = random.Random(serial)
        born = date(1940, 1, 1) + timedelta(days=chance.randrange(21_000))
        female = chance.random() < 0.5
        yield Resident(
            personal_id=f"{_PREFIXES[serial // 1_000_000]}{int(female)}{born:%y}{serial % 1_000_000:06d}",
            full_name=f"{chance.choice(_FAMILY)} {'Thị' if female else 'Văn'} {chance.choice(_GIVEN)}",
            born=born,
            is_female=female,
            phone=f"+849{7 + serial // 10_000_000 % 3}{serial % 10_000_000:07d}",
        )


def load_units(stage: Stage) -> None:
    """Start the registry with its timed work until it has loaded the units of the province."""
    with stage.serving("registry.app:app", name="registry-units", service="registry") as registry:
        wait_for(lambda: ask("GET", f"{registry.url}/v1/units/{UNIT}"), 60, "the units of the province")


def register(stage: Stage, url: str, count: int, first: int = 0) -> list[str]:
    """Register residents at the registry, one by one as an officer does; their ids."""
    token = stage.token(OFFICER)
    return [ask("POST", f"{url}/v1/residents", token=token, body=one.body())["id"] for one in residents(count, first)]
