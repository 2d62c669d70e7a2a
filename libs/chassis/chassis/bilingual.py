"""Texts for people in both languages of the platform."""

from pydantic import BaseModel, ConfigDict, Field


class BilingualText(BaseModel):
    """One text in Vietnamese and English; `text[language]` is the English one for `en`, else the Vietnamese one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vi: str = Field(min_length=1)
    """In Vietnamese."""
    en: str = Field(min_length=1)
    """In English."""

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.vi
