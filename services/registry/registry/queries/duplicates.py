"""Pairs of records that may be one person: accents, swapped day and month, a slip in one digit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from sqlmodel import col, select

from chassis.database import ReadSession
from chassis.errors import FieldError, InvalidQuery
from chassis.identity import Caller
from chassis.scope import scoped, units_of, units_under
from registry.model.residents import Resident
from registry.names import words
from registry.schemas.rights import CandidatePair

MOST_RESIDENTS = 30_000
MOST_PAIRS = 200
MOST_IN_BLOCK = 60
"""More people than this with one name or one birthday say nothing; they are compared by the other blocks."""

WEIGHTS = {"number-slip": 4, "same-name": 3, "same-birth": 3, "swapped-birth": 2, "same-birth-year": 1, "same-phone": 2}
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class _Record:
    resident: Resident
    number: str
    name: tuple[str, ...]


async def list_candidates(session: ReadSession, caller: Caller, unit_code: str) -> list[CandidatePair]:
    """The likeliest pairs of a unit, best first; for a unit as large as a province ask for its communes."""
    query = scoped(select(Resident), caller, col(Resident.unit_id))
    query = query.where(col(Resident.unit_id).in_(units_under(unit_code)), Resident.life == "alive")
    residents: Sequence[Resident] = (await session.exec(query.limit(MOST_RESIDENTS + 1))).all()
    if len(residents) > MOST_RESIDENTS:
        raise InvalidQuery(errors=[FieldError("/unit_code", "unit-too-large", "Đơn vị quá lớn, hãy chọn từng xã.",
                                              "The unit is too large: ask for its communes.")])  # fmt: skip
    records = [_Record(r, r.value("personal_id"), tuple(sorted(words(r.full_name)))) for r in residents]
    found = _pairs(records)[:MOST_PAIRS]
    units = await units_of(session, list({r.resident.unit_id for a, b, _ in found for r in (a, b)}))
    return [
        CandidatePair(
            resident_ids=[a.resident.id, b.resident.id], full_names=[a.resident.full_name, b.resident.full_name],
            unit_codes=[units[a.resident.unit_id].code, units[b.resident.unit_id].code], reasons=reasons,
            score=sum(WEIGHTS[reason] for reason in reasons),
        )
        for a, b, reasons in found
    ]  # fmt: skip


def _pairs(records: Sequence[_Record]) -> list[tuple[_Record, _Record, list[str]]]:
    seen: set[tuple[UUID, UUID]] = set()
    found = []
    for a, b in _comparable(records):
        key = (min(a.resident.id, b.resident.id), max(a.resident.id, b.resident.id))
        if key in seen:
            continue
        seen.add(key)
        reasons = _reasons(a, b)
        if sum(WEIGHTS[reason] for reason in reasons) >= ENOUGH:
            found.append((a, b, reasons))
    return sorted(found, key=lambda pair: (-sum(WEIGHTS[r] for r in pair[2]), pair[0].resident.id))


def _comparable(records: Sequence[_Record]) -> Iterator[tuple[_Record, _Record]]:
    """Pairs within blocks of one name, one birthday, one phone: comparing everybody with everybody would not end."""
    blocks: dict[object, list[_Record]] = defaultdict(list)
    for record in records:
        blocks[record.name, record.resident.born.year].append(record)
        blocks[record.resident.born, record.resident.sex].append(record)
        blocks[record.number[:6]].append(record)
        blocks[record.number[6:]].append(record)
    for block in blocks.values():
        if len(block) <= MOST_IN_BLOCK:
            yield from combinations(block, 2)


def _reasons(a: _Record, b: _Record) -> list[str]:
    one, two = a.resident, b.resident
    reasons = []
    # A shared word of the name: siblings and neighbours got numbers in a row, on one day.
    alike = len(a.number) == len(b.number) and set(a.name) & set(b.name)
    if alike and sum(x != y for x, y in zip(a.number, b.number, strict=True)) == 1:
        reasons.append("number-slip")
    if a.name == b.name:
        reasons.append("same-name")
    if one.born == two.born:
        reasons.append("same-birth")
    elif one.born.year == two.born.year:
        swapped = (one.born.month, one.born.day) == (two.born.day, two.born.month)
        reasons.append("swapped-birth" if swapped else "same-birth-year")
    if one.phone_index is not None and one.phone_index == two.phone_index:
        reasons.append("same-phone")
    return reasons
