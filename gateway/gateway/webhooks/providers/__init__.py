"""Adapters of payment providers: signature, fields and expected reply of each. One file per provider.

An adapter is pure: it converts a request to messages of our own webhook contract, and an outcome to a reply.
"""

from enum import StrEnum

from gateway.webhooks.providers.casso import CassoV1, CassoV2
from gateway.webhooks.providers.message import (
    PartnerMessage,
    ProviderAdapter,
    ProviderReply,
    ProviderRequest,
    ReplyOutcome,
)
from gateway.webhooks.providers.momo import Momo
from gateway.webhooks.providers.payos import Payos
from gateway.webhooks.providers.sepay import Sepay
from gateway.webhooks.providers.static_token import StaticToken
from gateway.webhooks.providers.viettel import Viettel
from gateway.webhooks.providers.vnpay import Vnpay
from gateway.webhooks.providers.zalopay import Zalopay

PROVIDERS: dict[str, ProviderAdapter] = {
    adapter.name: adapter
    for adapter in (
        *(Sepay(), Payos(), Vnpay(), CassoV1(), CassoV2()),
        *(Momo(), Zalopay(), Viettel(), StaticToken()),
    )
}


class Dialect(StrEnum):
    """How a partner sends webhooks: Standard Webhooks, or by the adapter of a provider (a test compares the two lists)."""

    STANDARD = "standard"
    SEPAY = "sepay"
    PAYOS = "payos"
    VNPAY = "vnpay"
    CASSO_V1 = "casso-v1"
    CASSO_V2 = "casso-v2"
    MOMO = "momo"
    ZALOPAY = "zalopay"
    VIETTEL = "viettel"
    STATIC_TOKEN = "static-token"


__all__ = [
    "PROVIDERS",
    "Dialect",
    "PartnerMessage",
    "ProviderAdapter",
    "ProviderReply",
    "ProviderRequest",
    "ReplyOutcome",
]
