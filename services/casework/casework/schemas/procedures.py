"""Request bodies and views of procedures and units' choices."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from chassis.web.bodies import RequestBody


class FieldChoiceView(BaseModel):
    value: str
    label: str


class FormFieldView(BaseModel):
    """A field of the form; with a `fact` (a resident attribute) the registry fills it, without one the applicant types it.

    `required` holds for every applicant, `required_for` for the kinds that it names.
    """

    name: str
    label: str
    type: str
    required: bool
    about: str
    fact: str | None = None
    choices: list[FieldChoiceView] | None = None
    applies_to: str | None = None
    required_for: list[str] | None = None


class ProcedureDocumentView(BaseModel):
    code: str
    label: str
    source: str
    required: str


class ProcedureLine(BaseModel):
    """A procedure with the plans' three criteria: how often it is filed, how simple it is, whether it has a fee."""

    code: str
    name: str
    sector: str
    aliases: list[str]
    full_process: bool
    dossiers_12_months: int
    components: int
    has_fee: bool
    chosen: bool | None = None


class ProcedureView(ProcedureLine):
    """A procedure whole, by the rules that hold today."""

    fields: list[FormFieldView]
    documents: list[ProcedureDocumentView]
    fee: dict[str, Any]
    time_limit: dict[str, Any]
    extended_limit: dict[str, Any] | None
    extension: dict[str, Any]
    """`{working_days, verified}`: by how much an apology may move a promised date."""
    checks: list[str]
    """What is checked in the form (những gì được kiểm tra), a sentence for each."""
    applicants: list[str]
    on_behalf: str
    result: dict[str, Any]
    look_alikes: list[str]
    sources: list[str]
    notes: list[str]
    valid_from: str | None
    valid_until: str | None


class ProcedureChoice(RequestBody):
    """The codes of the services that a unit chooses, all of them."""

    codes: list[Annotated[str, StringConstraints(min_length=1, max_length=64)]]


class ChosenView(BaseModel):
    """A unit's chosen services and the minimum that holds for it today."""

    unit_code: str
    minimum: int
    codes: list[str]
    chosen_at: datetime | None
    items: list[ProcedureLine]
