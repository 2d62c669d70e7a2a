"""How each payment provider speaks: its signature, its fields, the reply it expects. One file per provider.

A dialect is pure: it turns a request into messages of our own webhook contract and an outcome into a reply.
"""

from gateway.dialects.casso import CassoV1, CassoV2
from gateway.dialects.message import Arrival, Dialect, Outcome, Reply, Translation
from gateway.dialects.momo import Momo
from gateway.dialects.payos import Payos
from gateway.dialects.sepay import Sepay
from gateway.dialects.static_token import StaticToken
from gateway.dialects.viettel import Viettel
from gateway.dialects.vnpay import Vnpay
from gateway.dialects.zalopay import Zalopay

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        *(Sepay(), Payos(), Vnpay(), CassoV1(), CassoV2()),
        *(Momo(), Zalopay(), Viettel(), StaticToken()),
    )
}

__all__ = ["DIALECTS", "Arrival", "Dialect", "Outcome", "Reply", "Translation"]
