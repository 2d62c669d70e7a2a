"""Residents who sign in at a trusted provider, and who may act for whom.

Both are kept by the registry. Its links and representations arrive here by event; only an account that is not known here, or
whose claims have changed, costs a request to the registry. The claims go there encrypted and are kept nowhere.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.clock import today
from chassis.errors import Forbidden, Problem
from chassis.security.identity import Caller, Level
from chassis.security.sign_in import Claims
from chassis.storage.database import Database
from chassis.web.service_client import ServiceCallFailed, ServiceClient
from gateway.errors import (
    IdentityConflict,
    IdentityDeceased,
    IdentityMinor,
    IdentityMismatch,
    IdentityRevoked,
    NotRepresentative,
    ServiceUnavailable,
)

REFUSALS: dict[str, type[Problem]] = {
    "mismatch": IdentityMismatch,
    "deceased": IdentityDeceased,
    "minor": IdentityMinor,
    "revoked": IdentityRevoked,
    "conflict": IdentityConflict,
}
UNREGISTERED = frozenset({("POST", "/v1/registrations"), ("GET", "/v1/registrations/{registration_id}")})
"""What a person may call who is signed in and whom the registry does not know; besides what is public."""


class Residents:
    """The links and representations that the registry published, and the registry itself."""

    def __init__(self, database: Database, registry: ServiceClient) -> None:
        self._database = database
        self._registry = registry

    async def caller(self, claims: Claims, level: Level, signed_in_at: int, step_up: str | None) -> Caller:
        """The resident who signs in, or an unregistered person; a Problem when the sign-in is refused."""
        resident_id = await self._linked(claims) or await self._ask(claims)
        if resident_id is None:
            account = f"applicant:{claims.subject_index().hex()[:24]}"
            return Caller(role="unregistered", subject=account, level=level, signed_in_at=signed_in_at,
                          sealed_claims=claims.encrypted())  # fmt: skip
        return Caller(role="resident", subject=f"resident:{resident_id}", resident_id=resident_id, level=level,
                      signed_in_at=signed_in_at, step_up=step_up)  # fmt: skip

    async def _linked(self, claims: Claims) -> UUID | None:
        async with self._database.reading() as session:
            account = {"issuer": claims.issuer, "indexes": claims.subject_indexes()}
            link = (await session.execute(_LINK, account)).first()
        is_same = link is not None and claims.claims_index() in (None, link.claims_index)
        return link.resident_id if link is not None and is_same else None

    async def _ask(self, claims: Claims) -> UUID | None:
        """The registry's answer; None for a person whom it does not know."""
        try:
            answer = await self._registry.call(
                "registry", "POST", "/internal/sign-ins", caller=None, json={"claims": claims.encrypted()}, seconds=5.0
            )
        except ServiceCallFailed as error:
            raise ServiceUnavailable from error
        if answer["refusal"] in REFUSALS:
            raise REFUSALS[answer["refusal"]]()
        return UUID(answer["resident_id"]) if answer["resident_id"] else None

    async def act_for(self, caller: Caller, principal_id: UUID) -> Caller:
        """The caller while acting for another resident or an organization; NotRepresentative without the right to."""
        if caller.role != "resident" or caller.resident_id is None:
            raise Forbidden
        if principal_id == caller.resident_id:
            return caller
        async with self._database.reading() as session:
            wanted = {"representative": caller.resident_id, "principal": principal_id, "day": today()}
            rows = (await session.execute(_RIGHTS, wanted)).all()
        if not rows:
            raise NotRepresentative
        return replace(
            caller,
            role="organization" if rows[0].organization_id else "resident",
            resident_id=rows[0].resident_id,
            organization_id=rows[0].organization_id,
            acting_for=principal_id,
            representative_id=caller.resident_id,
            acting_scopes=tuple(sorted({scope for row in rows for scope in row.scope})),
            representation=rows[0].id,
        )

    async def links_of(self, resident_id: UUID) -> list[Any]:
        """The active links of a resident, oldest first."""
        async with self._database.reading() as session:
            return list(await session.execute(_LINKS_OF, {"resident": resident_id}))


_LINK = text(
    "SELECT resident_id, claims_index FROM identity_link"
    " WHERE issuer = :issuer AND subject_index = ANY(cast(:indexes AS bytea[])) AND is_active"
)
_RIGHTS = text(
    "SELECT id, resident_id, organization_id, scope FROM representation"
    " WHERE representative_id = :representative AND coalesce(resident_id, organization_id) = :principal AND is_active"
    " AND (until IS NULL OR until >= :day) ORDER BY id"
)
_LINKS_OF = text(
    "SELECT id, issuer, linked_at FROM identity_link WHERE resident_id = :resident AND is_active ORDER BY id"
)
