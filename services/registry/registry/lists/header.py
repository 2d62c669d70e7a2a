"""Which column of a list is which fact: the contract's names and what communes write in their own tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.identifiers import Finding
from registry.names import squeeze

from .table import Cell, UnreadableList

REQUIRED = ("personal_id", "full_name", "date_of_birth", "sex", "village")

_WRITTEN = {
    "personal_id": """personal_id so_dinh_danh so_cccd so_ddcn so_dinh_danh_ca_nhan cccd ma_dinh_danh can_cuoc so_can_cuoc
        so_can_cuoc_cong_dan can_cuoc_cong_dan so_cmnd cmnd cmnd/cccd so_cmnd/cccd cccd/cmnd so_cccd/cmnd so_giay_to
        ma_so_dinh_danh ddcn ma_dinh_danh_ca_nhan so_cccd/ddcn so_ddcn/cccd so_cccd/dinh_danh""",
    "id_document": "id_document loai_giay_to giay_to",
    "full_name": "full_name ho_ten ho_va_ten hoten ho_va_ten_khai_sinh ten",
    "date_of_birth": """date_of_birth ngay_sinh nam_sinh ngay_thang_nam_sinh ngay,_thang,_nam_sinh sinh_ngay
        ngay/thang/nam_sinh ngay_thang_sinh""",
    "sex": "sex gioi_tinh gioi phai",
    "male": "nam male",
    "female": "nu female",
    "village": """village unit_code thon thon/tdp tdp to_dan_pho thon_ban ban thon/ban khu_pho thon/to_dan_pho thon/khu_pho
        thon,_tdp ma_thon ten_thon thon/xom xom don_vi ma_don_vi thon/ban/tdp thon_to_dan_pho""",
    "household_code": "household_code ho_khau ma_ho so_ho_khau ma_ho_khau so_ho ma_ho_gia_dinh ho_so_ho_khau",
    "phone": "phone so_dien_thoai sdt dien_thoai di_dong so_dt dt so_di_dong so_dien_thoai_di_dong",
    "phone_owner_verified": "phone_owner_verified chinh_chu sim_chinh_chu sdt_chinh_chu so_chinh_chu",
    "social_insurance_no": "social_insurance_no ma_bhxh ma_so_bhxh so_bhxh bhxh ma_so_bao_hiem_xa_hoi so_bao_hiem_xa_hoi",
    "has_smartphone": "has_smartphone smartphone dien_thoai_thong_minh co_smartphone dtdd_thong_minh",
    "has_bank_account": "has_bank_account tai_khoan_ngan_hang tknh tk_ngan_hang co_tai_khoan_ngan_hang",
    "social_protection": "social_protection bao_tro_xa_hoi btxh doi_tuong_bao_tro bao_tro",
    "residence_status": "residence_status tinh_trang_cu_tru cu_tru",
    "address_line": "address_line dia_chi noi_o so_nha cho_o_hien_nay",
}
_FIELDS = {squeeze(written): name for name, all_written in _WRITTEN.items() for written in all_written.split()}


@dataclass(frozen=True, slots=True)
class Header:
    """Position of every known field, and each column's title as the file writes it."""

    positions: dict[str, int]
    titles: dict[str, str]

    def title(self, field: str) -> str:
        """The title to show for a field, its own name where the file has no such column."""
        if field in ("sex", "date_of_birth") and field not in self.titles:
            return "/".join(self.titles[column] for column in ("male", "female") if column in self.titles)
        return self.titles.get(field, field)


def known_columns(cells: Sequence[Cell]) -> int:
    """How many cells of a row are titles that this page knows."""
    return sum(squeeze(str(cell)) in _FIELDS for cell in cells if cell is not None)


def match_header(cells: Sequence[Cell]) -> Header:
    """Find the columns by their titles, ignoring case, accents, spaces and underscores; unknown ones are left out.

    Raises `UnreadableList` when a required column is missing or a column stands twice.
    """
    positions: dict[str, int] = {}
    titles: dict[str, str] = {}
    for position, cell in enumerate(cells):
        field = _FIELDS.get(squeeze(str(cell))) if cell is not None else None
        if field is None:
            continue
        if field in positions:
            raise UnreadableList(_twice(str(cell).strip()))
        positions[field] = position
        titles[field] = " ".join(str(cell).split())
    header = Header(positions, titles)
    missing = [field for field in REQUIRED if not _has(header, field)]
    if missing:
        raise UnreadableList(_missing(missing))
    return header


def _has(header: Header, field: str) -> bool:
    if field in header.positions:
        return True
    # Two columns "Nam | Nữ" stand for the sex (an x), or for sex and year of birth at once (the year).
    return field in ("sex", "date_of_birth") and {"male", "female"} <= header.positions.keys()


def _missing(fields: list[str]) -> Finding:
    named = ", ".join(fields)
    return Finding("column-missing", f"Thiếu cột bắt buộc: {named}", f"Required columns are missing: {named}")


def _twice(title: str) -> Finding:
    return Finding("column-twice", f"Cột “{title}” bị lặp", f"The column “{title}” stands twice")
