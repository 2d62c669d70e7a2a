"""Pairs of records that may be one person: accents, swapped day and month, a slip in one digit."""

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_of, units_under
from chassis.storage.database import ReadSession
from registry.commands.duplicates import likenesses
from registry.model.duplicates import ENOUGH, DuplicatePair, reasons, score_of
from registry.model.residents import Resident
from registry.schemas.rights import CandidatePair

MOST_PAIRS = 200


async def list_candidates(session: ReadSession, caller: Caller, unit_code: str) -> list[CandidatePair]:
    """The likeliest pairs of a unit, best first; both records belong to it."""
    one, other = aliased(Resident), aliased(Resident)
    query = scoped(scoped(select(DuplicatePair), caller, col(one.unit_id)), caller, col(other.unit_id))
    query = (
        query.join(one, col(one.id) == col(DuplicatePair.one_id))
        .join(other, col(other.id) == col(DuplicatePair.other_id))
        .where(col(one.unit_id).in_(units_under(unit_code)), col(other.unit_id).in_(units_under(unit_code)))
        .where(one.life == "alive", other.life == "alive")
        .order_by(col(DuplicatePair.score).desc(), col(DuplicatePair.one_id), col(DuplicatePair.other_id))
    )
    pairs = (await session.exec(query.limit(MOST_PAIRS))).all()
    people = await likenesses(session, list({id_ for pair in pairs for id_ in (pair.one_id, pair.other_id)}))
    units = await units_of(session, list({one.unit_id for one in people.values()}))
    shown = []
    for pair in pairs:
        a, b = people[pair.one_id], people[pair.other_id]
        why = reasons(a, b)
        if score_of(why) >= ENOUGH:
            shown.append(
                CandidatePair(
                    resident_ids=[a.id, b.id], full_names=[a.full_name, b.full_name],
                    unit_codes=[units[a.unit_id].code, units[b.unit_id].code], reasons=why, score=score_of(why),
                )
            )  # fmt: skip
    return shown
