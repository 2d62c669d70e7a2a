"""Posters for stalls, shops and counters: one sheet each, print-ready, a whole market in one file."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Literal

import typst

from payments_qr.printing.images import qr_svg

Paper = Literal["a4", "a5", "a6"]


@dataclass(frozen=True, slots=True)
class Poster:
    """What one sheet shows. `masked_account` never holds the full number; the code itself does, as it must.

    `holder` is the account holder's name at the bank, which the payer's application shows to be compared; empty where
    neither the provider nor the stall list gave it. `asks_customer_code`: the payer writes it into the memo.
    """

    payload: str
    merchant_name: str
    name_in_code: str
    bank_name: str
    masked_account: str
    place: str = ""
    counter: str = ""
    holder: str = ""
    asks_customer_code: bool = False


def masked_account(account_no: str) -> str:
    """The last four characters, as on a bank card; shorter numbers show one."""
    shown = account_no[-4:] if len(account_no) >= 8 else account_no[-1:]
    return "•" * min(len(account_no) - len(shown), 6) + shown


def posters_pdf(posters: Sequence[Poster], paper: Paper = "a5") -> bytes:
    """One PDF with a sheet for every poster, in the order given. At least one poster is needed."""
    return _document(posters, paper, "pdf")[0]


def poster_pngs(posters: Sequence[Poster], paper: Paper = "a5", dots_per_inch: int = 150) -> list[bytes]:
    """The same sheets as pictures, for a preview."""
    return _document(posters, paper, "png", dots_per_inch)


def _document(
    posters: Sequence[Poster], paper: Paper, form: Literal["pdf", "png"], dots_per_inch: int = 150
) -> list[bytes]:
    sheets = [asdict(poster) | {"svg": qr_svg(poster.payload)} for poster in posters]
    template = (files(__package__) / "poster.typ").read_bytes()
    # Only the fonts inside typst: every machine prints the same sheet.
    compiler = typst.Compiler(template, ignore_system_fonts=True)
    inputs = {"sheets": json.dumps(sheets), "paper": paper}
    made = compiler.compile(format=form, ppi=float(dots_per_inch), sys_inputs=inputs)
    return [made] if isinstance(made, bytes) else list(made or [])
