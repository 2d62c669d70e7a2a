"""Who applies, for whom, by which rules, and which unit is competent."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from casework.errors import ApplicantDeceased, MayNotRepresent, unknown_procedure
from casework.model.applications import Application
from casework.model.dossiers import Dossier
from casework.model.people import KnownResident
from casework.procedures import Applicant, UnknownProcedure, Version, load_catalogue
from casework.queries.people import commune_of, get_organization, get_resident, province_of
from casework.settings import get_settings
from chassis.errors import FieldError, Forbidden, InvalidBody
from chassis.security.identity import Caller
from chassis.security.scope import find_unit, require_unit, unit_of_body
from chassis.storage.database import Session
from chassis.storage.tables import KnownUnit


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


def require_own(caller: Caller, application: Application) -> None:
    """Residents and organizations apply for themselves only; officers for residents of their units."""
    if application.resident_id:
        is_own = caller.is_resident(application.resident_id)
    else:
        is_own = caller.organization_id == application.organization_id
    if caller.role != "officer" and not is_own:
        raise Forbidden()


async def find_applicants(session: Session, caller: Caller, application: Application, rules: Version) -> Applicants:
    require_own(caller, application)
    subject = await get_resident(session, application.subject_id) if application.subject_id else None
    if application.organization_id:
        organization = await get_organization(session, application.organization_id)
        if caller.role == "officer":
            await require_unit(session, caller, organization.unit_id, is_known=True)
        person = await get_resident(session, organization.representative_id) if organization.representative_id else None
        return Applicants(person, subject, organization.unit_id)
    assert application.resident_id is not None  # the schema lets in exactly one of the two
    person = await get_resident(session, application.resident_id)
    if caller.role == "officer":
        await require_unit(session, caller, person.unit_id, is_known=True)
    if person.life == "deceased":
        raise ApplicantDeceased()
    if subject is None and rules.subject == "self_or_other":
        subject = await get_resident(session, application.on_behalf_of) if application.on_behalf_of else person
    if subject is not None and rules.subject == "other" and subject.id == person.id:
        raise MayNotRepresent(errors=[_not_oneself()])
    await _require_representation(session, caller, application, rules, person)
    return Applicants(person, subject, person.unit_id)


async def _require_representation(
    session: Session, caller: Caller, application: Application, rules: Version, person: KnownResident
) -> None:
    """Who may act for whom is the procedure's rule; an officer has seen the papers that prove it."""
    if application.on_behalf_of is None:
        return
    other = await get_resident(session, application.on_behalf_of)
    allowed = rules.on_behalf in ("authorised", "anybody") or (
        rules.on_behalf == "family" and (caller.role == "officer" or person.shares_household_with(other))
    )
    if not allowed:
        raise MayNotRepresent(errors=[_not_represented()])


async def competent_unit(session: Session, application: Application, people: Applicants, rules: Version) -> KnownUnit:
    """The commune that the body names; else, by the procedure, the commune or province of the applicant or the subject."""
    if application.unit_code is not None:
        named = await unit_of_body(session, application.unit_code)
        return await commune_of(session, named.id)
    by_subject = rules.competent_by == "subject" and people.subject is not None
    unit_id = people.subject.unit_id if by_subject and people.subject else people.unit_id
    find = province_of if rules.competent_level == "province" else commune_of
    return await find(session, unit_id)


async def receiving_unit(session: Session, caller: Caller, competent: KnownUnit) -> UUID:
    """Where it was filed: an officer's own office, independent of the competent unit (Decree 118/2025)."""
    own = await find_unit(session, caller.unit_code) if caller.role == "officer" and caller.unit_code else None
    return (await commune_of(session, own.id)).id if own else competent.id


def withholds(caller: Caller, people: Applicants) -> bool:
    """Whether the person concerned is a stranger to the caller: their attributes then fill the form without being shown."""
    if caller.role == "officer" or people.subject is None:
        return False
    if people.person is None:
        return True
    return people.subject.id != people.person.id and not people.subject.shares_household_with(people.person)


def _wrong_applicant(applicant: Applicant) -> FieldError:
    return FieldError(
        f"/{applicant}_id", "applicant-not-allowed", "Thủ tục này không dành cho đối tượng nộp hồ sơ này.",
        "This procedure is not for such an applicant.",
    )  # fmt: skip


def _not_oneself() -> FieldError:
    return FieldError(
        "/subject_id",
        "not-oneself",
        "Người được đề nghị phải là người khác.",
        "The person concerned must be another person.",
    )


def _not_represented() -> FieldError:
    return FieldError(
        "/on_behalf_of", "may-not-represent", "Thủ tục này không cho nộp thay người này.",
        "This procedure does not allow acting for this person.",
    )  # fmt: skip
