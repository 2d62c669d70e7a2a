"""Comparison of a partner's settlement file with the record: checked as a whole, then line by line."""

import hashlib
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import BinaryIO, TypeVar
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, local_date, now
from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from payments_qr.commands.acts import note_act
from payments_qr.errors import AlreadyResolved, NotResolved, unreadable_upload
from payments_qr.model import Payment, Reversal, Settlement, SettlementLine
from payments_qr.model.acts import ActName
from payments_qr.uploads.settlement import FileLine, checked_totals, settlement_lines
from payments_qr.uploads.tables import RejectedFile

T = TypeVar("T")
CHUNK = 1_000
# Transfers between 22:00 and 05:00 are often booked on the next working day.
EVENING, MORNING = time(22), time(5)


async def import_settlement(
    session: Session,
    caller: Caller,
    partner_id: str,
    business_date: date,
    file: BinaryIO,
    ignored_columns: Sequence[str] = (),
) -> tuple[Settlement, bool]:
    """Compares a file with the record; the same file again returns the same settlement. A wrong file is refused whole."""
    file_hash = _hash_of(file)
    # One file of a partner at a time: the second upload of the same file finds the first.
    await lock_name(session, "settlement", partner_id)
    known = await session.exec(
        select(Settlement).where(
            col(Settlement.partner_id) == partner_id,
            col(Settlement.business_date) == business_date,
            col(Settlement.file_hash) == file_hash,
        )
    )
    settlement = known.first()
    if settlement is not None:
        return settlement, False
    try:
        totals = await checked_totals(file, ignored_columns)
    except RejectedFile as refused:
        raise unreadable_upload(refused.rejection) from refused
    settlement = Settlement(
        partner_id=partner_id, business_date=business_date, file_hash=file_hash, row_count=totals.count,
        row_sum=totals.sum, has_control_line=totals.is_stated, taken_by=caller.account, taken_at=now(),
        warnings=[asdict(remark) for remark in totals.remarks],
    )  # fmt: skip
    session.add(settlement)
    await session.flush()
    async for lines in _chunks(settlement_lines(file, ignored_columns)):
        await _compare_lines(session, settlement, lines)
    await _add_missing_there(session, settlement)
    return settlement, True


def _hash_of(file: BinaryIO) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(1 << 16):
        digest.update(block)
    return digest.digest()


async def _chunks(lines: AsyncGenerator[T]) -> AsyncGenerator[list[T]]:
    chunk: list[T] = []
    async for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def _compare_lines(session: Session, settlement: Settlement, lines: Sequence[FileLine]) -> None:
    payments = await _payments_of(session, settlement.partner_id, lines)
    reversals = await _reversals_of(session, settlement.partner_id, lines)
    rows = [
        _payment_line(settlement, line, payments.get(line.partner_reference))
        if line.kind == "payment"
        else _reversal_line(settlement, line, reversals.get(line.partner_reference))
        for line in lines
    ]
    settlement.repeated += await _count_repeated(session, settlement, lines)
    await _write(session, settlement, rows)
    late = [
        payment.partner_reference for payment in payments.values() if payment.business_day != settlement.business_date
    ]
    await _mark_booked_another_day(session, settlement, "payment", late)
    await _mark_booked_another_day(session, settlement, "reversal", list(reversals))


async def _payments_of(session: Session, partner_id: str, lines: Iterable[FileLine]) -> dict[str, Payment]:
    references = [line.partner_reference for line in lines if line.kind == "payment"]
    found = await session.exec(
        select(Payment).where(col(Payment.partner_id) == partner_id, col(Payment.partner_reference).in_(references))
    )
    return {payment.partner_reference: payment for payment in found}


async def _reversals_of(session: Session, partner_id: str, lines: Iterable[FileLine]) -> dict[str, Reversal]:
    references = [line.partner_reference for line in lines if line.kind == "reversal"]
    if not references:
        return {}
    found = await session.exec(
        select(Reversal).where(col(Reversal.partner_id) == partner_id, col(Reversal.partner_reference).in_(references))
    )
    return {reversal.partner_reference: reversal for reversal in found}


