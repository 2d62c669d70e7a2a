"""Keys change while the service serves: sealed values and blind indexes follow the newest key, batch by batch.

With a new key in front of `PII_KEYS` or `PII_INDEX_KEYS` everything new is written under it at once and everything old
is still read; this work brings the rest over. When `GET /v1/key-rotations` says that all is finished, the old key may go.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.observability.log import logger
from chassis.security.encryption import (
    DEVELOPMENT_KEYS,
    CipherContext,
    Keys,
    decrypt,
    decrypt_text,
    encrypt,
    index_key_ids,
    is_encrypted_with_newest_key,
)
from chassis.settings import get_settings
from chassis.storage.database import Database, Session
from registry.commands.attestations import subject_of
from registry.commands.duplicates import check_later
from registry.commands.identifying import give_to_organization, give_to_residents, lock_subjects_once, subject
from registry.model.attestations import UNMATCHED_DATA, UnmatchedEvent, data_of
from registry.model.breaches import BREACH_ACCOUNT, DataBreach
from registry.model.facts import CORRECTION_VALUE, FACT_VALUE, Correction, FactRecord
from registry.model.organizations import ORGANIZATION_PHONE, TAX_CODE, Organization
from registry.model.residents import PLACES, Resident
from registry.model.rotation import KeyRotation

BATCH = 500

Work = Callable[[Session, Sequence[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task:
    """One table to bring under one key: what to do with a batch of its rows."""

    name: str
    table: Any
    work: Work


async def rotate_keys(database: Database) -> None:
    """Bring everything under the newest keys, as far as it is not; cheap when nothing is left to do."""
    newest = Keys.parse(get_settings().pii_keys or DEVELOPMENT_KEYS).newest
    for task in RESEALING:
        await _run(database, task, newest)
    for task in REINDEXING:
        await _run(database, task, index_key_ids()[0])


async def _run(database: Database, task: Task, key_id: str) -> None:
    while True:
        async with database.transaction() as session:
            if await _is_finished_after_a_batch(session, task, key_id):
                return


async def _is_finished_after_a_batch(session: Session, task: Task, key_id: str) -> bool:
    rotation = await session.get(KeyRotation, (task.name, key_id), with_for_update=True)
    if rotation is None:
        rotation = KeyRotation(name=task.name, key_id=key_id, started_at=now())
        session.add(rotation)
    if rotation.finished_at is not None and not await _begin_again(session, rotation):
        return True
    rows = await _next_rows(session, task.table, rotation.after_id)
    await task.work(session, rows)
    rotation.rows += len(rows)
    if len(rows) == BATCH:
        rotation.after_id = rows[-1].id
        return False
    rotation.finished_at = now()
    logger.info("key rotation finished", work=task.name, rows=rotation.rows)
    return True


async def _begin_again(session: Session, rotation: KeyRotation) -> bool:
    """A key that was left for another one and is the newest again has everything to do once more."""
    query = select(KeyRotation.key_id).where(
        KeyRotation.name == rotation.name, col(KeyRotation.started_at) > rotation.finished_at
    )
    if (await session.exec(query.limit(1))).first() is None:
        return False
    rotation.after_id, rotation.rows, rotation.started_at, rotation.finished_at = None, 0, now(), None
    return True


async def _next_rows(session: Session, table: Any, after_id: UUID | None) -> Sequence[Any]:
    query = select(table).order_by(col(table.id)).limit(BATCH).with_for_update()
    if after_id is not None:
        query = query.where(col(table.id) > after_id)
    return (await session.exec(query)).all()


def _resealing(places: dict[str, CipherContext], row_column: str = "id") -> Work:
    async def reseal(session: Session, rows: Sequence[Any]) -> None:
        for row in rows:
            for column, place in places.items():
                sealed, key = getattr(row, column), str(getattr(row, row_column))
                if sealed is not None and not is_encrypted_with_newest_key(sealed):
                    setattr(row, column, encrypt(place, key, decrypt(place, key, sealed)))
                    session.add(row)

    return reseal


async def _reindex_residents(session: Session, residents: Sequence[Resident]) -> None:
    numbered = [(subject("personal_id", r.value("personal_id")), r.id) for r in residents]
    owners = await lock_subjects_once(session, [who for who, _ in numbered])
    await give_to_residents(session, [(who, owner) for who, owner in numbered if owners[who.index].resident_id is None])
    for resident in residents:
        for name in ("phone", "social_insurance_no"):
            resident.put_index(name)
            session.add(resident)
    await check_later(session, [resident.id for resident in residents])


async def _reindex_organizations(session: Session, organizations: Sequence[Organization]) -> None:
    for organization in organizations:
        wanted = subject("tax_code", decrypt_text(TAX_CODE, str(organization.id), organization.tax_code))
        await lock_subjects_once(session, [wanted])
        await give_to_organization(session, wanted, organization.id)


async def _reindex_waiting(session: Session, waiting: Sequence[UnmatchedEvent]) -> None:
    for event in waiting:
        event.subject_index = subject_of(data_of(event)).index
        session.add(event)


RESEALING = (
    Task("seal resident", Resident, _resealing(dict(PLACES))),
    Task("seal organization", Organization, _resealing({"tax_code": TAX_CODE, "phone": ORGANIZATION_PHONE})),
    Task("seal fact", FactRecord, _resealing({"value": FACT_VALUE})),
    Task("seal correction", Correction, _resealing({"value": CORRECTION_VALUE})),
    Task("seal data_breach", DataBreach, _resealing({"account": BREACH_ACCOUNT})),
    Task("seal unmatched_event", UnmatchedEvent, _resealing({"sealed": UNMATCHED_DATA}, "delivery_id")),
)
REINDEXING = (
    Task("index resident", Resident, _reindex_residents),
    Task("index organization", Organization, _reindex_organizations),
    Task("index unmatched_event", UnmatchedEvent, _reindex_waiting),
)
