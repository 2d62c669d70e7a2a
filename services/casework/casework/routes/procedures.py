"""Procedures and the services that units chose: public."""

from typing import Annotated, Any

from fastapi import Header, Query, Response

from casework.commands.procedures import choose_procedures
from casework.errors import UnknownProcedureCode
from casework.model.chosen import ChosenProcedures
from casework.procedures import FormField, Procedure, UnknownProcedure, Version, checks_in_words, load_catalogue
from casework.queries.procedures import count_filed, find_choice, get_minimum
from casework.schemas.procedures import (
    ChosenView,
    FieldChoiceView,
    FormFieldView,
    ProcedureChoice,
    ProcedureDocumentView,
    ProcedureLine,
    ProcedureView,
)
from casework.settings import get_settings
from chassis.clock import today
from chassis.errors import InvalidQuery, NotFound
from chassis.security.identity import Caller
from chassis.security.scope import find_unit, require_unit, unknown_unit
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    cursor_at,
    etag,
    language_of,
    public,
    require_match,
    transactional_router,
)

router = transactional_router(tags=["procedures"])

AcceptLanguage = Annotated[str | None, Header(alias="Accept-Language")]


@router.get("/v1/procedures")
async def list_procedures(
    session: Reading,
    page: PageQuery,
    unit_code: Annotated[str | None, Query(description="Marks what this unit chose and counts its dossiers")] = None,
    language: AcceptLanguage = None,
    *,
    caller: Annotated[Caller | None, public()],
) -> Listed[ProcedureLine]:
    """Every procedure that holds today, with the plans' three criteria."""
    unit = await _unit_asked(session, unit_code)
    choice = await find_choice(session, unit) if unit else None
    known = _today()
    after = str((page.after() or [""])[0])
    codes = [code for code in sorted(known) if code > after]
    shown = {code: known[code] for code in codes[: page.limit]}
    following = cursor_at(list(shown)[-1]) if len(codes) > page.limit else None
    return Listed(items=await _lines(session, shown, language, unit, choice), next_cursor=following)


@router.get("/v1/procedures/{code}")
async def get_procedure(
    code: str, session: Reading, language: AcceptLanguage = None, *, caller: Annotated[Caller | None, public()]
) -> ProcedureView:
    """One procedure by the rules that hold today: form, papers, fee, limit."""
    known = _today().get(code)
    if known is None:
        raise UnknownProcedureCode()
    filed = await count_filed(session, None, [code])
    return _view(*known, language_of(language), filed.get(code, 0))


@router.get("/v1/units/{code}/procedures")
async def get_chosen_procedures(
    code: str,
    session: Reading,
    response: Response,
    language: AcceptLanguage = None,
    *,
    caller: Annotated[Caller | None, public()],
) -> ChosenView:
    """The full-process services that a unit chose, and how many it must choose at least today."""
    unit = await _unit(session, code)
    choice = await find_choice(session, unit)
    response.headers["ETag"] = etag(choice.version if choice else 0)
    return await _chosen(session, unit, choice, language)


@router.put("/v1/units/{code}/procedures")
async def update_chosen_procedures(
    code: str,
    body: ProcedureChoice,
    session: Transaction,
    response: Response,
    if_match: IfMatch = None,
    language: AcceptLanguage = None,
    *,
    caller: Annotated[Caller, allow("officer")],
) -> ChosenView:
    """Replaces a unit's choice."""
    unit = await _unit(session, code)
    await require_unit(session, caller, unit.id, is_known=True)
    before = await find_choice(session, unit, lock=True)
    require_match(if_match, before.version if before else 0)
    choice = await choose_procedures(session, caller, unit, body.codes)
    response.headers["ETag"] = etag(choice.version)
    return await _chosen(session, unit, choice, language)


async def _unit(session: ReadSession, code: str) -> KnownUnit:
    unit = await find_unit(session, code)
    if unit is None:
        raise NotFound()
    return unit


async def _unit_asked(session: ReadSession, code: str | None) -> KnownUnit | None:
    if code is None:
        return None
    unit = await find_unit(session, code)
    if unit is None:
        raise InvalidQuery(errors=[unknown_unit("/unit_code")])
    return unit


def _today() -> dict[str, tuple[Procedure, Version]]:
    held: dict[str, tuple[Procedure, Version]] = {}
    for code, procedure in load_catalogue(get_settings().procedures_dir).items():
        try:
            held[code] = (procedure, procedure.version_on(today()))
        except UnknownProcedure:
            continue
    return held


async def _chosen(
    session: ReadSession, unit: KnownUnit, choice: ChosenProcedures | None, language: str | None
) -> ChosenView:
    codes = choice.codes if choice else []
    known = {code: held for code, held in _today().items() if code in codes}
    return ChosenView(
        unit_code=unit.code,
        minimum=await get_minimum(session, unit),
        codes=codes,
        chosen_at=choice.chosen_at if choice else None,
        items=await _lines(session, known, language, unit, choice),
    )


async def _lines(
    session: ReadSession,
    known: dict[str, tuple[Procedure, Version]],
    language: str | None,
    unit: KnownUnit | None,
    choice: ChosenProcedures | None,
) -> list[ProcedureLine]:
    filed = await count_filed(session, unit.code if unit else None, list(known))
    chosen = set(choice.codes) if choice else set()
    return [
        ProcedureLine(
            **_summary(procedure, version, language_of(language), filed.get(code, 0)),
            chosen=code in chosen if unit else None,
        )
        for code, (procedure, version) in known.items()
    ]


def _summary(procedure: Procedure, version: Version, language: str, filed: int) -> dict[str, Any]:
    return {
        "code": procedure.code,
        "name": procedure.name[language],
        "sector": procedure.sector[language],
        "aliases": list(procedure.aliases),
        "full_process": version.full_process,
        "dossiers_12_months": filed,
        "components": len(version.documents),
        "has_fee": version.has_fee,
    }


def _view(procedure: Procedure, version: Version, language: str, filed: int) -> ProcedureView:
    return ProcedureView(
        **_summary(procedure, version, language, filed),
        fields=[_field(field, language) for field in version.fields],
        documents=[
            ProcedureDocumentView(
                code=paper.code, label=paper.label[language], source=paper.source, required=paper.required
            )
            for paper in version.documents
        ],
        fee=version.fee.model_dump(mode="json"),
        time_limit=version.time_limit.model_dump(mode="json"),
        extended_limit=version.extended_limit.model_dump(mode="json") if version.extended_limit else None,
        extension=version.extension.model_dump(mode="json"),
        checks=[each[language] for each in checks_in_words(version)],
        applicants=list(version.applicants),
        on_behalf=version.on_behalf,
        result={"label": version.result.label[language], "electronic": version.result.electronic},
        look_alikes=list(procedure.look_alikes),
        sources=list(version.sources),
        notes=list(version.notes),
        valid_from=version.valid_from.isoformat() if version.valid_from else None,
        valid_until=version.valid_until.isoformat() if version.valid_until else None,
    )


def _field(field: FormField, language: str) -> FormFieldView:
    return FormFieldView(
        name=field.name,
        label=field.label[language],
        type=field.type,
        required=field.required and field.applies_to is None,
        required_for=[field.applies_to] if field.required and field.applies_to else None,
        about=field.about,
        fact=field.attribute,
        choices=[FieldChoiceView(value=choice.value, label=choice.label[language]) for choice in field.choices]
        if field.choices
        else None,
        applies_to=field.applies_to,
    )
