"""Notifications as they pass the door."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from onboarding.model.notifications import TEXTS
from onboarding.queries.notifications import Told


class About(BaseModel):
    kind: str
    id: UUID


class NotificationView(BaseModel):
    id: str
    kind: str
    at: datetime
    about: About
    text: str

    @classmethod
    def of(cls, told: Told, language: Language) -> "NotificationView":
        vi, en = TEXTS[told.kind]
        text = (vi if language == "vi" else en).format(**told.words)
        return cls(id=told.id, kind=told.kind, at=told.at, about=About(kind=told.about, id=told.about_id), text=text)
