"""Sets the checklist of a household with typst: who still needs what, and what to bring."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import typst

TEMPLATE = Path(__file__).with_name("checklist.typ")


class StepLine(NamedTuple):
    """One step of one person; `mark` is printed in the box."""

    title: str
    mark: str
    note: str


class HouseholdMember(NamedTuple):
    """One person of the household, as the paper names them; numbers are masked."""

    name: str
    born: str
    number: str
    steps: tuple[StepLine, ...]


def render_checklist(
    unit: str, household: str, printed_on: str, bring: list[str], members: list[HouseholdMember], hall: str
) -> bytes:
    """The paper as PDF bytes. Sets type in the calling thread for some tens of milliseconds: call it off the event loop."""
    content = {
        "unit": unit,
        "household": household,
        "printed_on": printed_on,
        "bring": bring,
        "hall": hall,
        "members": [each._asdict() | {"steps": [step._asdict() for step in each.steps]} for each in members],
    }
    inputs = {"paper": json.dumps(content, ensure_ascii=False)}
    return bytes(typst.compile(_template(), format="pdf", sys_inputs=inputs))


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()
