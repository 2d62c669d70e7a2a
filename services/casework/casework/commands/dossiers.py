"""Drafts: opened with what the registry knows, filled in by the applicant."""

from sqlalchemy import delete
from sqlmodel import col

from casework.commands.applicants import (
    competent_unit,
    find_applicants,
    receiving_unit,
    rules_for,
    rules_of,
)
from casework.commands.steps import mark_changed
from casework.errors import (
    DossierNotEditable,
)
from casework.model.applications import Application, FormChanges
from casework.model.dossier_papers import Attachment
from casework.model.dossiers import Dossier
from casework.model.forms import (
    TYPED,
    Entry,
    Form,
    WrongValue,
    asked_and_prefilled,
    confirmed,
    fill,
    is_hidden,
    shown,
    type_in,
)
from casework.prefill import Prefilled
from casework.procedures import FormField
from chassis.clock import now, today
from chassis.errors import FieldError, InvalidBody
from chassis.ids import new_id
from chassis.security.identity import Caller
from chassis.storage.database import Session

RELATION = "relation"


def form_of(dossier: Dossier) -> tuple[FormField, ...]:
    """The fields of this dossier's form."""
    if dossier.origin == "portal":
        return ()
    return rules_of(dossier).fields_for("organization" if dossier.organization_id else "resident")


async def draft_dossier(session: Session, caller: Caller, application: Application, prefilled: Prefilled) -> Dossier:
    """Opens a draft with everything that is already known; no event is published before it is submitted."""
    rules = rules_for(application.procedure_code, application.applicant, today())
    people = await find_applicants(session, caller, application, rules)
    unit = await competent_unit(session, application, people, rules)
    moment = now()
    dossier = Dossier(
        id=new_id(),
        procedure_code=application.procedure_code,
        rules_on=today(),
        unit_id=unit.id,
        unit_code=unit.code,
        receiving_unit_id=await receiving_unit(session, caller, unit),
        resident_id=people.person.id if people.person and application.resident_id else None,
        organization_id=application.organization_id,
        subject_id=people.subject.id if people.subject else None,
        on_behalf_of=application.on_behalf_of,
        assisted_by=application.assisted_by or (caller.account if caller.role == "officer" else None),
        is_self_service=caller.role != "officer" and application.assisted_by is None,
        channel=application.channel.value,
        copies=application.copies,
        result_delivery=application.result_delivery,
        created_by=caller.account,
        created_at=moment,
        changed_at=moment,
    )
    if application.paper is not None and people.concerns_another:
        dossier.record_paper(application.paper)  # only what the officer stated: it opens the subject's values
    _fill(dossier, prefilled, withhold=people.concerns_another)
    session.add(dossier)
    return dossier


def refill(dossier: Dossier, prefilled: Prefilled) -> None:
    """Fills the form again, for a draft that opened while the registry was down."""
    _require_editable(dossier)
    _fill(dossier, prefilled, withhold=dossier.is_for_another)
    mark_changed(dossier)


async def discard_dossier(session: Session, dossier: Dossier) -> None:
    """Deletes a draft with its papers; no event of it was published."""
    await session.execute(delete(Attachment).where(col(Attachment.dossier_id) == dossier.id))
    await session.delete(dossier)


def fill_in(dossier: Dossier, changes: FormChanges, *, sees_subject: bool) -> None:
    """Takes what the applicant typed; every wrong field is named, and then nothing is taken."""
    _require_editable(dossier)
    form, fields = dossier.entries(), {field.name: field for field in form_of(dossier)}
    wrong: list[FieldError] = []
    for name, value in changes.fields.items():
        try:
            form[name] = _typed(fields.get(name), form.get(name, Entry()), value, sees_subject=sees_subject)
        except WrongValue as error:
            wrong.append(_wrong_value(name, error.code, fields.get(name)))
    if wrong:
        raise InvalidBody(errors=wrong)
    dossier.copies = changes.copies or dossier.copies
    dossier.result_delivery = changes.result_delivery or dossier.result_delivery
    _keep(dossier, form)
    mark_changed(dossier)


def _fill(dossier: Dossier, prefilled: Prefilled, *, withhold: bool) -> None:
    form = fill(
        form_of(dossier),
        prefilled.applicant.attributes,
        prefilled.subject.attributes,
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


def _typed(field: FormField | None, before: Entry, value: object, *, sees_subject: bool) -> Entry:
    if field is None:
        raise WrongValue("unknown-field")
    if is_hidden(field, before, sees_subject=sees_subject):
        raise WrongValue("read-only")
    if not before.is_empty and value in (before.value, shown(field, before)):
        return confirmed(before)
    if not before.is_editable:
        raise WrongValue("read-only")
    return type_in(field, value)


def _require_editable(dossier: Dossier) -> None:
    if not dossier.is_editable or dossier.origin == "portal":
        raise DossierNotEditable()


def _wrong_value(name: str, code: str, field: FormField | None) -> FieldError:
    vi, en = _WRONG.get(code, ("Giá trị không hợp lệ.", "The value does not fit."))
    if code == "choice" and field is not None:
        choices = field.choices or ()
        vi += f" {'; '.join(f'{choice.value} ({choice.label.vi})' for choice in choices)}."
        en += f" {'; '.join(f'{choice.value} ({choice.label.en})' for choice in choices)}."
    return FieldError(f"/fields/{name}", code, vi, en)


_WRONG = {
    "unknown-field": ("Biểu mẫu không có trường này.", "The form has no such field."),
    "read-only": (
        "Dữ liệu đã được xác thực, không sửa tại đây; xin đề nghị đính chính.",
        "A verified value is not changed here; ask for a correction.",
    ),
    "integer": ("Phải là số nguyên không âm.", "A whole number, not negative."),
    "boolean": ("Phải là đúng hoặc sai (true, false).", "Either true or false."),
    "date": ("Phải là ngày dạng YYYY-MM-DD.", "A date as YYYY-MM-DD."),
    "choice": ("Phải là một trong các giá trị sau:", "One of these values:"),
    "text": ("Phải là chuỗi ký tự không rỗng, tối đa 2000 ký tự.", "A text of 1 to 2000 characters."),
}
