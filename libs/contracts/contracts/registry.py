"""Events of registry: units, residents, organizations, linked databases."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from contracts import topics
from contracts.event import Code, Event, Id, Instant, date

Level = Literal["province", "district", "commune", "village"]
ResidenceStatus = Literal["permanent", "temporary", "away"]


class Lineage(BaseModel):
    """Where a unit stood in the tree during a time: `path` is its ancestors' codes and its own, joined by "/"."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    path: str
    parent_id: Id | None
    valid_from: date | None
    valid_to: date | None


class Successor(BaseModel):
    """A unit that took over the whole or a part of another on a day; the day is the successor's first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    unit_id: Id
    code: Code
    kind: Literal["whole", "part", "unchanged", "type_changed"]
    effective_on: date


class UnitChanged(Event):
    """A unit as it stands now in the registry, with all its places in the tree, past, present and to come.

    After its last day a unit stands below the one that took it over, a divided one below the unit above: what belongs to
    it is the successor's from then on.
    """

    topic: ClassVar[str] = topics.UNITS
    type: ClassVar[str] = "vn.bakhong.unit.changed.v1"
    key_field: ClassVar[str] = "unit_id"

    unit_id: Id
    code: Code
    name: str
    level: Level
    kind: str
    valid_from: date | None
    valid_to: date | None
    lineage: list[Lineage]
    successors: list[Successor] = []


class ResidentSnapshot(Event):
    """What other services may know of a resident. `version` counts the resident's changes from 1.

    `birth_month` is `YYYY-MM`, or `YYYY` where only the year is known. The conditions are those of the onboarding steps
    (requirements R22-R27): `citizen_id_card` is a CCCD or căn cước card, `personal_id_card` one of these or a CMND.
    """

    key_field: ClassVar[str] = "resident_id"

    resident_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    at: Instant
    birth_month: str
    sex: Literal["male", "female"]
    residence_status: ResidenceStatus
    life: Literal["alive", "deceased", "merged", "removed"] = "alive"
    household_id: Id | None = None
    has_smartphone: bool = False
    has_bank_account: bool = False
    citizen_id_card: bool = False
    personal_id_card: bool = False
    social_insurance_no: bool = False
    owner_verified_phone: bool = False
    social_protection: bool = False


class ResidentRegistered(ResidentSnapshot):
    """A resident is known to the registry for the first time."""

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.resident.registered.v1"


class ResidentUpdated(ResidentSnapshot):
    """Something that other services may know of the resident has changed."""

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.resident.updated.v1"


class ResidentMoved(ResidentSnapshot):
    """The resident belongs to another unit from `moved_on` on; the snapshot has the new unit."""

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.resident.moved.v1"

    moved_on: date
    from_unit_id: Id
    from_unit_code: Code


class ResidentDeceased(ResidentSnapshot):
    """The resident died on `deceased_on`; the snapshot's `life` is `deceased`."""

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.resident.deceased.v1"

    deceased_on: date


class ResidentMerged(ResidentSnapshot):
    """The record `resident_id` was a duplicate: all it had belongs to `survivor_id` now. Two events: this one with the key of
    the duplicate, `resident.updated` with the key of the survivor."""

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.resident.merged.v1"

    survivor_id: Id


class ResidentUnmerged(ResidentSnapshot):
    """The merge of `resident_id` into `survivor_id` was a mistake and is undone."""

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.resident.unmerged.v1"

    survivor_id: Id


class ResidentRemoved(ResidentSnapshot):
    """The record was made by an import that was undone: the snapshot's `life` is `removed`, and nothing counts it any more.
    The last event of this id; the same person imported again gets another one."""

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.resident.removed.v1"


class Attestation(BaseModel):
    """A partner's statement about a resident or organization, without personal data.

    `account_index` is a blind index (hex): it distinguishes accounts and reveals nothing else.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    event: str
    """The partner's event type, for instance `payment_account.opened` (contract section 7)."""
    partner_id: str
    webhook_id: str
    occurred_at: Instant
    """The `timestamp` of the partner's body: it decides state, ties by `webhook_id`."""
    account_kind: Literal["bank", "e_wallet", "mobile_money"] | None = None
    account_index: str | None = None
    level: Literal[1, 2] | None = None
    app: Literal["province_app", "cyber_protection"] | None = None
    certificate_serial: str | None = None
    fee_charged: int | None = None


class ResidentAttested(Event):
    """A partner's event about a resident whom the registry has identified.

    `has_bank_account` and `has_smartphone` are what the registry knew before this event: they fix the route.
    """

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.resident.attested.v1"
    key_field: ClassVar[str] = "resident_id"

    resident_id: Id
    unit_id: Id
    unit_code: Code
    attestation: Attestation
    has_bank_account: bool
    has_smartphone: bool


