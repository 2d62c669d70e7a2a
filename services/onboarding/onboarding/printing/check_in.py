"""The check-in code of a session: as a QR symbol, and as a printed sheet."""

import json
from functools import cache
from pathlib import Path
from typing import Literal

import typst
import zxingcpp

TEMPLATE = Path(__file__).with_name("check_in.typ")


def check_in_symbol(payload: str) -> str:
    """An SVG of one unit a module, with the quiet zone of four modules that ISO/IEC 18004 asks for."""
    drawn: str = zxingcpp.create_barcode(payload, zxingcpp.QRCode, ec_level="M").to_svg()
    return drawn[drawn.index("<svg") :]


def render_check_in(
    payload: str, *, kind: str, venue: str, unit: str, time: str, form: Literal["pdf", "png"] = "pdf"
) -> bytes:
    """The sheet as bytes. Sets type in the calling thread for some tens of milliseconds: call it off the event loop."""
    content = {"kind": kind, "venue": venue, "unit": unit, "time": time, "code": check_in_symbol(payload)}
    inputs = {"paper": json.dumps(content, ensure_ascii=False)}
    return bytes(typst.compile(_template(), format=form, sys_inputs=inputs, ppi=110.0))


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()
