"""Drafts: opened with what the registry knows, filled in by the applicant."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col

from casework.commands.steps import mark_changed
from casework.errors import (
    ApplicantDeceased,
    DossierNotEditable,
    MayNotRepresent,
    unknown_procedure,
)
from casework.model.dossiers import Attachment, Dossier
from casework.model.forms import (
    TYPED,
    Entry,
    Form,
    WrongValue,
    asked_and_prefilled,
    confirmed,
    fill,
    shown,
    type_in,
)
from casework.model.people import KnownResident
from casework.prefill import Prefilled
from casework.procedures import Field, UnknownProcedure, Version, load_catalogue
from casework.procedures.version import Applicant
from casework.queries.people import commune_of, find_resident, get_organization, get_resident
from casework.schemas.dossiers import DossierCreate, DossierFillIn
from casework.settings import get_settings
from chassis.clock import now, today
from chassis.database import Session
from chassis.errors import FieldError, Forbidden, InvalidBody
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.scope import find_unit, require_unit, unit_of_body
from chassis.tables import KnownUnit

RELATION = "relation"


class Applicants(NamedTuple):
    """Who applies, as far as casework knows them, and the unit they belong to."""

    person: KnownResident | None
    subject: KnownResident | None
    unit_id: UUID


def rules_for(code: str, applicant: Applicant, day: date) -> Version:
    """The rules that hold on that day for such an applicant; 422 when there are none."""
    try:
        version = load_catalogue(get_settings().procedures_dir).get_version(code, day)
    except UnknownProcedure as error:
        raise InvalidBody(errors=[unknown_procedure("/procedure_code")]) from error
    if applicant not in version.applicants:
        raise InvalidBody(errors=[_wrong_applicant(applicant)])
    return version


def rules_of(dossier: Dossier) -> Version:
    """The rules that this dossier follows: those of its date of receipt, until then of its last change."""
    return load_catalogue(get_settings().procedures_dir).get_version(dossier.procedure_code, dossier.rules_on)


def form_of(dossier: Dossier) -> tuple[Field, ...]:
    """The fields of this dossier's form."""
    if dossier.origin == "portal":
        return ()
    return rules_of(dossier).fields_for("organization" if dossier.organization_id else "resident")


def kind_of_applicant(body: DossierCreate) -> Applicant:
    """Whether a resident or an organization applies."""
    return "organization" if body.organization_id else "resident"


def require_own(caller: Caller, body: DossierCreate) -> None:
    """Residents and organizations apply for themselves only; officers for whomever their units have."""
    is_own = (
        caller.is_resident(body.resident_id) if body.resident_id else caller.organization_id == body.organization_id
    )
    if caller.role != "officer" and not is_own:
        raise Forbidden()


async def draft_dossier(session: Session, caller: Caller, body: DossierCreate, prefilled: Prefilled) -> Dossier:
    """Opens a draft with everything that is already known; nothing is announced before it is submitted."""
    rules = rules_for(body.procedure_code, kind_of_applicant(body), today())
    people = await _applicants(session, caller, body, rules)
    unit = await _competent_unit(session, caller, body, people)
    moment = now()
    dossier = Dossier(
        id=new_id(),
        procedure_code=body.procedure_code,
        rules_on=today(),
        unit_id=unit.id,
        unit_code=unit.code,
        receiving_unit_id=await _receiving_unit(session, caller, unit),
        resident_id=people.person.id if people.person and body.resident_id else None,
        organization_id=body.organization_id,
        subject_id=people.subject.id if people.subject else None,
        on_behalf_of=body.on_behalf_of,
        assisted_by=body.assisted_by or (caller.account if caller.role == "officer" else None),
        is_self_service=caller.role != "officer" and body.assisted_by is None,
        channel=body.channel.value,
        copies=body.copies,
        result_delivery=body.result_delivery,
        created_by=caller.account,
        created_at=moment,
        changed_at=moment,
    )
    _fill(dossier, prefilled, withhold=_withholds(caller, people))
    session.add(dossier)
    return dossier


async def refill(session: Session, caller: Caller, dossier: Dossier, prefilled: Prefilled) -> None:
    """Puts the registry's answers in again: for a draft that opened while the registry was down."""
    _require_editable(dossier)
    person = await find_resident(session, dossier.resident_id) if dossier.resident_id else None
    subject = await find_resident(session, dossier.subject_id) if dossier.subject_id else None
    _fill(dossier, prefilled, withhold=_withholds(caller, Applicants(person, subject, dossier.unit_id)))
    mark_changed(dossier)


async def discard_dossier(session: Session, dossier: Dossier) -> None:
    """Throws a draft away with its papers: nothing of it was ever said to anybody."""
    await session.execute(delete(Attachment).where(col(Attachment.dossier_id) == dossier.id))
    await session.delete(dossier)


def fill_in(dossier: Dossier, body: DossierFillIn) -> None:
    """Takes what the applicant typed; every wrong field is named, and then nothing is taken."""
    _require_editable(dossier)
    form, fields = dossier.entries(), {field.name: field for field in form_of(dossier)}
    wrong: list[FieldError] = []
    for name, value in body.fields.items():
        try:
            form[name] = _typed(fields.get(name), form.get(name, Entry()), value)
        except WrongValue as error:
            wrong.append(_wrong_value(name, error.code))
    if wrong:
        raise InvalidBody(errors=wrong)
    dossier.copies = body.copies or dossier.copies
    dossier.result_delivery = body.result_delivery or dossier.result_delivery
    _keep(dossier, form)
    mark_changed(dossier)


