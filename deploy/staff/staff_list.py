"""The commune's list of officers and volunteers as it is sent: one row a person, read like every other list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from chassis.web.vocabulary import code_of
from tabular import BrokenRow, Column, Row, read_table
from tabular.template import template_workbook
from tabular.values import text_of

COLUMNS = (
    Column("name", ("Họ và tên", "Họ tên", "Tên"), required=True, parts=(("Họ đệm", "Họ và đệm"), ("Tên",))),
    Column("email", ("Thư điện tử", "Email", "E-mail", "Hộp thư", "Địa chỉ thư điện tử"), required=True),
    Column("role", ("Vai trò", "Nhiệm vụ", "Loại tài khoản"), required=True),
    Column("unit_code", ("Mã đơn vị", "Mã xã", "Mã thôn", "Đơn vị"), required=True),
    Column("body", ("Bộ phận", "Cơ quan", "Tổ chức", "Phòng ban", "Ban ngành")),
    Column("not-needed", ("STT", "TT", "Số TT", "Số thứ tự")),
    Column("not-needed-2", ("Ghi chú", "Chức vụ", "Số điện thoại", "SĐT")),
)
EXAMPLE = {
    "name": "Lê Thị Thử", "email": "le.thi.thu@example.vn", "role": "Cán bộ", "unit_code": "15724", "body": "Một cửa",
}  # fmt: skip
ROLES = {
    "officer": ("Cán bộ", "Công chức", "Viên chức", "officer"),
    "volunteer": ("Tình nguyện viên", "Thành viên tổ công nghệ số cộng đồng", "Tổ công nghệ số", "volunteer"),
    "auditor": ("Kiểm tra", "Giám sát", "Thanh tra", "auditor"),
}
"""The roles that a list may give, by the names people write. Operators are made by the set-up alone."""
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
UNIT = re.compile(r"[0-9]{2,6}(-[0-9]{2,3})?")


class StaffMember(NamedTuple):
    """A person with an account: `body` is a code of the vocabulary `bodies`, none for a whole unit."""

    row: int
    name: str
    email: str
    role: str
    unit_code: str
    body: str | None

    @property
    def attributes(self) -> dict[str, list[str]]:
        """The attributes of the account, as the realm names them."""
        return {"bakhong_role": [self.role], "unit_code": [self.unit_code]} | (
            {"body": [self.body]} if self.body else {}
        )


class RefusedRow(NamedTuple):
    """A row from which no account can be made, and why, in Vietnamese."""

    row: int
    reason: str


def template() -> bytes:
    """The workbook that a commune fills in, its roles as a drop-down."""
    columns = [column for column in COLUMNS if not column.name.startswith("not-needed")]
    return template_workbook(columns, EXAMPLE, {"role": [names[0] for names in ROLES.values()]})


def staff_members(file: BinaryIO) -> Iterator[StaffMember | RefusedRow]:
    """Every row of the list, as a member or with what is wrong. The second row with one mail address is refused."""
    seen: dict[str, int] = {}
    for row in read_table(file, COLUMNS):
        found = _member(row)
        if isinstance(found, StaffMember):
            first = seen.setdefault(found.email, found.row)
            if first != found.row:
                found = RefusedRow(found.row, f"thư điện tử {found.email} đã có ở dòng {first}")
        yield found


def _member(row: Row | BrokenRow) -> StaffMember | RefusedRow:
    if isinstance(row, BrokenRow):
        return RefusedRow(row.number, row.finding.vi)
    text = {column.name: " ".join(text_of(row.cell(column.name)).split()) for column in COLUMNS}
    email, role, unit_code = text["email"].lower(), _role(text["role"]), text["unit_code"]
    body = code_of("bodies", text["body"]) if text["body"] else None
    wrong = [
        *(["thiếu họ tên"] if not text["name"] else []),
        *([f"thư điện tử không hợp lệ: {email or 'để trống'}"] if not EMAIL.fullmatch(email) else []),
        *([f"vai trò không có: {text['role'] or 'để trống'}"] if role is None else []),
        *([f"mã đơn vị không hợp lệ: {unit_code or 'để trống'}"] if not UNIT.fullmatch(unit_code) else []),
        *([f"bộ phận không có trong danh mục: {text['body']}"] if text["body"] and body is None else []),
    ]
    if wrong or role is None:
        return RefusedRow(row.number, "; ".join(wrong))
    return StaffMember(row.number, text["name"], email, role, unit_code, body)


def _role(written: str) -> str | None:
    return next((role for role, names in ROLES.items() if written.casefold() in map(str.casefold, names)), None)
