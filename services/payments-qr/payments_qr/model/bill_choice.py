"""Which open bills of a customer a payment pays: one of its amount, or the oldest ones that add up to it. Never a guess."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

from payments_qr.qr_payload import folded

_MONTHS = re.compile(
    r"(?<![A-Z0-9])(?:T|TH|THANG)[ .]?(\d{1,2}(?:[ ,+&/\-]+(?:T|TH|THANG)?[ .]?\d{1,2}(?!\d))*)(?![A-Z0-9])"
)
_NUMBER = re.compile(r"\d{1,2}")


@dataclass(frozen=True, slots=True)
class DueBill:
    """A bill that is due: its period `YYYY-MM` and what remains of it in VND."""

    period: str
    remaining: int

    @property
    def month(self) -> int:
        return int(self.period[5:7])


@dataclass(frozen=True, slots=True)
class BillChoice:
    """Positions of the bills that are paid; none when nothing fits. `is_ambiguous`: more than one reading fits."""

    positions: tuple[int, ...] = ()
    is_ambiguous: bool = False


def months_in(memo: str) -> frozenset[int]:
    """The months that a memo names: "T9 T10", "thang 9, 10", "T9/2026" (then the month only)."""
    found = (number for match in _MONTHS.finditer(folded(memo).upper()) for number in _NUMBER.findall(match.group(1)))
    return frozenset(month for number in found if 1 <= (month := int(number)) <= 12)


def choose_bills(due: Sequence[DueBill], amount: int, months: Collection[int]) -> BillChoice:
    """The bills of one customer that a payment of `amount` pays. `due` is ordered by due date, the oldest first.

    One bill of this amount, that of the month which the memo names before an older one; or the two or more oldest bills
    whose sum is the amount, unless the memo names a month that is not among them. Where both fit and the months do not
    decide, an officer decides.
    """
    singles = [number for number, bill in enumerate(due) if bill.remaining == amount]
    oldest = _oldest_of_sum(due, amount)
    named = set(months)
    fits_oldest = bool(oldest) and named <= {due[number].month for number in oldest}
    if singles and oldest:
        of_month = [number for number in singles if named == {due[number].month}]
        if len(named) > 1 and fits_oldest:
            return BillChoice(oldest)
        return BillChoice(tuple(of_month[:1])) if of_month else BillChoice(is_ambiguous=True)
    if oldest:
        return BillChoice(oldest) if fits_oldest else BillChoice()
    if len(named) > 1:
        return BillChoice(is_ambiguous=bool(singles))
    return BillChoice(tuple(sorted(singles, key=lambda number: due[number].month not in named)[:1]))


def _oldest_of_sum(due: Sequence[DueBill], amount: int) -> tuple[int, ...]:
    sums = accumulate(bill.remaining for bill in due)
    return next((tuple(range(number + 1)) for number, total in enumerate(sums) if number and total == amount), ())
