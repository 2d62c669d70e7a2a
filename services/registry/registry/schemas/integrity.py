"""Bodies about the integrity of the access log and about keys."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from chassis.storage.tables import KeyProgress


class SealsView(BaseModel):
    """Whether the verified links are intact; the first whose rows were deleted, added or changed.

    `next_after`: the value of `after` that continues, null at the end of the chain.
    """

    intact: bool
    first_broken_seal: int | None
    checked_from: int
    checked_to: int
    next_after: int | None


class RotationView(BaseModel):
    """One table and one key; an old key may be removed when every row of the new one is finished."""

    name: str
    key_id: str
    rows: int
    started_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, rotation: KeyProgress) -> Self:
        """The view of one table's progress."""
        return cls.model_validate(rotation.model_dump())
