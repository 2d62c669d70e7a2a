"""QR symbols as PNG and SVG, with the quiet zone of four modules that ISO/IEC 18004 asks for."""

import io
from typing import Any

import zxingcpp
from PIL import Image

# Level M mends 15 % of a dirty or scratched print; EMV payloads then need version 5 to 9.
_ERROR_CORRECTION = "M"
_PIXELS_PER_MODULE = 8


def qr_png(payload: str) -> bytes:
    """A grayscale PNG, 8 pixels a module (a symbol of version 7 is 424 pixels wide)."""
    # frombytes needs no numpy; the library's image is a plain buffer of height times width bytes.
    drawn = _symbol(payload).to_image(scale=_PIXELS_PER_MODULE)
    height, width = drawn.shape
    png = io.BytesIO()
    Image.frombytes("L", (width, height), bytes(drawn)).save(png, format="PNG", optimize=True)
    return png.getvalue()


def qr_svg(payload: str) -> str:
    """An SVG of one unit a module on a white ground, without a document type, fit to be embedded."""
    drawn: str = _symbol(payload).to_svg()
    return drawn[drawn.index("<svg") :]


def _symbol(payload: str) -> Any:
    return zxingcpp.create_barcode(payload, zxingcpp.QRCode, ec_level=_ERROR_CORRECTION)
