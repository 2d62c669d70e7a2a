"""The table of resident attributes: one line for each, and everything that follows from it.

Derived from a line: the fields of request bodies and views (`schemas.residents`), import columns (`lists`), who may state
it, corrections, erasure and export, ageing, prefill, masking, encryption, the members of the snapshot event and the
attributes that a linked database answers for. Written by hand for a new attribute and checked by
`tests/test_attribute_table.py`, which names the missing place: its column in `model.residents`, the migration, and (when it
is published) the member of `contracts.registry.ResidentSnapshot`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from registry.identifiers import mask, mask_phone

Kind = Literal[
    "personal_id", "id_document", "person_name", "birth_date", "birth_precision", "sex", "unit", "residence_status",
    "household", "phone", "social_insurance_no", "yes_no", "text",
]  # fmt: skip
"""What a value is: decides the type in request bodies (`schemas.residents.TYPES`) and how an import cell is read."""

YEAR, HALF_YEAR = timedelta(days=365), timedelta(days=180)

Row = Any
"""A `Resident`, or anything else with the resident's columns as attributes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of a resident.

    `title`: its Vietnamese name and the title of its import column; without one it is not imported. `headers`: what communes
    write instead, compared without case, accents, spaces and underscores.
    `stated`: an officer, a list, a partner or a linked database may state it; number, unit and household have operations
    of their own. `self_stated`: the resident may state it too; otherwise the resident requests a correction.
    `linked`: the database that answers for it. Sources are ranked by `ranking.RANKS` for every attribute.
    `stored`: it has a column in the resident's row (`column`, its name by default); otherwise it is an attribute record.
    `optional`: may be left out and emptied. `fresh_for`: its age when a form asks again; None: it does not age.
    `erasable`: erased on request; the law keeps the others. `exported`, `prefill`: part of the person's export, of forms.
    `published`: members of the snapshot event and how each follows from the row. Nothing travels on the bus by default;
    what reveals language, ethnicity, health or poverty beyond a condition of a step must never be published.
    `encrypted`: the column holds ciphertext; `index_column`: the column of its blind index. `mask`: how a screen shows it.
    `plain_column`: where the release before kept it in the clear; a value there is newer, for this release empties it.
    """

    name: str
    kind: Kind
    title: str = ""
    headers: str = ""
    stated: bool = True
    self_stated: bool = False
    linked: str | None = None
    stored: bool = True
    column: str = ""
    optional: bool = True
    fresh_for: timedelta | None = None
    erasable: bool = False
    exported: bool = True
    prefill: bool = True
    published: Mapping[str, Callable[[Row], Any]] = field(default_factory=dict)
    encrypted: bool = False
    index_column: str | None = None
    plain_column: str | None = None
    mask: Callable[[str], str] | None = None

    @property
    def import_column(self) -> str:
        """The name of its column in lists: there a village is written by its code or its name."""
        return "village" if self.kind == "unit" else self.name

    @property
    def column_name(self) -> str:
        """The column in the resident's row."""
        return self.column or self.name


def _birth_month(row: Row) -> str:
    """`YYYY-MM`, or `YYYY` where only the year is known: the day of birth does not leave the registry."""
    day: str = row.born.isoformat()
    return day[:4] if row.birth_precision == "year" else day[:7]


