"""QR codes: decoding, reading, images."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header, Response

from chassis.security.identity import Caller
from chassis.web.idempotency import personal_answer
from chassis.web.routing import DeletionReason, Reading, Transaction, allow, etag, language_of, transactional_router
from payments_qr.commands.qr_codes import revoke_code
from payments_qr.errors import MerchantNotActive, invalid_qr, no_longer_valid
from payments_qr.printing.images import qr_png, qr_svg
from payments_qr.qr_payload import UnreadablePayload, decode
from payments_qr.queries.merchants import get_merchant_to_change
from payments_qr.queries.qr_codes import get_visible_code, list_codes_of_reference, list_codes_with_payload
from payments_qr.schemas.qr_codes import DecodedView, DecodeRequest, OrderCheck, OrderCheckView, QrCodeView

router = transactional_router(tags=["qr-codes"])
EveryRole = Annotated[
    Caller,
    allow(
        "officer",
        "resident",
        "organization",
        "partner",
        "operator",
        "volunteer",
        "auditor",
        "service",
        level=1,
        acting="payments",
    ),
]
CodeIssuer = Annotated[Caller, allow("officer", "resident", "organization", level=1, acting="payments")]
CodeReader = Annotated[Caller, allow("officer", "resident", "organization", "partner", level=1, acting="payments")]


@router.post("/v1/qr-codes/decode")
@personal_answer()
async def decode_qr_code(
    body: DecodeRequest,
    session: Reading,
    caller: EveryRole,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> DecodedView:
    """The content of a payload, or every fault of it. A code of this platform is valid while its merchant is active.

    The payload is not stored."""
    try:
        decoded = decode(body.payload)
    except UnreadablePayload as refused:
        raise invalid_qr(refused.faults) from refused
    known = await list_codes_with_payload(session, decoded.payload)
    if known and not any(code.state != "revoked" and merchant.is_active for code, merchant in known):
        raise no_longer_valid()
    return DecodedView.of(decoded, language_of(accept_language))


@router.post("/v1/qr-codes/orders")
async def check_order(
    body: OrderCheck, session: Reading, caller: Annotated[Caller, allow("service")]
) -> OrderCheckView:
    """Whether a code of one of a partner's merchants has this reference, and this amount where the code fixes one.

    For the gateway, whose reply to some providers depends on it."""
    codes = await list_codes_of_reference(session, body.partner_id, body.reference)
    if not codes:
        return OrderCheckView(result="unknown")
    fits = any(code.amount in (None, body.amount) for code in codes)
    return OrderCheckView(result="known" if fits else "wrong_amount")


@router.get("/v1/qr-codes/{qr_code_id}")
async def get_qr_code(qr_code_id: UUID, session: Reading, caller: CodeReader, response: Response) -> QrCodeView:
    """A code, for its merchant, the officers of its unit, and its payer."""
    code, merchant = await get_visible_code(session, caller, qr_code_id)
    response.headers["ETag"] = etag(code.version)
    return QrCodeView.of(code, merchant)


@router.delete("/v1/qr-codes/{qr_code_id}", status_code=204)
async def revoke_qr_code(
    qr_code_id: UUID, session: Transaction, caller: CodeIssuer, reason: DeletionReason = None
) -> None:
    """Revokes a code that was issued by mistake or is no longer used: it is not printed any more, and payments to it wait for
    a decision. The code of a bill goes with the bill (409 `code-of-bill`)."""
    code, _ = await get_visible_code(session, caller, qr_code_id)
    merchant = await get_merchant_to_change(session, caller, code.merchant_id, "code.issue")
    await revoke_code(session, caller, merchant, qr_code_id, reason)


@router.get(
    "/v1/qr-codes/{qr_code_id}/image",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}, "image/svg+xml": {}}},
        409: {"description": "The merchant is not active"},
    },
)
async def get_qr_code_image(
    qr_code_id: UUID, session: Reading, caller: CodeReader, format: Literal["png", "svg"] = "png"
) -> Response:
    """The image of a code; 409 while the merchant is not active."""
    code, merchant = await get_visible_code(session, caller, qr_code_id)
    if not merchant.is_active:
        raise MerchantNotActive()
    headers = {"Cache-Control": "private, max-age=60"}
    if format == "svg":
        return Response(qr_svg(code.opened_payload()), media_type="image/svg+xml", headers=headers)
    return Response(qr_png(code.opened_payload()), media_type="image/png", headers=headers)
