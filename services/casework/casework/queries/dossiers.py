"""Dossiers as their applicants and their offices may see them."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer
from sqlmodel import col, select

from casework.errors import TooManyGuesses
from casework.model.authority import DOSSIER_ACTORS, Relation
from casework.model.dossier_papers import Attachment, DossierResult
from casework.model.dossiers import (
    NAME_WORD,
    PERSON_NUMBER,
    PHONE_NUMBER,
    Dossier,
    DossierPause,
    DossierStep,
    TrackingGuess,
)
from casework.model.lifecycle import Actor, Status
from casework.model.search import has_number, has_words, national
from casework.queries.people import find_resident, get_organization, own, own_or_merged
from casework.settings import get_settings
from chassis.clock import now
from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped, units_under
from chassis.storage.database import ReadSession, Session
from chassis.web.routing import Page, page_by_id


def owns(caller: Caller, dossier: Dossier) -> bool:
    """Whether the dossier is the caller's own."""
    if caller.role == "resident":
        return caller.resident_id is not None and caller.resident_id == dossier.resident_id
    return (
        caller.role == "organization"
        and caller.organization_id is not None
        and caller.organization_id == dossier.organization_id
    )


DRAFT, FINAL = "draft", "result"
"""The kinds of a result's file."""


class OpenedDossier(NamedTuple):
    """A dossier as one caller may see it: what the caller is to it, and whether the subject's values are shown."""

    dossier: Dossier
    actor: Actor
    sees_subject: bool


async def get_dossier(session: ReadSession, caller: Caller, dossier_id: UUID, *, lock: bool = False) -> OpenedDossier:
    """The dossier by the rules of `model/authority.py`; NotFound for every caller whom it does not concern."""
    query = select(Dossier).where(Dossier.id == dossier_id)
    dossier = (await session.exec(query.with_for_update() if lock else query)).first()
    relation = await relation_to(session, caller, dossier) if dossier is not None else Relation.NONE
    actor = DOSSIER_ACTORS.get(relation)
    if dossier is None or actor is None:
        raise NotFound()
    return OpenedDossier(dossier, actor, await sees_subject(session, caller, dossier, relation))


async def relation_to(session: ReadSession, caller: Caller, dossier: Dossier) -> Relation:
    """What the caller is to a dossier. A representation will be granted here (`Relation.ACTING_FOR`), and nowhere else."""
    if owns(caller, dossier) or await _owns_as_survivor(session, caller, dossier):
        return Relation.OWN
    if caller.role != "officer":
        return Relation.NONE
    decides = await covers(session, caller, dossier.unit_id)
    if decides and (dossier.status != Status.DRAFT or dossier.origin == "portal"):
        return Relation.IN_UNIT
    if not await covers(session, caller, await applicants_unit(session, dossier)):
        return Relation.OTHER_UNIT
    if decides:
        return Relation.IN_UNIT
    if dossier.created_by == caller.account:  # an officer of a village opens it for the commune's desk
        return Relation.RECEIVING_UNIT
    is_received = dossier.receiving_unit_id is not None and await covers(session, caller, dossier.receiving_unit_id)
    return Relation.RECEIVING_UNIT if is_received else Relation.OTHER_UNIT


async def applicants_unit(session: ReadSession, dossier: Dossier) -> UUID:
    """The unit to which the applicant belongs today."""
    if dossier.organization_id is not None:
        return (await get_organization(session, dossier.organization_id)).unit_id
    resident = await find_resident(session, dossier.resident_id) if dossier.resident_id else None
    return resident.unit_id if resident else dossier.unit_id


async def sees_subject(session: ReadSession, caller: Caller, dossier: Dossier, relation: Relation) -> bool:
    """Whether the values that the registry gave about the subject are shown to the caller: the subject decides, not the
    applicant. A unit that decides about another unit's resident sees them once an officer recorded a paper at the desk, or
    accepted the dossier; what the applicant attached is a claim."""
    if dossier.subject_id is None or dossier.subject_id == dossier.resident_id:
        return True
    subject = await find_resident(session, dossier.subject_id)
    if subject is None:
        return False
    if caller.role != "officer":
        return caller.is_resident(subject.id)
    if await covers(session, caller, subject.unit_id):
        return True
    return relation is Relation.IN_UNIT and (dossier.desk_paper is not None or dossier.is_received)


