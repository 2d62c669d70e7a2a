"""Partners, their secrets, agreements, licences and deliveries."""

from datetime import timedelta
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
from gateway import queries
from gateway.commands.deliveries import process_again
from gateway.commands.partners import (
    add_agreement,
    add_licences,
    add_secret,
    change_partner,
    change_term,
    register_partner,
)
from gateway.model import Agreement, Delivery, DeliveryOutcome, Licence, Partner
from gateway.schemas import (
    AgreementChange,
    AgreementCreate,
    AgreementView,
    DeliveryView,
    LicenceChange,
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
async def create_partner(body: PartnerCreate, session: Transaction, caller: Operator) -> JSONResponse:
    """Registers a partner; what it may send follows from its kind."""
    partner = Partner(**body.model_dump(exclude={"licences", "allowed_types"}), allowed_types=[])
    licences = [Licence(partner_id=body.id, **one.model_dump()) for one in body.licences]
    await register_partner(session, caller, partner, body.allowed_types, licences)
    await session.flush()
    return created(_view(partner, licences), f"/v1/partners/{partner.id}", version=partner.version)


@router.get("")
async def list_partners(session: Reading, page: PageQuery, caller: Reader) -> Listed[PartnerView]:
    """Partners, oldest first."""
    partners, cursor = await queries.list_partners(session, caller, page)
    licences = await queries.list_licences(session, [partner.id for partner in partners])
    return Listed(items=[_view(partner, licences[partner.id]) for partner in partners], next_cursor=cursor)


@router.get("/{partner_id}", response_model=PartnerView)
async def get_partner(partner_id: str, session: Reading, caller: Reader) -> JSONResponse:
    """A partner with its licences; a partner reads its own."""
    partner = await queries.get_partner(session, caller, partner_id)
    return _response(partner, (await queries.list_licences(session, [partner.id]))[partner.id])


@router.patch("/{partner_id}", response_model=PartnerView)
async def update_partner(
    partner_id: str, body: PartnerChange, session: Transaction, caller: Operator, if_match: IfMatch = None
) -> JSONResponse:
    """Changes a partner; `retired` ends it: its webhooks answer 410."""
    partner = await queries.get_partner(session, caller, partner_id)
    require_match(if_match, partner.version)
    await change_partner(session, caller, partner, body.model_dump(exclude_unset=True))
    return _response(partner, (await queries.list_licences(session, [partner.id]))[partner.id])


@router.post("/{partner_id}/secrets", status_code=201)
async def create_secret(partner_id: str, body: SecretCreate, session: Transaction, caller: Operator) -> NewSecret:
    """Makes a secret, or takes the partner's own; it is shown once, the old ones end after `overlap_hours`."""
    partner = await queries.get_partner(session, caller, partner_id)
    secret, text = await add_secret(
        session, caller, partner, body.use, timedelta(hours=body.overlap_hours), body.secret
    )
    client_id = partner.id if body.use == "rest" else None
    return NewSecret(**_secret_fields(secret), secret=text, client_id=client_id)


@router.get("/{partner_id}/secrets")
async def list_secrets(partner_id: str, session: Reading, caller: Holder) -> Listed[SecretView]:
    """Secrets of a partner, without their values."""
    partner = await queries.get_partner(session, caller, partner_id)
    secrets = await queries.list_secrets(session, partner.id)
    return Listed(items=[SecretView(**_secret_fields(secret)) for secret in secrets])


@router.post("/{partner_id}/agreements", status_code=201)
async def create_agreement(
    partner_id: str, body: AgreementCreate, session: Transaction, caller: Operator
) -> AgreementView:
    """Records an agreement (thỏa thuận hợp tác) with its units and scope."""
    partner = await queries.get_partner(session, caller, partner_id)
    agreement = await add_agreement(session, caller, partner, Agreement(partner_id=partner.id, **body.model_dump()))
    return AgreementView.model_validate(agreement, from_attributes=True)


@router.get("/{partner_id}/agreements")
async def list_agreements(partner_id: str, session: Reading, caller: Reader) -> Listed[AgreementView]:
    """Agreements of a partner."""
    partner = await queries.get_partner(session, caller, partner_id)
    agreements = await queries.list_agreements(session, partner.id)
    return Listed(items=[AgreementView.model_validate(one, from_attributes=True) for one in agreements])


@router.patch("/{partner_id}/agreements/{agreement_id}")
async def update_agreement(
    partner_id: str, agreement_id: UUID, body: AgreementChange, session: Transaction, caller: Operator
) -> AgreementView:
    """Corrects an agreement or ends it: `valid_to` is its last day."""
    partner = await queries.get_partner(session, caller, partner_id)
    agreement = await queries.get_term(session, Agreement, partner.id, agreement_id)
    await change_term(session, caller, partner, agreement, body.model_dump(exclude_unset=True))
    return AgreementView.model_validate(agreement, from_attributes=True)


@router.post("/{partner_id}/licences", status_code=201)
async def create_licences(
    partner_id: str, body: LicenceCreate | list[LicenceCreate], session: Transaction, caller: Operator
) -> Listed[LicenceView]:
    """Records a licence (giấy phép) of a partner."""
    partner = await queries.get_partner(session, caller, partner_id)
    bodies = body if isinstance(body, list) else [body]
    licences = [Licence(partner_id=partner.id, **one.model_dump()) for one in bodies]
    await add_licences(session, caller, partner, licences)
    return Listed(items=[LicenceView.model_validate(one, from_attributes=True) for one in licences])


@router.get("/{partner_id}/licences")
async def list_licences(partner_id: str, session: Reading, caller: Reader) -> Listed[LicenceView]:
    """Licences of a partner."""
    partner = await queries.get_partner(session, caller, partner_id)
    licences = (await queries.list_licences(session, [partner.id]))[partner.id]
    return Listed(items=[LicenceView.model_validate(one, from_attributes=True) for one in licences])


@router.patch("/{partner_id}/licences/{licence_id}")
async def update_licence(
    partner_id: str, licence_id: UUID, body: LicenceChange, session: Transaction, caller: Operator
) -> LicenceView:
    """Corrects a licence or ends it: what the partner reports after `valid_to` is refused as unlicensed."""
    partner = await queries.get_partner(session, caller, partner_id)
    licence = await queries.get_term(session, Licence, partner.id, licence_id)
    await change_term(session, caller, partner, licence, body.model_dump(exclude_unset=True))
    return LicenceView.model_validate(licence, from_attributes=True)


@router.get("/{partner_id}/deliveries")
async def list_deliveries(
    partner_id: str,
    session: Reading,
    page: PageQuery,
    caller: Holder,
    status: str | None = None,
    event: Annotated[str | None, Query(alias="type")] = None,
    webhook_id: str | None = None,
) -> Listed[DeliveryView]:
    """What the partner sent and what became of it, newest first."""
    partner = await queries.get_partner(session, caller, partner_id)
    deliveries, cursor = await queries.list_deliveries(
        session, partner.id, page, status=status, event=event, webhook_id=webhook_id
    )
    outcomes = await queries.list_outcomes(session, [one.id for one in deliveries])
    return Listed(items=[_delivery_view(one, outcomes[one.id]) for one in deliveries], next_cursor=cursor)


@router.get("/{partner_id}/deliveries/{delivery_id}")
async def get_delivery(partner_id: str, delivery_id: UUID, session: Reading, caller: Holder) -> DeliveryView:
    """One delivery with its attempts and outcomes."""
    partner = await queries.get_partner(session, caller, partner_id)
    delivery = await queries.get_delivery(session, partner.id, delivery_id)
    return _delivery_view(delivery, (await queries.list_outcomes(session, [delivery.id]))[delivery.id])


@router.post("/{partner_id}/deliveries/{delivery_id}/process-again", status_code=202)
async def reprocess_delivery(
    partner_id: str, delivery_id: UUID, session: Transaction, caller: Operator
) -> DeliveryView:
    """Processes a delivery again, for instance after a licence was recorded."""
    partner = await queries.get_partner(session, caller, partner_id)
    delivery = await queries.get_delivery(session, partner.id, delivery_id)
    licences = (await queries.list_licences(session, [partner.id]))[partner.id]
    agreements = await queries.list_agreements(session, partner.id)
    await process_again(
        session,
        caller,
        delivery,
        sorted({one.kind for one in licences if one.holds_on(today())}),
        sorted({one.unit_code for one in agreements if one.holds_on(today())}),
    )
    return _delivery_view(delivery, [])


def _response(partner: Partner, licences: list[Licence]) -> JSONResponse:
    return JSONResponse(_view(partner, licences).model_dump(mode="json"), headers={"ETag": etag(partner.version)})


def _view(partner: Partner, licences: list[Licence]) -> PartnerView:
    held = [LicenceView.model_validate(one, from_attributes=True) for one in licences]
    return PartnerView(**partner.model_dump(), licences=held)


def _secret_fields(secret: object) -> dict[str, object]:
    return SecretView.model_validate(secret, from_attributes=True).model_dump()


def _delivery_view(delivery: Delivery, outcomes: list[DeliveryOutcome]) -> DeliveryView:
    views = [OutcomeView.model_validate(one, from_attributes=True) for one in outcomes]
    return DeliveryView(**delivery.model_dump(), type=delivery.event, outcomes=views)
