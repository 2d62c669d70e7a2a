"""Partners of the platform, as the gateway announces them: who may be a provider."""

from sqlmodel import Field

from payments_qr.model.tables import Table, text


class KnownPartner(Table, table=True):
    """A partner; `version` orders its events."""

    __tablename__ = "known_partner"

    partner_id: str = Field(primary_key=True, sa_type=text())
    version: int
    is_active: bool
