"""Merchants and their payments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from contracts.payments_qr import (
    MerchantActivated,
    MerchantRegistered,
    MerchantState,
    MerchantSuspended,
    MerchantUpdated,
    PaymentRefunded,
    PaymentReversed,
    PaymentSettled,
)
from reporting.projections.subscriptions import applies, counted_entity
from reporting.projections.timeline import Contributions, Timeline, contribute, counting_day, daily_contributions

__all__ = ["CountedMerchant", "CountedPayment"]

SHOPS = frozenset({"market_stall", "shop"})
UTILITIES = frozenset({"electricity", "water"})


@counted_entity(
    "merchant",
    id_field="merchant_id",
    counters=["merchants", "merchants_with_qr", "utility_points", "utility_points_with_qr"],
)
@dataclass(slots=True)
class CountedMerchant:
    """A stall, shop or pay point; counted while active, from the day on which the platform knew it."""

    version: int = 0
    states: Timeline[tuple[str, str, bool, bool]] = field(default_factory=Timeline)
    """Unit id, category, active, with a usable code."""

    @applies(MerchantRegistered, MerchantActivated, MerchantSuspended, MerchantUpdated)
    def apply_state(self, event: MerchantState) -> bool:
        if event.version <= self.version:
            return False
        self.version = event.version
        state = (str(event.unit_id), event.category, event.status == "active", event.has_qr)
        self.states.set_from(counting_day(event.at), state)
        return True

    def contributions(self) -> Contributions:
        return daily_contributions(self.states.days(), lambda day: list(self._counted(day)))

    def _counted(self, day: date) -> Iterator[tuple[str, str]]:
        unit_id, category, active, has_qr = self.states.at(day) or ("", "", False, False)
        if not active:
            return
        for kinds, all_of_kind, with_code in (
            (SHOPS, "merchants", "merchants_with_qr"),
            (UTILITIES, "utility_points", "utility_points_with_qr"),
        ):
            if category in kinds:
                yield unit_id, all_of_kind
                if has_qr:
                    yield unit_id, with_code


@counted_entity("payment", id_field="payment_id", counters=["cashless_payments", "cashless_amount"])
@dataclass(slots=True)
class CountedPayment:
    """A payment, without what was refunded of it. A reversed one counts on no day, neither before nor after the reversal."""

    unit_id: str | None = None
    day: date | None = None
    amount: int = 0
    counted: bool = False
    reversed: bool = False
    refunded: int = 0

    @applies(PaymentSettled)
    def apply_settlement(self, event: PaymentSettled) -> bool:
        self.unit_id, self.day = str(event.unit_id), event.business_day
        self.amount, self.counted = event.amount, event.counted
        return True

    @applies(PaymentReversed)
    def apply_reversal(self, event: PaymentReversed) -> bool:
        self.reversed = True
        return True

    @applies(PaymentRefunded)
    def apply_refund(self, event: PaymentRefunded) -> bool:
        self.refunded = max(self.refunded, event.refunded_amount)
        return True

    def contributions(self) -> Contributions:
        counted = Contributions()
        if self.unit_id and self.day and self.counted and not self.reversed:
            contribute(counted, self.unit_id, "cashless_payments", self.day)
            contribute(counted, self.unit_id, "cashless_amount", self.day, self.amount - self.refunded)
        return counted
