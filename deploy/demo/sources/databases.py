"""What the four linked databases know about the synthetic residents, each in its own dialect."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from deploy.demo.identity.accounts import NEWCOMER
from deploy.demo.people import Person, people
from province import get_pack

Reply = dict[str, Any]

_PEOPLES = ("Kinh", "Mường", "Thái", "Thổ", "Dao")


@cache
def known_people() -> dict[str, Person]:
    """The synthetic residents, and a person on no list of the commune, by every number of theirs."""
    all_people = [*people(), NEWCOMER]
    found = {person.cells["Số ĐDCN"]: person for person in all_people}
    return found | {person.personal_id: person for person in all_people}


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _chance(person: Person, of: int) -> int:
    """A number below `of` that is always the same for a person."""
    return int.from_bytes(hashlib.sha256(person.personal_id.encode()).digest()[:4]) % of


def population(person: Person | None) -> Reply:
    """Cơ sở dữ liệu quốc gia về dân cư."""
    if person is None:
        return {"thoiDiem": _now(), "congDan": None}
    return {
        "thoiDiem": _now(),
        "congDan": {
            "hoTen": person.full_name.upper().title(),
            "ngaySinh": f"{person.born:%Y}" if len(person.cells["Ngày sinh"]) == 4 else f"{person.born:%Y%m%d}",
            "gioiTinh": 2 if person.is_female else 1,
            "danToc": _PEOPLES[_chance(person, 8) % 5 if person.village.startswith("150") else 0],
            "quocTich": "Việt Nam",
            "noiThuongTru": f"{person.household}, {person.village}, {get_pack().called}",
        },
    }


def social_insurance(person: Person | None) -> Reply:
    """Bảo hiểm xã hội Việt Nam."""
    number = person.cells["Mã số BHXH"] if person else ""
    return {"traCuuLuc": _now(), "nguoiThamGia": {"maSoBhxh": number} if number else None}


def civil_status(person: Person | None) -> Reply:
    """Cơ sở dữ liệu hộ tịch."""
    return {"timestamp": _now(), "registered": person is not None, "deathDate": None}


def social_protection(person: Person | None) -> Reply:
    """Cơ sở dữ liệu bảo trợ xã hội."""
    if person is None:
        return {"thoiDiem": _now(), "coHoSo": False, "troCap": []}
    receives = person.cells["Bảo trợ xã hội"] == "x"
    return {"thoiDiem": _now(), "coHoSo": True, "troCap": [{"ma": "BTXH-80", "dangHuong": receives}]}


DATABASES: Mapping[str, Callable[[Person | None], Reply]] = {
    "population": population,
    "social_insurance": social_insurance,
    "civil_status": civil_status,
    "social_protection": social_protection,
}


def changed(name: str, reply: Reply) -> Reply:
    """The same reply with another value: a person moved, or a benefit began."""
    if name == "population" and reply["congDan"]:
        return reply | {
            "congDan": reply["congDan"] | {"noiThuongTru": f"Nơi ở mới, {get_pack().called}", "danToc": "Khác"}
        }
    if name == "social_insurance":
        return reply | {"nguoiThamGia": {"maSoBhxh": "9911223344"}}
    if name == "civil_status":
        return reply | {"registered": True, "deathDate": "2026-01-02"}
    return reply | {"coHoSo": True, "troCap": [{"ma": "BTXH-80", "dangHuong": True}]}


def broken(reply: Reply) -> Reply:
    """The reply as after an unannounced change of the interface."""
    return {f"{key}_v2": value for key, value in reply.items()}
