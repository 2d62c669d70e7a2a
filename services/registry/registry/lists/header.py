"""The columns of a list of residents: the names of the API and what communes write in their own tables."""

from tabular import Column

_TITLES = {
    "personal_id": """Số CCCD|so_dinh_danh so_ddcn so_dinh_danh_ca_nhan cccd ma_dinh_danh can_cuoc so_can_cuoc
        so_can_cuoc_cong_dan can_cuoc_cong_dan so_cmnd cmnd cmnd/cccd so_cmnd/cccd cccd/cmnd so_cccd/cmnd so_giay_to
        ma_so_dinh_danh ddcn ma_dinh_danh_ca_nhan so_cccd/ddcn so_ddcn/cccd so_cccd/dinh_danh""",
    "id_document": "Loại giấy tờ|giay_to",
    "full_name": "Họ và tên|ho_ten hoten ho_va_ten_khai_sinh ten",
    "date_of_birth": """Ngày sinh|nam_sinh ngay_thang_nam_sinh ngay,_thang,_nam_sinh sinh_ngay ngay/thang/nam_sinh
        ngay_thang_sinh""",
    "sex": "Giới tính|gioi phai",
    "male": "Nam|",
    "female": "Nữ|",
    "village": """Thôn/Tổ dân phố|unit_code thon thon/tdp tdp to_dan_pho thon_ban ban thon/ban khu_pho thon/khu_pho thon,_tdp
        ma_thon ten_thon thon/xom xom don_vi ma_don_vi thon/ban/tdp""",
    "household_code": "Mã hộ|ho_khau so_ho_khau ma_ho_khau so_ho ma_ho_gia_dinh ho_so_ho_khau",
    "phone": "Số điện thoại|sdt dien_thoai di_dong so_dt dt so_di_dong so_dien_thoai_di_dong",
    "phone_owner_verified": "SIM chính chủ|chinh_chu sdt_chinh_chu so_chinh_chu",
    "social_insurance_no": "Mã số BHXH|ma_bhxh so_bhxh bhxh ma_so_bao_hiem_xa_hoi so_bao_hiem_xa_hoi",
    "has_smartphone": "Điện thoại thông minh|smartphone co_smartphone dtdd_thong_minh",
    "has_bank_account": "Tài khoản ngân hàng|tknh tk_ngan_hang co_tai_khoan_ngan_hang",
    "social_protection": "Bảo trợ xã hội|btxh doi_tuong_bao_tro bao_tro",
    "residence_status": "Tình trạng cư trú|cu_tru",
    "address_line": "Địa chỉ|noi_o so_nha cho_o_hien_nay",
}
_FAMILY_NAMES = (
    "Họ đệm", "Họ và đệm", "Họ, đệm", "Họ lót", "Họ và tên đệm", "Họ và chữ đệm", "Họ chữ đệm", "Họ tên đệm", "Họ",
)  # fmt: skip
_GIVEN_NAMES = ("Tên", "Tên gọi")
_REQUIRED = frozenset(("personal_id", "full_name", "date_of_birth", "sex"))
# Two columns "Nam | Nữ" stand for the sex (an x), or for sex and year of birth at once (the year).
_BY_SEX = frozenset(("date_of_birth", "sex"))


def _column(name: str, titles: str) -> Column:
    shown, others = titles.split("|")
    return Column(
        name,
        (shown, *others.split()),
        required=name in _REQUIRED,
        parts=(_FAMILY_NAMES, _GIVEN_NAMES) if name == "full_name" else (),
        instead=("male", "female") if name in _BY_SEX else (),
    )


COLUMNS = tuple(_column(name, titles) for name, titles in _TITLES.items())
