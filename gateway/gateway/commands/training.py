"""The logins for practice, as onboarding tells them."""

from sqlalchemy import text

from chassis.storage.database import Session
from contracts.onboarding import TrainingOpened


async def keep_training(session: Session, fact: TrainingOpened) -> None:
    """Keeps new logins; all logins of a session end when its newest word says so."""
    told = {"session": fact.session_id, "until": fact.valid_until, "version": fact.version}
    if fact.accounts:
        await session.execute(
            _KEEP,
            told
            | {
                "unit": fact.unit_code,
                "village": fact.village_code,
                "logins": [each.login for each in fact.accounts],
                "roles": [each.role for each in fact.accounts],
                "residents": [each.resident_id for each in fact.accounts],
                "digests": [each.secret_digest for each in fact.accounts],
            },
        )
    await session.execute(_END, told)


_KEEP = text(
    "INSERT INTO training_account (login, session_id, role, unit_code, village_code, resident_id, secret_digest,"
    " valid_until, version) SELECT login, :session, role, :unit, :village, resident, digest, :until, :version"
    " FROM unnest(cast(:logins AS text[]), cast(:roles AS text[]), cast(:residents AS uuid[]), cast(:digests AS text[]))"
    " AS told (login, role, resident, digest) ON CONFLICT (login) DO NOTHING"
)
_END = text(
    "UPDATE training_account SET valid_until = :until, version = :version"
    " WHERE session_id = :session AND version < :version"
)
