"""The banks, wallets and mobile-money accounts that a VietQR code can name, as dated data.

A renamed bank keeps its BIN, so one BIN may have several rows that follow one another in time. Not every BIN
begins with 9704. Sources: the NAPAS letter 1589 of 2024 on bank identifiers and the public list of VietQR banks;
dates of renaming as the banks and the press announced them; where only the month is public, its first day stands. An
empty `valid_from` means "longer than this list".
"""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Bank:
    """One name of one BIN during one period; both days belong to the period."""

    bin: str
    code: str
    short_name: str
    name: str
    kind: str
    valid_from: date | None
    valid_to: date | None

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def list_banks(on: date) -> tuple[Bank, ...]:
    """Every institution under the name it had on that day, by short name."""
    found = (bank for names in _by_bin().values() for bank in names if bank.is_valid_on(on))
    return tuple(sorted(found, key=lambda bank: (bank.short_name.lower(), bank.bin)))


def find_bank(bin: str, on: date) -> Bank | None:
    """The institution behind a BIN as it was called on that day."""
    return next((bank for bank in _by_bin().get(bin, ()) if bank.is_valid_on(on)), None)


def list_names(bin: str) -> tuple[Bank, ...]:
    """All names a BIN has had, oldest first."""
    return _by_bin().get(bin, ())


@cache
def _by_bin() -> dict[str, tuple[Bank, ...]]:
    text = (files(__package__) / "banks.csv").read_text("utf-8")
    rows = [_bank_of(row) for row in csv.DictReader(text.splitlines())]
    rows.sort(key=lambda bank: (bank.bin, bank.valid_from or date.min))
    return {bin: tuple(names) for bin, names in groupby(rows, key=lambda bank: bank.bin)}


def _bank_of(row: dict[str, str]) -> Bank:
    return Bank(
        bin=row["bin"],
        code=row["code"],
        short_name=row["short_name"],
        name=row["name"],
        kind=row["kind"],
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )
