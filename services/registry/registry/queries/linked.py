"""The state of the linked databases and of refreshes."""

from collections.abc import Container
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from chassis.errors import FieldError, InvalidBody, NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from registry.model.linked import LinkedSource, Refresh
from registry.sources import LINKED, Linked


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A database that the registry can be linked with, whether it is, and its last known state."""

    linked: Linked
    is_linked: bool
    last: LinkedSource | None


async def list_sources(session: ReadSession, linked: Container[str]) -> list[KnownSource]:
    """Every database that the registry can be linked with; `linked`: the names of those with an address."""
    states = {row.name: row for row in await session.exec(select(LinkedSource))}
    return [KnownSource(source, name in linked, states.get(name)) for name, source in LINKED.items()]


def chosen_sources(wanted: list[str] | None, linked: list[str]) -> list[str]:
    """The databases to query, all by default; 422 for an unknown name."""
    unknown = [name for name in wanted or [] if name not in LINKED]
    if unknown:
        named = ", ".join(LINKED)
        raise InvalidBody(errors=[FieldError("/sources", "not-a-choice", f"Phải là một trong: {named}.",
                                             f"Must be one of: {named}.")])  # fmt: skip
    return [name for name in linked if wanted is None or name in wanted]


async def get_refresh(session: ReadSession, caller: Caller, refresh_id: UUID) -> Refresh:
    """A refresh of the caller's units; 404 otherwise."""
    row = await session.get(Refresh, refresh_id)
    if row is None or not await covers(session, caller, row.unit_id):
        raise NotFound()
    return row


async def list_refreshes(session: ReadSession, caller: Caller, page: Page) -> tuple[list[Refresh], str | None]:
    """Refreshes of the caller's units, oldest first."""
    return await page_by_id(session, scoped(select(Refresh), caller, col(Refresh.unit_id)), Refresh.id, page)
