"""Undoing an import by number: rows that are unchanged go back, the others are kept and listed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.clock import now
from chassis.runtime import Runtime
from chassis.security.access_log import record_access
from chassis.security.identity import Caller
from chassis.storage.database import Session
from onboarding.commands.journeys import open_journeys, recompute, store_journeys
from onboarding.errors import ImportStillRunning
from onboarding.model.imports import ImportedEvidence, NumberImport
from onboarding.model.journeys import StepEvidence

AT_ONCE = 500
CHANGED_SINCE, LISTED_AGAIN = "changed-since", "listed-again"


async def begin_undo(session: Session, caller: Caller, taken: NumberImport) -> None:
    """Undoes the first rows at once; `undo_imports` does the rest. A second time changes nothing."""
    if taken.status in ("undoing", "undone"):
        return
    if taken.status in ("queued", "running"):
        raise ImportStillRunning()
    taken.status, taken.undone_by, taken.undone_at = "undoing", caller.account, now()
    # The same file may be sent again, as a new import.
    taken.digest = f"{taken.digest}~undone~{taken.id}"
    session.add(taken)
    await session.flush()
    await undo_rows(session, taken, caller)


async def undo_imports(runtime: Runtime) -> None:
    """Scheduled: goes on with imports that are being undone."""
    while await undo_next_rows(runtime):
        pass


async def undo_next_rows(runtime: Runtime) -> bool:
    """Undoes up to 500 rows of an import; False when none is being undone."""
    async with runtime.database.transaction() as session:
        query = (
            select(NumberImport).where(col(NumberImport.status) == "undoing").order_by(col(NumberImport.id)).limit(1)
        )
        taken = (await session.exec(query.with_for_update(skip_locked=True))).first()
        if taken is None:
            return False
        await undo_rows(session, taken, None)
        return True


async def undo_rows(session: Session, taken: NumberImport, caller: Caller | None) -> None:
    """Undoes the next 500 rows; the residents see it in their access log."""
    waiting = select(ImportedEvidence).where(
        col(ImportedEvidence.import_id) == taken.id, col(ImportedEvidence.outcome).is_(None)
    )
    rows = list(await session.exec(waiting.order_by(col(ImportedEvidence.row)).limit(AT_ONCE)))
    reasons = await _reasons_to_keep(session, taken, rows)
    gone = [row for row in rows if row.is_added and row.row not in reasons]
    await _remove_evidence(session, gone)
    for row in rows:
        row.reason = reasons.get(row.row)
        row.outcome = "kept" if row.reason else "undone" if row.is_added else "untouched"
        session.add(row)
    taken.undone += len(gone)
    taken.kept += len(reasons)
    if len(rows) < AT_ONCE:
        taken.status = "undone"
    session.add(taken)
    for subject_id in dict.fromkeys(row.subject_id for row in gone):
        _record(session, taken, caller, subject_id)


async def _reasons_to_keep(session: Session, taken: NumberImport, rows: Sequence[ImportedEvidence]) -> dict[int, str]:
    added = [row for row in rows if row.is_added]
    evidence_ids, subjects = [row.evidence_id for row in added], [row.subject_id for row in added]
    other: Any = aliased(NumberImport)
    again = set(
        await session.exec(
            select(ImportedEvidence.evidence_id)
            .join(other, other.id == col(ImportedEvidence.import_id))
            .where(
                col(ImportedEvidence.evidence_id).in_(evidence_ids), other.id != taken.id,
                other.status.not_in(["undoing", "undone"]),
            )
        )
    )  # fmt: skip
    later = set(
        await session.exec(
            select(StepEvidence.subject_id).where(
                col(StepEvidence.subject_id).in_(subjects), col(StepEvidence.step) == taken.step,
                col(StepEvidence.recorded_at) > taken.created_at, col(StepEvidence.id).not_in(evidence_ids),
            )
        )
    )  # fmt: skip
    return {
        row.row: LISTED_AGAIN if row.evidence_id in again else CHANGED_SINCE
        for row in added
        if row.evidence_id in again or row.subject_id in later
    }


async def _remove_evidence(session: Session, rows: Sequence[ImportedEvidence]) -> None:
    """Deletes the evidence and computes the journeys anew, under the locks of their residents."""
    subjects = [row.subject_id for row in rows]
    await open_journeys(session, subjects)
    for row in rows:
        mine = (col(StepEvidence.subject_id) == row.subject_id) & (col(StepEvidence.id) == row.evidence_id)
        await session.execute(delete(StepEvidence).where(mine))
    opened = await open_journeys(session, subjects)
    for journey in {id(each): each for each in opened.values()}.values():
        recompute(session, journey, takes_back=True)
    await store_journeys(session, opened.values())


def _record(session: Session, taken: NumberImport, caller: Caller | None, subject_id: UUID) -> None:
    actor = caller or Caller("officer", taken.undone_by or taken.created_by, unit_code=taken.created_unit)
    record_access(
        session, "onboarding", actor, subject_id, action="import-undone", purpose="correction", fields=[taken.step]
    )