def _payment_line(settlement: Settlement, line: FileLine, payment: Payment | None) -> SettlementLine:
    row = _line(settlement, line)
    if payment is None:
        return row
    row.payment_id, row.our_amount = payment.id, payment.amount
    if payment.amount != line.amount:
        row.state = "amount_mismatch"
    elif fits_day(payment.settled_at, settlement.business_date):
        row.state = "matched"
    else:
        row.state = "booked_another_day"
    return row


def _reversal_line(settlement: Settlement, line: FileLine, reversal: Reversal | None) -> SettlementLine:
    row = _line(settlement, line)
    if reversal is None:
        return row
    row.payment_id, row.our_amount = reversal.payment_id, reversal.amount
    row.state = "matched" if reversal.amount == line.amount else "amount_mismatch"
    return row


def _line(settlement: Settlement, line: FileLine) -> SettlementLine:
    return SettlementLine(
        id=new_id(), settlement_id=settlement.id, number=line.number, kind=line.kind,
        partner_reference=line.partner_reference, amount=line.amount, settled_at=line.settled_at, state="missing_here",
    )  # fmt: skip


def fits_day(settled_at: datetime, day: date) -> bool:
    """Whether a payment belongs to a local date, or may be booked on it because it came late at night."""
    own = local_date(settled_at)
    return own == day or (is_late(settled_at) and abs(own - day) <= timedelta(days=1))


def is_late(settled_at: datetime) -> bool:
    """Between 22:00 and 05:00 in Vietnam."""
    local = settled_at.astimezone(HO_CHI_MINH).time()
    return local >= EVENING or local < MORNING


async def _mark_booked_another_day(
    session: Session, settlement: Settlement, kind: str, references: Sequence[str]
) -> None:
    """Lines missing in another day's file that this file contains: late movements are booked on the next day."""
    if not references:
        return
    found = await session.exec(
        select(SettlementLine, Settlement)
        .join(Settlement, col(Settlement.id) == col(SettlementLine.settlement_id))
        .where(
            col(SettlementLine.kind) == kind,
            col(SettlementLine.partner_reference).in_(references),
            col(SettlementLine.number).is_(None),
            col(SettlementLine.state) == "missing_there",
            col(Settlement.partner_id) == settlement.partner_id,
            col(Settlement.id) != settlement.id,
        )
        .with_for_update()
    )
    for line, other in found:
        line.state = "booked_another_day"
        other.missing_there -= 1
        other.booked_another_day += 1


async def _count_repeated(session: Session, settlement: Settlement, lines: Sequence[FileLine]) -> int:
    """Number of rows that an earlier file of this partner and day contained."""
    found = await session.exec(
        select(SettlementLine.partner_reference)
        .join(Settlement, col(Settlement.id) == col(SettlementLine.settlement_id))
        .where(
            col(Settlement.partner_id) == settlement.partner_id,
            col(Settlement.business_date) == settlement.business_date,
            col(Settlement.id) != settlement.id,
            col(SettlementLine.number).is_not(None),
            col(SettlementLine.partner_reference).in_([line.partner_reference for line in lines]),
        )
        .distinct()
    )
    return len(found.all())


async def _add_missing_there(session: Session, settlement: Settlement) -> None:
    """Adds the recorded payments of the day that the file lacks; late ones may be in another day's file."""
    in_file = select(SettlementLine.partner_reference).where(SettlementLine.settlement_id == settlement.id)
    found = await session.exec(
        select(Payment)
        .where(
            col(Payment.partner_id) == settlement.partner_id,
            col(Payment.business_day) == settlement.business_date,
            col(Payment.partner_reference).not_in(in_file),
        )
        .order_by(col(Payment.settled_at))
    )
    missing = list(found)
    elsewhere = await _booked_elsewhere(session, settlement, missing)
    rows = [
        SettlementLine(
            id=new_id(), settlement_id=settlement.id, kind="payment", partner_reference=payment.partner_reference,
            amount=payment.amount, our_amount=payment.amount, settled_at=payment.settled_at, payment_id=payment.id,
            state="booked_another_day" if payment.partner_reference in elsewhere else "missing_there",
        )
        for payment in missing
    ]  # fmt: skip
    await _write(session, settlement, rows + await _missing_reversals(session, settlement))


