"""Papers that applicants attach and results that offices issue."""

from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlmodel import col, select

from casework.commands.applicants import rules_of
from casework.commands.submission import missing_papers
from casework.errors import DossierNotEditable, PaperRefused, TooManyPapers
from casework.model.dossier_papers import PAPER, PAPER_NAME, RESULT, Attachment, DossierResult
from casework.model.dossiers import Dossier
from casework.model.lifecycle import OPEN, Status
from casework.settings import get_settings
from casework.signatures import SignatureCheck, check_signatures
from casework.uploads import FileTooLarge, Infected, Paper, WrongKind, is_office_file, read_paper, scan
from chassis.clock import now
from chassis.errors import FieldError, InvalidBody, TooLarge
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.security.identity import Caller
from chassis.storage.database import Session

LONGEST_NAME = 200
PDF = "application/pdf"


class SignedPaper(NamedTuple):
    """An accepted file and what the signatures inside it are worth; None for a picture."""

    paper: Paper
    signatures: SignatureCheck | None

    @property
    def kept_signatures(self) -> dict[str, Any] | None:
        """The check as it is stored."""
        return self.signatures.model_dump(mode="json") if self.signatures else None


SAVE_AS_PDF = (
    "Đây là tệp Word, Excel hoặc tương tự. Hãy lưu thành PDF (Tệp > Lưu thành > PDF) hoặc chụp ảnh tờ giấy, rồi gửi lại.",
    "This is a file of an office suite. Save it as PDF (File > Save as > PDF) or photograph the paper, and send that.",
)
"""A paper of a dossier is evidence: it shows the same on every screen and can carry a signature. An office file does neither, and
a conversion here could change what the applicant declared."""


async def checked_paper(content: bytes, name: str | None = None) -> Paper:
    """The file if its size, kind and scan allow it; call before the first statement, because a scanner takes time. With a
    `name` it is an annex of a document (`read_paper`)."""
    settings = get_settings()
    try:
        paper = read_paper(content, limit=settings.attachment_limit_bytes, name=name)
        await scan(content, settings.scan_command)
    except FileTooLarge as error:
        raise TooLarge() from error
    except (WrongKind, Infected) as error:
        if isinstance(error, WrongKind) and is_office_file(content):
            raise PaperRefused(errors=[FieldError("/file", "office-file", *SAVE_AS_PDF)]) from error
        code = "infected" if isinstance(error, Infected) else "wrong-kind"
        raise PaperRefused(errors=[FieldError("/file", code, PaperRefused.vi, PaperRefused.en)]) from error
    return paper


async def verified_paper(content: bytes, name: str | None = None) -> SignedPaper:
    """The accepted file with its signatures checked; call before the first statement too."""
    paper, settings = await checked_paper(content, name), get_settings()
    if paper.media_type != PDF:
        return SignedPaper(paper, None)
    check = await check_signatures(paper.content, settings.signature_trust_roots, seconds=settings.signature_seconds)
    return SignedPaper(paper, check)


async def attach_paper(
    session: Session, caller: Caller, dossier: Dossier, signed: SignedPaper, *, name: str, document: str | None
) -> Attachment:
    """Stores a paper, encrypted; without a document's code it counts for the first one that is missing."""
    if not dossier.is_editable or dossier.origin == "portal":
        raise DossierNotEditable()
    held = await session.exec(select(func.count()).where(col(Attachment.dossier_id) == dossier.id))
    if held.one() >= get_settings().attachments_per_dossier:
        raise TooManyPapers()
    attachment_id, paper = new_id(), signed.paper
    row = Attachment(
        id=attachment_id,
        dossier_id=dossier.id,
        document=await _document(session, dossier, document),
        media_type=paper.media_type,
        size=len(paper.content),
        sha256=sha256(paper.content).digest(),
        name=encrypt(PAPER_NAME, str(attachment_id), name[:LONGEST_NAME]),
        content=encrypt(PAPER, str(attachment_id), paper.content),
        attached_at=now(),
        attached_by=caller.account,
        signatures=signed.kept_signatures,
    )
    session.add(row)
    dossier.version += 1
    dossier.changed_at = row.attached_at
    return row


async def detach_paper(session: Session, dossier: Dossier, attachment: Attachment) -> None:
    """Takes a paper back while the dossier can still be edited."""
    if not dossier.is_editable:
        raise DossierNotEditable()
    await session.delete(attachment)
    dossier.version += 1
    dossier.changed_at = now()


async def issue_result(
    session: Session, caller: Caller, dossier: Dossier, signed: SignedPaper, *, is_draft: bool
) -> DossierResult:
    """Adds the electronic result, or the draft of it that the applicant is asked to confirm."""
    allowed = OPEN if is_draft else OPEN | {Status.APPROVED, Status.RETURNED}
    if not dossier.is_received or dossier.status not in allowed:
        raise DossierNotEditable()
    result_id, paper = new_id(), signed.paper
    result = DossierResult(
        id=result_id,
        dossier_id=dossier.id,
        kind="draft" if is_draft else "result",
        media_type=paper.media_type,
        size=len(paper.content),
        sha256=sha256(paper.content).digest(),
        content=encrypt(RESULT, str(result_id), paper.content),
        issued_at=now(),
        issued_by=caller.account,
        signatures=signed.kept_signatures,
    )
    session.add(result)
    dossier.version += 1
    dossier.changed_at = result.issued_at
    return result


async def _document(session: Session, dossier: Dossier, document: str | None) -> str | None:
    rules = rules_of(dossier)
    if document is None:
        return next(iter(await missing_papers(session, dossier, rules)), None)
    if document not in {known.code for known in rules.documents}:
        raise InvalidBody(
            errors=[FieldError("/document", "unknown-document", "Không có giấy tờ này.", "No such paper.")]
        )
    return document
