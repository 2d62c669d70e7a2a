"""Whether a provider's order is one of ours: asked of payments-qr, for providers whose reply depends on it."""

from typing import Any

from chassis.observability.log import logger
from chassis.web.service_client import ServiceCallFailed, ServiceClient
from gateway.webhooks.providers import PartnerMessage, ReplyOutcome

LOOKUP_SECONDS = 2.0
_OUTCOMES = {"unknown": ReplyOutcome.UNKNOWN_ORDER, "wrong_amount": ReplyOutcome.WRONG_AMOUNT}


class Orders:
    """Looks orders up by the reference and amount of a payment."""

    def __init__(self, service_client: ServiceClient) -> None:
        self._service_client = service_client

    async def check(self, partner_id: str, message: PartnerMessage) -> ReplyOutcome | None:
        """What is wrong with the order of a payment; None where nothing is, or payments-qr does not answer."""
        if message.type != "qr.payment_settled" or "reference" not in message.data:
            return None
        order: dict[str, Any] = {name: message.data[name] for name in ("reference", "amount")}
        try:
            found = await self._service_client.call(
                "payments-qr", "POST", "/v1/qr-codes/orders", caller=None, seconds=LOOKUP_SECONDS,
                json=order | {"partner_id": partner_id},
            )  # fmt: skip
        except ServiceCallFailed as unavailable:
            logger.warning("order not checked", partner=partner_id, status=unavailable.status)
            return None
        return _OUTCOMES.get(found["result"])