async def _missing_reversals(session: Session, settlement: Settlement) -> list[SettlementLine]:
    """Recorded reversals of the day that neither this file nor another one of this partner contains."""
    day = datetime.combine(settlement.business_date, time(), tzinfo=HO_CHI_MINH)
    in_files = (
        select(SettlementLine.partner_reference)
        .join(Settlement, col(Settlement.id) == col(SettlementLine.settlement_id))
        .where(
            col(Settlement.partner_id) == settlement.partner_id,
            col(SettlementLine.kind) == "reversal",
            col(SettlementLine.number).is_not(None),
        )
    )
    found = await session.exec(
        select(Reversal)
        .where(
            col(Reversal.partner_id) == settlement.partner_id,
            col(Reversal.reversed_at) >= day,
            col(Reversal.reversed_at) < day + timedelta(days=1),
            col(Reversal.partner_reference).not_in(in_files),
        )
        .order_by(col(Reversal.reversed_at))
    )
    return [
        SettlementLine(
            id=new_id(), settlement_id=settlement.id, kind="reversal", partner_reference=reversal.partner_reference,
            amount=reversal.amount, our_amount=reversal.amount, settled_at=reversal.reversed_at,
            payment_id=reversal.payment_id, state="missing_there",
        )
        for reversal in found
    ]  # fmt: skip


async def _booked_elsewhere(session: Session, settlement: Settlement, payments: Sequence[Payment]) -> set[str]:
    """References contained in another day's file of this partner."""
    late = [payment.partner_reference for payment in payments if is_late(payment.settled_at)]
    if not late:
        return set()
    found = await session.exec(
        select(SettlementLine.partner_reference)
        .join(Settlement, col(Settlement.id) == col(SettlementLine.settlement_id))
        .where(
            col(Settlement.partner_id) == settlement.partner_id,
            col(Settlement.id) != settlement.id,
            col(SettlementLine.number).is_not(None),
            col(SettlementLine.partner_reference).in_(late),
        )
    )
    return set(found)


async def _write(session: Session, settlement: Settlement, rows: Sequence[SettlementLine]) -> None:
    for row in rows:
        setattr(settlement, row.state, getattr(settlement, row.state) + 1)
    if rows:
        # One statement for a thousand rows; the unit of work would send as many.
        await session.execute(insert(SettlementLine), [row.model_dump() for row in rows])


async def resolve_line(
    session: Session, caller: Caller, settlement: Settlement, line_id: UUID, resolution: str, note: str
) -> SettlementLine:
    """Records a person's decision on a line that did not match, once, with account, time and note."""
    line = await session.get(SettlementLine, line_id, with_for_update=True)
    if line is None or line.settlement_id != settlement.id:
        raise NotFound()
    if line.state == "matched" or line.resolved_at is not None:
        raise AlreadyResolved()
    _note_line(session, caller, "settlement_line.resolved", line, note)
    line.resolution, line.note = resolution, note
    line.resolved_by, line.resolved_at = caller.account, now()
    return line


async def reopen_line(
    session: Session, caller: Caller, settlement: Settlement, line_id: UUID, reason: str
) -> SettlementLine:
    """Takes the decision on a line back; the reason is noted."""
    line = await session.get(SettlementLine, line_id, with_for_update=True)
    if line is None or line.settlement_id != settlement.id:
        raise NotFound()
    if line.resolved_at is None:
        raise NotResolved()
    _note_line(session, caller, "settlement_line.reopened", line, reason)
    line.resolution, line.resolved_by, line.resolved_at = None, None, None
    line.note = f"{caller.account}: {reason}"
    return line


def _note_line(session: Session, caller: Caller, act: ActName, line: SettlementLine, reason: str) -> None:
    before = {"state": line.state, "resolution": line.resolution, "decided_by": line.resolved_by}
    note_act(session, caller, act, ("settlement_line", line.id), reason=reason, before=before)
