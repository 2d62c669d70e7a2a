"""Lists of residents for the issue of electronic signatures (requirements R55, R94), and the order of their states."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.ids import new_id
from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable

ListStatus = Literal["draft", "checked", "approved", "sent", "closed"]
NEXT: dict[str, tuple[tuple[str, ...], str]] = {
    "check": (("draft",), "checked"),
    "approve": (("checked",), "approved"),
    "send": (("approved",), "sent"),
    "close": (("sent",), "closed"),
    "return": (("checked", "approved"), "draft"),
}
"""Actions: from which states into which; `return` takes back a check or an approval before the list was sent."""


class SignatureList(OnboardingTable, table=True):
    """One list for one provider; its maker neither checks nor approves it."""

    __tablename__ = "signature_list"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    provider: str = Field(sa_type=Text, index=True)
    status: str = Field(default="draft", sa_type=Text)
    made_by: str = Field(sa_type=Text)
    checked_by: str | None = Field(default=None, sa_type=Text)
    approved_by: str | None = Field(default=None, sa_type=Text)
    version: int = 1
    created_at: datetime = Field(sa_type=aware())
    changed_at: datetime = Field(sa_type=aware())

    def legal(self) -> list[str]:
        return [action for action, (before, _) in NEXT.items() if self.status in before]


class SignatureEntry(OnboardingTable, table=True):
    """One resident on a list; the serial comes back by the provider's message or file."""

    __tablename__ = "signature_entry"
    __table_args__ = (Index("ix_signature_entry_resident", "resident_id"),)

    list_id: UUID = Field(primary_key=True)
    resident_id: UUID = Field(primary_key=True)
    certificate_serial: str | None = Field(default=None, sa_type=Text)