class ResidentPrefilled(Event):
    """A form was filled from the registry: of `asked` fields, `filled` needed no declaration."""

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.resident.prefilled.v1"
    key_field: ClassVar[str] = "resident_id"

    resident_id: Id
    unit_id: Id
    unit_code: Code
    at: Instant
    purpose: str
    asked: int
    filled: int


class ResidentConsentChanged(Event):
    """A resident allowed a provider something, or withdrew it; `partner_id` is null for a grantee that is no partner."""

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.resident.consent_changed.v1"
    key_field: ClassVar[str] = "resident_id"

    resident_id: Id
    unit_id: Id
    unit_code: Code
    consent_id: Id
    partner_id: str | None
    purposes: list[str]
    given: bool
    at: Instant
    expires_at: Instant | None = None
    """The consent ends at this time without a further event."""


class CorrectionDecided(Event):
    """An officer decided on a resident's request to correct or to erase an attribute; `name` is the attribute's, or `*`."""

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.correction.decided.v1"
    key_field: ClassVar[str] = "resident_id"

    correction_id: Id
    resident_id: Id
    kind: str
    name: str
    accepted: bool
    at: Instant


class MoveRequestChanged(Event):
    """A commune requested a resident, or the request was decided, withdrawn or reversed.

    `resident_id` and `from_unit_id` are None while no person with this number, name and birth date is known.
    """

    topic: ClassVar[str] = topics.RESIDENTS
    type: ClassVar[str] = "vn.bakhong.move_request.changed.v1"
    key_field: ClassVar[str] = "move_id"

    move_id: Id
    resident_id: Id | None
    from_unit_id: Id | None
    to_unit_id: Id
    status: Literal["requested", "completed", "refused", "withdrawn", "reversed"]
    moved_on: date
    decide_by: date
    at: Instant


class OrganizationSnapshot(Event):
    """What other services may know of an organization. `owner_has_smartphone` is the condition of its provincial app."""

    key_field: ClassVar[str] = "organization_id"

    organization_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    at: Instant
    kind: Literal["enterprise", "household_business", "cooperative"]
    representative_id: Id | None
    owner_has_smartphone: bool
    active: bool = True
    representative_confirmed: bool = False
    """An officer of the unit or a licensed provider confirmed that the representative acts for the organization."""


class OrganizationRegistered(OrganizationSnapshot):
    """An organization is known to the registry for the first time."""

    topic: ClassVar[str] = topics.ORGANIZATIONS
    type: ClassVar[str] = "vn.bakhong.organization.registered.v1"


class OrganizationUpdated(OrganizationSnapshot):
    """Something that other services may know of the organization has changed."""

    topic: ClassVar[str] = topics.ORGANIZATIONS
    type: ClassVar[str] = "vn.bakhong.organization.updated.v1"


class OrganizationAttested(Event):
    """A partner's event about an organization that the registry has identified by its tax code."""

    topic: ClassVar[str] = topics.ORGANIZATIONS
    type: ClassVar[str] = "vn.bakhong.organization.attested.v1"
    key_field: ClassVar[str] = "organization_id"

    organization_id: Id
    unit_id: Id
    unit_code: Code
    attestation: Attestation


class IdentityLinkChanged(Event):
    """A person's account at an identity provider belongs to a resident, or does so no more (`active` false).

    `subject_index` and `claims_index` are blind indexes (hex) of the provider's subject, and of the subject with the personal
    number at the last sign-in: equal for equal values, and saying nothing else. `resident_id` is the survivor of merges.
    """

    topic: ClassVar[str] = topics.IDENTITY
    type: ClassVar[str] = "vn.bakhong.identity_link.changed.v1"
    key_field: ClassVar[str] = "link_id"

    link_id: Id
    resident_id: Id
    issuer: str
    subject_index: str
    claims_index: str | None
    linked_at: Instant
    active: bool
    at: Instant


class RepresentationChanged(Event):
    """A resident may act for another resident or for an organization, or may do so no more (`active` false).

    Exactly one of `resident_id` and `organization_id` is given: the one for whom `representative_id` acts. It ends by itself
    after the day `until`. Ids are those of survivors of merges.
    """

    topic: ClassVar[str] = topics.IDENTITY
    type: ClassVar[str] = "vn.bakhong.representation.changed.v1"
    key_field: ClassVar[str] = "representation_id"

    representation_id: Id
    resident_id: Id | None
    organization_id: Id | None
    representative_id: Id
    scope: list[Literal["dossiers", "payments", "onboarding", "documents"]]
    until: date | None
    active: bool
    at: Instant


class SourceChecked(Event):
    """The state of a linked database has changed: `live` when its last answer was in time and in its schema."""

    topic: ClassVar[str] = topics.SOURCES
    type: ClassVar[str] = "vn.bakhong.source.checked.v1"
    key_field: ClassVar[str] = "source"

    source: str
    live: bool
    at: Instant
