"""The banks, wallets and mobile-money accounts that a VietQR code can name, as dated data.

A renamed bank keeps its BIN, so one BIN may have several rows that follow one another in time. Not every BIN
begins with 9704. Sources: the NAPAS letter 1589 of 2024 on bank identifiers and the public list of VietQR banks;
dates of renaming as the banks and the press announced them; where only the month is public, its first day stands. An
empty `valid_from` means "longer than this list".
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby

from chassis.folding import squeeze


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


def find_bank_by_name(written: str, on: date) -> Bank | None:
    """The institution that people call so: by BIN, code, short or legal name, a former name, an abbreviation.

    "Ngân hàng", the legal form and a branch ("CN Ngọc Lặc") do not count. None where the name is unknown or two may be
    meant.
    """
    plain = " ".join(written.split())
    if plain.isdigit():
        return find_bank(plain, on)
    for name in (plain, *_shorter(plain)):
        for key in (squeeze(name), _key(name)):
            found = {bin for bin in _by_name().get(key, ()) if find_bank(bin, on)}
            if len(found) == 1:
                return find_bank(found.pop(), on)
    return None


_BRANCH = re.compile(r"(?i)(?:\s+[-–]\s*|[,;(]|\s)(?:CN|chi nhánh|chi nhanh|PGD|phòng giao dịch|phong giao dich)\b.*")
_IN_BRACKETS = re.compile(r"\(([^)]*)\)")
_LEGAL_FORM = re.compile(
    r"^(?:nganhang|nhtmcp|nhtm|thuongmaicophan|thuongmaitnhh|thuongmai|tmcp|tm|cophan|tnhhmtv|tnhhmotthanhvien|tnhh|mtv)+"
)


def _shorter(written: str) -> Iterator[str]:
    """The name without its branch; without what stands in brackets; what stands in brackets; the parts around a dash."""
    without_branch = _BRANCH.sub("", written)
    yield without_branch
    yield _IN_BRACKETS.sub("", without_branch)
    yield from _IN_BRACKETS.findall(written)
    yield from re.split(r"\s+[-–]\s+", without_branch)


def _key(name: str) -> str:
    key = squeeze(name)
    bare = _LEGAL_FORM.sub("", key).removesuffix("vietnam").removesuffix("vn")
    return bare or key


@cache
def _by_name() -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for bin, banks in _by_bin().items():
        for bank in banks:
            if not bank.code.endswith("-2"):  # the second BIN of a bank is never meant by its name
                for key in (squeeze(bank.code), squeeze(bank.short_name), _key(bank.name)):
                    names.setdefault(key, set()).add(bin)
    text = (files(__package__) / "names.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        names.setdefault(_key(row["name"]), set()).add(row["bin"])
    return names


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
