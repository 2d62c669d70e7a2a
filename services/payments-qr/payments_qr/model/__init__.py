"""Merchants, codes, bills, payments, settlements: entities, their rules, their tables."""

from payments_qr.model.acts import Act
from payments_qr.model.bills import Bill, UtilityAccount
from payments_qr.model.fee_merchants import FeeMerchant
from payments_qr.model.imports import Import, ImportRejection, ImportRow
from payments_qr.model.market_managers import MarketManager
from payments_qr.model.merchants import Merchant
from payments_qr.model.movements import Movement
from payments_qr.model.partners import KnownPartner
from payments_qr.model.payments import Payment, Reversal
from payments_qr.model.people import KnownDossier, KnownOrganization, KnownResident, OwnerCandidate
from payments_qr.model.qr_codes import QrCode
from payments_qr.model.settlements import Settlement, SettlementLine
from payments_qr.model.tables import Table

__all__ = [
    "Act",
    "Bill",
    "FeeMerchant",
    "Import",
    "ImportRejection",
    "ImportRow",
    "KnownDossier",
    "KnownOrganization",
    "KnownPartner",
    "KnownResident",
    "MarketManager",
    "Merchant",
    "Movement",
    "OwnerCandidate",
    "Payment",
    "QrCode",
    "Reversal",
    "Settlement",
    "SettlementLine",
    "Table",
    "UtilityAccount",
]
