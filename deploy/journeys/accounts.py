"""The accounts with which the journeys are made: of training units (docs/decisions/0011), and a partner that sends."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel


class JourneyAccount(BaseModel):
    """A training account's login."""

    login: str
    secret: str


class JourneyPartner(BaseModel):
    """The partner whose messages the journeys send: its webhook secret and its client credentials."""

    id: str
    webhook_secret: str
    """`whsec_` and the base64 of the key."""
    client_id: str
    client_secret: str


class Accounts(BaseModel):
    """Who takes the journeys, and on what; made by `python -m deploy.journeys prepare`."""

    resident: JourneyAccount
    resident_id: str
    officer: JourneyAccount
    partner: JourneyPartner
    merchant_id: str
    """A stall of the training unit, which the partner's payments go to."""
    prepared_at: datetime
    procedure: str
    """The code of the procedure of the dossier journey."""

    @classmethod
    def read(cls, file: Path) -> Accounts | None:
        """None while nothing is prepared: no file, or an empty one."""
        content = file.read_bytes() if file.exists() else b""
        return cls.model_validate_json(content) if content.strip() else None

    def write(self, file: Path) -> None:
        """In place, so that a container that has the file mounted sees it; the folder around is closed."""
        file.touch()
        file.chmod(0o600)
        file.write_text(self.model_dump_json(indent=1))
        file.chmod(0o444)
