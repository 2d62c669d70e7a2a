"""Training units: a commune and a village in a separate tree, with synthetic people."""

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
from registry.commands.residents import Newcomer, household_ids, new_identity, register_resident
from registry.errors import ResidentExists
from registry.model.ranking import origin_of
from registry.model.residents import Resident

GIVEN_NAMES = ("An", "Bình", "Cúc", "Dũng", "Giang", "Hạnh", "Hòa", "Lan", "Minh", "Nga", "Phúc", "Sơn")
COMMUNE, VILLAGE = "Xã tập huấn", "Thôn tập huấn"
AT_HOME = 3
"""People in a household."""


async def open_training(session: Session, event: TrainingOpened) -> None:
    """Make the units once, and those of the people who are missing."""
    village = await _make_units(session, event)
    present = set(await session.exec(select(Resident.id).where(col(Resident.id).in_(event.people))))
    for number, resident_id in enumerate(event.people):
        if resident_id not in present:
            await _register_trainee(session, village, resident_id, number)


async def _make_units(session: Session, event: TrainingOpened) -> KnownUnit:
    commune = KnownUnit(id=event.unit_id, code=event.unit_code, name=COMMUNE, level="commune", kind=TRAINING)
    village = KnownUnit(id=event.village_id, code=event.village_code, name=VILLAGE, level="village", kind=TRAINING)
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


async def _register_trainee(session: Session, village: KnownUnit, resident_id: UUID, number: int) -> None:
    """Some have no smartphone or no phone in their own name, so that there are cases to train on."""
    household = f"TH{number // AT_HOME + 1:02}"
    households = await household_ids(session, [(village.id, household)])
    sex = "female" if number % 2 else "male"
    born = date(1950 + (number * 7) % 55, 1 + number % 12, 1 + number % 28)
    values = {
        "full_name": f"Tập Huấn {GIVEN_NAMES[number % len(GIVEN_NAMES)]}", "date_of_birth": born, "birth_precision": "day",
        "sex": sex, "id_document": "can_cuoc", "has_smartphone": number % 5 != 4, "has_bank_account": number % 4 == 3,
        "social_insurance_no": f"{NUMBER}{_digits(resident_id, 7, 'insurance')}",
        # A number that no network assigns: no partner's event can match it.
        "phone": f"+84{NUMBER}{_digits(resident_id, 6, 'phone')}", "phone_owner_verified": number % 3 != 2,
    }  # fmt: skip
    for attempt in range(5):
        personal_id = f"{NUMBER}{1 if sex == 'female' else 0}{born:%y}{_digits(resident_id, 6, f'card{attempt}')}"
        identity = new_identity(values | {"personal_id": personal_id}, resident_id)
        newcomer = Newcomer(village, households[village.id, household], identity, values, origin_of("officer", now()))
        try:
            await register_resident(session, newcomer)
        except ResidentExists:
            continue  # the number belongs to another synthetic person: try the next one
        return


def _digits(resident_id: UUID, how_many: int, of: str) -> str:
    """Digits that follow from the id, so that a repeated event gives the same numbers."""
    return f"{int(hashlib.sha256(f'{resident_id}{of}'.encode()).hexdigest(), 16) % 10**how_many:0{how_many}}"
