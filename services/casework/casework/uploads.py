"""What may be attached: the size and the kind of a file, detected from its content and never from its name, and the scan hook."""

import asyncio
import io
import shlex
import zipfile
from typing import NamedTuple

import puremagic

ALLOWED = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
}
"""Papers and photographs; the last two are what telephones take."""
OFFICE = "application/vnd.openxmlformats-officedocument"
ANNEXES = ALLOWED | {
    f"{OFFICE}.wordprocessingml.document": ".docx",
    f"{OFFICE}.spreadsheetml.sheet": ".xlsx",
    f"{OFFICE}.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/rtf": ".rtf",
    "application/zip": ".zip",
    "text/plain": ".txt",
}
"""What comes with a document between agencies: kept and handed on as a file, never opened here."""
_HEAD = 4096
_MARK = b"\xef\xbb\xbf"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
_PARTS = {
    "word/": f"{OFFICE}.wordprocessingml.document",
    "xl/": f"{OFFICE}.spreadsheetml.sheet",
    "ppt/": f"{OFFICE}.presentationml.presentation",
}


class Paper(NamedTuple):
    """An accepted file: its bytes and what they are."""

    content: bytes
    media_type: str


class FileTooLarge(ValueError):
    """The file is over the limit."""


class WrongKind(ValueError):
    """The content is none of the allowed kinds, whatever the file is called."""


class Infected(ValueError):
    """The scanner refused the file."""


def read_paper(content: bytes, *, limit: int, name: str | None = None) -> Paper:
    """Checks size and content; raises FileTooLarge or WrongKind. With a `name` it is an annex of a document, of which more
    kinds are taken; the name only distinguishes old Office files, whose content looks alike."""
    if len(content) > limit:
        raise FileTooLarge
    if content.startswith(_MARK + b"%PDF"):
        content = content.removeprefix(_MARK)  # some senders write a byte order mark before everything
    media_type = _media_type(content) or (None if name is None else _annex_type(content, name))
    if media_type is None:
        raise WrongKind
    return Paper(content, media_type)


def is_office_file(content: bytes) -> bool:
    """Whether a refused file is one that people write letters in: it can be saved as PDF and handed in again."""
    kind = _annex_type(content, "")
    return kind is not None and kind not in ("application/zip", "text/plain")


async def scan(content: bytes, command: str) -> None:
    """Pipes the file through the scanner's command (`clamdscan -`, for instance); exit 0 is clean. No command, no scan."""
    if not command:
        return
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await process.communicate(content)
    if process.returncode:
        raise Infected


def _media_type(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "image/heic"
    try:
        found = {match.mime_type for match in puremagic.magic_string(content[:_HEAD])}
    except (puremagic.PureError, ValueError):
        return None
    return next((media_type for media_type in ALLOWED if media_type in found), None)


def _annex_type(content: bytes, name: str) -> str | None:
    if content.startswith(b"PK\x03\x04"):
        return _packed_type(content)
    if content.startswith(_OLE):
        return "application/vnd.ms-excel" if name.lower().endswith(".xls") else "application/msword"
    if content.startswith(b"{\\rtf"):
        return "application/rtf"
    return "text/plain" if _is_text(content) else None


def _packed_type(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            if "mimetype" in names:
                declared = packed.open("mimetype").read(100).decode("ascii", "replace").strip()
                return declared if declared in ANNEXES else None
    except (zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, EOFError, OSError):
        return None
    if "[Content_Types].xml" in names:
        kinds = (kind for part, kind in _PARTS.items() if any(name.startswith(part) for name in names))
        return next(kinds, _PARTS["word/"])
    return "application/zip"


def _is_text(content: bytes) -> bool:
    """Text of any encoding that offices use has no control characters but line ends and tabs; UTF-16 has a mark."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return len(content) % 2 == 0
    return bool(content) and not any(byte < 32 and byte not in b"\t\n\r\f" for byte in content[:_HEAD])
