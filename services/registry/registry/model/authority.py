"""Who may do what to whose records: the one table of the registry's authority.

A row is an operation; a cell is a role and its relation to the record:

- `own`: the caller's own record, or the organization that the caller is or is confirmed to represent
- `claimed`: an organization that the caller claims to represent, unconfirmed
- `in_unit`: a record of the caller's unit or below
- `consented`: a record of a resident whose valid consent names the partner
- `any`: without a relation; the operation shows no record of a person, or serves another service

A volunteer of the school (`PUPILS`) has none of the cells that show or change personal data.

What is not in a cell is refused: 404 where the record is outside the caller's reach, 403 where the caller knows of it.
"""

from collections.abc import Mapping
from typing import Literal

from chassis.errors import Forbidden
from chassis.security.identity import Caller, Role

Relation = Literal["own", "claimed", "in_unit", "consented", "any"]
Cells = Mapping[Role, frozenset[Relation]]


def _cells(**relations: str) -> Cells:
    return {role: frozenset(text.split()) for role, text in relations.items()}  # type: ignore[misc, arg-type]  # literals of Role and Relation, checked by a test


_OWN_OR_UNIT = _cells(resident="own", officer="in_unit")
_UNIT = _cells(officer="in_unit")
AUTHORITY: Mapping[str, Cells] = {
    # residents
    "create_resident": _UNIT,
    "list_residents": _cells(resident="own", officer="in_unit", volunteer="in_unit", service="any"),
    "get_resident": _cells(resident="own", officer="in_unit", volunteer="in_unit", service="any"),
    "look_up_resident": _cells(officer="in_unit", volunteer="in_unit", service="any"),
    "look_up_residents": _cells(service="any"),
    "get_verified_phone": _cells(service="any"),
    "update_resident": _OWN_OR_UNIT,
    "reveal_resident": _OWN_OR_UNIT,
    "list_resident_attributes": _cells(resident="own", officer="in_unit", service="any"),
    "prefill_resident": _cells(resident="own", officer="in_unit", partner="consented", service="any"),
    "prefill_for_service": _cells(resident="own", officer="in_unit", service="any"),
    "refresh_resident": _OWN_OR_UNIT,
    "merge_resident": _UNIT,
    "undo_resident_merge": _UNIT,
    "list_duplicate_candidates": _UNIT,
    "dismiss_duplicate_candidate": _UNIT,
    "undo_duplicate_dismissal": _UNIT,
    # rights of people
    "list_access_log": _cells(resident="own", officer="in_unit", auditor="in_unit"),
    "list_consents": _cells(resident="own", officer="in_unit", volunteer="in_unit", service="any"),
    "create_consent": _cells(resident="own", officer="in_unit", volunteer="in_unit"),
    "get_consent": _cells(resident="own", officer="in_unit", volunteer="in_unit", service="any"),
    "delete_consent": _cells(resident="own", officer="in_unit", volunteer="in_unit"),
    "export_resident": _OWN_OR_UNIT,
    "list_attribute_history": _OWN_OR_UNIT,
    "list_resident_corrections": _OWN_OR_UNIT,
    "create_correction": _OWN_OR_UNIT,
    "list_corrections": _UNIT,
    "get_correction": _OWN_OR_UNIT,
    "decide_on_correction": _UNIT,
    # accounts at identity providers
    "link_account": _cells(service="any"),
    "delete_own_link": _cells(resident="own"),
    "list_identity_links": _OWN_OR_UNIT,
    "delete_identity_link": _UNIT,
    "reopen_identity_link": _UNIT,
    "create_registration": _cells(unregistered="own"),
    "list_registrations": _UNIT,
    "get_registration": _cells(unregistered="own", officer="in_unit"),
    "decide_on_registration": _UNIT,
    "create_representative": _OWN_OR_UNIT,
    "list_resident_representatives": _OWN_OR_UNIT,
    "get_representative": _OWN_OR_UNIT,
    "delete_representative": _OWN_OR_UNIT,
    "list_own_representations": _cells(resident="own"),
    "list_actor_accesses": _cells(auditor="in_unit"),
    "create_organization_representative": _cells(resident="own", organization="own", officer="in_unit"),
    "list_organization_representatives": _cells(resident="own", organization="own", officer="in_unit"),
    "delete_organization_representative": _cells(resident="own", organization="own", officer="in_unit"),
    # moves between communes
    "create_move": _UNIT,
    "list_move_requests": _UNIT,
    "get_move_request": _UNIT,
    "decide_on_move": _UNIT,
    "delete_move": _UNIT,
    "reverse_move_request": _UNIT,
    # organizations
    "create_organization": _cells(resident="claimed", officer="in_unit"),
    "list_organizations": _cells(resident="own claimed", organization="own", officer="in_unit", volunteer="in_unit"),
    "look_up_organization": _cells(officer="in_unit", service="any"),
    "get_organization": _cells(
        resident="own claimed", organization="own", officer="in_unit", volunteer="in_unit", service="any"
    ),
    "update_organization": _cells(resident="own", organization="own", officer="in_unit"),
    "list_representative_claims": _UNIT,
    "confirm_representative": _UNIT,
    "refuse_representative": _UNIT,
    # imports, partners' events
    "create_resident_import": _UNIT,
    "list_resident_imports": _UNIT,
    "get_resident_import": _UNIT,
    "list_import_rejections": _UNIT,
    "list_import_warnings": _UNIT,
    "get_import_template": _UNIT,
    "undo_resident_import": _UNIT,
    "get_import_undo": _UNIT,
    "list_unmatched_events": _UNIT,
    "resolve_unmatched_event": _UNIT,
    "create_unit_refresh": _UNIT,
    "list_unit_refreshes": _UNIT,
    "get_unit_refresh": _UNIT,
    "list_undecided_residents": _UNIT,
    # without a record of a person
    "list_data_sources": _cells(
        resident="any", organization="any", volunteer="any", officer="any", auditor="any", operator="any", service="any"
    ),
    "create_unit_import": _cells(operator="any"),
    "list_unit_imports": _cells(operator="any"),
    "get_unit_import": _cells(operator="any"),
    "undo_unit_import": _cells(operator="any"),
    "get_unit_template": _cells(operator="any"),
    "verify_access_seals": _cells(auditor="any", operator="any"),
    "list_key_rotations": _cells(operator="any"),
    "create_data_breach": _cells(operator="any", officer="any"),
    "list_data_breaches": _cells(operator="any", auditor="any"),
    "get_data_breach": _cells(operator="any", auditor="any"),
    "record_breach_notification": _cells(operator="any"),
}  # fmt: skip
PUBLIC = frozenset(("list_units", "get_unit"))
"""Operations without sign-in."""

SECOND_PERSON: Mapping[str, str] = {
    "create_organization": "a resident's claim to represent it counts after an officer confirmed it (`confirm_representative`)",
    "create_correction": "an officer of the unit decides (`decide_on_correction`)",
    "create_registration": "an officer of the unit decides (`decide_on_registration`)",
    "update_resident": "a value that contradicts a higher source waits for a decision (`decide_on_correction`)",
}
"""Operations whose effect waits for a second person, and who that is."""


PUPILS = "school"
"""The body of grade-9 pupils in a team: they guide people, and read and write no personal data."""


def refuse_pupils(caller: Caller) -> None:
    """403 for a volunteer of the school."""
    if caller.role == "volunteer" and caller.body == PUPILS:
        raise Forbidden()


def permits(operation: str, role: Role, relation: Relation) -> bool:
    """Whether a role in a relation to a record may use an operation."""
    return relation in AUTHORITY[operation].get(role, frozenset())
