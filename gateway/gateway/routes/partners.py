"""Partners, their secrets, agreements, licences and deliveries."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import JSONResponse

from chassis.clock import today
from chassis.security.identity import Caller
from chassis.web.idempotency import personal_answer
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    created,
    etag,
    require_match,
    transactional_router,
)
from gateway.commands.deliveries import process_again
from gateway.commands.partners import add_agreement, add_licences, add_secret, change_partner, register_partner
from gateway.model import Delivery, DeliveryOutcome, Licence, Partner
from gateway.queries import (
    get_delivery,
    get_partner,
    list_agreements,
    list_deliveries,
    list_licences,
    list_outcomes,
    list_partners,
    list_secrets,
)
from gateway.schemas import (
    AgreementCreate,
    AgreementView,
    DeliveryView,
    LicenceCreate,
    LicenceView,
    NewSecret,
    OutcomeView,
    PartnerChange,
    PartnerCreate,
    PartnerView,
    SecretCreate,
    SecretView,
)

router = transactional_router(prefix="/v1/partners", tags=["partners"])

Operator = Annotated[Caller, allow("operator")]
Reader = Annotated[Caller, allow("operator", "auditor", "officer", "partner")]
Holder = Annotated[Caller, allow("operator", "auditor", "partner")]


@router.post("", status_code=201, response_model=PartnerView)
@personal_answer()
async def register(body: PartnerCreate, session: Transaction, caller: Operator) -> JSONResponse:
    partner = await register_partner(session, caller, body)
    await session.flush()
    licences = await list_licences(session, [partner.id])
    return created(_view(partner, licences[partner.id]), f"/v1/partners/{partner.id}", version=partner.version)


@router.get("")
async def show_all(session: Reading, page: PageQuery, caller: Reader) -> Listed[PartnerView]:
    partners, cursor = await list_partners(session, caller, page)
    licences = await list_licences(session, [partner.id for partner in partners])
    return Listed(items=[_view(partner, licences[partner.id]) for partner in partners], next_cursor=cursor)


@router.get("/{partner_id}", response_model=PartnerView)
async def show(partner_id: str, session: Reading, caller: Reader) -> JSONResponse:
    partner = await get_partner(session, caller, partner_id)
    return _answer(partner, (await list_licences(session, [partner.id]))[partner.id])


@router.patch("/{partner_id}", response_model=PartnerView)
async def change(
    partner_id: str, body: PartnerChange, session: Transaction, caller: Operator, if_match: IfMatch = None
) -> JSONResponse:
    partner = await get_partner(session, caller, partner_id)
    require_match(if_match, partner.version)
    await change_partner(session, caller, partner, body)
    return _answer(partner, (await list_licences(session, [partner.id]))[partner.id])


@router.post("/{partner_id}/secrets", status_code=201)
async def give_secret(partner_id: str, body: SecretCreate, session: Transaction, caller: Operator) -> NewSecret:
    partner = await get_partner(session, caller, partner_id)
    secret, text = await add_secret(session, caller, partner, body)
    client_id = partner.id if body.use == "rest" else None
    return NewSecret(**_secret_fields(secret), secret=text, client_id=client_id)


@router.get("/{partner_id}/secrets")
async def show_secrets(partner_id: str, session: Reading, caller: Holder) -> Listed[SecretView]:
    partner = await get_partner(session, caller, partner_id)
    secrets = await list_secrets(session, partner.id)
    return Listed(items=[SecretView(**_secret_fields(secret)) for secret in secrets])


@router.post("/{partner_id}/agreements", status_code=201)
async def sign_agreement(
    partner_id: str, body: AgreementCreate, session: Transaction, caller: Operator
) -> AgreementView:
    partner = await get_partner(session, caller, partner_id)
    agreement = await add_agreement(session, caller, partner, body)
    return AgreementView.model_validate(agreement, from_attributes=True)


@router.get("/{partner_id}/agreements")
async def show_agreements(partner_id: str, session: Reading, caller: Reader) -> Listed[AgreementView]:
    partner = await get_partner(session, caller, partner_id)
    agreements = await list_agreements(session, partner.id)
    return Listed(items=[AgreementView.model_validate(one, from_attributes=True) for one in agreements])


@router.post("/{partner_id}/licences", status_code=201)
async def hold_licences(
    partner_id: str, body: LicenceCreate | list[LicenceCreate], session: Transaction, caller: Operator
) -> Listed[LicenceView]:
    partner = await get_partner(session, caller, partner_id)
    licences = await add_licences(session, caller, partner, body if isinstance(body, list) else [body])
    return Listed(items=[LicenceView.model_validate(one, from_attributes=True) for one in licences])


@router.get("/{partner_id}/licences")
async def show_licences(partner_id: str, session: Reading, caller: Reader) -> Listed[LicenceView]:
    partner = await get_partner(session, caller, partner_id)
    licences = (await list_licences(session, [partner.id]))[partner.id]
    return Listed(items=[LicenceView.model_validate(one, from_attributes=True) for one in licences])


@router.get("/{partner_id}/deliveries")
async def show_deliveries(
    partner_id: str,
    session: Reading,
    page: PageQuery,
    caller: Holder,
    status: str | None = None,
    event: Annotated[str | None, Query(alias="type")] = None,
    webhook_id: str | None = None,
) -> Listed[DeliveryView]:
    partner = await get_partner(session, caller, partner_id)
    deliveries, cursor = await list_deliveries(
        session, partner.id, page, status=status, event=event, webhook_id=webhook_id
    )
    outcomes = await list_outcomes(session, [one.id for one in deliveries])
    return Listed(items=[_delivery_view(one, outcomes[one.id]) for one in deliveries], next_cursor=cursor)


@router.get("/{partner_id}/deliveries/{delivery_id}")
async def show_delivery(partner_id: str, delivery_id: UUID, session: Reading, caller: Holder) -> DeliveryView:
    partner = await get_partner(session, caller, partner_id)
    delivery = await get_delivery(session, partner.id, delivery_id)
    return _delivery_view(delivery, (await list_outcomes(session, [delivery.id]))[delivery.id])


@router.post("/{partner_id}/deliveries/{delivery_id}/process-again", status_code=202)
async def process_delivery_again(
    partner_id: str, delivery_id: UUID, session: Transaction, caller: Operator
) -> DeliveryView:
    partner = await get_partner(session, caller, partner_id)
    delivery = await get_delivery(session, partner.id, delivery_id)
    licences = (await list_licences(session, [partner.id]))[partner.id]
    agreements = await list_agreements(session, partner.id)
    await process_again(
        session,
        caller,
        delivery,
        sorted({one.kind for one in licences if one.holds_on(today())}),
        sorted({one.unit_code for one in agreements if one.holds_on(today())}),
    )
    return _delivery_view(delivery, [])


def _answer(partner: Partner, licences: list[Licence]) -> JSONResponse:
    return JSONResponse(_view(partner, licences).model_dump(mode="json"), headers={"ETag": etag(partner.version)})


def _view(partner: Partner, licences: list[Licence]) -> PartnerView:
    held = [LicenceView.model_validate(one, from_attributes=True) for one in licences]
    return PartnerView(**partner.model_dump(), licences=held)


def _secret_fields(secret: object) -> dict[str, object]:
    return SecretView.model_validate(secret, from_attributes=True).model_dump()


def _delivery_view(delivery: Delivery, outcomes: list[DeliveryOutcome]) -> DeliveryView:
    said = [OutcomeView.model_validate(one, from_attributes=True) for one in outcomes]
    return DeliveryView(**delivery.model_dump(), type=delivery.event, outcomes=said)
