"""One version of a procedure: who may file it, its form, papers, fee, limit and result."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Rule

from casework.calendar import TimeLimit
from casework.procedures.checks import Check, Label, PaperByValue, names_in
from chassis.bilingual import BilingualText

RESIDENT_ATTRIBUTES = frozenset(
    [
        "personal_id",
        "id_document",
        "full_name",
        "date_of_birth",
        "birth_precision",
        "sex",
        "unit_code",
        "residence_status",
        "address_line",
        "household_code",
        "phone",
        "phone_owner_verified",
        "social_insurance_no",
        "has_smartphone",
        "has_bank_account",
        "social_protection",
        "permanent_address",
        "ethnic_group",
        "nationality",
    ]
)
ORGANIZATION_ATTRIBUTES = frozenset({"organization.name", "organization.tax_code", "organization.kind"})

Applicant = Literal["resident", "organization"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


DEFAULT_SUBJECT = BilingualText(vi="người được đăng ký", en="the person concerned")
"""What the shared fields call the person concerned; a version may call them otherwise, e.g. "người mất"."""


class FieldChoice(_Data):
    """One value of a closed list."""

    value: str
    label: BilingualText


class FormField(_Data):
    """One field of the form; with an `attribute` (`fact` in the file) the registry fills it, else the applicant types it."""

    name: str = Rule(pattern=r"^[a-z][a-z_]*$")
    label: BilingualText
    type: Literal["text", "integer", "date", "boolean", "choice"]
    required: bool
    about: Literal["applicant", "subject"]
    attribute: str | None = Rule(default=None, alias="fact")
    choices: tuple[FieldChoice, ...] | None = None
    applies_to: Applicant | None = None
    masked: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> "FormField":
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(f"{self.name}: a choice has choices, nothing else has")
        if self.attribute and self.attribute not in RESIDENT_ATTRIBUTES | ORGANIZATION_ATTRIBUTES:
            raise ValueError(f"{self.name}: no attribute is called {self.attribute}")
        return self

    def is_for(self, applicant: Applicant) -> bool:
        """Whether a dossier of such an applicant has this field."""
        return self.applies_to in (None, applicant)


class ProcedureDocument(_Data):
    """One component of the dossier: a form or datum the system has, a paper to upload or to show in person."""

    code: str = Rule(pattern=r"^[a-z][a-z_]*$")
    label: BilingualText
    source: Literal["form", "data", "upload", "in_person"]
    required: Literal["always", "for_another", "exemption", "optional"] = "optional"

    @model_validator(mode="after")
    def _only_uploads_can_be_required(self) -> "ProcedureDocument":
        if self.source != "upload" and self.required != "optional":
            raise ValueError(f"{self.code}: only an upload can be required")
        return self


class NoFee(_Data):
    kind: Literal["none"]


class PerCopyFee(_Data):
    """So many dong for each copy of each event; nothing for the exempt."""

    kind: Literal["per_copy"]
    amount: int = Rule(gt=0)
    exemptions: tuple[str, ...] = ()
    source: str
    verified: bool = True


class PerPageFee(_Data):
    """The first pages of a copy cost more than the further ones; a copy never costs more than the maximum."""

    kind: Literal["per_page"]
    first_pages: int
    first_amount: int
    further_amount: int
    maximum_per_copy: int
    source: str
    verified: bool = True


class ByChannelFee(_Data):
    """Filing online costs another fee than filing in person or by post."""

    kind: Literal["by_channel"]
    direct: int
    online: int
    post: int
    source: str
    verified: bool = True


class FlatFee(_Data):
    kind: Literal["flat"]
    amount: int = Rule(gt=0)
    verified: bool = True


class CouncilFee(_Data):
    """A fee that the provincial People's Council sets; 0 until its resolution is entered here."""

    kind: Literal["council"]
    amount: int = Rule(ge=0)
    verified: bool = True


Fee = Annotated[
    NoFee | PerCopyFee | PerPageFee | ByChannelFee | FlatFee | CouncilFee,
    Rule(discriminator="kind"),
]


class AllowanceLevel(_Data):
    """What is paid for a death from `valid_from` on, in VND."""

    valid_from: date
    amount: int = Rule(gt=0)
    source: str
    verified: bool = True


class Extension(_Data):
    """By how many working days an apology may move a promised date (unverified in Decree 118/2025)."""

    working_days: int = Rule(ge=1)
    verified: bool = True


