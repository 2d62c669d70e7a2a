"""What else is counted: organizations, merchants, payments, dossiers, feedback, campaign work, linked databases.

Each thing keeps the last state that its service said, and its history as far as a past day needs it. `tally` turns one
thing into what it counts day by day; the difference before and after a fact is what changes in the counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from contracts.casework import DossierFeePaid, DossierState, FeedbackState, ProceduresChosen
from contracts.onboarding import (
    CommunicationPublished,
    OfficialSignatureIssued,
    OrganizationStepCompleted,
    SessionHeld,
)
from contracts.payments_qr import MerchantState, PaymentReversed, PaymentSettled
from contracts.registry import OrganizationSnapshot, SourceChecked
from reporting.projections.timeline import BEGINNING, Tally, Timeline, count_once, local_date, sweep

__all__ = [
    "EVERYWHERE",
    "Broadcast",
    "Choice",
    "Dossier",
    "Feedback",
    "HeldSession",
    "Merchant",
    "Official",
    "Organization",
    "Payment",
    "Source",
    "Work",
]

EVERYWHERE = "00000000-0000-0000-0000-000000000000"
"""Stands for the whole province where a count belongs to no unit."""

TRAINING_KINDS = frozenset({"conference", "training", "guidance", "installation"})
SHOPS = frozenset({"market_stall", "shop"})
UTILITIES = frozenset({"electricity", "water"})
NOT_PROCESSED = frozenset({3, 7, 8})
"""National states of dossiers that will never be settled: not received, withdrawn, stopped."""


class Work(Protocol):
    """Anything that counts: its state becomes a tally."""

    def tally(self) -> Tally: ...


@dataclass(slots=True)
class Organization:
    """An enterprise, household business or cooperative; like a resident, the registry does not tell since when."""

    version: int = 0
    units: Timeline[str] = field(default_factory=Timeline)
    active: Timeline[bool] = field(default_factory=Timeline)
    app: Timeline[bool] = field(default_factory=Timeline)

    def know(self, said: OrganizationSnapshot) -> bool:
        if said.version <= self.version:
            return False
        day = BEGINNING if self.version == 0 else local_date(said.at)
        self.version = said.version
        self.units.set_from(day, str(said.unit_id))
        self.active.set_from(day, said.active)
        return True

    def step(self, said: OrganizationStepCompleted) -> bool:
        self.app.set_from(local_date(said.at), said.completed)
        return True

    def tally(self) -> Tally:
        days = [*self.units.days(), *self.active.days(), *self.app.days()]
        return sweep(days, lambda day: list(self._counted(day)))

    def _counted(self, day: date) -> Iterator[tuple[str, str]]:
        unit_id = self.units.at(day)
        if unit_id is None or not self.active.at(day):
            return
        yield unit_id, "organizations"
        if self.app.at(day):
            yield unit_id, "organizations_with_app"


@dataclass(slots=True)
class Merchant:
    """A stall, shop or pay point; counted while active, from the day on which the platform knew it."""

    version: int = 0
    states: Timeline[tuple[str, str, bool, bool]] = field(default_factory=Timeline)
    """Unit id, category, active, with a usable code."""

    def know(self, said: MerchantState) -> bool:
        if said.version <= self.version:
            return False
        self.version = said.version
        state = (str(said.unit_id), said.category, said.status == "active", said.has_qr)
        self.states.set_from(local_date(said.at), state)
        return True

    def tally(self) -> Tally:
        return sweep(self.states.days(), lambda day: list(self._counted(day)))

    def _counted(self, day: date) -> Iterator[tuple[str, str]]:
        unit_id, category, active, has_qr = self.states.at(day) or ("", "", False, False)
        if not active:
            return
        for kinds, known, coded in (
            (SHOPS, "merchants", "merchants_with_qr"),
            (UTILITIES, "utility_points", "utility_points_with_qr"),
        ):
            if category in kinds:
                yield unit_id, known
                if has_qr:
                    yield unit_id, coded


@dataclass(slots=True)
class Payment:
    """A payment; a reversed one counts nowhere, on the day it had been counted as on every other."""

    unit_id: str | None = None
    day: date | None = None
    amount: int = 0
    counted: bool = False
    reversed: bool = False

    def settle(self, said: PaymentSettled) -> bool:
        self.unit_id, self.day = str(said.unit_id), said.business_day
        self.amount, self.counted = said.amount, said.counted
        return True

    def take_back(self, said: PaymentReversed) -> bool:
        self.reversed = True
        return True

    def tally(self) -> Tally:
        tally = Tally()
        if self.unit_id and self.day and self.counted and not self.reversed:
            count_once(tally, self.unit_id, "cashless_payments", self.day)
            count_once(tally, self.unit_id, "cashless_amount", self.day, self.amount)
        return tally


@dataclass(slots=True)
class Dossier:
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

    def know(self, said: DossierState) -> bool:
        if said.version <= self.version:
            return False
        self.version, self.unit_id = said.version, str(said.unit_id)
        self.national_status = said.national_status
        self.is_online, self.is_self_service = said.channel == 2, said.self_service
        self.submitted_on = local_date(said.submitted_at or said.received_at or said.at)
        self.due_on = local_date(said.due_at) if said.due_at else None
        self.finished_on = local_date(said.finished_at) if said.finished_at else None
        self.is_on_time = said.is_on_time
        self.asked, self.prefilled, self.fee = said.fields_asked, said.fields_prefilled, said.fee_amount
        if not said.fee_paid_online:
            self.fee_paid_on = None  # not paid yet, or the payment was taken back
        elif self.fee_paid_on is None:
            self.fee_paid_on = local_date(said.at)
        return True

    def pay(self, said: DossierFeePaid) -> bool:
        self.fee_paid_on = local_date(said.paid_at)
        return True

    def tally(self) -> Tally:
        tally = Tally()
        if self.unit_id is None or self.submitted_on is None:
            return tally
        filed = self.submitted_on
        counts = {
            "dossiers": 1,
            "dossiers_online": int(self.is_online),
            "dossiers_self_service": int(self.is_online and self.is_self_service),
            "dossiers_with_fee": int(self.fee > 0),
            "fields_asked": self.asked,
            "fields_prefilled": self.prefilled,
        }
        for counter, amount in counts.items():
            count_once(tally, self.unit_id, counter, filed, amount)
        if self.fee > 0 and self.fee_paid_on:
            count_once(tally, self.unit_id, "fees_paid_online", max(filed, self.fee_paid_on))
        settled = None if self.national_status in NOT_PROCESSED else self.finished_on
        is_due = self.national_status not in NOT_PROCESSED
        _count_deadline(tally, self.unit_id, "dossiers", self.due_on if is_due else None, settled, self.is_on_time)
        return tally


@dataclass(slots=True)
class Feedback:
    """A feedback or petition; it has its answer, in time or not, or is overdue."""

    version: int = 0
    unit_id: str | None = None
    due_on: date | None = None
    answered_on: date | None = None
    is_on_time: bool | None = None

    def know(self, said: FeedbackState) -> bool:
        if said.version <= self.version:
            return False
        self.version, self.unit_id = said.version, str(said.unit_id)
        self.due_on = local_date(said.due_at)
        self.answered_on = local_date(said.answered_at) if said.answered_at else None
        in_time = said.answered_at <= said.due_at if said.answered_at else None
        self.is_on_time = in_time if said.is_on_time is None else said.is_on_time
        return True

    def tally(self) -> Tally:
        tally = Tally()
        if self.unit_id:
            _count_deadline(tally, self.unit_id, "feedback", self.due_on, self.answered_on, self.is_on_time)
        return tally


@dataclass(slots=True)
class HeldSession:
    """A conference, training, guidance or installation day, with the attendance said last."""

    unit_id: str = ""
    held_on: date = BEGINNING
    trains: bool = False
    people: int = 0
    businesses: int = 0

    def know(self, said: SessionHeld) -> bool:
        self.unit_id, self.held_on = str(said.unit_id), said.held_on
        self.trains = said.kind in TRAINING_KINDS
        self.people = said.residents + said.members
        known = said.businesses
        # Sessions of before tell how many organizations came and how many owners of shops, not how many were both.
        self.businesses = max(said.organizations, said.merchants) if known is None else known
        return True

    def tally(self) -> Tally:
        tally = Tally()
        if not self.unit_id:
            return tally
        count_once(tally, self.unit_id, "sessions_held", self.held_on)
        if self.trains:
            count_once(tally, self.unit_id, "people_trained", self.held_on, self.people)
            count_once(tally, self.unit_id, "merchants_trained", self.held_on, self.businesses)
        return tally


@dataclass(slots=True)
class Broadcast:
    """News or a broadcast."""

    unit_id: str = ""
    published_on: date = BEGINNING

    def know(self, said: CommunicationPublished) -> bool:
        self.unit_id, self.published_on = str(said.unit_id), said.published_on
        return True

    def tally(self) -> Tally:
        tally = Tally()
        if self.unit_id:
            count_once(tally, self.unit_id, "communications_published", self.published_on)
        return tally


@dataclass(slots=True)
class Official:
    """An official who holds a public-duty signature, or gave it back."""

    holdings: Timeline[str] = field(default_factory=Timeline)
    """The unit id while held, empty otherwise."""

    def know(self, said: OfficialSignatureIssued) -> bool:
        self.holdings.set_from(max(said.issued_on, BEGINNING), str(said.unit_id) if said.held else "")
        return True

    def tally(self) -> Tally:
        def counted(day: date) -> list[tuple[str, str]]:
            unit_id = self.holdings.at(day)
            return [(unit_id, "officials_with_signature")] if unit_id else []

        return sweep(self.holdings.days(), counted)


@dataclass(slots=True)
class Choice:
    """The full-process services that a unit has chosen, day by day."""

    unit_id: str = ""
    numbers: Timeline[int] = field(default_factory=Timeline)
    minimum: int = 0
    codes: tuple[str, ...] = ()

    def know(self, said: ProceduresChosen) -> bool:
        self.unit_id, self.minimum = str(said.unit_id), said.minimum
        self.codes = tuple(said.codes)
        self.numbers.set_from(local_date(said.at), len(set(said.codes)))
        return True

    def tally(self) -> Tally:
        tally, before = Tally(), 0
        for day, number in self.numbers.entries():
            count_once(tally, self.unit_id, "procedures_chosen", day, number - before)
            before = number
        return tally


@dataclass(slots=True)
class Source:
    """A linked database; it serves the whole province."""

    states: Timeline[bool] = field(default_factory=Timeline)

    def know(self, said: SourceChecked) -> bool:
        self.states.set_from(local_date(said.at), said.live)
        return True

    def tally(self) -> Tally:
        def counted(day: date) -> list[tuple[str, str]]:
            live = [(EVERYWHERE, "data_sources_live")] if self.states.at(day) else []
            return [(EVERYWHERE, "data_sources"), *live]

        return sweep(self.states.days(), counted)


def _count_deadline(
    tally: Tally, unit_id: str, name: str, due_on: date | None, settled_on: date | None, is_on_time: bool | None
) -> None:
    """Counts among the due from the day it was settled, or overdue if that was earlier; on time where it is judged so."""
    if settled_on and is_on_time is None:
        return
    overdue_from = due_on + timedelta(days=1) if due_on else None
    days = [day for day in (None if is_on_time else overdue_from, settled_on) if day]
    if days:
        count_once(tally, unit_id, f"{name}_due", min(days))
    if settled_on and is_on_time:
        count_once(tally, unit_id, f"{name}_on_time", settled_on)
