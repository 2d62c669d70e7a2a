"""What may be attached: the size and the kind of a file, detected from its content and never from its name, and the scan hook."""

import asyncio
import shlex
from typing import NamedTuple

import puremagic

ALLOWED = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
_HEAD = 4096


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


def read_paper(content: bytes, *, limit: int) -> Paper:
    """Checks size and content; raises FileTooLarge or WrongKind."""
    if len(content) > limit:
        raise FileTooLarge
    return Paper(content, _media_type(content))


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


def _media_type(content: bytes) -> str:
    try:
        found = {match.mime_type for match in puremagic.magic_string(content[:_HEAD])}
    except (puremagic.PureError, ValueError) as error:
        raise WrongKind from error
    for media_type in ALLOWED:
        if media_type in found:
            return media_type
    raise WrongKind
