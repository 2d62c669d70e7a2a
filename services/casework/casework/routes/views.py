"""Views of a dossier for its applicant and its office."""

from datetime import date
from typing import Any

from casework.commands.applicants import rules_of
from casework.commands.consistency import find_inconsistencies, pointer_of
from casework.commands.dossiers import form_of
from casework.commands.submission import missing_papers
from casework.model.dossier_papers import Attachment, DossierResult
from casework.model.dossiers import Dossier, DossierStep
from casework.model.fees import Channel, FeeAct
from casework.model.forms import Entry, Form, is_hidden, missing, shown
from casework.model.lifecycle import SETTLED, Actor, Status
from casework.procedures import FormField, load_catalogue
from casework.queries.dossiers import OpenedDossier, list_papers, list_results, list_steps
from casework.queries.people import representative_of
from casework.schemas.dossiers import (
    AllowanceView,
    DossierLine,
    DossierProgress,
    DossierSignatureView,
    DossierStepView,
    DossierView,
    FeeView,
    FieldView,
    FindingView,
    PaperRecorded,
    PaperView,
    ResultView,
    Tracked,
)
from casework.settings import get_settings
from casework.signatures import SignatureCheck
from chassis.clock import now
from chassis.security.access_log import record_access
from chassis.security.identity import Caller
from chassis.storage.database import Session

SERVICE = "casework"
NOT_APPLICABLE = FieldView(
    value=None, source=None, verified=False, observed_at=None, state="not_applicable", editable=False,
    needs_confirmation=False, withheld=False,
)  # fmt: skip


def line(dossier: Dossier) -> DossierLine:
    """A dossier in a list."""
    return DossierLine(**_line(dossier))


def progress(dossier: Dossier, actor: Actor) -> DossierProgress:
    """A dossier after something was done to it."""
    return DossierProgress(**_progress(dossier, actor))


async def whole(session: Session, opened: OpenedDossier) -> DossierView:
    """A dossier with its form, papers and history."""
    dossier, actor, sees_subject = opened
    form, fields = dossier.entries(), form_of(dossier)
    lacking = await missing_papers(session, dossier, rules_of(dossier)) if fields else []
    return DossierView(
        **_progress(dossier, actor),
        subject_id=dossier.subject_id,
        on_behalf_of=dossier.on_behalf_of,
        assisted_by=dossier.assisted_by,
        represented_by=dossier.represented_by,
        paper=_paper_presented(dossier) if actor is Actor.OFFICER else None,
        self_service=dossier.is_self_service,
        copies=dossier.copies,
        result_delivery=dossier.result_delivery,
        returned_at=dossier.returned_at,
        supplement_requests=dossier.supplement_requests,
        extensions=dossier.extensions,
        hand_over=dossier.hand_over,
        fields=_fields(dossier, form, sees_subject=sees_subject, pays=actor is Actor.OFFICER),
        missing=missing(fields, form),
        missing_documents=lacking,
        findings=await _findings(session, dossier, actor),
        allowance=_allowance(dossier),
        once_only_ratio=dossier.ratio,
        degraded=dossier.is_degraded,
        attachments=[paper(row) for row in await list_papers(session, dossier.id)],
        results=[result(row) for row in await list_results(session, dossier.id)],
        history=[_step(row) for row in await list_steps(session, dossier.id)],
        signature=_signature(dossier),
    )


async def _findings(session: Session, dossier: Dossier, actor: Actor) -> list[FindingView]:
    if Status(dossier.status) in SETTLED:
        return []
    return [
        FindingView(
            pointer=pointer_of(finding), code=finding.code, message=finding.vi, message_en=finding.en,
            blocks=finding.blocks,
        )
        for finding in await find_inconsistencies(session, dossier)
        if finding.blocks or actor is Actor.OFFICER
    ]  # fmt: skip


def _allowance(dossier: Dossier) -> AllowanceView | None:
    rules = rules_of(dossier) if dossier.origin != "portal" else None
    died_on = dossier.values().get("died_on") if rules and rules.allowance else None
    level = rules.allowance_for(date.fromisoformat(died_on)) if rules and died_on else None
    return AllowanceView(amount=level.amount, source=level.source, verified=level.verified) if level else None


async def record_form_access(
    session: Session, caller: Caller, opened: OpenedDossier, *, action: str, purpose: str | None
) -> None:
    """Records the reading of a form for every resident whose data are in it; reading one's own data is not recorded."""
    dossier = opened.dossier
    applicant = dossier.resident_id or await representative_of(session, dossier)
    people = {applicant, dossier.subject_id, dossier.on_behalf_of} - {None, caller.resident_id}
    for resident_id in sorted(person for person in people if person is not None):
        about = "applicant" if resident_id == applicant else "subject"
        record_access(
            session,
            SERVICE,
            caller,
            resident_id,
            action=action,
            purpose=purpose,
            fields=_fields_shown(opened, about),
            legal_basis="Nghị định 118/2025/NĐ-CP",
        )


