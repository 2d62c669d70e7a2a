"""Handing a dossier in: complete, with a code, its fee asked for."""

from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from casework.commands.applicants import deciding_unit, people_of, rules_of
from casework.commands.consistency import require_consistent
from casework.commands.dossiers import form_of
from casework.commands.fee_requests import request_fee
from casework.commands.steps import advance, mark_changed, record_step
from casework.errors import IncompleteDossier
from casework.model.applications import FormSignature
from casework.model.chosen import FiledInMonth
from casework.model.codes import CodeSerial, make_code
from casework.model.dossiers import Dossier
from casework.model.fees import NOT_EXEMPT, Channel, fee_amount
from casework.model.forms import Entry, missing
from casework.model.lifecycle import Action, Actor
from casework.procedures import Version
from casework.queries.dossiers import list_papers
from casework.settings import get_settings
from casework.signatures import SignatureCheck
from chassis.clock import local_date, now
from chassis.errors import FieldError
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import DossierSubmitted

EXEMPTION, PAGES = "fee_exemption", "pages"


async def submit_dossier(
    session: Session, caller: Caller, dossier: Dossier, actor: Actor, signature: FormSignature | None = None
) -> None:
    """Hands the dossier to the office: complete, with a code, its fee asked for. The clock waits for valid receipt."""
    before = dossier.status
    advance(dossier, Action.SUBMIT, actor)
    moment = now()
    dossier.rules_on = local_date(moment)
    rules = rules_of(dossier)
    await require_complete(session, dossier, rules)
    await require_consistent(session, dossier)
    dossier.submitted_at = moment
    if signature:
        dossier.signature_provider = signature.provider
        dossier.signature_serial = signature.certificate_serial
        dossier.signed_at = signature.signed_at
    await _read_signed_form(session, dossier, rules)
    await _set_competent_unit(session, dossier, rules)
    dossier.code = await _next_code(session, dossier.unit_code, local_date(moment))
    mark_changed(dossier)
    record_step(session, dossier, caller, Action.SUBMIT, before)
    if dossier.receiving_unit_id != dossier.unit_id:
        _route(session, dossier)
    await count_filed(session, dossier.unit_id, dossier.procedure_code, local_date(moment))
    publish(session, DossierSubmitted(**dossier.state()))
    request_fee(session, dossier, _fee(dossier, rules))


def _route(session: Session, dossier: Dossier) -> None:
    """Filed at another unit: the platform transfers it to the competent unit at once and records it in the history."""
    before = dossier.status
    advance(dossier, Action.TRANSFER, Actor.PLATFORM)
    record_step(session, dossier, None, Action.TRANSFER, before)


async def _set_competent_unit(session: Session, dossier: Dossier, rules: Version) -> None:
    """The unit that decides on the day of filing: applicant or subject may have moved since the draft was opened."""
    people = await people_of(session, dossier)
    if rules.applicant_names_unit and not people.concerns_another:
        return
    unit = await deciding_unit(session, people, rules)
    if dossier.receiving_unit_id == dossier.unit_id and dossier.is_self_service:
        dossier.receiving_unit_id = unit.id
    dossier.unit_id, dossier.unit_code = unit.id, unit.code


async def require_complete(session: Session, dossier: Dossier, rules: Version) -> None:
    """422 naming every required field and paper that is missing."""
    fields = missing(form_of(dossier), dossier.entries())
    papers = await missing_papers(session, dossier, rules)
    errors = [_required(f"/fields/{name}") for name in fields] + [_required(f"/attachments/{code}") for code in papers]
    if errors:
        raise IncompleteDossier(errors=errors)


async def missing_papers(session: Session, dossier: Dossier, rules: Version) -> list[str]:
    """The required papers that are not attached yet."""
    if dossier.origin == "portal":
        return []
    there = {paper.document for paper in await list_papers(session, dossier.id)}
    needed = rules.required_uploads(for_another=dossier.is_for_another, exempt=_exemption(dossier) != NOT_EXEMPT)
    values = dossier.values() if rules.papers_by_value else {}
    by_value = [paper.document for paper in rules.papers_by_value if values.get(paper.field) in paper.values]
    codes = [document.code for document in needed] + by_value
    return [code for code in dict.fromkeys(codes) if code not in there]


async def count_filed(session: Session, unit_id: UUID, procedure_code: str, day: date, count: int = 1) -> None:
    """Counts more dossiers of a procedure in a unit's month."""
    table = FiledInMonth.__table__  # type: ignore[attr-defined]  # SQLModel tables carry it
    row = insert(table).values(unit_id=unit_id, procedure_code=procedure_code, month=day.replace(day=1), filed=count)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["unit_id", "procedure_code", "month"], set_={"filed": table.c.filed + count}
        )
    )


async def _read_signed_form(session: Session, dossier: Dossier, rules: Version) -> None:
    """The signature inside the form takes precedence over the declared one."""
    forms = {document.code for document in rules.documents if document.source == "form"}
    for paper in await list_papers(session, dossier.id):
        check = SignatureCheck.model_validate(paper.signatures) if paper.signatures else None
        if check and check.signatures and paper.document in forms:
            found = check.signatures[0]
            dossier.signature_provider = found.issuer
            dossier.signature_serial, dossier.signed_at = found.certificate_serial, found.signed_at
            dossier.signature_verdict = check.verdict


def _fee(dossier: Dossier, rules: Version) -> int:
    pages = dossier.entries().get(PAGES, Entry()).value
    return fee_amount(
        rules.fee,
        copies=dossier.copies,
        pages=int(pages or 1),
        channel=Channel(dossier.channel),
        exemption=_exemption(dossier),
    )


def _exemption(dossier: Dossier) -> str:
    return str(dossier.entries().get(EXEMPTION, Entry()).value or NOT_EXEMPT)


async def _next_code(session: Session, unit_code: str, day: date) -> str:
    table = CodeSerial.__table__  # type: ignore[attr-defined]  # SQLModel tables carry it
    row = insert(table).values(unit_code=unit_code, day=day, last=1)
    counted = await session.execute(
        row.on_conflict_do_update(index_elements=["unit_code", "day"], set_={"last": table.c.last + 1}).returning(
            table.c.last
        )
    )
    return make_code(get_settings().dossier_code_pattern, unit_code=unit_code, day=day, serial=counted.scalar_one())


def _required(pointer: str) -> FieldError:
    return FieldError(pointer, "required", "Bắt buộc phải có.", "This is required.")
