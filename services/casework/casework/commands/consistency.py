"""What does not fit in a dossier: the checks of its procedure, and contradictions to the registry and other dossiers."""

from collections.abc import Sequence

from sqlmodel import col, select

from casework.commands.applicants import rules_of
from casework.errors import InconsistentDossier
from casework.model.dossiers import Dossier
from casework.model.lifecycle import Status
from casework.model.people import KnownResident
from casework.procedures import CheckFinding, Version
from casework.queries.people import find_resident
from chassis.clock import today
from chassis.errors import FieldError
from chassis.storage.database import ReadSession
from replicas.queries import merged_into

SECOND_CLAIM, NOT_RECORDED_DEAD, ALREADY_DECEASED = "second-claim", "subject-not-recorded-dead", "subject-deceased"
NO_CLAIM = (Status.DRAFT, Status.REFUSED, Status.WITHDRAWN, Status.REJECTED)


async def find_inconsistencies(session: ReadSession, dossier: Dossier) -> list[CheckFinding]:
    """Everything that does not fit, in the order of the procedure's checks; those that do not block are for the officer."""
    if dossier.origin == "portal":
        return []
    rules, values = rules_of(dossier), dossier.values()
    found = [finding for check in rules.checks for finding in check.find(values, rules.labels, today())]
    return [*found, *await _about_life(session, dossier, rules), *await _about_claims(session, dossier, rules)]


async def require_consistent(session: ReadSession, dossier: Dossier) -> None:
    """422 naming every field that does not fit."""
    blocking = [finding for finding in await find_inconsistencies(session, dossier) if finding.blocks]
    if blocking:
        raise InconsistentDossier(errors=[_error(finding) for finding in blocking])


async def is_death_unknown(session: ReadSession, dossier: Dossier) -> bool:
    """Whether the dossier is about a deceased person whom the registry knows as living."""
    return any(finding.code == NOT_RECORDED_DEAD for finding in await _about_life(session, dossier, rules_of(dossier)))


async def has_second_claim(session: ReadSession, dossier: Dossier) -> bool:
    """Whether another dossier claims the same for the same person."""
    return bool(await _about_claims(session, dossier, rules_of(dossier)))


async def _about_life(session: ReadSession, dossier: Dossier, rules: Version) -> Sequence[CheckFinding]:
    subject = await find_resident(session, dossier.subject_id) if dossier.subject_id else None
    if subject is None or dossier.finished_at is not None:
        return []
    is_dead = subject.life == "deceased"
    if rules.registers_death and is_dead:
        return [
            CheckFinding(
                "subject_id", ALREADY_DECEASED, "Việc khai tử của người này đã được đăng ký.",
                "The death of this person is registered already.",
            )
        ]  # fmt: skip
    if rules.concerns_the_dead and not is_dead:
        return [
            CheckFinding(
                "subject_id", NOT_RECORDED_DEAD, "Cơ sở dữ liệu chưa ghi nhận người này đã mất: đối chiếu giấy chứng tử "
                "trước khi phê duyệt.", "The registry does not know this death: check the death certificate before approval.",
                blocks=False,
            )
        ]  # fmt: skip
    return []


async def _about_claims(session: ReadSession, dossier: Dossier, rules: Version) -> Sequence[CheckFinding]:
    person_id = dossier.subject_id or dossier.resident_id
    if not rules.claimed_once or person_id is None:
        return []
    person = await find_resident(session, person_id)
    same = merged_into(KnownResident, person.id if person else person_id)
    concerned = col(Dossier.subject_id if dossier.subject_id else Dossier.resident_id)
    query = select(Dossier.code).where(
        Dossier.id != dossier.id,
        col(Dossier.procedure_code).in_(rules.claimed_once),
        col(Dossier.status).not_in([status.value for status in NO_CLAIM]),
        (concerned == (person.id if person else person_id)) | concerned.in_(same),
    )
    return [
        CheckFinding(
            "subject_id", SECOND_CLAIM, f"Đã có hồ sơ khác đề nghị cùng nội dung cho người này: {code}.",
            f"Another dossier asks for the same for this person: {code}.", blocks=False,
        )
        for code in (await session.exec(query.order_by(col(Dossier.id)).limit(5))).all()
    ]  # fmt: skip


def pointer_of(finding: CheckFinding) -> str:
    """Where the finding is, as in errors."""
    return "/subject_id" if finding.field == "subject_id" else f"/fields/{finding.field}"


def _error(finding: CheckFinding) -> FieldError:
    return FieldError(pointer_of(finding), finding.code, finding.vi, finding.en)
