"""What is counted by marks of a step, and what other services counted in their tables."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable

MARKED = {
    "vneid_issued": ("vneid", "issued"),
    "vneid_level_2": ("vneid", "level_2"),
    "payment_account_bank": ("payment_account", "bank"),
    "payment_account_e_wallet": ("payment_account", "e_wallet"),
    "payment_account_mobile_money": ("payment_account", "mobile_money"),
}
"""Indicators of a part of a step, by the step and its mark."""


class KnownCount(OnboardingTable, table=True):
    """How many a service counted in a unit itself (not below) by its last `counts.taken`; for rankings."""

    __tablename__ = "known_count"

    service: str = Field(primary_key=True, sa_type=Text)
    indicator: str = Field(primary_key=True, sa_type=Text)
    unit_code: str = Field(primary_key=True, sa_type=Text)
    count: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=aware())