async def _applicants(session: Session, caller: Caller, body: DossierCreate, rules: Version) -> Applicants:
    require_own(caller, body)
    subject = await get_resident(session, body.subject_id) if body.subject_id else None
    if body.organization_id:
        organization = await get_organization(session, body.organization_id)
        if caller.role == "officer":
            await require_unit(session, caller, organization.unit_id, is_known=True)
        person = await get_resident(session, organization.representative_id) if organization.representative_id else None
        return Applicants(person, subject, organization.unit_id)
    assert body.resident_id is not None  # the schema lets in exactly one of the two
    person = await get_resident(session, body.resident_id)
    if caller.role == "officer":
        await require_unit(session, caller, person.unit_id, is_known=True)
    if person.life == "deceased":
        raise ApplicantDeceased()
    if subject is None and rules.subject == "self_or_other":
        subject = await get_resident(session, body.on_behalf_of) if body.on_behalf_of else person
    if subject is not None and rules.subject == "other" and subject.id == person.id:
        raise MayNotRepresent(errors=[_not_oneself()])
    await _require_representation(session, caller, body, rules, person)
    return Applicants(person, subject, person.unit_id)


async def _require_representation(
    session: Session, caller: Caller, body: DossierCreate, rules: Version, person: KnownResident
) -> None:
    """Who may act for whom is the procedure's rule; an officer has seen the papers that prove it."""
    if body.on_behalf_of is None:
        return
    other = await get_resident(session, body.on_behalf_of)
    allowed = rules.on_behalf in ("authorised", "anybody") or (
        rules.on_behalf == "family" and (caller.role == "officer" or person.shares_household_with(other))
    )
    if not allowed:
        raise MayNotRepresent(errors=[_not_represented()])


async def _competent_unit(session: Session, caller: Caller, body: DossierCreate, people: Applicants) -> KnownUnit:
    """The unit that the body names, else the commune of the applicant."""
    if body.unit_code is None:
        return await commune_of(session, people.unit_id)
    named = await unit_of_body(session, body.unit_code)
    return await commune_of(session, named.id)


async def _receiving_unit(session: Session, caller: Caller, competent: KnownUnit) -> UUID:
    """Where it was handed in: an officer's own office, whoever is competent (Decree 118/2025)."""
    if caller.role == "officer" and caller.unit_code is not None:
        own = await find_unit(session, caller.unit_code)
        if own is not None:
            return own.id
    return competent.id


def _withholds(caller: Caller, people: Applicants) -> bool:
    """Whether the person concerned is a stranger to the caller: facts then fill the form without being shown."""
    if caller.role == "officer" or people.subject is None:
        return False
    if people.person is None:
        return True
    return people.subject.id != people.person.id and not people.subject.shares_household_with(people.person)


def _fill(dossier: Dossier, prefilled: Prefilled, *, withhold: bool) -> None:
    form = fill(
        form_of(dossier),
        prefilled.applicant.facts,
        prefilled.subject.facts,
        typed=dossier.entries(),
        withhold_subject=withhold,
    )
    if RELATION in form and form[RELATION].is_empty and dossier.subject_id and not dossier.is_for_another:
        form[RELATION] = Entry(value="self", source=TYPED, state="typed")
    dossier.is_degraded = bool(prefilled.degraded)
    _keep(dossier, form)


def _keep(dossier: Dossier, form: Form) -> None:
    dossier.keep(form)
    dossier.fields_asked, dossier.fields_prefilled = asked_and_prefilled(form_of(dossier), form)


def _typed(field: Field | None, before: Entry, value: object) -> Entry:
    if field is None:
        raise WrongValue("unknown-field")
    if not before.is_empty and not before.withheld and value in (before.value, shown(field, before)):
        return confirmed(before)
    if not before.is_editable:
        raise WrongValue("read-only")
    return type_in(field, value)


def _require_editable(dossier: Dossier) -> None:
    if not dossier.is_editable or dossier.origin == "portal":
        raise DossierNotEditable()


def _wrong_value(name: str, code: str) -> FieldError:
    vi, en = _WRONG.get(code, ("Giá trị không hợp lệ.", "The value does not fit."))
    return FieldError(f"/fields/{name}", code, vi, en)


def _wrong_applicant(applicant: Applicant) -> FieldError:
    return FieldError(
        f"/{applicant}_id", "applicant-not-allowed", "Thủ tục này không dành cho đối tượng nộp hồ sơ này.",
        "This procedure is not for such an applicant.",
    )  # fmt: skip


def _not_oneself() -> FieldError:
    return FieldError(
        "/subject_id", "not-oneself", "Người được đề nghị phải là người khác.", "The person concerned is somebody else."
    )


def _not_represented() -> FieldError:
    return FieldError(
        "/on_behalf_of", "may-not-represent", "Thủ tục này không cho nộp thay người này.",
        "This procedure does not allow acting for this person.",
    )  # fmt: skip


_WRONG = {
    "unknown-field": ("Biểu mẫu không có trường này.", "The form has no such field."),
    "read-only": (
        "Dữ liệu đã được xác thực, không sửa tại đây; xin đề nghị đính chính.",
        "A verified value is not changed here; ask for a correction.",
    ),
    "integer": ("Phải là số nguyên không âm.", "A whole number, not negative."),
    "boolean": ("Phải là đúng hoặc sai (true, false).", "Either true or false."),
    "date": ("Phải là ngày dạng YYYY-MM-DD.", "A date as YYYY-MM-DD."),
    "choice": ("Phải là một trong các giá trị của danh sách.", "One of the listed values."),
    "text": ("Phải là chuỗi ký tự không rỗng, tối đa 2000 ký tự.", "A text of 1 to 2000 characters."),
}
