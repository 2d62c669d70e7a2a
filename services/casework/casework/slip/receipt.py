"""Fills the form of the receipt slip (form 01 of Circular 03/2025/TT-VPCP annex I) and sets it with typst."""

from pathlib import Path
from typing import Any, NamedTuple

import segno

from casework.slip.typeset import typeset

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
    subject_called: str
    components: tuple[Component, ...]
    time_limit: str
    received_at: str
    due_at: str
    return_place: str
    fee: str
    tracking_url: str
    tracking_page: str
    is_receipt: bool
    is_online: bool = True


def render_slip(slip: Slip) -> bytes:
    """The slip as PDF bytes; the first QR holds the slip's data, the second leads to tracking.

    Sets type in the calling thread for some tens of milliseconds: call it off the event loop.
    """
    return typeset(TEMPLATE, _content(slip))


def preview_slip(slip: Slip) -> bytes:
    """The slip as a PNG picture of its page."""
    return typeset(TEMPLATE, _content(slip), "png")


def _content(slip: Slip) -> dict[str, Any]:
    return slip._asdict() | {
        "components": [component._asdict() for component in slip.components],
        "data_qr": qr_svg("|".join([slip.code, slip.received_at, slip.due_at])),
        "tracking_qr": qr_svg(slip.tracking_url),
    }


def qr_svg(text: str) -> str:
    """A QR code as SVG text."""
    return segno.make(text, error="m").svg_inline(border=1)
