"""The legal time limits of requests of people about their own data (Law 91/2025/QH15, Decree 356/2025/NĐ-CP)."""

from datetime import date, datetime, timedelta

from chassis.clock import local_date
from registry.model.working_days import working_day_after

ANSWER_DAYS = {"access": 10, "correction": 10, "withdrawal": 15, "objection": 15, "erasure": 20}
"""Days to answer, by kind of request; acknowledgement within two working days."""

EVERYTHING = "*"
"""The name in a request that is about all data of a person."""


def due_on(kind: str, received_at: datetime) -> date:
    """The last day for the answer."""
    return local_date(received_at) + timedelta(days=ANSWER_DAYS[kind])


def acknowledge_by(received_at: datetime) -> date:
    """The second working day after receipt."""
    return working_day_after(local_date(received_at), 2)
