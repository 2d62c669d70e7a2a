"""Pairs of records that may be one person: accents, swapped day and month, a slip in one digit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, text
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_of, units_under
from chassis.storage.database import ReadSession
from registry.model.duplicates import ENOUGH, DuplicateDismissal, DuplicatePair, Likeness, pair_id, reasons, score_of
from registry.model.residents import Resident

MOST_PAIRS = 200


@dataclass(frozen=True, slots=True)
class CandidatePair:
    """Two records that may be one person, and why."""

    id: UUID
    resident_ids: list[UUID]
    full_names: list[str]
    unit_codes: list[str]
    reasons: list[str]
    score: int


async def list_duplicate_pairs(session: ReadSession, caller: Caller, unit_code: str) -> list[CandidatePair]:
    """The likeliest pairs of a unit, best first; both records belong to it."""
    one, other = aliased(Resident), aliased(Resident)
    query = scoped(scoped(select(DuplicatePair), caller, col(one.unit_id)), caller, col(other.unit_id))
    query = (
        query.join(one, col(one.id) == col(DuplicatePair.one_id))
        .join(other, col(other.id) == col(DuplicatePair.other_id))
        .where(col(one.unit_id).in_(units_under(unit_code)), col(other.unit_id).in_(units_under(unit_code)))
        .where(one.life == "alive", other.life == "alive", ~_dismissed())
        .order_by(col(DuplicatePair.score).desc(), col(DuplicatePair.one_id), col(DuplicatePair.other_id))
    )
    pairs = (await session.exec(query.limit(MOST_PAIRS))).all()
    people = await likenesses(session, list({id_ for pair in pairs for id_ in (pair.one_id, pair.other_id)}))
    units = await units_of(session, list({one.unit_id for one in people.values()}))
    candidates = []
    for pair in pairs:
        a, b = people[pair.one_id], people[pair.other_id]
        why = reasons(a, b)
        if score_of(why) >= ENOUGH:
            candidates.append(
                CandidatePair(
                    id=pair_id(a.id, b.id),
                    resident_ids=[a.id, b.id], full_names=[a.full_name, b.full_name],
                    unit_codes=[units[a.unit_id].code, units[b.unit_id].code], reasons=why, score=score_of(why),
                )
            )  # fmt: skip
    return candidates


def _dismissed() -> Any:
    return exists().where(
        col(DuplicateDismissal.one_id) == col(DuplicatePair.one_id),
        col(DuplicateDismissal.other_id) == col(DuplicatePair.other_id),
    )


async def get_pair(session: ReadSession, caller: Caller, id_: UUID) -> DuplicatePair:
    """A pair whose records are both of the caller's units; 404 otherwise."""
    one, other = aliased(Resident), aliased(Resident)
    query = scoped(scoped(select(DuplicatePair), caller, col(one.unit_id)), caller, col(other.unit_id))
    query = query.join(one, col(one.id) == col(DuplicatePair.one_id)).join(
        other, col(other.id) == col(DuplicatePair.other_id)
    )
    pair: DuplicatePair | None = (await session.exec(query.where(col(DuplicatePair.id) == id_))).first()
    if pair is None:
        raise NotFound()
    return pair


async def likenesses(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, Likeness]:
    """What is compared of those of these residents who are alive."""
    found = await session.execute(_LIKENESSES, {"ids": list(ids)})
    return {row.id: Likeness(*row) for row in found}


_LIKENESSES = text(
    "SELECT id, unit_id, full_name, born, phone_index, personal_id FROM resident"
    " WHERE id = ANY(cast(:ids AS uuid[])) AND life = 'alive'"
)
