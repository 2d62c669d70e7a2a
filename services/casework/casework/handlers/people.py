"""Residents and organizations: where they belong, whether they live, who speaks for whom.

Many facts take one statement: the list of a whole province arrives as millions of them.
"""

from collections.abc import Sequence

from sqlalchemy import text

from chassis.messaging.consumer import batch_handler
from chassis.storage.database import Session
from contracts.registry import OrganizationSnapshot, ResidentMerged, ResidentSnapshot


@batch_handler
async def on_residents_told(session: Session, facts: Sequence[ResidentSnapshot]) -> None:
    """Keeps the newest snapshot of each; a duplicate leads to its survivor until the merge is undone."""
    newest = list({fact.resident_id: fact for fact in sorted(facts, key=_version)}.values())
    await session.execute(
        _KEEP_RESIDENTS,
        {
            "ids": [fact.resident_id for fact in newest],
            "versions": [fact.version for fact in newest],
            "units": [fact.unit_id for fact in newest],
            "codes": [fact.unit_code for fact in newest],
            "households": [fact.household_id for fact in newest],
            "lives": [fact.life for fact in newest],
            "survivors": [fact.survivor_id if isinstance(fact, ResidentMerged) else None for fact in newest],
        },
    )


@batch_handler
async def on_organizations_told(session: Session, facts: Sequence[OrganizationSnapshot]) -> None:
    """Keeps the newest snapshot of each."""
    newest = list({fact.organization_id: fact for fact in sorted(facts, key=_version)}.values())
    await session.execute(
        _KEEP_ORGANIZATIONS,
        {
            "ids": [fact.organization_id for fact in newest],
            "versions": [fact.version for fact in newest],
            "units": [fact.unit_id for fact in newest],
            "codes": [fact.unit_code for fact in newest],
            "representatives": [fact.representative_id for fact in newest],
            "active": [fact.active for fact in newest],
        },
    )


def _version(fact: ResidentSnapshot | OrganizationSnapshot) -> int:
    return fact.version


_KEEP_RESIDENTS = text(
    "INSERT INTO known_resident AS known (id, version, unit_id, unit_code, household_id, life, survivor_id)"
    " SELECT * FROM unnest(cast(:ids AS uuid[]), cast(:versions AS int[]), cast(:units AS uuid[]),"
    " cast(:codes AS text[]), cast(:households AS uuid[]), cast(:lives AS text[]), cast(:survivors AS uuid[]))"
    " ON CONFLICT (id) DO UPDATE SET (version, unit_id, unit_code, household_id, life, survivor_id)"
    " = (excluded.version, excluded.unit_id, excluded.unit_code, excluded.household_id, excluded.life,"
    " excluded.survivor_id) WHERE known.version < excluded.version"
)
_KEEP_ORGANIZATIONS = text(
    "INSERT INTO known_organization AS known (id, version, unit_id, unit_code, representative_id, active)"
    " SELECT * FROM unnest(cast(:ids AS uuid[]), cast(:versions AS int[]), cast(:units AS uuid[]),"
    " cast(:codes AS text[]), cast(:representatives AS uuid[]), cast(:active AS bool[]))"
    " ON CONFLICT (id) DO UPDATE SET (version, unit_id, unit_code, representative_id, active)"
    " = (excluded.version, excluded.unit_id, excluded.unit_code, excluded.representative_id, excluded.active)"
    " WHERE known.version < excluded.version"
)
