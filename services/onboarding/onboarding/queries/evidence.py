"""News, checks, models, votes and signatures of a campaign; who lacks a model."""

from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import SQLModel, col, select

from chassis.errors import NotFound
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit
from chassis.web.routing import Page, page_by_id
from onboarding.model.campaigns import Campaign
from onboarding.model.evidence import DigitalModel
from onboarding.queries.territory import list_children

Row = TypeVar("Row", bound=SQLModel)


async def page_of_campaign_rows(
    session: ReadSession, table: type[Row], campaign_id: UUID, page: Page, **equal: Any
) -> tuple[list[Row], str | None]:
    """A page of the rows of one kind that belong to a campaign."""
    columns: Any = table
    query = select(table).where(columns.campaign_id == campaign_id)
    for name, value in equal.items():
        if value is not None:
            query = query.where(getattr(columns, name) == value)
    return await page_by_id(session, query, columns.id, page)


async def load_campaign_row(session: ReadSession, table: type[Row], campaign_id: UUID, row_id: UUID) -> Row:
    """One row that belongs to a campaign, locked; 404 otherwise."""
    row: Any = await session.get(table, row_id, with_for_update=True)
    if row is None or row.campaign_id != campaign_id:
        raise NotFound()
    return row  # type: ignore[no-any-return]  # a row of `table`


async def list_without_model(session: ReadSession, campaign: Campaign, body: str | None) -> list[KnownUnit]:
    """Communes of the campaign in which a body has no model yet (requirement R80)."""
    own = await session.get_one(KnownUnit, campaign.unit_id)
    communes = await list_children(session, own, campaign.resolved_on) if own.level != "commune" else [own]
    query = select(DigitalModel.unit_id).where(col(DigitalModel.campaign_id) == campaign.id)
    if body:
        query = query.where(col(DigitalModel.body) == body)
    having = set(await session.exec(query))
    return [each for each in communes if each.id not in having]
