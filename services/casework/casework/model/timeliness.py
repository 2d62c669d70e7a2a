"""Whether a dossier was settled in time: indicators 2.1 and 2.2 of the national index (Decision 766/QĐ-TTg)."""

from datetime import datetime


def is_on_time(
    *,
    received_at: datetime | None,
    promised_at: datetime | None,
    finished_at: datetime | None,
    supplement_requests: int,
    extensions: int = 0,
    now: datetime,
) -> bool | None:
    """True or False by the index's formula; None for what it does not count (never validly received).

    On time means finished no later than promised; the promise already moved by the time that supplements took.
    More than one supplement request is overdue, and so is a promise that was moved with an apology: the first one was not
    kept. What is not finished is measured at `now`.
    """
    if received_at is None:
        return None
    if supplement_requests > 1 or extensions:
        return False
    return promised_at is None or (finished_at or now) <= promised_at


def is_overdue(*, promised_at: datetime | None, finished_at: datetime | None, paused: bool, now: datetime) -> bool:
    """Whether an officer must act at once: promised, not finished, not waiting for the applicant, and late."""
    return promised_at is not None and finished_at is None and not paused and now > promised_at
