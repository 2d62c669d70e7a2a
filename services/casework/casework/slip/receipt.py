"""Fills the form of the receipt slip (form 01 of Circular 03/2025/TT-VPCP annex I) and sets it with typst."""

import json
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import segno
import typst

TEMPLATE = Path(__file__).with_name("receipt.typ")


class Component(NamedTuple):
    """One line of the slip's table: a paper of the dossier and how many were handed in."""

    label: str
    copies: int


class Slip(NamedTuple):
    """What the slip prints; every time is already a text in Vietnamese, every number of a person masked."""

    unit_name: str
    superior_name: str
    code: str
    applicant: str
    address: str
    phone: str
    identity_number: str
    procedure: str
    subject: str
    components: tuple[Component, ...]
    time_limit: str
    received_at: str
    due_at: str
    return_place: str
    fee: str
    tracking_url: str
    is_receipt: bool


def render_slip(slip: Slip) -> bytes:
    """The slip as PDF bytes; the first QR holds the slip's data, the second leads to tracking.

    Sets type in the calling thread for some tens of milliseconds: call it off the event loop.
    """
    return _typeset(slip, "pdf")


def preview_slip(slip: Slip) -> bytes:
    """The slip as a PNG picture of its page."""
    return _typeset(slip, "png")


def _typeset(slip: Slip, form: Literal["pdf", "png"]) -> bytes:
    content = slip._asdict() | {
        "components": [component._asdict() for component in slip.components],
        "data_qr": _qr_svg("|".join([slip.code, slip.received_at, slip.due_at])),
        "tracking_qr": _qr_svg(slip.tracking_url),
    }
    inputs = {"slip": json.dumps(content, ensure_ascii=False)}
    return bytes(typst.compile(_template(), format=form, ppi=150, sys_inputs=inputs))


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _qr_svg(text: str) -> str:
    return segno.make(text, error="m").svg_inline(border=1)
