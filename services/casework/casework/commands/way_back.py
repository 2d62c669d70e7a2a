"""The way back of an officer's action, by another officer of the unit, with everything that followed from it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, update
from sqlmodel import col

from casework.commands.applicants import rules_of
from casework.commands.fee_requests import follow_fee, owed_fee
from casework.commands.steps import mark_changed, record_step
from casework.errors import AlreadyReverted, IllegalAction, SecondOfficerNeeded
from casework.model.applications import Decision
from casework.model.dossier_papers import DossierResult
from casework.model.dossiers import Dossier, DossierPause, DossierStep, UndoState
from casework.model.fees import FeeAct, FeeStatus
from casework.model.forms import Entry
from casework.model.lifecycle import SECOND_OFFICER, Action, Actor, Status
from casework.queries.dossiers import FINAL, list_steps
from chassis.errors import FieldError, Forbidden, InvalidBody
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import DeathRevoked, DossierChanged

DIED_ON = "died_on"
FEE_ACTS = frozenset(FeeAct)


async def take_back(
    session: Session, caller: Caller, dossier: Dossier, actor: Actor, decision: Decision, *, has_seen_version: bool
) -> None:
    """`revert`: undoes the last action until the result was returned. `revoke_result`: undoes return and approval.

    409 `illegal-action` when the last step is not an officer's, `maker-is-checker` for the officer who took the action,
    `already-reverted` for a second revert in a row without If-Match (two officers who revert at once go back one step).
    """
    if actor is not Actor.OFFICER:
        raise Forbidden()
    if not (decision.note or "").strip():
        raise InvalidBody(errors=[FieldError("/note", "required", "Bắt buộc phải có.", "This is required.")])
    history = await list_steps(session, dossier.id)
    if decision.action is Action.REVOKE_RESULT:
        undone = _returned(dossier, history)
    else:
        if history and history[-1].action == Action.REVERT and not has_seen_version:
            raise AlreadyReverted()
        undone = _last_action(dossier, history)
    if caller.account in {step.actor for step in undone}:
        raise SecondOfficerNeeded()
    await _undo(session, caller, dossier, undone, decision)


def _last_action(dossier: Dossier, history: Sequence[DossierStep]) -> Sequence[DossierStep]:
    """The newest step that still counts, if an officer took it and the result was not returned."""
    counting = [step for step in history if step.undone_by is None and step.action not in SECOND_OFFICER]
    if dossier.status == Status.RETURNED:
        raise IllegalAction(members={"legal": [Action.REVOKE_RESULT.value]})
    if not counting or counting[-1].undo is None:
        raise IllegalAction(members={"legal": []})
    return counting[-1:]


def _returned(dossier: Dossier, history: Sequence[DossierStep]) -> Sequence[DossierStep]:
    """The steps from the approval to the return. A fee that was taken at the counter meanwhile was taken."""
    counting = [step for step in history if step.undone_by is None and step.action not in SECOND_OFFICER]
    approved = [number for number, step in enumerate(counting) if step.action == Action.APPROVE and step.undo]
    if dossier.status != Status.RETURNED or not approved:
        raise IllegalAction(members={"legal": []})
    return [step for step in counting[approved[-1] :] if step.action not in FEE_ACTS]


async def _undo(
    session: Session, caller: Caller, dossier: Dossier, undone: Sequence[DossierStep], decision: Decision
) -> None:
    before, owed = dossier.status, owed_fee(dossier)
    mark_changed(dossier)
    for step in reversed(undone):
        if step.action in FEE_ACTS:
            dossier.undo_counter_fee()
        dossier.restore(UndoState.model_validate(step.undo))
        await _undo_pauses(session, dossier, step.at)
        if step.action == Action.APPROVE:
            await _undo_approval(session, dossier)
    if dossier.status == Status.PAYMENT_DUE and dossier.fee_status == FeeStatus.PAID:
        dossier.advance(Action.PAY, Actor.PLATFORM)  # it was paid online meanwhile
    follow_fee(session, dossier, owed)
    taken = record_step(session, dossier, caller, decision.action, before, decision.note)
    for step in undone:
        step.undone_by = taken.id
    publish(session, DossierChanged(**dossier.state()))


async def _undo_pauses(session: Session, dossier: Dossier, at: datetime) -> None:
    """A supplement request of this step never stopped the clock; a pause that this step ended goes on."""
    own = col(DossierPause.dossier_id) == dossier.id
    await session.execute(delete(DossierPause).where(own, col(DossierPause.started_at) == at))
    await session.execute(update(DossierPause).where(own, col(DossierPause.ended_at) == at).values(ended_at=None))


async def _undo_approval(session: Session, dossier: Dossier) -> None:
    """Results of the approval are revoked; a registered death is taken back in the registry."""
    final = update(DossierResult).where(
        col(DossierResult.dossier_id) == dossier.id,
        col(DossierResult.kind) == FINAL,
        col(DossierResult.revoked_at).is_(None),
    )
    await session.execute(final.values(revoked_at=dossier.changed_at))
    died_on = dossier.entries().get(DIED_ON, Entry()).value
    registered = dossier.registered_death or rules_of(dossier).registers_death
    dossier.registered_death = False
    if registered and dossier.subject_id and died_on:
        publish(
            session,
            DeathRevoked(
                dossier_id=dossier.id,
                resident_id=dossier.subject_id,
                deceased_on=date.fromisoformat(died_on),
                at=dossier.changed_at,
            ),
        )
