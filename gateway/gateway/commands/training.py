"""Training accounts, as onboarding publishes them."""

from sqlalchemy import text

from chassis.storage.database import Session
from contracts.onboarding import TrainingOpened


async def store_training(session: Session, event: TrainingOpened) -> None:
    """Stores new logins; all logins of a session end at the end that its newest event gives."""
    training = {"session": event.session_id, "until": event.valid_until, "version": event.version}
    if event.accounts:
        await session.execute(
            _INSERT,
            training
            | {
                "unit": event.unit_code,
                "village": event.village_code,
                "logins": [each.login for each in event.accounts],
                "roles": [each.role for each in event.accounts],
                "residents": [each.resident_id for each in event.accounts],
                "digests": [each.secret_digest for each in event.accounts],
            },
        )
    await session.execute(_END, training)


_INSERT = text(
    "INSERT INTO training_account (login, session_id, role, unit_code, village_code, resident_id, secret_digest,"
    " valid_until, version) SELECT login, :session, role, :unit, :village, resident, digest, :until, :version"
    " FROM unnest(cast(:logins AS text[]), cast(:roles AS text[]), cast(:residents AS uuid[]), cast(:digests AS text[]))"
    " AS account (login, role, resident, digest) ON CONFLICT (login) DO NOTHING"
)
_END = text(
    "UPDATE training_account SET valid_until = :until, version = :version"
    " WHERE session_id = :session AND version < :version"
)
