"""Opening logins for training, and ending them with their session."""

import hashlib
import secrets
from uuid import UUID

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.training_guard import ACCOUNT
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts import onboarding as events
from onboarding.model.sessions import CampaignSession
from onboarding.model.training import VILLAGERS, TrainingAccount, TrainingRole, TrainingUnit, training_ends_at
from onboarding.queries.sessions import training_accounts_of


async def open_training_accounts(
    session: Session, held: CampaignSession, count: int, role: TrainingRole
) -> list[tuple[TrainingAccount, str]]:
    """Logins for training with their secrets, which are shown this once; they end 7 days after the session."""
    place, people = await _training_unit_of(session, held.campaign_id)
    opened = []
    for _ in range(count):
        secret = secrets.token_urlsafe(12)
        account = TrainingAccount(
            login=f"{ACCOUNT}{secrets.token_hex(6)}", session_id=held.id, role=role, unit_code=place.code_for(role),
            secret_digest=hashlib.sha256(secret.encode()).hexdigest(), valid_until=training_ends_at(held, now()),
            resident_id=new_id() if role == "resident" else None,
        )  # fmt: skip
        session.add(account)
        opened.append((account, secret))
    held.version += 1
    session.add(held)
    accounts = [account for account, _ in opened]
    _publish_training(
        session, held, place, accounts, [*people, *(each.resident_id for each in accounts if each.resident_id)]
    )
    return opened


async def end_training_accounts(session: Session, held: CampaignSession) -> None:
    """The session was moved or cancelled: its accounts end with it."""
    accounts = await training_accounts_of(session, held.id)
    place = await session.get(TrainingUnit, held.campaign_id)
    if not accounts or place is None:
        return
    for account in accounts:
        account.valid_until = training_ends_at(held, now())
        session.add(account)
    _publish_training(session, held, place, accounts, [])


async def _training_unit_of(session: Session, campaign_id: UUID) -> tuple[TrainingUnit, list[UUID]]:
    """The campaign's training commune, and ids for synthetic people when it is new."""
    place = await session.get(TrainingUnit, campaign_id, with_for_update=True)
    if place is not None:
        return place, []
    place = TrainingUnit.of(campaign_id)
    session.add(place)
    return place, [new_id() for _ in range(VILLAGERS)]


def _publish_training(
    session: Session, held: CampaignSession, place: TrainingUnit, accounts: list[TrainingAccount], people: list[UUID]
) -> None:
    publish(
        session,
        events.TrainingOpened(
            campaign_id=held.campaign_id, session_id=held.id, version=held.version, unit_id=place.unit_id,
            unit_code=place.unit_code, village_id=place.village_id, village_code=place.village_code, people=people,
            accounts=[events.TrainingAccount.model_validate(each.model_dump()) for each in accounts],
            valid_until=training_ends_at(held, now()), at=now(),
        ),
    )  # fmt: skip
