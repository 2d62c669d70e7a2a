"""Who may do what in this service: one row for every REST operation, and the rules that need more than a role.

The routes read it (what pupils may not do, which evidence a role may declare, which acts need a second person), and a test
compares it with the audience that each route declares and prints it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from onboarding.model.steps import catalogue

SCHOOL = "school"
"""The body of grade-9 pupils: they help at sessions and read and write no personal data."""

Relation = Literal[
    "any",
    "own",  # the resident, or the organization that the caller is or represents
    "in unit",  # the resident, visit or list belongs to the caller's unit or one below it
    "in reach",  # the campaign's unit is at, above or below the caller's unit, or became it
    "leads unit",  # every current successor of the unit is the caller's unit or below it
    "leads unit or owns the task",
    "in reach, not of the model's unit",
    "own vote",
    "own consents",  # residents who consented to the calling partner
]


@dataclass(frozen=True)
class Right:
    """One operation: which role in which relation, whether it shows or changes personal data, which act needs another person."""

    operation: str
    roles: Mapping[str, Relation]
    is_personal: bool = False
    second_person: Mapping[str, str] = field(default_factory=dict)


def _readers(operation: str) -> Right:
    roles = dict.fromkeys(("officer", "volunteer", "auditor"), "in reach")
    return Right(operation, roles | {"operator": "any", "service": "any"})  # type: ignore[arg-type]  # literals


def _leaders(operation: str) -> Right:
    return Right(operation, {"officer": "leads unit"})


_HELPERS: dict[str, Relation] = {"volunteer": "in unit", "officer": "in unit"}
_ORGANIZATION: dict[str, Relation] = {"organization": "own", "resident": "own", **_HELPERS}
_SIGNATURES = {"check": "not the maker", "approve": "not the maker"}

RIGHTS: tuple[Right, ...] = (
    Right("list_onboarding_steps", {"public": "any"}),
    Right("get_resident_onboarding", {"resident": "own", **_HELPERS, "service": "any"}, is_personal=True),
    Right("declare_resident_step", {"resident": "own", **_HELPERS}, is_personal=True),
    Right("get_organization_step", _ORGANIZATION, is_personal=True),
    Right("declare_organization_step", _ORGANIZATION, is_personal=True),
    Right("list_worklist", _HELPERS, is_personal=True),
    Right("get_onboarding_summary", _HELPERS, is_personal=True),
    Right("list_charges", {"officer": "in unit"}, is_personal=True),
    Right("apply_offline_batch", _HELPERS, is_personal=True),
    Right("list_visits", _HELPERS, is_personal=True),
    Right("get_household_checklist", _HELPERS, is_personal=True),
    Right("create_onboarding_import", {"officer": "in unit"}, is_personal=True),
    Right("get_onboarding_import", {"officer": "in unit"}),
    Right("list_onboarding_imports", {"officer": "in unit"}),
    Right("get_onboarding_import_template", {"officer": "any"}),
    Right("list_onboarding_import_rejections", {"officer": "in unit"}),
    Right("list_onboarding_import_warnings", {"officer": "in unit"}),
    Right("undo_onboarding_import", {"officer": "in unit"}, is_personal=True),
    Right("get_onboarding_import_undo", {"officer": "in unit"}, is_personal=True),
    Right("create_signature_list", {"officer": "in unit"}, is_personal=True),
    Right("list_signature_lists", {"officer": "in unit"}),
    Right("get_signature_list", {"officer": "in unit"}, is_personal=True),
    Right("update_signature_list", {"officer": "in unit"}, is_personal=True, second_person=_SIGNATURES),
    Right("act_on_signature_list", {"officer": "in unit"}, is_personal=True, second_person=_SIGNATURES),
    Right("get_signature_list_file", {"officer": "in unit"}, is_personal=True),
    Right("preview_signature_list", {"officer": "in unit"}, is_personal=True),
    Right("list_referrals", {"partner": "own consents"}, is_personal=True),
    Right("create_campaign", {"officer": "leads unit"}),
    Right("import_campaign_plan", {"officer": "leads unit"}),
    _readers("list_campaigns"),
    _readers("get_campaign"),
    _leaders("update_campaign"),
    _leaders("update_campaign_step"),
    _leaders("delete_campaign"),
    _leaders("delete_campaign_step"),
    _leaders("create_campaign_task"),
    _readers("list_campaign_tasks"),
    _readers("get_campaign_task"),
    Right(
        "update_campaign_task", {"officer": "leads unit or owns the task", "volunteer": "leads unit or owns the task"}
    ),
    _leaders("delete_campaign_task"),
    _leaders("create_filing"),
    _leaders("update_filing"),
    _readers("list_filings"),
    _leaders("create_session"),
    _readers("list_campaign_sessions"),
    Right("list_sessions", {"public": "any"}),
    Right("get_session", {"officer": "leads unit", "volunteer": "leads unit"}),
    _leaders("update_session"),
    Right("register_attendance", {"officer": "leads unit", "volunteer": "leads unit"}, is_personal=True),
    Right("list_attendance", {"officer": "leads unit", "volunteer": "leads unit"}, is_personal=True),
    Right("delete_attendance", {"officer": "leads unit"}, is_personal=True),
    Right("check_in", {"resident": "own"}, is_personal=True),
    Right("get_check_in_code", {"officer": "leads unit", "volunteer": "leads unit"}),
    _leaders("create_training_accounts"),
    _leaders("list_training_accounts"),
    _leaders("create_team"),
    Right("list_teams", {"officer": "in reach"}),
    Right("get_team", {"officer": "in reach"}),
    _leaders("update_team"),
    _leaders("correct_team"),
    _leaders("delete_team"),
    _leaders("update_team_member"),
    _leaders("delete_team_member"),
    _leaders("create_communication"),
    _readers("list_communications"),
    _readers("get_communication"),
    _leaders("update_communication"),
    _leaders("remove_communication"),
    _readers("get_announcement"),
    Right("create_readiness_check", {"officer": "leads unit", "volunteer": "leads unit"}),
    _readers("list_readiness_checks"),
    _readers("get_readiness_check"),
    _leaders("create_digital_model"),
    _readers("list_digital_models"),
    _readers("get_digital_model"),
    _leaders("update_digital_model"),
    _leaders("delete_digital_model"),
    _leaders("create_nomination"),
    _readers("list_nominations"),
    _readers("get_nomination"),
    _leaders("update_nomination"),
    _leaders("remove_nomination"),
    _readers("list_campaign_units"),
    Right("list_campaign_acts", {"officer": "in unit", "auditor": "in unit", "operator": "any"}),
    _leaders("create_reminders"),
    _readers("list_campaign_reminders"),
    Right(
        "list_good_practices",
        dict.fromkeys(("officer", "volunteer", "auditor", "operator", "service"), "any"),
    ),
    Right("vote_for_nomination", {"officer": "in reach, not of the model's unit"}),
    Right("withdraw_vote_for_nomination", {"officer": "own vote"}),
    _readers("get_campaign_ranking"),
    _leaders("create_official_signature"),
    _readers("list_official_signatures"),
    _readers("get_official_signature"),
    _leaders("update_official_signature"),
    _leaders("delete_official_signature"),
)
_BY_OPERATION = {each.operation: each for each in RIGHTS}

KINDS_BY_ROLE: Mapping[str, frozenset[str]] = {
    "resident": frozenset({"self", "document"}),
    "organization": frozenset({"self", "document"}),
    "volunteer": frozenset({"self", "volunteer", "document"}),
    "officer": frozenset({"self", "volunteer", "officer", "document", "partner"}),
}
"""Which kinds of evidence a role may declare; `partner` from an officer is a document of a partner, not its message."""


def right_of(operation: str) -> Right:
    """The right of a route function; KeyError for an operation without a row, so a new one fails at its first request."""
    return _BY_OPERATION[operation]


def may_confirm(step: str, level: int | None, body: str | None) -> bool:
    """Whether a caller of this body may confirm a step at a level; the source that a list or form states does not matter."""
    competent = catalogue().rule(step).confirmed_by.get(level or 0, ())
    return not competent or body in competent


def needs_second_person(action: str) -> bool:
    """Whether an action on a signature list is refused to the maker of the list."""
    return action in _SIGNATURES