async def list_dossiers(
    session: ReadSession,
    caller: Caller,
    page: Page,
    *,
    unit_code: str | None = None,
    status: str | None = None,
    procedure_code: str | None = None,
    overdue: bool | None = None,
    q: str | None = None,
    with_form: bool = False,
) -> tuple[list[Dossier], str | None]:
    """The caller's own dossiers, or those of an officer's units; `q` is a part of the code, or words of the applicant's name.
    With `with_form` the forms are read too."""
    query = _visible(caller)
    if not with_form:
        query = query.options(defer(Dossier.form, raiseload=True))  # type: ignore[arg-type]  # SQLModel attribute
    if q and q.strip():
        has_code = func.strpos(func.upper(col(Dossier.code)), q.strip().upper()) > 0
        query = query.where(has_code | has_words(col(Dossier.search_marks), NAME_WORD, q))
    if unit_code is not None:
        query = query.where(col(Dossier.unit_id).in_(units_under(unit_code)))
    if status is not None:
        query = query.where(Dossier.status == status)
    if procedure_code is not None:
        query = query.where(Dossier.procedure_code == procedure_code)
    if overdue is not None:
        late = (
            col(Dossier.due_at).is_not(None)
            & (col(Dossier.due_at) < now())
            & col(Dossier.finished_at).is_(None)
            & (col(Dossier.status) != Status.SUPPLEMENT_REQUESTED.value)
        )
        query = query.where(late if overdue else ~late)
    return await page_by_id(session, query, Dossier.id, page)


async def list_dossiers_of(
    session: ReadSession,
    caller: Caller,
    page: Page,
    *,
    resident_id: UUID | None,
    personal_id: str | None,
    phone: str | None,
) -> tuple[list[Dossier], str | None]:
    """The dossiers of an officer's units that a person filed, by the registry's id, or by a number that stands in the form."""
    marks = col(Dossier.search_marks)
    conditions = [own_or_merged(col(Dossier.resident_id), resident_id)]
    conditions += [has_number(marks, PERSON_NUMBER, personal_id)] if personal_id else []
    conditions += [has_number(marks, PHONE_NUMBER, national(phone))] if phone else []
    query = _visible(caller).where(or_(*conditions), Dossier.status != Status.DRAFT.value)
    return await page_by_id(session, query, Dossier.id, page)


async def list_papers(session: ReadSession, dossier_id: UUID) -> Sequence[Attachment]:
    """The papers of a dossier without their contents."""
    query = select(Attachment).where(Attachment.dossier_id == dossier_id).order_by(col(Attachment.id))
    return (await session.exec(query.options(defer(Attachment.content)))).all()  # type: ignore[arg-type]  # SQLModel attribute


async def get_paper(session: ReadSession, dossier: Dossier, attachment_id: UUID) -> Attachment:
    """One paper with its content."""
    paper = await session.get(Attachment, attachment_id)
    if paper is None or paper.dossier_id != dossier.id:
        raise NotFound()
    return paper


async def list_results(session: ReadSession, dossier_id: UUID) -> Sequence[DossierResult]:
    """The electronic results of a dossier without their contents, oldest first."""
    query = select(DossierResult).where(DossierResult.dossier_id == dossier_id).order_by(col(DossierResult.id))
    return (await session.exec(query.options(defer(DossierResult.content)))).all()  # type: ignore[arg-type]  # SQLModel attribute


async def has_result(session: ReadSession, dossier_id: UUID, kind: str, *, after: datetime | None = None) -> bool:
    """Whether a file of this kind is there, issued after an instant where one is given, and was not revoked."""
    query = select(DossierResult.id).where(
        DossierResult.dossier_id == dossier_id, DossierResult.kind == kind, col(DossierResult.revoked_at).is_(None)
    )
    if after is not None:
        query = query.where(col(DossierResult.issued_at) > after)
    return (await session.exec(query.limit(1))).first() is not None


async def get_result(session: ReadSession, dossier: Dossier, result_id: UUID) -> DossierResult:
    """One result with its content."""
    result = await session.get(DossierResult, result_id)
    if result is None or result.dossier_id != dossier.id:
        raise NotFound()
    return result


def shows_result(opened: OpenedDossier, result: DossierResult) -> bool:
    """Whether the caller may have a result: the applicant a draft, and the final one from its approval until it is revoked."""
    if opened.actor is Actor.OFFICER or result.kind != FINAL:
        return True
    return opened.dossier.status in (Status.APPROVED, Status.RETURNED) and result.revoked_at is None


