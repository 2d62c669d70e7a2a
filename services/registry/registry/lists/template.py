"""The workbook that communes fill in: the columns of the table of attributes, an example, the villages of the unit."""

from collections.abc import Sequence

from registry.model.attributes import ATTRIBUTES
from tabular.template import template_workbook

from .header import COLUMNS

_YES_NO = ("có", "không")
_EXAMPLES = {
    "personal_id": "038190000011",
    "id_document": "CCCD",
    "full_name": "Nguyễn Thị Mẫu",
    "date_of_birth": "15/08/1990",
    "sex": "Nữ",
    "residence_status": "thường trú",
    "address_line": "Số 12",
    "household_code": "H001",
    "phone": "0912345678",
    "phone_owner_verified": "có",
    "social_insurance_no": "3812345678",
    "has_smartphone": "có",
    "has_bank_account": "không",
    "social_protection": "không",
}
_CHOICES = {
    "id_document": ("Căn cước", "CCCD", "CMND", "không có"),
    "sex": ("Nam", "Nữ"),
    "residence_status": ("thường trú", "tạm trú", "đi vắng"),
} | {name: _YES_NO for name, attribute in ATTRIBUTES.items() if attribute.kind == "yes_no"}


def template_of(villages: Sequence[str]) -> bytes:
    """An XLSX file whose drop-downs offer the given villages (name and code)."""
    columns = [column for column in COLUMNS if column.name not in ("male", "female")]
    examples = _EXAMPLES | {"village": villages[0] if villages else "Thôn 1"}
    return template_workbook(columns, examples, {**_CHOICES, "village": villages})
