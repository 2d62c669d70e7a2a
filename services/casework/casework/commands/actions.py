"""Actions of offices and applicants on a dossier, with their effects: clock, fee, result, registry."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime

from casework.calendar import TimeLimit, WorkingCalendar, load_calendar
from casework.commands.applicants import deciding_unit, not_competent, people_of, rules_of
from casework.commands.consistency import has_second_claim, is_death_unknown, require_consistent
from casework.commands.fee_requests import follow_fee, owed_fee, request_fee
from casework.commands.notices import notify_applicant
from casework.commands.steps import advance, record_step
from casework.commands.submission import missing_papers
from casework.errors import (
    FeeAlreadyPaid,
    FeeNotSettled,
    NoDraftResult,
    NoMoreExtensions,
    NotCompetent,
    NotYourResident,
    ResultMissing,
)
from casework.model.applications import Decision
from casework.model.dossiers import Dossier, DossierPause, UndoState, pauses_of
from casework.model.fees import FeeStatus
from casework.model.forms import Entry
from casework.model.lifecycle import Action, Actor
from casework.queries.dossiers import DRAFT, FINAL, has_result, list_pauses, list_silent_drafts, list_steps
from casework.queries.people import commune_of, find_resident
from casework.settings import get_settings
from chassis.clock import HO_CHI_MINH, local_date, now, today
from chassis.errors import FieldError, InvalidBody
from chassis.ids import new_id
from chassis.security.identity import Caller
from chassis.security.scope import covers, unit_of_body
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import DeathRegistered, DossierChanged, DossierCompleted

DIED_ON = "died_on"
NEEDS_REASON = frozenset({Action.REFUSE, Action.REQUEST_SUPPLEMENT, Action.REJECT, Action.EXTEND})
"""What an office owes its applicant a reason for (Decree 118/2025: slips 02 to 04)."""
COMPLETING = frozenset({Action.APPROVE, Action.REJECT, Action.REFUSE, Action.WITHDRAW})


async def act_on_dossier(session: Session, caller: Caller, dossier: Dossier, actor: Actor, decision: Decision) -> None:
    """Takes one action if the table allows it; else 409 with the legal actions, or 403 when this actor may never take it."""
    undo = UndoState.of(dossier) if caller.role == "officer" else None
    before, promised_before, owed = dossier.status, dossier.due_at, owed_fee(dossier)
    advance(dossier, decision.action, actor)
    if decision.action in NEEDS_REASON and not (decision.note or "").strip():
        raise InvalidBody(errors=[_needed("/note")])
    if decision.action is Action.APPROVE:
        await _require_approvable(session, caller, dossier, decision)
    dossier.version += 1
    dossier.changed_at = now()
    if effect := EFFECTS.get(decision.action):
        await effect(session, dossier, decision)
    if decision.action is not Action.REQUEST_PAYMENT:  # which asks in any case
        follow_fee(session, dossier, owed)
    record_step(session, dossier, caller, decision.action, before, decision.note, undo=undo)
    _publish_change(session, dossier, decision.action)
    notify_applicant(session, dossier, decision.action, promised_before)


async def _require_approvable(session: Session, caller: Caller, dossier: Dossier, decision: Decision) -> None:
    """Deaths are registered by the subject's own unit; a second claim is approved with a reason only."""
    if rules_of(dossier).registers_death or await is_death_unknown(session, dossier):
        await _require_own_subject(session, caller, dossier)
    if not (decision.note or "").strip() and await has_second_claim(session, dossier):
        raise InvalidBody(errors=[_needed("/note")])


async def _require_own_subject(session: Session, caller: Caller, dossier: Dossier) -> None:
    """A death is registered by the unit of the deceased, also when they moved after the dossier was filed."""
    subject = await find_resident(session, dossier.subject_id) if dossier.subject_id else None
    if subject is not None and not await covers(session, caller, subject.unit_id):
        raise NotYourResident()


async def confirm_silent_drafts(session: Session) -> int:
    """Silence is consent: continues with draft results that were not disputed in time; how many."""
    silent = await list_silent_drafts(session, now())
    for dossier in silent:
        before = dossier.status
        advance(dossier, Action.CONFIRM_DRAFT_RESULT, Actor.PLATFORM)
        dossier.version += 1
        dossier.changed_at = now()
        dossier.draft_result_until = None
        record_step(session, dossier, None, Action.CONFIRM_DRAFT_RESULT, before)
        _publish_change(session, dossier, Action.CONFIRM_DRAFT_RESULT)
    return len(silent)


