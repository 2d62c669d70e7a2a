"""What the signatures inside a PDF are worth, found out away from the service: a hostile file may cost one process its life."""

import asyncio
import sys
from pathlib import Path

from pydantic import ValidationError

from casework.signatures.verdict import SignatureCheck, SignatureFound, SignerKind, Verdict

__all__ = ["SignatureCheck", "SignatureFound", "SignerKind", "Verdict", "check_signatures"]

# A signature must lie in the open for its byte range to mean anything, so a file without this name has none that counts.
SIGNED = b"/ByteRange"
AT_ONCE = asyncio.Semaphore(2)
READER = "casework.signatures.reader"


async def check_signatures(content: bytes, trust_roots: Path | None, *, seconds: float) -> SignatureCheck:
    """The signatures of a PDF against the certificates of a file or folder; nothing is asked of the network.

    Never raises for what is in the file: a PDF that breaks its reader, or keeps it longer than `seconds`, is `unreadable`.
    """
    if SIGNED not in content:
        return SignatureCheck(verdict="unsigned")
    async with AT_ONCE:
        output = await _read_in_process(content, trust_roots, seconds)
    try:
        return SignatureCheck.model_validate_json(output)
    except ValidationError:
        return SignatureCheck(verdict="unreadable")


async def _read_in_process(content: bytes, trust_roots: Path | None, seconds: float) -> bytes:
    """The output of the reader's process within its time; it inherits no environment, so it has no key and no password."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", READER, str(trust_roots or ""), str(seconds),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env={},
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(process.communicate(content), seconds)
    except TimeoutError:
        return b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return output
