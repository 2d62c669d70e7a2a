"""The table of authority: what it grants, and to whom. No database."""

from casework.model.authority import Relation, matrix
from casework.model.lifecycle import Action


def test_the_matrix_has_every_action_once_for_each_relation() -> None:
    grants = list(matrix())
    lines = [f"{grant.operation} | {grant.role} | {grant.relation} | {grant.second_person}" for grant in grants]
    print("\n".join(lines))  # noqa: T201  # the matrix, for the reader of the test's output

    assert len(set(lines)) == len(lines)
    given = {grant.operation.removeprefix("dossier: ") for grant in grants}
    assert {action.value for action in Action} - given == {"pay"}  # the platform alone
    assert {grant.relation for grant in grants if grant.operation == "dossier: approve"} == {Relation.IN_UNIT}
    assert {grant.operation for grant in grants if grant.second_person} == {"dossier: revert", "dossier: revoke_result"}
    officers = {grant.operation for grant in grants if grant.role == "officer"}
    people = {grant.operation for grant in grants if grant.role == "resident, organization"}
    assert {"feedback: answer", "dossier: accept", "dossier: revert"} <= officers
    assert "dossier: withdraw" in people
    assert not {"feedback: answer", "dossier: accept", "dossier: revert"} & people
