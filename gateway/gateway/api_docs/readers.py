"""Pages for people: the start page, the readers of the API and of the events, and the files that these load from here.

Scalar and the component of AsyncAPI are built by their makers and kept compressed in `assets`; `assets/vendored.json` names
package, version and digest of each.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from province import get_pack

ASSETS = Path(__file__).with_name("assets")
ASSET_PATH = "/docs/assets/"
HTML = {"/": "home.html", "/docs": "docs.html", "/asyncapi": "asyncapi.html"}
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json"}
VENDORED = ASSETS / "vendored.json"

READER_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    b"font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; "
    b"frame-ancestors 'none'"
)
"""The readers style their own elements, so styles may stand inline; scripts may not, and nothing comes from elsewhere."""
POLICIES = {
    "/": b"default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
    "/docs": READER_POLICY,
    # Its parser compiles the schema of AsyncAPI to functions; the document that it reads is ours.
    "/asyncapi": READER_POLICY.replace(b"script-src 'self'", b"script-src 'self' 'unsafe-eval'"),
}


@dataclass(frozen=True)
class Asset:
    """A file that a page loads: its bytes as they are, compressed bytes, and a validator of its content."""

    content: bytes
    compressed: bytes
    media_type: str
    etag: str


@cache
def html_page(path: str, *, is_development: bool) -> tuple[str, bytes]:
    """A page and its content security policy; in development the reader gives tokens of played callers."""
    page = (ASSETS / HTML[path]).read_text(encoding="utf-8")
    if path == "/":
        page = page.format(province=escape(get_pack().name), called=escape(get_pack().called))
    if is_development:
        page = page.replace('<form id="sign-in" hidden>', '<form id="sign-in">')
    return page, POLICIES[path]


@cache
def sign_in_page(*, is_development: bool) -> str:
    """The page of the dashboard's sign-in where no identity provider is set: how to sign in, or who sets it up."""
    page = (ASSETS / "sign-in.html").read_text(encoding="utf-8")
    left_out = "production" if is_development else "development"
    start, _, rest = page.partition(f"<!--{left_out}-->")
    return start + rest.partition(f"<!--/{left_out}-->")[2]


@cache
def asset(name: str) -> Asset | None:
    """A file by its name in `/docs/assets/`; None where there is none."""
    media_type = MEDIA_TYPES.get(Path(name).suffix)
    if media_type is None or "/" in name or name == VENDORED.name:
        return None
    kept, packed = ASSETS / name, ASSETS / f"{name}.gz"
    if packed.exists():
        compressed = packed.read_bytes()
        content = gzip.decompress(compressed)
    elif kept.exists():
        content = kept.read_bytes()
        compressed = gzip.compress(content, 9, mtime=0)
    else:
        return None
    return Asset(content, compressed, media_type, f'"{hashlib.sha256(content).hexdigest()[:16]}"')


def vendored() -> dict[str, dict[str, str]]:
    """Package, version, path in the package, licence and SHA-256 of each file that others built."""
    found: dict[str, dict[str, str]] = json.loads(VENDORED.read_text(encoding="utf-8"))
    return found
