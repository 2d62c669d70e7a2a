"""Wrong guesses of secrets, by address."""

from datetime import datetime

from sqlalchemy import Double, LargeBinary
from sqlmodel import Field

from chassis.storage.database import aware
from gateway.model.tables import Table


class Guess(Table, table=True):
    """How many guesses an address has left; `guesser` is the blind index of the address and the operation."""

    __tablename__ = "guess"

    guesser: bytes = Field(primary_key=True, sa_type=LargeBinary)
    remaining: float = Field(sa_type=Double)
    at: datetime = Field(sa_type=aware())
    """The time of `remaining`; more have come since."""