async def _accept(session: Session, dossier: Dossier, decision: Decision) -> None:
    """Valid receipt starts the clock, under the rules of this day."""
    dossier.received_at = now()
    dossier.rules_on = local_date(dossier.received_at)
    if decision.verification and rules_of(dossier).extended_limit is None:
        raise InvalidBody(errors=[_no_longer_limit()])
    dossier.with_verification = decision.verification
    dossier.due_at = dossier.first_due_at = _calendar().due_at(_limit_of(dossier), dossier.received_at)


def _limit_of(dossier: Dossier) -> TimeLimit:
    return rules_of(dossier).limit(with_verification=dossier.with_verification)


async def _transfer(session: Session, dossier: Dossier, decision: Decision) -> None:
    """From the place of receipt to the competent unit (Decree 118/2025: any commune of the province receives)."""
    if decision.unit_code is None:
        raise InvalidBody(errors=[_needed("/unit_code")])
    named = await commune_of(session, (await unit_of_body(session, decision.unit_code)).id)
    rules, people = rules_of(dossier), await people_of(session, dossier)
    competent = await deciding_unit(session, people, rules)
    if named.id != competent.id and not (rules.applicant_names_unit and not people.concerns_another):
        raise NotCompetent(errors=[not_competent()])
    if named.id == dossier.unit_id:
        vi, en = "Hồ sơ đang ở chính đơn vị này.", "The dossier is with this unit already."
        raise InvalidBody(errors=[FieldError("/unit_code", "same-unit", vi, en)])
    dossier.unit_id, dossier.unit_code = named.id, named.code


async def _request_supplement(session: Session, dossier: Dossier, decision: Decision) -> None:
    dossier.supplement_requests += 1
    if dossier.is_received:
        session.add(DossierPause(id=new_id(), dossier_id=dossier.id, started_at=dossier.changed_at))


async def _supplement(session: Session, dossier: Dossier, decision: Decision) -> None:
    """The applicant answered: what is still missing is named, else the clock goes on where it stood."""
    lacking = await missing_papers(session, dossier, rules_of(dossier))
    if lacking:
        raise InvalidBody(errors=[_needed(f"/attachments/{code}") for code in lacking])
    await require_consistent(session, dossier)
    await _end_pause(session, dossier)


async def _end_pause(session: Session, dossier: Dossier) -> None:
    """The clock goes on where it stood, also that of a longer limit or of a date that an apology moved."""
    pauses = await list_pauses(session, dossier.id)
    running = [pause for pause in pauses if pause.ended_at is None]
    for pause in running:
        pause.ended_at = dossier.changed_at
    if not running or dossier.received_at is None or dossier.due_at is None:
        return
    if dossier.extensions:
        for stopped in pauses_of(running):
            dossier.due_at = _calendar().resumed(_limit_of(dossier), dossier.due_at, stopped)
    else:
        due = _calendar().due_at(_limit_of(dossier), dossier.received_at, pauses_of(pauses))
        dossier.due_at = max(due, dossier.due_at)  # an earlier release did not note a verification


async def _request_payment(session: Session, dossier: Dossier, decision: Decision) -> None:
    """Asks for the fee (again), or for another amount; a fee that is paid is not asked for twice."""
    amount = decision.amount or dossier.fee_amount
    if amount <= 0:
        raise InvalidBody(errors=[_needed("/amount")])
    if dossier.fee_status in (FeeStatus.PAID, FeeStatus.WAIVED, FeeStatus.TO_REFUND):
        raise FeeAlreadyPaid()
    request_fee(session, dossier, amount)


async def _extend(session: Session, dossier: Dossier, decision: Decision) -> None:
    """An apology with a new date (form 04 of Circular 03/2025/TT-VPCP): at most as often as the settings allow, and by no
    more working days than the rules of the procedure, counted from the old date or, when that has passed, from today."""
    if dossier.extensions >= get_settings().most_extensions:
        raise NoMoreExtensions()
    if decision.due_on is None:
        raise InvalidBody(errors=[_needed("/due_on")])
    promised = _close_of(decision.due_on)
    if dossier.due_at is None or promised <= dossier.due_at or not _calendar().is_working_day(decision.due_on):
        raise InvalidBody(errors=[_later()])
    since = max(local_date(dossier.due_at), today())
    latest = _calendar().add_working_days(since, rules_of(dossier).extension.working_days)
    if not today() <= decision.due_on <= latest:
        raise InvalidBody(errors=[_within(latest)])
    dossier.extensions += 1
    dossier.due_at = promised


