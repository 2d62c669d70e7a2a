"""The outcomes of deliveries in the services, and the status that follows."""

from collections.abc import Sequence

from sqlalchemy import text

from chassis.storage.database import Session
from contracts.deliveries import DeliveryProcessed, DeliveryUnmatched


async def store_outcomes(session: Session, events: Sequence[DeliveryProcessed | DeliveryUnmatched]) -> None:
    """Stores the newest outcome of each service for each delivery; the delivery's status follows from all of them.

    `rejected` goes before `unmatched`, `unmatched` before success. An outcome older than the stored one changes nothing.
    """
    ids = sorted({event.delivery_id for event in events})
    await session.execute(_LOCK, {"ids": ids})
    await session.execute(
        _UPSERT,
        {
            "ids": [event.delivery_id for event in events],
            "services": [event.service for event in events],
            "outcomes": [event.outcome if isinstance(event, DeliveryProcessed) else "unmatched" for event in events],
            "reasons": [event.reason for event in events],
            "moments": [event.at for event in events],
        },
    )
    await session.execute(_CONCLUDE, {"ids": ids})


# Against "process again", which deletes the outcomes of the attempt before.
_LOCK = text("SELECT FROM delivery WHERE id = ANY(cast(:ids AS uuid[])) ORDER BY id FOR UPDATE")
_UPSERT = text(
    "INSERT INTO delivery_outcome AS known (delivery_id, service, outcome, reason, at)"
    " SELECT DISTINCT ON (delivery_id, service) given.*"
    " FROM unnest(cast(:ids AS uuid[]), cast(:services AS text[]), cast(:outcomes AS text[]), cast(:reasons AS text[]),"
    " cast(:moments AS timestamptz[])) AS given(delivery_id, service, outcome, reason, at)"
    " JOIN delivery ON delivery.id = given.delivery_id ORDER BY delivery_id, service, at DESC"
    " ON CONFLICT (delivery_id, service) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,"
    " at = excluded.at WHERE known.at <= excluded.at"
)
_CONCLUDE = text(
    "UPDATE delivery SET status = given.status, reason = given.reason FROM ("
    " SELECT DISTINCT ON (delivery_id) delivery_id, mapped.status,"
    " CASE outcome WHEN 'unchanged' THEN 'unchanged' ELSE reason END AS reason FROM delivery_outcome"
    " JOIN (VALUES ('rejected', 'rejected', 1), ('unmatched', 'unmatched', 2), ('applied', 'processed', 3),"
    " ('unchanged', 'processed', 4)) AS mapped(outcome, status, rank) USING (outcome)"
    " WHERE delivery_id = ANY(cast(:ids AS uuid[])) ORDER BY delivery_id, mapped.rank, service"
    ") AS given WHERE delivery.id = given.delivery_id"
)