class Result(_Data):
    """What the applicant gets; `electronic` when it can be issued as a file."""

    label: BilingualText
    electronic: bool


class Version(_Data):
    """The rules for dossiers received from `valid_from` to `valid_until`, both days included; None is open.

    The competent unit is that of `competent_level` to which the person of `competent_by` belongs, wherever the dossier is
    filed. With `applicant_names_unit` the applicant names another commune, such as that of a temporary residence.

    `registers_death` makes the subject deceased; `concerns_the_dead` is about a deceased person, and registers the death
    where the registry does not know it yet. `claimed_once` names the procedures of which a person gets one: a second dossier is
    flagged. `checks` are what the form must satisfy, `papers_by_value` the papers that one of its values makes necessary.
    """

    valid_from: date | None = None
    valid_until: date | None = None
    full_process: bool
    applicants: tuple[Applicant, ...] = Rule(min_length=1)
    on_behalf: Literal["nobody", "family", "authorised", "anybody"]
    subject: Literal["self_or_other", "other", "unregistered"] = "self_or_other"
    competent_level: Literal["commune", "province"] = "commune"
    competent_by: Literal["applicant", "subject"] = "applicant"
    applicant_names_unit: bool = False
    registers_death: bool = False
    concerns_the_dead: bool = False
    claimed_once: tuple[str, ...] = ()
    subject_called: BilingualText = DEFAULT_SUBJECT
    checks: tuple[Check, ...] = ()
    papers_by_value: tuple[PaperByValue, ...] = ()
    allowance: tuple[AllowanceLevel, ...] = ()
    time_limit: TimeLimit
    extended_limit: TimeLimit | None = None
    extension: Extension = Extension(working_days=3, verified=False)
    draft_confirmation_days: int | None = None
    fee: Fee
    fields: tuple[FormField, ...] = Rule(min_length=1)
    documents: tuple[ProcedureDocument, ...] = Rule(min_length=1)
    result: Result
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> "Version":
        for what in (self.fields, self.documents):
            names = Counter(item.name if isinstance(item, FormField) else item.code for item in what)
            if len(names) < len(what):
                raise ValueError(f"twice: {[name for name, count in names.items() if count > 1]}")
        self._names_what_exists()
        if self.full_process and any(document.source == "in_person" for document in self.documents):
            raise ValueError("a paper shown in person is not full-process (Decree 42/2022)")
        return self

    def _names_what_exists(self) -> None:
        fields, documents = {field.name for field in self.fields}, {document.code for document in self.documents}
        for check in self.checks:
            if unknown := set(names_in(check)) - fields:
                raise ValueError(f"a check reads fields that are not there: {sorted(unknown)}")
        for paper in self.papers_by_value:
            if paper.field not in fields or paper.document not in documents:
                raise ValueError(f"no field or paper of this name: {paper.field}, {paper.document}")

    @property
    def labels(self) -> dict[str, Label]:
        """The label of every field, by its name."""
        return {field.name: Label(field.label.vi, field.label.en) for field in self.fields}

    def allowance_for(self, day: date) -> AllowanceLevel | None:
        """The level that holds for a death on this day; None where nothing is paid."""
        levels = [level for level in self.allowance if level.valid_from <= day]
        return max(levels, key=lambda level: level.valid_from, default=None)

    @property
    def has_fee(self) -> bool:
        """Whether this procedure belongs to those with a fee, whatever a dossier's own fee is."""
        return self.fee.kind != "none"

    def holds_on(self, day: date) -> bool:
        """Whether a dossier received on `day` follows this version."""
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)

    def limit(self, *, with_verification: bool) -> TimeLimit:
        """How long the office has; longer where something has to be verified and the procedure allows it."""
        return self.extended_limit if with_verification and self.extended_limit else self.time_limit

    def fields_for(self, applicant: Applicant) -> tuple[FormField, ...]:
        """The form of such an applicant."""
        return tuple(field for field in self.fields if field.is_for(applicant))

    def required_uploads(self, *, for_another: bool, exempt: bool) -> Iterator[ProcedureDocument]:
        """The papers without which this dossier cannot be submitted."""
        needed = {"always"} | ({"for_another"} if for_another else set()) | ({"exemption"} if exempt else set())
        return (document for document in self.documents if document.required in needed)
