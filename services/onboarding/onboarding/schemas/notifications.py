"""Views of notifications."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from onboarding.model.notifications import TEXTS
from onboarding.queries.notifications import NotificationEntry


class NotificationSubject(BaseModel):
    kind: str
    id: UUID


class NotificationView(BaseModel):
    id: str
    kind: str
    at: datetime
    about: NotificationSubject
    text: str

    @classmethod
    def of(cls, entry: NotificationEntry, language: Language) -> "NotificationView":
        vi, en = TEXTS[entry.kind]
        text = (vi if language == "vi" else en).format(**entry.placeholders)
        return cls(
            id=entry.id,
            kind=entry.kind,
            at=entry.at,
            about=NotificationSubject(kind=entry.about, id=entry.about_id),
            text=text,
        )
