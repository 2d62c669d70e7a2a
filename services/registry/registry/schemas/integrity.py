"""Bodies about the integrity of the access log and about keys."""

from datetime import datetime

from pydantic import BaseModel


class SealsView(BaseModel):
    """Whether the chain of seals holds; the first link whose rows were deleted, added or changed."""

    intact: bool
    first_broken_seal: int | None


class RotationView(BaseModel):
    """One table brought under one key; an old key may go when every line of the new one is finished."""

    name: str
    key_id: str
    rows: int
    started_at: datetime
    finished_at: datetime | None
