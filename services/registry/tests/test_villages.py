"""Villages are found by the names that people write."""

from uuid import UUID, uuid5

import pytest

from registry.lists.villages import NamedVillage, VillageNames

SPACE = UUID(int=1)


def village(code: str, name: str, kind: str = "village", within: str = "Đồng Thắng") -> NamedVillage:
    return NamedVillage(uuid5(SPACE, code), code, name, kind, frozenset({within, "Đồng Tiến"}))


RURAL = [
    village("A-01", "Thôn 1"),
    village("A-04", "Thôn 4"),
    village("A-10", "Thôn 10"),
    village("B-04", "Thôn Yên Bình 4", within="Yên Bình"),
    village("C-01", "Thôn Đại Đồng", within="Hợp Lý"),
    village("D-01", "Thôn Đại Đồng", within="Hợp Tiến"),
]
TOWN = [
    village("T-02", "Tổ dân phố 2", "residential_group"),
    village("T-03", "Thôn 2"),
    village("T-04", "Khu phố 5", "quarter"),
]


def found(villages: list[NamedVillage], written: str) -> str:
    """The code of the village, or of what is wrong."""
    codes = {each.id: each.code for each in villages}
    result = VillageNames(villages).find(written)
    return codes[result] if isinstance(result, UUID) else result.code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Thôn 4", "A-04"),
        ("thôn 04", "A-04"),
        ("THÔN 01", "A-01"),
        ("thon 10", "A-10"),
        ("4", "A-04"),
        ("a-04", "A-04"),
        ("Thôn 4, xã Đồng Thắng", "A-04"),
        ("Thôn 4 xã Đồng Tiến", "A-04"),
        ("Thôn 4 - Đồng Thắng - Triệu Sơn - Thanh Hóa", "A-04"),
        ("Thôn 4 (Đồng Thắng)", "A-04"),
        ("Thôn 4 (cũ)", "A-04"),
        ("Thôn 4, xã Yên Bình", "B-04"),
        ("Yên Bình 4", "B-04"),
        ("Thôn Đại Đồng", "village-ambiguous"),
        ("Thôn Đại Đồng, xã Hợp Lý", "C-01"),
        ("Đại Đồng - Hợp Tiến", "D-01"),
        ("Thôn 4, xã Không Có", "village-unknown"),
        ("Thôn 5", "village-unknown"),
        ("", "village-unknown"),
    ],
)
def test_a_village_is_found_as_people_write_it(written: str, code: str) -> None:
    assert found(RURAL, written) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("TDP 2", "T-02"),
        ("TDP02", "T-02"),
        ("tổ dân phố 02", "T-02"),
        ("Tổ 2", "T-02"),
        ("Thôn 2", "T-03"),
        ("KP5", "T-04"),
    ],
)
def test_a_residential_group_is_found_by_its_short_forms(written: str, code: str) -> None:
    assert found(TOWN, written) == code


def test_a_number_alone_finds_the_village_of_the_commune_with_this_number() -> None:
    villages = [village(f"E-0{n}", f"Thôn Đồng Thắng {n}") for n in (1, 4)]
    villages.append(village("F-01", "Thôn Đồng Lợi 1", within="Đồng Lợi"))

    assert found(villages, "Thôn 4") == "E-04"
    assert found(villages, "Thôn 1") == "village-ambiguous"
    assert found(villages, "Thôn 1, xã Đồng Lợi") == "F-01"
