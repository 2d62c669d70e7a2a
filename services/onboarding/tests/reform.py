"""The units of the two plans in both generations: districts until 30 June 2025, fewer and larger communes since."""

from datetime import date

from chassis.ids import new_id
from contracts.registry import Lineage, Successor, UnitChanged

LAST, FIRST = date(2025, 6, 30), date(2025, 7, 1)


class Reform:
    """Facts about units that registry would publish; ids by a separate name, since codes repeat."""

    def __init__(self) -> None:
        self.units: dict[str, UnitChanged] = {}
        self._add("38", "38", "Tỉnh Thanh Hóa", "province", [("38", None, None)])

    def district(self, code: str, name: str) -> None:
        self._add(f"d{code}", code, name, "district", [(f"38/{code}", None, LAST)])

    def new_commune(self, code: str, name: str) -> None:
        self._add(f"new {code}", code, name, "commune", [(f"38/{code}", FIRST, None)])

    def old_commune(self, district: str, code: str, name: str, into: str) -> None:
        successor = Successor(unit_id=self.units[f"new {into}"].unit_id, code=into, kind="whole", effective_on=FIRST)
        self._add(f"old {code}", code, name, "commune", [(f"38/{district}/{code}", None, LAST)], [successor])

    def village(self, district: str, commune: str, number: int, into: str, kind: str = "village") -> None:
        code = f"{commune}-{number:02}"
        places = [(f"38/{district}/{commune}/{code}", None, LAST), (f"38/{into}/{code}", FIRST, None)]
        name = f"Khu phố {number}" if kind == "residential_group" else f"Thôn {number}"
        self._add(code, code, name, "village", places, kind=kind)

    def _add(
        self, name: str, code: str, title: str, level: str, places: list[tuple[str, date | None, date | None]],
        successors: list[Successor] | None = None, kind: str | None = None,
    ) -> None:  # fmt: skip
        lineage = [
            Lineage(path=path, parent_id=None, valid_from=since, valid_to=until) for path, since, until in places
        ]
        starts, ends = places[0][1], places[-1][2]
        self.units[name] = UnitChanged(
            unit_id=new_id(), code=code, name=title, level=level, kind=kind or level, valid_from=starts, valid_to=ends,
            lineage=lineage, successors=successors or [],
        )  # fmt: skip


def the_two_plans() -> Reform:
    """Đồng Thắng with its five villages, and three communes of the old district Ngọc Lặc with one village each."""
    reform = Reform()
    for code, name in (("15724", "Xã Đồng Tiến"), ("15061", "Xã Ngọc Lặc"), ("15085", "Xã Thạch Lập")):
        reform.new_commune(code, name)
    for code, name in (("397", "Huyện Triệu Sơn"), ("389", "Huyện Ngọc Lặc")):
        reform.district(code, name)
    reform.old_commune("397", "15727", "Xã Đồng Thắng", "15724")
    reform.old_commune("397", "15724", "Xã Đồng Tiến (cũ)", "15724")
    for number in range(1, 6):
        reform.village("397", "15727", number, "15724")
    for code, name, into in (
        ("15061", "Thị trấn Ngọc Lặc", "15061"), ("15073", "Xã Thạch Lập (cũ)", "15085"), ("15085", "Xã Quang Trung", "15085")
    ):  # fmt: skip
        reform.old_commune("389", code, name, into)
        reform.village("389", code, 1, into, "residential_group" if name.startswith("Thị trấn") else "village")
    return reform
