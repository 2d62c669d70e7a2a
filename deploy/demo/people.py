"""Synthetic residents of the demo villages, as the list that a commune would send: the same people every time.

    python deploy/demo/people.py > residents.csv

These people do not exist. Every personal number ends in a serial from 990001 on, every phone lies in 0990 000 000 - 0990 009 999,
every social insurance number begins with 9900; all are valid in form.
"""

import csv
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

from province import get_pack

HEADER = (
    "Số ĐDCN", "Loại giấy tờ", "Họ và tên", "Ngày sinh", "Giới tính", "Thôn/TDP", "Hộ khẩu", "SĐT", "Chính chủ",
    "Mã số BHXH", "Smartphone", "Tài khoản ngân hàng", "Bảo trợ xã hội", "Tình trạng cư trú",
)  # fmt: skip
TODAY = date(2026, 1, 1)
SEED = 196

_RESIDENTS_BY_COMMUNE = {"15727": 160, "15721": 110, "15724": 110, "15061": 100, "15067": 65, "15070": 65}
_FAMILY_NAMES = (
    "Lê", "Nguyễn", "Phạm", "Trịnh", "Trần", "Hoàng", "Bùi", "Đỗ", "Hà", "Cao", "Mai", "Vũ", "Đặng", "Quách", "Trương",
    "Lương", "Phùng", "Ngô", "Đinh", "Lò",
)  # fmt: skip
_MALE = ("Văn", "Đình", "Xuân", "Hữu", "Quang", "Minh"), (
    "An", "Bình", "Chung", "Dũng", "Đức", "Giang", "Hải", "Hùng", "Kiên", "Long", "Nam", "Phúc", "Quân", "Sơn", "Thắng",
    "Tuấn", "Vinh",
)  # fmt: skip
_FEMALE = ("Thị", "Thị", "Thị", "Thu", "Ngọc", "Minh"), (
    "Ánh", "Bích", "Chi", "Dung", "Đào", "Giang", "Hà", "Hạnh", "Hoa", "Hương", "Lan", "Linh", "Mai", "Nga", "Oanh",
    "Phương", "Thảo", "Yến",
)  # fmt: skip


@dataclass
class Person:
    """One synthetic resident, with the cells of the list as properties of a life."""

    village: str
    household: str
    serial: int
    full_name: str
    is_female: bool
    born: date
    has_phone: bool = False
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def age(self) -> int:
        return TODAY.year - self.born.year

    @property
    def personal_id(self) -> str:
        century = 0 if self.born.year < 2000 else 2
        return f"038{century + self.is_female}{self.born:%y}99{self.serial:04d}"


def demo_files() -> Path:
    """The villages and plans of the demo, in the pack of the province; LookupError where it has none."""
    found = get_pack().demo
    if found is None:
        raise LookupError(f"{get_pack().name} has no demo")
    return found


def demo_villages() -> list[str]:
    """Codes of the demo villages in the order of their table."""
    with (demo_files() / "villages.csv").open(encoding="utf-8", newline="") as file:
        return list(dict.fromkeys(row["code"] for row in csv.DictReader(file)))


def people(villages: list[str] | None = None, seed: int = SEED) -> Iterator[Person]:
    """Every synthetic resident, household by household, village by village."""
    chance = random.Random(seed)
    serial = 1
    for village in villages or demo_villages():
        wanted = _RESIDENTS_BY_COMMUNE.get(village.split("-")[0], 60)
        household = 0
        while wanted > 0:
            household += 1
            members = _household(chance, village, household, serial)[:wanted]
            serial += len(members)
            wanted -= len(members)
            yield from members


def write_list(file: TextIO, residents: Iterator[Person]) -> int:
    """Write the commune's list; returns the number of residents."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(HEADER)
    count = 0
    for person in residents:
        rows.writerow([person.cells[title] for title in HEADER])
        count += 1
    return count


def _household(chance: random.Random, village: str, number: int, serial: int) -> list[Person]:
    family = chance.choice(_FAMILY_NAMES)
    elders = chance.randint(25, 88)
    ages = [(False, elders), (True, max(20, elders - chance.randint(0, 6)))]
    children = chance.choice((0, 1, 1, 2, 2, 3)) if elders < 62 else chance.choice((0, 0, 1))
    ages += [(chance.random() < 0.48, max(0, elders - chance.randint(22, 38))) for _ in range(children)]
    if elders < 50 and chance.random() < 0.25:
        ages.append((chance.random() < 0.65, elders + chance.randint(22, 32)))
    code = f"HK-{village}-{number:03d}"
    members = []
    for index, (is_female, age) in enumerate(ages):
        own_family = chance.choice(_FAMILY_NAMES) if index == 1 else family
        person = _person(chance, village, code, serial + index, own_family, is_female, age)
        members.append(person)
    return members


def _person(
    chance: random.Random, village: str, household: str, serial: int, family: str, is_female: bool, age: int
) -> Person:
    middles, givens = _FEMALE if is_female else _MALE
    name = f"{family} {chance.choice(middles)} {chance.choice(givens)}"
    born = TODAY - timedelta(days=round(age * 365.25) + chance.randint(1, 364))
    person = Person(village, household, serial, name, is_female, born)
    person.has_phone = age >= 13 and chance.random() < (0.93 if age < 60 else 0.6)
    person.cells = dict(zip(HEADER, _cells(chance, person), strict=True))
    return person


def _cells(chance: random.Random, person: Person) -> tuple[str, ...]:
    adult = person.age >= 18
    smartphone = person.has_phone and chance.random() < (0.9 if person.age < 55 else 0.45)
    return (
        _number(chance, person),
        _document(person),
        person.full_name,
        f"{person.born.year}" if person.age >= 75 and chance.random() < 0.6 else f"{person.born:%d/%m/%Y}",
        "Nữ" if person.is_female else "Nam",
        person.village,
        person.household,
        f"0990{person.serial:06d}" if person.has_phone else "",
        "có" if person.has_phone and adult and chance.random() < 0.85 else "không",
        f"9900{person.serial:06d}" if person.age >= 6 and chance.random() < 0.88 else "",
        "có" if smartphone else "không",
        "có" if adult and chance.random() < (0.6 if person.age < 60 else 0.25) else "không",
        "x" if person.age >= 80 or chance.random() < 0.03 else "",
        chance.choices(("thường trú", "tạm trú", "đi vắng"), weights=(88, 4, 8))[0],
    )


def _number(chance: random.Random, person: Person) -> str:
    """A few of the very old still have only the nine digits of a CMND."""
    return f"99000{person.serial:04d}" if person.age >= 80 and chance.random() < 0.25 else person.personal_id


def _document(person: Person) -> str:
    """Children have a number from birth and mostly no card; the rest follows from the number."""
    return "không có" if person.age < 14 else ""


if __name__ == "__main__":
    write_list(sys.stdout, people())
