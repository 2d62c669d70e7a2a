"""Who applies, for whom, by which rules, and which unit is competent (see `model/authority.py`)."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from casework.errors import ApplicantDeceased, MayNotRepresent, NotCompetent, unknown_procedure
from casework.model.applications import Application
from casework.model.dossiers import Dossier
from casework.model.people import KnownResident
from casework.procedures import Applicant, UnknownProcedure, Version, load_catalogue
from casework.queries.people import commune_of, find_resident, get_organization, get_resident, province_of
from casework.settings import get_settings
from chassis.errors import FieldError, Forbidden, InvalidBody
from chassis.security.identity import Caller
from chassis.security.scope import find_unit, require_unit, unit_of_body
from chassis.security.training_guard import TrainingOnly
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit


class Applicants(NamedTuple):
    """Who applies, as far as casework knows them, and the unit they belong to."""

    person: KnownResident | None
    subject: KnownResident | None
    unit_id: UUID

    @property
    def concerns_another(self) -> bool:
        """Whether the person concerned is not the applicant."""
        return self.subject is not None and (self.person is None or self.subject.id != self.person.id)


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


async def find_applicants(session: ReadSession, caller: Caller, application: Application, rules: Version) -> Applicants:
    """Applicant and subject, when this caller may apply for them; 403, 404 or 422 when not. Nothing is disclosed of them."""
    require_own(caller, application)
    if application.paper is not None and caller.role != "officer":
        raise InvalidBody(errors=[_paper_of_the_desk()])
    if application.organization_id:
        people = await _organization(session, caller, application)
    else:
        people = await _resident(session, caller, application, rules)
    _require_training_only(caller, people)
    return people


async def _organization(session: ReadSession, caller: Caller, application: Application) -> Applicants:
    assert application.organization_id is not None  # asked by find_applicants
    organization = await get_organization(session, application.organization_id)
    if caller.role == "officer":
        await require_unit(session, caller, organization.unit_id, is_known=True)
    person = await get_resident(session, organization.representative_id) if organization.representative_id else None
    subject = await get_resident(session, application.subject_id) if application.subject_id else None
    return Applicants(person, subject, organization.unit_id)


async def _resident(session: ReadSession, caller: Caller, application: Application, rules: Version) -> Applicants:
    assert application.resident_id is not None  # the schema lets in exactly one of the two
    person = await get_resident(session, application.resident_id)
    if caller.role == "officer":
        await require_unit(session, caller, person.unit_id, is_known=True)
    if person.life == "deceased":
        raise ApplicantDeceased()
    represented = await get_resident(session, application.on_behalf_of) if application.on_behalf_of else None
    subject = await get_resident(session, application.subject_id) if application.subject_id else None
    if subject is None and rules.subject == "self_or_other":
        subject = represented or person
    if subject is not None and rules.subject == "other" and subject.id == person.id:
        raise MayNotRepresent(errors=[_not_oneself()])
    _require_representation(caller, rules, person, represented, "/on_behalf_of")
    if rules.subject == "self_or_other":
        _require_representation(caller, rules, person, subject, "/subject_id")
    return Applicants(person, subject, person.unit_id)


def _require_representation(
    caller: Caller, rules: Version, person: KnownResident, other: KnownResident | None, pointer: str
) -> None:
    """The procedure decides who may act for whom; at the desk an officer has checked the papers that prove it."""
    if other is None or other.id == person.id:
        return
    allowed = rules.on_behalf in ("authorised", "anybody") or (
        rules.on_behalf == "family" and (caller.role == "officer" or person.shares_household_with(other))
    )
    if not allowed:
        raise MayNotRepresent(errors=[_not_represented(pointer)])


def _require_training_only(caller: Caller, people: Applicants) -> None:
    """A training account names people of its training units only, whatever the request body contains."""
    if not caller.training_units:
        return
    named = [person.unit_code for person in (people.person, people.subject) if person is not None]
    if not set(named) <= set(caller.training_units):
        raise TrainingOnly()


async def competent_unit(
    session: ReadSession, application: Application, people: Applicants, rules: Version
) -> KnownUnit:
    """The unit that decides, by the procedure: that of the subject or of the applicant. A unit that the body names is
    checked against it: it counts by itself only where the applicant may name one and only for the applicant's own matter."""
    own = await deciding_unit(session, people, rules)
    if application.unit_code is None:
        return own
    named = await commune_of(session, (await unit_of_body(session, application.unit_code)).id)
    if named.id != own.id and not (rules.applicant_names_unit and not people.concerns_another):
        raise NotCompetent(errors=[not_competent()])
    return named


async def deciding_unit(session: ReadSession, people: Applicants, rules: Version) -> KnownUnit:
    """The commune or province to which the person of `competent_by` belongs today."""
    by_subject = rules.competent_by == "subject" and people.subject is not None
    unit_id = people.subject.unit_id if by_subject and people.subject else people.unit_id
    find = province_of if rules.competent_level == "province" else commune_of
    return await find(session, unit_id)


async def people_of(session: ReadSession, dossier: Dossier) -> Applicants:
    """Applicant and subject of a dossier as they are known today."""
    subject = await find_resident(session, dossier.subject_id) if dossier.subject_id else None
    if dossier.organization_id:
        organization = await get_organization(session, dossier.organization_id)
        person = (
            await find_resident(session, organization.representative_id) if organization.representative_id else None
        )
        return Applicants(person, subject, organization.unit_id)
    person = await find_resident(session, dossier.resident_id) if dossier.resident_id else None
    return Applicants(person, subject, person.unit_id if person else dossier.unit_id)


async def receiving_unit(session: ReadSession, caller: Caller, competent: KnownUnit) -> UUID:
    """Where it was filed: an officer's own office, independent of the competent unit (Decree 118/2025)."""
    own = await find_unit(session, caller.unit_code) if caller.role == "officer" and caller.unit_code else None
    return (await commune_of(session, own.id)).id if own else competent.id


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


def not_competent() -> FieldError:
    """The field error of a unit that does not decide about this person."""
    return FieldError("/unit_code", NotCompetent.slug, NotCompetent.vi, NotCompetent.en)


def _paper_of_the_desk() -> FieldError:
    return FieldError(
        "/paper", "officers-only", "Chỉ cán bộ tiếp nhận mới ghi giấy tờ xuất trình tại quầy.",
        "Only an officer at the desk records a paper that was presented.",
    )  # fmt: skip


def _not_represented(pointer: str) -> FieldError:
    return FieldError(
        pointer, "may-not-represent", "Thủ tục này không cho nộp thay người này.",
        "This procedure does not allow acting for this person.",
    )  # fmt: skip