async def _send_draft_result(session: Session, dossier: Dossier, decision: Decision) -> None:
    """Silence on a draft is consent only where there is a draft (a new one after a dispute), and from the moment at which the
    applicant is notified of it (`DossierDraftResultSent`, published in this transaction)."""
    steps = await list_steps(session, dossier.id)
    disputes = [step.at for step in steps if step.action == Action.DISPUTE_DRAFT_RESULT]
    if not await has_result(session, dossier.id, DRAFT, after=max(disputes, default=None)):
        raise NoDraftResult()
    days = rules_of(dossier).draft_confirmation_days or 1
    dossier.draft_result_until = _calendar().deadline(dossier.changed_at, days)


async def _leave_draft_result(session: Session, dossier: Dossier, decision: Decision) -> None:
    dossier.draft_result_until = None


async def _approve(session: Session, dossier: Dossier, decision: Decision) -> None:
    """Settles the request; a registered death is published to the registry, which makes the resident deceased. So is a death
    that a dossier about the deceased proves by its certificate and that the registry does not know yet."""
    registers = rules_of(dossier).registers_death or await is_death_unknown(session, dossier)
    dossier.finish(dossier.changed_at)
    died_on = dossier.entries().get(DIED_ON, Entry()).value
    if registers and dossier.subject_id and died_on:
        dossier.registered_death = True
        publish(
            session,
            DeathRegistered(
                dossier_id=dossier.id,
                resident_id=dossier.subject_id,
                deceased_on=date.fromisoformat(died_on),
                at=dossier.changed_at,
            ),
        )


async def _end_without_result(session: Session, dossier: Dossier, decision: Decision) -> None:
    await _end_pause(session, dossier)
    dossier.finish(dossier.changed_at)
    dossier.settle_fee()


async def _return_result(session: Session, dossier: Dossier, decision: Decision) -> None:
    """A result is returned as a file, or on paper by a recorded hand-over, and not before its fee is settled."""
    if dossier.fee_status == FeeStatus.REQUESTED:
        raise FeeNotSettled()
    if decision.hand_over is None and not await has_result(session, dossier.id, FINAL):
        raise ResultMissing()
    dossier.hand_over = decision.hand_over
    dossier.returned_at = dossier.changed_at


Effect = Callable[[Session, Dossier, Decision], Awaitable[None]]

EFFECTS: dict[Action, Effect] = {
    Action.ACCEPT: _accept,
    Action.TRANSFER: _transfer,
    Action.REQUEST_SUPPLEMENT: _request_supplement,
    Action.SUPPLEMENT: _supplement,
    Action.REQUEST_PAYMENT: _request_payment,
    Action.EXTEND: _extend,
    Action.SEND_DRAFT_RESULT: _send_draft_result,
    Action.CONFIRM_DRAFT_RESULT: _leave_draft_result,
    Action.DISPUTE_DRAFT_RESULT: _leave_draft_result,
    Action.APPROVE: _approve,
    Action.REJECT: _end_without_result,
    Action.REFUSE: _end_without_result,
    Action.WITHDRAW: _end_without_result,
    Action.RETURN_RESULT: _return_result,
}


def _publish_change(session: Session, dossier: Dossier, action: Action) -> None:
    event_type = DossierCompleted if action in COMPLETING else DossierChanged
    publish(session, event_type(**dossier.state()))


def _calendar() -> WorkingCalendar:
    return load_calendar(get_settings().calendar_file)


def _close_of(day: date) -> datetime:
    return datetime.combine(day, _calendar().office_hours[-1][1], HO_CHI_MINH)


def _needed(pointer: str) -> FieldError:
    return FieldError(pointer, "required", "Bắt buộc phải có.", "This is required.")


def _no_longer_limit() -> FieldError:
    return FieldError(
        "/verification", "no-longer-limit", "Thủ tục này không có thời hạn dài hơn khi phải xác minh.",
        "This procedure has no longer limit for a verification.",
    )  # fmt: skip


def _later() -> FieldError:
    return FieldError(
        "/due_on", "not-later", "Ngày hẹn mới phải là ngày làm việc sau ngày hẹn cũ.",
        "The new date is a working day after the old one.",
    )  # fmt: skip


def _within(latest: date) -> FieldError:
    return FieldError(
        "/due_on", "too-late", f"Ngày hẹn mới phải từ hôm nay đến {latest:%d/%m/%Y} theo quy định của thủ tục.",
        f"The new date is between today and {latest:%Y-%m-%d} by the rules of the procedure.",
    )  # fmt: skip
