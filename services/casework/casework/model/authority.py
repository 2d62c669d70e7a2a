"""Who may do what in casework: action x role x relation, and where a second person is needed.

The relation of a caller to a dossier decides the actor of the lifecycle table (`model/lifecycle.py`), and whether the
values that the registry gave about the person concerned (the subject) are shown. A test prints the whole matrix.

- The unit that decides is the subject's own unit (`competent_by: subject`) or the applicant's own unit. A unit that the
  applicant names counts only where the procedure permits it (`applicant_names_unit`) and no other person is concerned.
- The desk of another unit hands a dossier in for its own residents; it decides nothing.
- Values of the registry about a subject are withheld from all callers but the subject, officers of the subject's units,
  and officers of the deciding unit once an officer recorded a paper at the desk or accepted the dossier. Naming a person,
  or attaching a paper about one, is a claim: it opens nothing.
- Representations (acting for another within a scope) are `Relation.ACTING_FOR`: `relation_to` in `queries/dossiers.py`
  is the one place that has to grant it.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from casework.model.lifecycle import SECOND_OFFICER, TRANSITIONS, Action, Actor
from casework.model.petitions import FEEDBACK_TRANSITIONS, FeedbackActor


class Relation(StrEnum):
    """What a caller is to a dossier, a document or feedback."""

    OWN = "own"
    ACTING_FOR = "acting for"
    IN_UNIT = "in unit"
    RECEIVING_UNIT = "receiving unit"
    OTHER_UNIT = "other unit"
    OWN_PARTNER = "own partner"
    OTHER_PARTNER = "other partner"
    NONE = "none"


DOSSIER_ACTORS: dict[Relation, Actor] = {
    Relation.OWN: Actor.APPLICANT,
    Relation.IN_UNIT: Actor.OFFICER,
    Relation.RECEIVING_UNIT: Actor.DESK,
}
"""The actor that a relation makes of a caller; a relation that is not here does not see the dossier (404)."""


class Grant(NamedTuple):
    """One line of the matrix: who may do it, and what else has to hold."""

    operation: str
    role: str
    relation: Relation
    second_person: bool = False
    condition: str = ""


_PEOPLE = "resident, organization"
_PURPOSE = "purpose and access row"

DOSSIER_GRANTS: tuple[Grant, ...] = (
    Grant("create dossier", _PEOPLE, Relation.OWN),
    Grant("create dossier", "officer", Relation.IN_UNIT, condition="the applicant is of the officer's units"),
    Grant("read form", _PEOPLE, Relation.OWN, condition="the subject's values only when the subject is the caller"),
    Grant(
        "read form", "officer", Relation.IN_UNIT, condition=f"{_PURPOSE}; a draft only of the officer's own applicants"
    ),
    Grant("read form", "officer", Relation.RECEIVING_UNIT, condition=f"{_PURPOSE}; without the subject's values"),
    Grant(
        "read subject's values",
        "officer",
        Relation.IN_UNIT,
        condition="own subject; else paper recorded or accepted",
    ),
    Grant("fill in, attach, prefill, submit", _PEOPLE, Relation.OWN),
    Grant("fill in, attach, prefill, submit", "officer", Relation.IN_UNIT, condition="access row"),
    Grant("fill in, attach, prefill, submit", "officer", Relation.RECEIVING_UNIT, condition="access row"),
    Grant("issue result", "officer", Relation.IN_UNIT),
    Grant("settle fee at the counter", "officer", Relation.IN_UNIT),
    Grant("report status", "partner", Relation.OWN_PARTNER, condition="the partner that reported the dossier first"),
)
OTHER_GRANTS: tuple[Grant, ...] = (
    Grant("document: send", _PEOPLE, Relation.OWN, condition="to an agency only"),
    Grant(
        "document: send", "officer", Relation.IN_UNIT, condition="to residents and organizations of the officer's units"
    ),
    Grant("document: read", _PEOPLE, Relation.OWN, condition="sender or recipient"),
    Grant("document: read", "officer", Relation.IN_UNIT, condition=f"sender or recipient; a person's: {_PURPOSE}"),
    Grant("document: receipt, status", f"{_PEOPLE}, officer", Relation.IN_UNIT, condition="recipient; recall: sender"),
    Grant("feedback: read", "officer", Relation.IN_UNIT, condition=f"a named author: {_PURPOSE}"),
    Grant("feedback: read", _PEOPLE, Relation.OWN),
    Grant("incident: read", f"{_PEOPLE}, volunteer, officer, operator", Relation.OWN),
    Grant("incident: read", "officer, volunteer", Relation.IN_UNIT),
    Grant("incident: assign, resolve, reopen", "officer, operator", Relation.IN_UNIT),
    Grant("choose procedures", "officer", Relation.IN_UNIT),
)

_ROLES = {Actor.APPLICANT: _PEOPLE, Actor.OFFICER: "officer", Actor.DESK: "officer", Actor.PLATFORM: "platform"}


def matrix() -> Iterator[Grant]:
    """Every grant of the service: the tables above, and the actions of both lifecycle tables by relation."""
    yield from DOSSIER_GRANTS
    for action in Action:
        actors = {actor for row in TRANSITIONS if row.action is action for actor in row.actors} | _way_back(action)
        for relation, actor in DOSSIER_ACTORS.items():
            if actor in actors:
                yield Grant(f"dossier: {action}", _ROLES[actor], relation, action in SECOND_OFFICER)
    yield from OTHER_GRANTS
    for relation, author in ((Relation.OWN, FeedbackActor.AUTHOR), (Relation.IN_UNIT, FeedbackActor.OFFICER)):
        for name in dict.fromkeys(row.action for row in FEEDBACK_TRANSITIONS if author in row.actors):
            yield Grant(f"feedback: {name}", "officer" if author is FeedbackActor.OFFICER else _PEOPLE, relation)


def _way_back(action: Action) -> set[Actor]:
    return {Actor.OFFICER} if action in SECOND_OFFICER else set()
