"""A unit chooses the full-process services of the model."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import col, select

from casework.errors import NotFullProcess, TooFewProcedures, unknown_procedure
from casework.model.chosen import CARRIED_OVER, LEAST, ChosenProcedures
from casework.procedures import ProcedureCatalogue, UnknownProcedure, load_catalogue
from casework.queries.procedures import find_choice, get_minimum
from casework.settings import get_settings
from chassis.clock import now, today
from chassis.errors import FieldError, InvalidBody
from chassis.security.identity import Caller
from chassis.security.scope import valid_on
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownLineage, KnownUnit
from contracts.casework import ProceduresChosen
from contracts.registry import Successor


async def choose_procedures(
    session: Session, caller: Caller, unit: KnownUnit, codes: Sequence[str]
) -> ChosenProcedures:
    """Replaces the unit's choice: known, full-process, and at least as many as its campaigns ask for."""
    chosen = list(dict.fromkeys(codes))
    _require_full_process(load_catalogue(get_settings().procedures_dir), codes)
    minimum = await get_minimum(session, unit)
    if len(chosen) < minimum:
        raise TooFewProcedures(members={"minimum": minimum}, errors=[_too_few(minimum)])
    choice = await find_choice(session, unit)
    if choice is None:
        choice = ChosenProcedures(unit_id=unit.id, version=0, codes=chosen, chosen_at=now(), chosen_by=caller.account)
    choice.version += 1
    choice.codes, choice.chosen_at, choice.chosen_by = chosen, now(), caller.account
    session.add(choice)
    publish(
        session,
        ProceduresChosen(unit_id=unit.id, unit_code=unit.code, codes=chosen, minimum=minimum, at=choice.chosen_at),
    )
    return choice


async def hand_on_choice(
    session: Session, choice: ChosenProcedures, code: str, successors: Sequence[Successor]
) -> None:
    """What an ended unit chose is the choice of those that took it over, and not its own any more."""
    if not choice.codes or not successors:
        return
    for successor in successors:
        await _carry_over(session, choice, successor)
    await replace_choice(session, choice, code, [], handed_on=choice.codes)


async def replace_choice(
    session: Session, choice: ChosenProcedures, code: str, codes: Sequence[str], *, handed_on: Sequence[str] = ()
) -> None:
    """A decree, or one that was taken back, leaves a unit with this choice; `handed_on` is what went to its successors."""
    choice.codes, choice.handed_on, choice.version = list(codes), list(handed_on), choice.version + 1
    session.add(choice)
    unit = await session.get(KnownUnit, choice.unit_id) if codes else None
    minimum = await get_minimum(session, unit, today()) if unit else LEAST
    publish(
        session,
        ProceduresChosen(unit_id=choice.unit_id, unit_code=code, codes=list(codes), minimum=minimum, at=now()),
    )


async def hand_on_choices(session: Session) -> None:
    """Hand on what ended units chose whose successors were known before their first day."""
    query = (
        select(ChosenProcedures, KnownUnit.code, KnownLineage)
        .join(KnownUnit, col(KnownUnit.id) == col(ChosenProcedures.unit_id))
        .join(KnownLineage, col(KnownLineage.unit_id) == col(ChosenProcedures.unit_id))
        .where(col(KnownUnit.valid_to) < today(), valid_on(KnownLineage, today()))
        .where(func.cardinality(ChosenProcedures.codes) > 0)
        .with_for_update(of=ChosenProcedures)
    )
    for choice, code, place in (await session.exec(query)).all():
        above = await session.get(KnownUnit, place.parent_id) if place.parent_id else None
        if above is not None and above.level == "commune":
            first = place.valid_from or today()
            successor = Successor(unit_id=above.id, code=above.code, kind="whole", effective_on=first)
            await hand_on_choice(session, choice, code, [successor])


async def _carry_over(session: Session, choice: ChosenProcedures, successor: Successor) -> None:
    """What a unit chose is the choice of the unit that took it over, together with that of the others it was formed of.

    A choice that an officer of the new unit made stays as it is.
    """
    known = await session.get(ChosenProcedures, successor.unit_id, with_for_update=True)
    if known is not None and known.chosen_by != CARRIED_OVER:
        return
    codes = list(dict.fromkeys([*(known.codes if known else []), *choice.codes]))
    if known is not None and known.codes == codes:
        return
    carried = known or ChosenProcedures(
        unit_id=successor.unit_id, version=0, codes=codes, chosen_at=now(), chosen_by=CARRIED_OVER
    )
    carried.version += 1
    carried.codes, carried.chosen_at = codes, now()
    session.add(carried)
    await session.flush()
    unit = await session.get(KnownUnit, successor.unit_id)
    minimum = await get_minimum(session, unit, successor.effective_on) if unit else LEAST
    publish(
        session,
        ProceduresChosen(
            unit_id=successor.unit_id, unit_code=successor.code, codes=codes, minimum=minimum, at=carried.chosen_at
        ),
    )


def _require_full_process(catalogue: ProcedureCatalogue, codes: Sequence[str]) -> None:
    unknown, partial = [], []
    for index, code in enumerate(codes):
        try:
            if not catalogue.get_version(code, today()).full_process:
                partial.append(_not_full_process(index))
        except UnknownProcedure:
            unknown.append(unknown_procedure(f"/codes/{index}"))
    if unknown:
        raise InvalidBody(errors=unknown + partial)
    if partial:
        raise NotFullProcess(errors=partial)


def _not_full_process(index: int) -> FieldError:
    return FieldError(f"/codes/{index}", "not-full-process", NotFullProcess.vi, NotFullProcess.en)


def _too_few(minimum: int) -> FieldError:
    return FieldError(
        "/codes", "too-few-procedures", f"Phải chọn ít nhất {minimum} dịch vụ công toàn trình.",
        f"At least {minimum} full-process services must be chosen.",
    )  # fmt: skip
