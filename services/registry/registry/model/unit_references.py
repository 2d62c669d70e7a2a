"""Every column of the registry that names a unit, and what happens to it when a decree ends the unit.

`follows`: it names the successor from the successor's first day (where the unit was divided, the unit above until an officer
decides). `stays`: it describes the past, or belongs to the tree itself. Villages keep their ids, so what names a village has
nothing to follow. A new column without a line here fails a test.
"""

from collections.abc import Mapping

AT_A_MERGER: Mapping[str, str] = {
    "resident.unit_id": "follows; published as resident.moved",
    "resident_word.unit_id": "follows with its resident",
    "household.unit_id": "follows; a code that is taken there gets the code of the old unit in front",
    "organization.unit_id": "follows; published as organization.updated",
    "representative_claim.unit_id": "follows: officers of the successor decide",
    "registration.unit_id": "follows: officers of the successor decide",
    "unmatched_event.unit_id": "follows while it is unresolved",
    "unmatched_event.partner_unit_codes": "stays: the units of the partner's agreements when the event came",
    "resident_import.unit_id": "follows: officers of the successor see and undo it, unless they had sent the same file",
    "resident_import.unit_code": "stays: the code that was written in the form",
    "resident_import.imported_unit_code": "stays: the unit of the account then",
    "resident_import.undone_unit_code": "stays: the unit of the account then",
    "move_request.to_unit_id": "follows while it is undecided",
    "move_request.from_unit_id": "stays: where the resident came from",
    "move_request.requested_unit_code": "stays: the unit of the account then",
    "move_request.decided_unit_code": "stays: the unit of the account then",
    "correction.decided_unit_code": "stays: the unit of the account then",
    "access_elsewhere.unit_code": "stays: the unit of the account then",
    "refresh.unit_id": "stays: a run over the unit as it was",
    "undecided_resident.from_unit_id": "stays: the unit that was divided",
    "undecided_resident.unit_import_id": "stays: the decree",
    "unit_import.units_created": "stays: a count",
    "unit_import.units_changed": "stays: a count",
    "unit_succession.unit_id": "stays: part of the tree",
    "unit_succession.unit_import_id": "stays: the decree",
    "changed_unit.unit_id": "stays: what the decree changed",
    "followed_record.from_unit_id": "stays: where the record goes back when the decree is taken back",
    "followed_record.to_unit_id": "stays: where the decree brought the record",
    "unit_word.unit_id": "stays: part of the tree",
}
