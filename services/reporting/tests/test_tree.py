"""The tree of units on any day, where decrees were taken back."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from reporting.projections.tree import FAR_AHEAD, LONG_AGO, Tree, Unit, UnitLineage

REFORM, NEVER = date(2025, 7, 1), date(2026, 1, 1)
ONE_DAY = timedelta(days=1)
PROVINCE, DISTRICT, OLD, PRESENT, WITHDRAWN = (uuid4() for _ in range(5))


def a_unit(unit_id: UUID, code: str, level: str, first: date = LONG_AGO, last: date = FAR_AHEAD) -> Unit:
    return Unit(unit_id, code, code, level, level, first, last)


def test_a_unit_whose_decree_was_taken_back_is_its_predecessor_s_and_changes_no_earlier_day() -> None:
    units = (
        a_unit(PROVINCE, "38", "province"),
        a_unit(DISTRICT, "397", "district", last=REFORM - ONE_DAY),
        a_unit(OLD, "15727", "commune", last=REFORM - ONE_DAY),
        a_unit(PRESENT, "15900", "commune", first=REFORM),
        a_unit(WITHDRAWN, "15999", "commune", first=NEVER, last=NEVER - ONE_DAY),
    )
    places = {
        PROVINCE: [UnitLineage(("38",), None, LONG_AGO, FAR_AHEAD)],
        DISTRICT: [UnitLineage(("38", "397"), PROVINCE, LONG_AGO, REFORM - ONE_DAY)],
        OLD: [UnitLineage(("38", "397", "15727"), DISTRICT, LONG_AGO, REFORM - ONE_DAY)],
        PRESENT: [UnitLineage(("38", "15900"), PROVINCE, REFORM, FAR_AHEAD)],
        WITHDRAWN: [UnitLineage(("38", "15900", "15999"), PRESENT, NEVER, FAR_AHEAD)],
    }

    tree = Tree({unit.id: unit for unit in units}, places, [(OLD, PRESENT, "whole"), (WITHDRAWN, PRESENT, "whole")])

    before, today = tree.at(REFORM - ONE_DAY), tree.at(NEVER + ONE_DAY)
    assert (before.home_of(PRESENT), today.home_of(WITHDRAWN), today.home_of(OLD)) == (OLD, PRESENT, PRESENT)
    assert today.find("15999") is None
