from collections import Counter, defaultdict
from datetime import date

import pytest

from province import get_pack
from registry.commands.units import decree_of
from registry.decrees import FaultyTable, is_within, read_successions, read_units

BEFORE, REFORM = date(2024, 6, 30), date(2025, 7, 1)
HEADER = "code,valid_from,valid_to,level,kind,parent_code,name"


def test_both_generations_of_thanh_hoa_are_complete() -> None:
    units = decree_of(get_pack()).units
    before = Counter(unit.level for unit in units if is_within(BEFORE, unit.valid_from, unit.valid_to))
    today = Counter(unit.level for unit in units if is_within(REFORM, unit.valid_from, unit.valid_to))

    assert before == {"province": 1, "district": 26, "commune": 547}
    assert today == {"province": 1, "commune": 166}


def test_every_parent_exists_in_the_same_generation() -> None:
    units = decree_of(get_pack()).units

    for unit in units:
        day = unit.valid_from or BEFORE
        parents = [p for p in units if p.code == unit.parent_code and is_within(day, p.valid_from, p.valid_to)]
        assert len(parents) == (0 if unit.level == "province" else 1)


def test_every_old_commune_has_successors_and_every_new_one_predecessors() -> None:
    decree = decree_of(get_pack())
    old = {u.code for u in decree.units if u.level == "commune" and u.valid_to}
    new = {u.code for u in decree.units if u.level == "commune" and u.valid_from}

    assert {s.code for s in decree.successions} == old
    assert {s.successor_code for s in decree.successions} == new
    assert Counter(s.kind for s in decree.successions) == {"whole": 515, "unchanged": 21, "part": 21, "type_changed": 1}


def test_a_commune_that_went_over_as_a_whole_has_one_successor() -> None:
    successors = defaultdict(list)
    for succession in decree_of(get_pack()).successions:
        successors[succession.code].append(succession.kind)

    assert all(len(kinds) == 1 for kinds in successors.values() if set(kinds) != {"part"})


def test_a_new_commune_may_carry_the_code_of_another_old_one() -> None:
    decree = decree_of(get_pack())
    names = {(u.code, u.valid_from): u.name for u in decree.units}

    assert names["15085", None] == "Quang Trung"
    assert names["15085", REFORM] == "Thạch Lập"
    assert [s.successor_code for s in decree.successions if s.code == "15073"] == ["15085"]


def csv_of(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def test_every_fault_of_a_table_is_named_with_its_line() -> None:
    with pytest.raises(FaultyTable) as error:
        read_units(
            csv_of(
                HEADER,
                "1,2025-13-01,,commune,village,38,X",
                ",,,planet,,,",
                "2,2025-07-01,2025-06-30,commune,ward,38,Y",
            )
        )

    assert [(f.line, f.column, f.code) for f in error.value.faults] == [
        (2, "kind", "not-a-choice"),
        (2, "valid_from", "date-invalid"),
        (3, "code", "unit-code-invalid"),
        (3, "level", "not-a-choice"),
        (3, "kind", "not-a-choice"),
        (3, "name", "required"),
        (3, "parent_code", "required"),
        (4, "valid_to", "dates-reversed"),
    ]


def test_two_units_of_one_code_may_not_be_valid_on_one_day() -> None:
    with pytest.raises(FaultyTable) as error:
        read_units(csv_of(HEADER, "1,,2025-07-01,commune,ward,38,A", "1,2025-07-01,,commune,ward,38,B"))

    assert [f.code for f in error.value.faults] == ["overlap"]


def test_successions_are_read_by_either_pair_of_names() -> None:
    [row] = read_successions(csv_of("old_code,new_code,kind,effective_on", "15727,15724,whole,2025-07-01"))

    assert (row.code, row.successor_code, row.kind, row.effective_on) == ("15727", "15724", "whole", REFORM)


def test_a_table_with_titles_above_semicolons_and_a_broken_quote_loses_no_line() -> None:
    lines = [
        "PHỤ LỤC, kèm theo Nghị quyết",
        HEADER,
        "1,,,commune,ward,38,A",
        '2,,,commune,ward,38,"B',
        "3,,,commune,ward,38,C",
    ]
    with pytest.raises(FaultyTable) as error:
        read_units("\n".join(lines).replace(",", ";").encode("utf-16"))

    assert [(f.line, f.code) for f in error.value.faults] == [(3, "broken-quote")]
