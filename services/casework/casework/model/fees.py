"""What a dossier costs, in VND, by the fee rule of its procedure's version."""

from enum import StrEnum

from casework.procedures import (
    ByChannelFee,
    CouncilFee,
    Fee,
    FlatFee,
    NoFee,
    PerCopyFee,
    PerPageFee,
)

NOT_EXEMPT = "none"


class Channel(StrEnum):
    """How a dossier was filed; the national codes are 1, 2, 3."""

    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"

    @property
    def national_code(self) -> int:
        return {Channel.DIRECT: 1, Channel.ONLINE: 2, Channel.POST: 3}[self]


class FeeStatus(StrEnum):
    """Where the fee stands; a payment after withdrawal or refusal is `to_refund`, never lost."""

    NONE = "none"
    REQUESTED = "requested"
    PAID = "paid"
    WAIVED = "waived"
    CANCELLED = "cancelled"
    TO_REFUND = "to_refund"


class FeeAct(StrEnum):
    """What an officer records about a fee at the counter; both can be reverted like an action on the dossier."""

    RECORD = "record_fee"
    WAIVE = "waive_fee"


SETTLED_BY = {FeeAct.RECORD: FeeStatus.PAID, FeeAct.WAIVE: FeeStatus.WAIVED}


def fee_amount(
    fee: Fee, *, copies: int = 1, pages: int = 1, channel: Channel = Channel.ONLINE, exemption: str = NOT_EXEMPT
) -> int:
    """The amount in VND; an exemption that the rule does not name changes nothing."""
    match fee:
        case NoFee():
            return 0
        case PerCopyFee():
            return 0 if exemption in fee.exemptions else fee.amount * copies
        case PerPageFee():
            return _per_page(fee, pages) * copies
        case ByChannelFee():
            return {Channel.DIRECT: fee.direct, Channel.ONLINE: fee.online, Channel.POST: fee.post}[channel]
        case FlatFee() | CouncilFee():
            return fee.amount


def _per_page(fee: PerPageFee, pages: int) -> int:
    first = min(pages, fee.first_pages) * fee.first_amount
    further = max(pages - fee.first_pages, 0) * fee.further_amount
    return min(first + further, fee.maximum_per_copy)
