"""The tables that the door is built from are those that the services declare: a new public route is seen in review."""

import json

from gateway.documents import PROBLEMS_FILE, ask_all, routes_of
from gateway.routing import TABLE_FILE


def test_the_committed_tables_are_what_the_services_declare() -> None:
    answers = ask_all()
    declared = routes_of({service: answer["openapi"] for service, answer in answers.items()})
    problems = {slug for answer in answers.values() for slug in answer["problems"]}

    assert json.loads(TABLE_FILE.read_text())["routes"] == declared, "run `python -m gateway.documents` and commit"
    assert problems <= set(json.loads(PROBLEMS_FILE.read_text()))