TABLE = (
    Attribute(
        name="personal_id", kind="personal_id", stated=False, optional=False, encrypted=True, mask=mask,
        title="Số CCCD",
        headers="""so_dinh_danh so_ddcn so_dinh_danh_ca_nhan cccd ma_dinh_danh can_cuoc so_can_cuoc
            so_can_cuoc_cong_dan can_cuoc_cong_dan so_cmnd cmnd cmnd/cccd so_cmnd/cccd cccd/cmnd so_cccd/cmnd so_giay_to
            ma_so_dinh_danh ddcn ma_dinh_danh_ca_nhan so_cccd/ddcn so_ddcn/cccd so_cccd/dinh_danh""",
    ),
    Attribute(
        name="id_document", kind="id_document", optional=False, title="Loại giấy tờ",
        headers="giay_to",
        published={
            "citizen_id_card": lambda row: row.id_document in ("can_cuoc", "cccd"),
            "personal_id_card": lambda row: row.id_document in ("can_cuoc", "cccd", "cmnd"),
        },
    ),
    Attribute(
        name="full_name", kind="person_name", optional=False, linked="population",
        title="Họ và tên",
        headers="ho_ten hoten ho_va_ten_khai_sinh ten",
    ),
    Attribute(
        name="date_of_birth", kind="birth_date", optional=False, linked="population", column="born",
        published={"birth_month": _birth_month},
        title="Ngày sinh",
        headers="""nam_sinh ngay_thang_nam_sinh ngay,_thang,_nam_sinh sinh_ngay ngay/thang/nam_sinh
            ngay_thang_sinh""",
    ),
    Attribute(name="birth_precision", kind="birth_precision", optional=False, linked="population"),
    Attribute(
        name="sex", kind="sex", optional=False, linked="population", title="Giới tính",
        headers="gioi phai",
        published={"sex": lambda row: row.sex},
    ),
    Attribute(
        name="unit_code", kind="unit", stated=False, optional=False, column="unit_id",
        title="Thôn/Tổ dân phố",
        headers="""unit_code thon thon/tdp tdp to_dan_pho thon_ban ban thon/ban khu_pho thon/khu_pho
            thon,_tdp ma_thon ten_thon thon/xom xom don_vi ma_don_vi thon/ban/tdp""",
    ),
    Attribute(
        name="residence_status", kind="residence_status", optional=False, self_stated=True, fresh_for=YEAR,
        title="Tình trạng cư trú",
        headers="cu_tru",
        published={"residence_status": lambda row: row.residence_status},
    ),
    Attribute(
        name="address_line", kind="text", self_stated=True, erasable=True, encrypted=True, column="address",
        plain_column="address_line",
        title="Địa chỉ",
        headers="noi_o so_nha cho_o_hien_nay",
    ),
    Attribute(
        name="household_code", kind="household", stated=False, column="household_id",
        title="Mã hộ",
        headers="ho_khau so_ho_khau ma_ho_khau so_ho ma_ho_gia_dinh ho_so_ho_khau",
        published={"household_id": lambda row: row.household_id},
    ),
    Attribute(
        name="phone", kind="phone", self_stated=True, fresh_for=YEAR, erasable=True, encrypted=True,
        index_column="phone_index", mask=mask_phone,
        title="Số điện thoại",
        headers="sdt dien_thoai di_dong so_dt dt so_di_dong so_dien_thoai_di_dong",
    ),
    Attribute(
        name="phone_owner_verified", kind="yes_no", optional=False, fresh_for=YEAR,
        title="SIM chính chủ",
        headers="chinh_chu sdt_chinh_chu so_chinh_chu",
        published={"owner_verified_phone": lambda row: row.phone is not None and row.phone_owner_verified},
    ),
    Attribute(
        name="social_insurance_no", kind="social_insurance_no", self_stated=True, erasable=True, encrypted=True,
        linked="social_insurance", index_column="social_insurance_index", mask=mask,
        title="Mã số BHXH",
        headers="ma_bhxh so_bhxh bhxh ma_so_bao_hiem_xa_hoi so_bao_hiem_xa_hoi",
        published={"social_insurance_no": lambda row: row.social_insurance_no is not None},
    ),
    Attribute(
        name="has_smartphone", kind="yes_no", self_stated=True, fresh_for=YEAR, erasable=True,
        title="Điện thoại thông minh",
        headers="smartphone co_smartphone dtdd_thong_minh",
        published={"has_smartphone": lambda row: bool(row.has_smartphone)},
    ),
    Attribute(
        name="has_bank_account", kind="yes_no", self_stated=True, fresh_for=YEAR, erasable=True,
        title="Tài khoản ngân hàng",
        headers="tknh tk_ngan_hang co_tai_khoan_ngan_hang",
        published={"has_bank_account": lambda row: bool(row.has_bank_account)},
    ),
    Attribute(
        name="social_protection", kind="yes_no", fresh_for=HALF_YEAR, erasable=True, linked="social_protection",
        title="Bảo trợ xã hội",
        headers="btxh doi_tuong_bao_tro bao_tro",
        published={"social_protection": lambda row: bool(row.social_protection)},
    ),
    Attribute(
        name="permanent_address", kind="text", stated=False, stored=False, linked="population", fresh_for=HALF_YEAR,
        erasable=True,
    ),
    Attribute(name="ethnic_group", kind="text", stated=False, stored=False, linked="population", erasable=True),
    Attribute(name="nationality", kind="text", stated=False, stored=False, linked="population", erasable=True),
)  # fmt: skip

ATTRIBUTES: Mapping[str, Attribute] = {attribute.name: attribute for attribute in TABLE}
"""Every attribute by name, in the order of the table."""


def _names(holds: Callable[[Attribute], object]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in TABLE if holds(attribute))


STORED = _names(lambda attribute: attribute.stored)
"""Attributes in the resident's row."""
LINKED_ONLY = _names(lambda attribute: not attribute.stored)
"""Attributes that only linked databases give."""
STATED = _names(lambda attribute: attribute.stated)
SELF_STATED = frozenset(_names(lambda attribute: attribute.self_stated))
ERASABLE = _names(lambda attribute: attribute.erasable)
IMPORTED = _names(lambda attribute: attribute.title)
ENCRYPTED = _names(lambda attribute: attribute.encrypted)


def linked_with(source: str) -> frozenset[str]:
    """The attributes that a linked database answers for."""
    return frozenset(_names(lambda attribute: attribute.linked == source))


_PUBLISHED = [(member, value_of) for attribute in TABLE for member, value_of in attribute.published.items()]


def published_members(row: Row) -> dict[str, Any]:
    """The members of the snapshot event that follow from attributes, with their values for a row."""
    return {member: value_of(row) for member, value_of in _PUBLISHED}


def masked(name: str, value: Any) -> Any:
    """A value as a screen shows it."""
    attribute = ATTRIBUTES.get(name)
    return attribute.mask(value) if attribute and attribute.mask and value else value
