"""Dossiers, feedback, and the services that units have chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from contracts.casework import (
    DossierChanged,
    DossierCompleted,
    DossierFeePaid,
    DossierState,
    DossierSubmitted,
    FeedbackAnswered,
    FeedbackChanged,
    FeedbackReceived,
    FeedbackState,
    ProceduresChosen,
)
from reporting.projections.subscriptions import applies, counted_entity
from reporting.projections.timeline import Contributions, Timeline, contribute, counting_day

__all__ = ["CountedDossier", "CountedFeedback", "CountedProcedureChoice"]

NOT_PROCESSED = frozenset({3, 7, 8})
"""National states of dossiers that will never be settled: not received, withdrawn, stopped."""


@counted_entity(
    "dossier",
    id_field="dossier_id",
    counters=[
        "dossiers",
        "dossiers_online",
        "dossiers_self_service",
        "dossiers_with_fee",
        "fees_paid_online",
        "fields_asked",
        "fields_prefilled",
        "dossiers_due",
        "dossiers_on_time",
    ],
)
@dataclass(slots=True)
class CountedDossier:
    """A dossier as it stands now; counted on the day it was filed, settled or overdue."""

    version: int = 0
    unit_id: str | None = None
    national_status: int = 1
    is_online: bool = False
    is_self_service: bool = False
    submitted_on: date | None = None
    due_on: date | None = None
    finished_on: date | None = None
    is_on_time: bool | None = None
    asked: int = 0
    prefilled: int = 0
    fee: int = 0
    fee_paid_on: date | None = None

    @applies(DossierSubmitted, DossierChanged, DossierCompleted)
    def apply_state(self, event: DossierState) -> bool:
        if event.version <= self.version:
            return False
        self.version, self.unit_id = event.version, str(event.unit_id)
        self.national_status = event.national_status
        self.is_online, self.is_self_service = event.channel == 2, event.self_service
        self.submitted_on = counting_day(event.submitted_at or event.received_at or event.at)
        self.due_on = counting_day(event.due_at) if event.due_at else None
        self.finished_on = counting_day(event.finished_at) if event.finished_at else None
        self.is_on_time = event.is_on_time
        self.asked, self.prefilled, self.fee = event.fields_asked, event.fields_prefilled, event.fee_amount
        if not event.fee_paid_online:
            self.fee_paid_on = None  # not paid yet, or the payment was taken back
        elif self.fee_paid_on is None:
            self.fee_paid_on = counting_day(event.at)
        return True

    @applies(DossierFeePaid)
    def apply_fee(self, event: DossierFeePaid) -> bool:
        self.fee_paid_on = counting_day(event.paid_at)
        return True

    def contributions(self) -> Contributions:
        counted = Contributions()
        if self.unit_id is None or self.submitted_on is None:
            return counted
        filed = self.submitted_on
        amounts = {
            "dossiers": 1,
            "dossiers_online": int(self.is_online),
            "dossiers_self_service": int(self.is_online and self.is_self_service),
            "dossiers_with_fee": int(self.fee > 0),
            "fields_asked": self.asked,
            "fields_prefilled": self.prefilled,
        }
        for counter, amount in amounts.items():
            contribute(counted, self.unit_id, counter, filed, amount)
        if self.fee > 0 and self.fee_paid_on:
            contribute(counted, self.unit_id, "fees_paid_online", max(filed, self.fee_paid_on))
        settled = None if self.national_status in NOT_PROCESSED else self.finished_on
        is_due = self.national_status not in NOT_PROCESSED
        _contribute_deadline(
            counted, self.unit_id, "dossiers", self.due_on if is_due else None, settled, self.is_on_time
        )
        return counted


@counted_entity("feedback", id_field="feedback_id", counters=["feedback_due", "feedback_on_time"])
@dataclass(slots=True)
class CountedFeedback:
    """A feedback or petition: answered, in time or not, or overdue."""

    version: int = 0
    unit_id: str | None = None
    due_on: date | None = None
    answered_on: date | None = None
    is_on_time: bool | None = None

    @applies(FeedbackReceived, FeedbackAnswered, FeedbackChanged)
    def apply_state(self, event: FeedbackState) -> bool:
        if event.version <= self.version:
            return False
        self.version, self.unit_id = event.version, str(event.unit_id)
        self.due_on = counting_day(event.due_at)
        self.answered_on = counting_day(event.answered_at) if event.answered_at else None
        in_time = event.answered_at <= event.due_at if event.answered_at else None
        self.is_on_time = in_time if event.is_on_time is None else event.is_on_time
        return True

    def contributions(self) -> Contributions:
        counted = Contributions()
        if self.unit_id:
            _contribute_deadline(counted, self.unit_id, "feedback", self.due_on, self.answered_on, self.is_on_time)
        return counted


@counted_entity("choice", id_field="unit_id", counters=["procedures_chosen"])
@dataclass(slots=True)
class CountedProcedureChoice:
    """The full-process services that a unit has chosen, day by day."""

    unit_id: str = ""
    numbers: Timeline[int] = field(default_factory=Timeline)
    minimum: int = 0
    codes: tuple[str, ...] = ()

    @applies(ProceduresChosen)
    def apply_choice(self, event: ProceduresChosen) -> bool:
        self.unit_id, self.minimum = str(event.unit_id), event.minimum
        self.codes = tuple(event.codes)
        self.numbers.set_from(counting_day(event.at), len(set(event.codes)))
        return True

    def contributions(self) -> Contributions:
        counted, before = Contributions(), 0
        for day, number in self.numbers.entries():
            contribute(counted, self.unit_id, "procedures_chosen", day, number - before)
            before = number
        return counted


def _contribute_deadline(
    counted: Contributions,
    unit_id: str,
    name: str,
    due_on: date | None,
    settled_on: date | None,
    is_on_time: bool | None,
) -> None:
    """Counts among the due from the day it was settled, or overdue if that was earlier; on time where it is judged so."""
    if settled_on and is_on_time is None:
        return
    overdue_from = due_on + timedelta(days=1) if due_on else None
    days = [day for day in (None if is_on_time else overdue_from, settled_on) if day]
    if days:
        contribute(counted, unit_id, f"{name}_due", min(days))
    if settled_on and is_on_time:
        contribute(counted, unit_id, f"{name}_on_time", settled_on)