def _fields_shown(opened: OpenedDossier, about: str) -> list[str]:
    """The fields about a person that the caller sees; of a dossier about oneself, all of them."""
    if about == "subject" and not opened.sees_subject:
        return []
    is_own = not opened.dossier.is_for_another
    return [field.name for field in form_of(opened.dossier) if is_own or field.about == about]


def tracked(dossier: Dossier) -> Tracked:
    """What the holder of code and telephone may know without signing in."""
    return Tracked(**{name: value for name, value in _line(dossier).items() if name in Tracked.model_fields})


def paper(row: Attachment) -> PaperView:
    """A paper without its content."""
    return PaperView(
        id=row.id,
        document=row.document,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256.hex(),
        attached_at=row.attached_at,
        signatures=_check(row.signatures),
    )


def result(row: DossierResult) -> ResultView:
    """A result without its content."""
    return ResultView(
        id=row.id,
        kind=row.kind,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256.hex(),
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        signatures=_check(row.signatures),
    )


def _line(dossier: Dossier) -> dict[str, Any]:
    procedure = load_catalogue(get_settings().procedures_dir).get(dossier.procedure_code)
    return {
        "id": dossier.id,
        "code": dossier.code,
        "origin": dossier.origin,
        "procedure_code": dossier.procedure_code,
        "procedure_name": procedure.name.vi if procedure else None,
        "procedure_name_en": procedure.name.en if procedure else None,
        "unit_code": dossier.unit_code,
        "resident_id": dossier.resident_id,
        "organization_id": dossier.organization_id,
        "channel": Channel(dossier.channel).national_code,
        "status": dossier.status,
        "national_status": dossier.national_status,
        "created_at": dossier.created_at,
        "submitted_at": dossier.submitted_at,
        "received_at": dossier.received_at,
        "due_at": dossier.due_at,
        "finished_at": dossier.finished_at,
        "is_overdue": dossier.is_overdue(now()),
        "is_on_time": dossier.on_time,
        "fee": _fee(dossier),
    }


def _progress(dossier: Dossier, actor: Actor) -> dict[str, Any]:
    return _line(dossier) | {
        "legal_actions": [action.value for action in dossier.legal(actor)],
        "tracking_key": dossier.tracking_key,
        "qr_code_id": dossier.qr_code_id,
        "first_due_at": dossier.first_due_at,
        "draft_result_until": dossier.draft_result_until,
    }


def _fee(dossier: Dossier) -> FeeView:
    return FeeView(
        amount=dossier.fee_amount,
        status=dossier.fee_status,
        paid_at=dossier.fee_paid_at,
        receipt_number=dossier.receipt_number,
        payable_at_counter=dossier.fee_uncollectable is not None,
        settled_by=FeeAct(dossier.fee_settled_by) if dossier.fee_settled_by else None,
        paid_twice=dossier.fee_paid_twice_at is not None,
    )


def _fields(dossier: Dossier, form: Form, *, sees_subject: bool, pays: bool) -> dict[str, FieldView]:
    """Every field of the procedure; those of the other kind of applicant are there, empty and closed. The unit that decides,
    and so pays, sees the whole number of an account."""
    if dossier.origin == "portal":
        return {}
    own = {field.name for field in form_of(dossier)}
    return {
        field.name: _field(field, form.get(field.name, Entry()), sees_subject=sees_subject, pays=pays)
        if field.name in own
        else NOT_APPLICABLE
        for field in rules_of(dossier).fields
    }


def _field(field: FormField, entry: Entry, *, sees_subject: bool, pays: bool) -> FieldView:
    hidden = is_hidden(field, entry, sees_subject=sees_subject)
    value = entry.value if pays and field.masked else shown(field, entry)
    return FieldView(
        value=None if hidden else value,
        source=entry.source,
        verified=entry.verified,
        observed_at=entry.observed_at,
        state=entry.state,
        editable=entry.is_editable and not hidden,
        needs_confirmation=entry.needs_confirmation and not hidden,
        withheld=hidden,
    )


def _paper_presented(dossier: Dossier) -> PaperRecorded | None:
    paper = dossier.read_paper()
    return PaperRecorded(kind=paper.kind, number=paper.number, issued_on=paper.issued_on) if paper else None


def _step(row: DossierStep) -> DossierStepView:
    return DossierStepView.model_validate(row.model_dump(exclude={"note"}) | {"note": row.read()})


def _signature(dossier: Dossier) -> DossierSignatureView | None:
    if dossier.signature_serial is None:
        return None
    return DossierSignatureView.model_validate(
        {
            "provider": dossier.signature_provider,
            "certificate_serial": dossier.signature_serial,
            "signed_at": dossier.signed_at,
            "verdict": dossier.signature_verdict,
        }
    )


def _check(signatures: dict[str, Any] | None) -> SignatureCheck | None:
    return SignatureCheck.model_validate(signatures) if signatures else None
