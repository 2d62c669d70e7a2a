"""What services say of deliveries, and the one word for it."""

from collections.abc import Sequence

from sqlalchemy import text

from chassis.storage.database import Session
from contracts.deliveries import DeliveryProcessed, DeliveryUnmatched


async def keep_outcomes(session: Session, facts: Sequence[DeliveryProcessed | DeliveryUnmatched]) -> None:
    """The newest word of each service on each delivery; each delivery's status follows from all of them.

    A refusal goes before waiting, waiting before success. Whoever says something older than what is kept changes nothing.
    """
    ids = sorted({fact.delivery_id for fact in facts})
    await session.execute(_LOCK, {"ids": ids})
    await session.execute(
        _KEEP,
        {
            "ids": [fact.delivery_id for fact in facts],
            "services": [fact.service for fact in facts],
            "outcomes": [fact.outcome if isinstance(fact, DeliveryProcessed) else "unmatched" for fact in facts],
            "reasons": [fact.reason for fact in facts],
            "moments": [fact.at for fact in facts],
        },
    )
    await session.execute(_CONCLUDE, {"ids": ids})


# Against "process again", which forgets what was said of the attempt before.
_LOCK = text("SELECT FROM delivery WHERE id = ANY(cast(:ids AS uuid[])) ORDER BY id FOR UPDATE")
_KEEP = text(
    "INSERT INTO delivery_outcome AS known (delivery_id, service, outcome, reason, at)"
    " SELECT DISTINCT ON (delivery_id, service) said.*"
    " FROM unnest(cast(:ids AS uuid[]), cast(:services AS text[]), cast(:outcomes AS text[]), cast(:reasons AS text[]),"
    " cast(:moments AS timestamptz[])) AS said(delivery_id, service, outcome, reason, at)"
    " JOIN delivery ON delivery.id = said.delivery_id ORDER BY delivery_id, service, at DESC"
    " ON CONFLICT (delivery_id, service) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,"
    " at = excluded.at WHERE known.at <= excluded.at"
)
_CONCLUDE = text(
    "UPDATE delivery SET status = said.status, reason = said.reason FROM ("
    " SELECT DISTINCT ON (delivery_id) delivery_id, word.status,"
    " CASE outcome WHEN 'unchanged' THEN 'unchanged' ELSE reason END AS reason FROM delivery_outcome"
    " JOIN (VALUES ('rejected', 'rejected', 1), ('unmatched', 'unmatched', 2), ('applied', 'processed', 3),"
    " ('unchanged', 'processed', 4)) AS word(outcome, status, rank) USING (outcome)"
    " WHERE delivery_id = ANY(cast(:ids AS uuid[])) ORDER BY delivery_id, word.rank, service"
    ") AS said WHERE delivery.id = said.delivery_id"
)
