"""Views of imports by personal number."""

from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from onboarding.model.imports import ImportRejection, NumberImport


class ImportView(BaseModel):
    """How far a list has come; `applied` rows changed something, `unchanged` were known."""

    id: UUID
    status: str
    step: str
    unit_code: str
    source_body: str
    total_rows: int
    applied: int
    created: int
    updated: int
    unchanged: int
    rejected: int

    @classmethod
    def of(cls, taken: NumberImport) -> "ImportView":
        fields = ("id", "status", "step", "unit_code", "source_body", "total_rows", "applied", "unchanged", "rejected")
        shown = {name: getattr(taken, name) for name in fields}
        # The names that resident imports use: a list by number only adds.
        return cls(**shown, created=taken.applied, updated=0)


class RejectionView(BaseModel):
    row: int
    column: str
    code: str
    message: str

    @classmethod
    def of(cls, rejection: ImportRejection, language: Language) -> "RejectionView":
        return cls(
            row=rejection.row,
            column=rejection.column,
            code=rejection.code,
            message=rejection.vi if language == "vi" else rejection.en,
        )
