"""Training accounts: they sign in here, in development and production, until their training session ends.

They are in no identity provider: it would mix fictitious people with real ones. See ADR 0011.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from sqlalchemy import text

from chassis.clock import now
from chassis.errors import Unauthenticated
from chassis.security.identity import Caller
from chassis.storage.database import Database

SUBJECT = "training:"


class TrainingAccounts:
    """The training accounts that onboarding published."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sign_in(self, login: str, secret: str) -> tuple[Caller, datetime] | None:
        """The caller of a login and its end; None for a wrong secret or an expired account."""
        row = await self._find(login)
        digest = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
        if row is None or not hmac.compare_digest(digest, row.secret_digest) or row.valid_until <= now():
            return None
        caller = Caller(
            role=row.role,
            subject=SUBJECT + row.login,
            unit_code={"officer": row.unit_code, "volunteer": row.village_code}.get(row.role),
            resident_id=row.resident_id if row.role == "resident" else None,
            training_units=(row.unit_code, row.village_code),
        )
        return caller, row.valid_until

    async def check(self, caller: Caller) -> None:
        """Refuses an account that has ended; checked whenever its admission is renewed (30 s)."""
        if not caller.training_units:
            return
        row = await self._find(caller.subject.removeprefix(SUBJECT))
        if row is None or row.valid_until <= now():
            raise Unauthenticated

    async def _find(self, login: str) -> Any:
        async with self._database.reading() as session:
            return (await session.execute(_FIND, {"login": login})).first()


_FIND = text(
    "SELECT login, role, unit_code, village_code, resident_id, secret_digest, valid_until FROM training_account"
    " WHERE login = :login"
)
