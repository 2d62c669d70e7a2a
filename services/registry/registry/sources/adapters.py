"""Adapters of the linked databases: how each answer is read. An answer that does not fit its schema is no answer.

Each database has its own format, read strictly: an unknown code or a missing member means that the interface has changed,
and nothing of the answer may be used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from registry.identifiers import parse_social_insurance
from registry.model.attributes import linked_with
from registry.names import clean

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """A database's answer about a person: values by attribute, and when it was read. No values: the person is unknown there."""

    observed_at: datetime
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Linked:
    """A linked database: its name and titles, how an answer is read, and what it answers for beyond the table of attributes."""

    name: str
    vi: str
    en: str
    read: Callable[[bytes], SourceAnswer]
    beyond: frozenset[str] = frozenset()

    @property
    def attributes(self) -> frozenset[str]:
        """The names that the database answers for."""
        return linked_with(self.name) | self.beyond


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=False, frozen=True)


class _Person(_Strict):
    """The national population database: names as there, `gioiTinh` 1 male 2 female, `ngaySinh` yyyymmdd or yyyy."""

    hoTen: Text
    ngaySinh: Annotated[str, StringConstraints(pattern=r"^\d{4}(\d{4})?$")]
    gioiTinh: Literal[1, 2]
    danToc: Text
    quocTich: Text
    noiThuongTru: Text


class _PopulationReply(_Strict):
    thoiDiem: AwareDatetime
    congDan: _Person | None = Field()


def _population(body: bytes) -> SourceAnswer:
    reply = _PopulationReply.model_validate_json(body)
    person = reply.congDan
    if person is None:
        return SourceAnswer(reply.thoiDiem, {})
    born, precision = _compact_date(person.ngaySinh)
    return SourceAnswer(reply.thoiDiem, {
        "full_name": clean(person.hoTen), "date_of_birth": born, "birth_precision": precision,
        "sex": "male" if person.gioiTinh == 1 else "female", "ethnic_group": clean(person.danToc),
        "nationality": clean(person.quocTich), "permanent_address": clean(person.noiThuongTru),
    })  # fmt: skip


def _compact_date(text: str) -> tuple[date, str]:
    if len(text) == 4:
        return date(int(text), 1, 1), "year"
    return date(int(text[:4]), int(text[4:6]), int(text[6:])), "day"


class _Insured(_Strict):
    """Vietnam Social Security."""

    maSoBhxh: Text


class _InsuranceReply(_Strict):
    traCuuLuc: AwareDatetime
    nguoiThamGia: _Insured | None = Field()


def _social_insurance(body: bytes) -> SourceAnswer:
    reply = _InsuranceReply.model_validate_json(body)
    if reply.nguoiThamGia is None:
        return SourceAnswer(reply.traCuuLuc, {})
    return SourceAnswer(reply.traCuuLuc, {"social_insurance_no": parse_social_insurance(reply.nguoiThamGia.maSoBhxh)})


class _CivilReply(_Strict):
    """The national civil status database: here only whether a death is registered."""

    timestamp: AwareDatetime
    registered: bool
    deathDate: date | None = Field()


def _civil_status(body: bytes) -> SourceAnswer:
    reply = _CivilReply.model_validate_json(body)
    return SourceAnswer(
        reply.timestamp, {"deceased_on": reply.deathDate} if reply.registered and reply.deathDate else {}
    )


class _Benefit(_Strict):
    ma: Text
    dangHuong: bool


class _ProtectionReply(_Strict):
    """The social protection database: the benefits that a person receives."""

    thoiDiem: AwareDatetime
    coHoSo: bool
    troCap: list[_Benefit]


def _social_protection(body: bytes) -> SourceAnswer:
    reply = _ProtectionReply.model_validate_json(body)
    if not reply.coHoSo:
        return SourceAnswer(reply.thoiDiem, {})
    return SourceAnswer(reply.thoiDiem, {"social_protection": any(benefit.dangHuong for benefit in reply.troCap)})


LINKED: Mapping[str, Linked] = {
    linked.name: linked
    for linked in (
        Linked("population", "Cơ sở dữ liệu quốc gia về dân cư", "National population database", _population),
        Linked("social_insurance", "Cơ sở dữ liệu bảo hiểm xã hội", "Social insurance database", _social_insurance),
        Linked(
            "civil_status", "Cơ sở dữ liệu hộ tịch", "Civil status database", _civil_status, frozenset({"deceased_on"})
        ),
        Linked("social_protection", "Cơ sở dữ liệu bảo trợ xã hội", "Social protection database", _social_protection),
    )
}
"""All databases that the registry can be linked with, by name."""
