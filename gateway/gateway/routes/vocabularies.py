"""The vocabularies of the platform, public: what a client may choose from."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.web.routing import public, transactional_router
from contracts.vocabularies import VOCABULARIES, Term

router = transactional_router(tags=["vocabularies"])
OptionalCaller = Annotated[Caller | None, public()]


class TermView(BaseModel):
    """A code, its titles, and the other names that are read as this code."""

    code: str
    title: str
    title_en: str
    also: list[str]


class VocabularyView(BaseModel):
    """All terms of one vocabulary."""

    name: str
    items: list[TermView]


class VocabularyList(BaseModel):
    """The names of the vocabularies."""

    items: list[str]


@router.get("/v1/vocabularies")
async def list_vocabularies(caller: OptionalCaller) -> VocabularyList:
    """The names of all vocabularies."""
    return VocabularyList(items=list(VOCABULARIES))


@router.get("/v1/vocabularies/{name}")
async def get_vocabulary(caller: OptionalCaller, name: Annotated[str, Path(max_length=64)]) -> VocabularyView:
    """The codes of one vocabulary, with the names that people write for them."""
    if name not in VOCABULARIES:
        raise NotFound
    return VocabularyView(name=name, items=[_view(term) for term in VOCABULARIES[name]])


def _view(term: Term) -> TermView:
    return TermView(code=term.code, title=term.title, title_en=term.title_en, also=list(term.also))