async def list_steps(session: ReadSession, dossier_id: UUID) -> Sequence[DossierStep]:
    """What was done to a dossier, oldest first."""
    query = select(DossierStep).where(DossierStep.dossier_id == dossier_id).order_by(col(DossierStep.id))
    return (await session.exec(query)).all()


async def list_pauses(session: ReadSession, dossier_id: UUID) -> Sequence[DossierPause]:
    """The supplement requests that stopped the clock, oldest first."""
    query = select(DossierPause).where(DossierPause.dossier_id == dossier_id).order_by(col(DossierPause.started_at))
    return (await session.exec(query)).all()


async def find_tracked_by_key(session: ReadSession, code: str, key: str) -> Dossier | None:
    """The dossier of the slip that carries this code and key; wrong guesses of others do not lock its holder out."""
    dossier = await _find_by_code(session, code)
    fits = (dossier or _NO_DOSSIER).has_tracking_key(key)
    return dossier if dossier is not None and fits else None


async def _find_by_code(session: ReadSession, code: str) -> Dossier | None:
    query = select(Dossier).where(Dossier.code == code, Dossier.origin == "here")
    return (await session.exec(query.options(defer(Dossier.form)))).first()  # type: ignore[arg-type]  # SQLModel attribute


async def find_tracked(session: Session, code: str, last4: str, *, asked_from: str) -> Dossier | None:
    """The dossier whose code and phone fit together, or None. Wrong answers are counted for a code and an address, so that
    guesses from other addresses do not lock the holder out, and for a code alone; too many are refused.

    One guess at a time: the counters are locked before the answer is known. A code that does not exist is counted,
    computed and answered like one that exists, so that codes cannot be enumerated.
    """
    hour = now().replace(minute=0, second=0, microsecond=0)
    settings = get_settings()
    limits = [(code, settings.tracking_guesses_of_a_code), (f"{code}|{asked_from}", settings.tracking_guesses_an_hour)]
    counters = sorted((sha256(key.encode()).digest(), limit) for key, limit in limits)
    for hashed, limit in counters:
        if await _lock_guesses(session, hashed, hour) >= limit:
            raise TooManyGuesses()
    dossier = await _find_by_code(session, code)
    fits = (dossier or _NO_DOSSIER).has_phone(last4)
    if dossier is not None and fits:
        return dossier
    for hashed, _ in counters:
        await _count_guess(session, hashed, hour)
    return None


_NO_DOSSIER = Dossier(id=UUID(int=0))  # type: ignore[call-arg]  # only its check of the phone is used: it takes the same time


async def list_silent_drafts(session: ReadSession, at: datetime) -> Sequence[Dossier]:
    """Dossiers whose draft result was not disputed in time."""
    query = select(Dossier).where(
        Dossier.status == Status.DRAFT_RESULT_SENT.value, col(Dossier.draft_result_until) < at
    )
    return (await session.exec(query.limit(200).with_for_update(skip_locked=True))).all()


async def _owns_as_survivor(session: ReadSession, caller: Caller, dossier: Dossier) -> bool:
    if caller.role != "resident" or caller.resident_id is None or dossier.resident_id is None:
        return False
    resident = await find_resident(session, dossier.resident_id)
    return resident is not None and resident.id == caller.resident_id


def _visible(caller: Caller) -> Any:
    query = select(Dossier)
    if caller.role == "resident":
        return query.where(own_or_merged(col(Dossier.resident_id), caller.resident_id))
    if caller.role == "organization":
        return query.where(own(col(Dossier.organization_id), caller.organization_id))
    return scoped(query, caller, col(Dossier.unit_id))


async def _lock_guesses(session: Session, hashed: bytes, hour: datetime) -> int:
    """The wrong answers of this hour; the counter stays locked until the transaction ends."""
    table = TrackingGuess.__table__  # type: ignore[attr-defined]  # SQLModel tables carry it
    statement = insert(table).values(code_hash=hashed, hour=hour, wrong=0)
    counted = await session.execute(
        statement.on_conflict_do_update(index_elements=["code_hash", "hour"], set_={"wrong": table.c.wrong}).returning(
            table.c.wrong
        )
    )
    return int(counted.scalar_one())


async def _count_guess(session: Session, hashed: bytes, hour: datetime) -> None:
    table = TrackingGuess.__table__  # type: ignore[attr-defined]  # SQLModel tables carry it
    await session.execute(
        table.update().where(table.c.code_hash == hashed, table.c.hour == hour).values(wrong=table.c.wrong + 1)
    )
