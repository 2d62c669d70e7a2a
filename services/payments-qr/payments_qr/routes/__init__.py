"""The REST API of payments-qr."""

from payments_qr.routes import (
    acts,
    banks,
    bills,
    fee_merchants,
    imports,
    market_managers,
    merchants,
    payments,
    qr_codes,
    settlements,
)

# Fixed paths such as /v1/merchants/posters.pdf stand before those with an id.
ROUTERS = (
    acts.router,
    banks.router,
    qr_codes.router,
    merchants.router,
    fee_merchants.router,
    market_managers.router,
    bills.router,
    payments.router,
    settlements.router,
    imports.router,
)
