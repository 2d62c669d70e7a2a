"""Codes: what they say, how they look."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Header, Response

from chassis.clock import today
from chassis.security.identity import Caller
from chassis.web.routing import Reading, allow, etag, language_of, transactional_router
from payments_qr.banks import find_bank
from payments_qr.errors import MerchantNotActive, invalid_qr
from payments_qr.printing.images import qr_png, qr_svg
from payments_qr.qr_payload import DecodedQr, Language, UnreadablePayload, decode
from payments_qr.queries.qr_codes import get_code
from payments_qr.routes.views import code_view
from payments_qr.schemas.qr_codes import DecodedView, Payload, QrCodeView, Warned

router = transactional_router(tags=["qr-codes"])
Anybody = Annotated[
    Caller, allow("officer", "resident", "organization", "partner", "operator", "volunteer", "auditor", "service")
]
Seeing = Annotated[Caller, allow("officer", "resident", "organization", "partner")]


@router.post("/v1/qr-codes/decode")
async def read(
    body: Payload,
    caller: Anybody,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> DecodedView:
    """What a code says, or every fault of it. Nothing is kept of what was read."""
    try:
        return _decoded_view(decode(body.payload), language_of(accept_language))
    except UnreadablePayload as refused:
        raise invalid_qr(refused.faults) from refused


def _decoded_view(decoded: DecodedQr, language: Language) -> DecodedView:
    bank = find_bank(decoded.bin, today()) if decoded.bin else None
    said: dict[str, Any] = {
        name: getattr(decoded, name)
        for name in DecodedView.model_fields
        if hasattr(decoded, name) and name != "warnings"
    }
    warnings = [
        Warned(pointer=fault.pointer, code=fault.code, message=fault.message(language), offset=fault.offset)
        for fault in decoded.warnings
    ]
    return DecodedView(warnings=warnings, bank=bank.short_name if bank else None, **said)


@router.get("/v1/qr-codes/{qr_code_id}")
async def show(qr_code_id: UUID, session: Reading, caller: Seeing, response: Response) -> QrCodeView:
    """A code, for its merchant, the officers of its unit, and whoever is to pay it."""
    code, _ = await get_code(session, caller, qr_code_id)
    response.headers["ETag"] = etag(code.version)
    return code_view(code)


@router.get(
    "/v1/qr-codes/{qr_code_id}/image",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}, "image/svg+xml": {}}},
        409: {"description": "The merchant is not active"},
    },
)
async def draw(qr_code_id: UUID, session: Reading, caller: Seeing, format: Literal["png", "svg"] = "png") -> Response:
    """The code as a picture; a merchant that is not active shows none."""
    code, merchant = await get_code(session, caller, qr_code_id)
    if not merchant.standing.may_issue_codes:
        raise MerchantNotActive()
    headers = {"Cache-Control": "private, max-age=60"}
    if format == "svg":
        return Response(qr_svg(code.opened_payload()), media_type="image/svg+xml", headers=headers)
    return Response(qr_png(code.opened_payload()), media_type="image/png", headers=headers)
