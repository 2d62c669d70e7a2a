"""Bodies of the activation of a list of merchants."""

from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.errors import Language
from chassis.web.bodies import RequestBody
from payments_qr.commands.activations import MOST, Activated, reason_of


class ActivationCreate(RequestBody):
    """Which merchants a second officer activates: the submitted stalls and shops of a unit or market, or those named."""

    unit_code: str = Field(max_length=64)
    """The unit (đơn vị)."""
    market: str | None = Field(default=None, max_length=80)
    """The market (chợ); null: all of the unit."""
    merchant_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=MOST)
    """The merchants that were checked; null: all stalls and shops that are submitted."""
    issue_codes: bool = False
    """Also issues a static code for each stall that has none to print."""


class ActivationItem(BaseModel):
    """What became of one merchant."""

    merchant_id: UUID
    """The merchant."""
    name: str
    """Its name (tên điểm bán)."""
    result: Literal["activated", "unchanged", "refused"]
    """Whether it is active now; `unchanged`: it was."""
    has_code: bool
    """Whether it has a code to print."""
    code: str | None
    """Stable code of what was refused, such as `maker-is-checker`."""
    message: str | None
    """The reason in the language asked for."""

    @classmethod
    def of(cls, one: Activated, language: Language) -> Self:
        reason = reason_of(one.problem) if one.problem else None
        message = None if reason is None else reason.vi if language == "vi" else reason.en
        return cls(
            merchant_id=one.merchant_id, name=one.name, result=one.result, has_code=one.has_code,
            code=reason.code if reason else None, message=message,
        )  # fmt: skip


class ActivationReport(BaseModel):
    """The result of the activation of a list; one refused merchant stops no other."""

    activated: int
    """Merchants that are active now and were not."""
    refused: int
    """Merchants that were not activated."""
    items: list[ActivationItem]
    """Every merchant of the list."""
