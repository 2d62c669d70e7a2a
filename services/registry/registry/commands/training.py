"""A commune and a village for practice, in a tree of their own, with made-up people whom nobody can be taken for."""

import hashlib
from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from chassis.clock import now
from chassis.security.training_guard import NUMBER, TRAINING
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownLineage, KnownUnit
from contracts.onboarding import TrainingOpened
from contracts.registry import Lineage, UnitChanged
from registry.commands.residents import Newcomer, household_ids, numbers_of, register_resident
from registry.errors import ResidentExists
from registry.model.facts import origin_of
from registry.model.residents import Resident

GIVEN_NAMES = ("An", "Bình", "Cúc", "Dũng", "Giang", "Hạnh", "Hòa", "Lan", "Minh", "Nga", "Phúc", "Sơn")
COMMUNE, VILLAGE = "Xã tập huấn", "Thôn tập huấn"
AT_HOME = 3
"""People in a household."""


async def open_practice(session: Session, fact: TrainingOpened) -> None:
    """Makes the units once, and whoever of the people is not there yet."""
    village = await _make_units(session, fact)
    there = set(await session.exec(select(Resident.id).where(col(Resident.id).in_(fact.people))))
    for number, resident_id in enumerate(fact.people):
        if resident_id not in there:
            await _make_up(session, village, resident_id, number)


async def _make_units(session: Session, fact: TrainingOpened) -> KnownUnit:
    commune = KnownUnit(id=fact.unit_id, code=fact.unit_code, name=COMMUNE, level="commune", kind=TRAINING)
    village = KnownUnit(id=fact.village_id, code=fact.village_code, name=VILLAGE, level="village", kind=TRAINING)
    places = {
        commune.id: Lineage(path=commune.code, parent_id=None, valid_from=None, valid_to=None),
        village.id: Lineage(
            path=f"{commune.code}/{village.code}", parent_id=commune.id, valid_from=None, valid_to=None
        ),
    }
    for unit in (commune, village):
        values = unit.model_dump()
        made = await session.execute(
            insert(KnownUnit).values(values).on_conflict_do_nothing().returning(col(KnownUnit.id))
        )
        if made.first() is None:
            continue
        place = places[unit.id]
        await session.execute(insert(KnownLineage).values(unit_id=unit.id, **place.model_dump()))
        publish(
            session, UnitChanged.model_validate({**values, "unit_id": unit.id, "lineage": [place], "successors": []})
        )
    return village


async def _make_up(session: Session, village: KnownUnit, resident_id: UUID, number: int) -> None:
    """One of several is without a smartphone, or without a number of their own: there is something to practise."""
    household = f"TH{number // AT_HOME + 1:02}"
    households = await household_ids(session, [(village.id, household)])
    sex = "female" if number % 2 else "male"
    born = date(1950 + (number * 7) % 55, 1 + number % 12, 1 + number % 28)
    values = {
        "full_name": f"Tập Huấn {GIVEN_NAMES[number % len(GIVEN_NAMES)]}", "date_of_birth": born, "birth_precision": "day",
        "sex": sex, "id_document": "can_cuoc", "has_smartphone": number % 5 != 4, "has_bank_account": number % 4 == 3,
        "social_insurance_no": f"{NUMBER}{_digits(resident_id, 7, 'insurance')}",
        # A number that no network gives out: a partner's message can never mean it.
        "phone": f"+84{NUMBER}{_digits(resident_id, 6, 'phone')}", "phone_owner_verified": number % 3 != 2,
    }  # fmt: skip
    for attempt in range(5):
        personal_id = f"{NUMBER}{1 if sex == 'female' else 0}{born:%y}{_digits(resident_id, 6, f'card{attempt}')}"
        numbers = numbers_of(personal_id, str(values["phone"]), str(values["social_insurance_no"]), resident_id)
        newcomer = Newcomer(village, households[village.id, household], numbers, values, origin_of("officer", now()))
        try:
            await register_resident(session, newcomer)
        except ResidentExists:
            continue  # two made-up people of one number: the next one is free
        return


def _digits(resident_id: UUID, how_many: int, of: str) -> str:
    """Digits that follow from the id, so that the same person told twice has the same numbers."""
    return f"{int(hashlib.sha256(f'{resident_id}{of}'.encode()).hexdigest(), 16) % 10**how_many:0{how_many}}"
