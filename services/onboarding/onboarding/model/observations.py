"""An attribute seen in the village: a new smartphone, a bank account, a number. A number is only passed on, encrypted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ObservedName = Literal["has_smartphone", "has_bank_account", "phone"]


@dataclass(frozen=True)
class Observation:
    name: ObservedName
    occurred_at: datetime
    value: bool | None = None
    phone: str | None = None
    owner_verified: bool = False
