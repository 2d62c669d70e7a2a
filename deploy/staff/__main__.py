"""`python -m deploy.staff LIST.xlsx`: accounts for a commune's officers and volunteers, in the stack's own Keycloak.

It shows what would be made and changed, row by row; with --apply it does it and writes RESULT.csv with the account of each
(for the list of a team) and, where the realm has no mail server, the password of the first sign-in.

--template FILE   the workbook to fill in
--unit CODE       only rows of this unit and its villages
--apply           makes and changes the accounts, and sends the invitations
--end EMAIL       locks one account and ends its sessions; a list with its row opens it again
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx

from chassis.spreadsheets import csv_line
from deploy.preflight.stack import SETTINGS_FILE, read_settings
from deploy.setup.keycloak import KeycloakAdmin
from deploy.staff.accounts import Outcome, Planned, carry_out, end, planned
from deploy.staff.staff_list import RefusedRow, StaffMember, staff_members, template
from tabular import UnreadableTable

PASSWORD_FILE = Path(__file__).parents[1] / "secrets" / "keycloak_password"
CHANGES = {"new": "tạo mới", "changed": "thay đổi", "unchanged": "giữ nguyên"}
TITLES = ("Thư điện tử", "Tài khoản", "Thay đổi", "Mật khẩu lần đầu")


def main(arguments: list[str]) -> int:
    """Do what is asked; 1 with a sentence when the list cannot be read or a row was refused, 2 without anything to do."""
    given = _parser().parse_args(arguments)
    if given.template:
        given.template.write_bytes(template())
        return 0
    if not given.list and not given.end:
        _parser().print_usage()
        return 2
    try:
        with _keycloak(given) as keycloak:
            return _end(keycloak, given.end) if given.end else _import(keycloak, given)
    except UnreadableTable as error:
        print(f"{given.list}: {error.finding.vi} {error.finding.en}", file=sys.stderr)
    except (httpx.HTTPError, OSError) as error:
        print(f"Keycloak không trả lời ({type(error).__name__}). Is the stack running? make up", file=sys.stderr)
    return 1


def _keycloak(given: argparse.Namespace) -> KeycloakAdmin:
    url = given.url or f"http://localhost:{read_settings(SETTINGS_FILE).get('KEYCLOAK_PORT') or 8180}/id"
    return KeycloakAdmin(url, given.password_file.read_text().strip())


def _end(keycloak: KeycloakAdmin, email: str) -> int:
    is_found = end(keycloak, email.strip().lower())
    print(f"{email}: đã khóa tài khoản" if is_found else f"{email}: không có tài khoản")
    return 0 if is_found else 1


def _import(keycloak: KeycloakAdmin, given: argparse.Namespace) -> int:
    with given.list.open("rb") as file:
        rows = [_of_unit(row, given.unit) for row in staff_members(file)]
    refused = [row for row in rows if isinstance(row, RefusedRow)]
    plan = planned(keycloak, (row for row in rows if isinstance(row, StaffMember)))
    for line in described(plan, refused):
        print(line)
    if not given.apply:
        print("Chưa ghi gì. Thêm --apply để thực hiện.")
    elif plan:
        _write(given.result, carry_out(keycloak, plan, by_mail=keycloak.has_mail_server()))
        print(f"Kết quả: {given.result} (chỉ người dùng này đọc được; có mật khẩu lần đầu, xóa sau khi bàn giao)")
    return 1 if refused else 0


def _of_unit(row: StaffMember | RefusedRow, unit: str | None) -> StaffMember | RefusedRow:
    if unit is None or isinstance(row, RefusedRow) or row.unit_code.split("-")[0] == unit:
        return row
    return RefusedRow(row.row, f"đơn vị {row.unit_code} không thuộc {unit}")


def described(plan: Iterable[Planned], refused: Iterable[RefusedRow]) -> Iterator[str]:
    """The plan for a person: one line a row, then the sums."""
    counts = dict.fromkeys(CHANGES, 0)
    for each in plan:
        counts[each.change] += 1
        now = ", ".join(value for values in each.member.attributes.values() for value in values)
        before = f" (trước: {each.before})" if each.before else ""
        yield f"  dòng {each.member.row}: {each.member.email}: {CHANGES[each.change]}: {now}{before}"
    refused_rows = list(refused)
    yield from (f"  dòng {row.row}: KHÔNG NHẬN: {row.reason}" for row in refused_rows)
    yield (
        "; ".join(f"{CHANGES[change]} {count}" for change, count in counts.items())
        + f"; không nhận {len(refused_rows)}"
    )


def _write(path: Path, outcomes: Iterable[Outcome]) -> None:
    """One line an account, each written as soon as the account is made: a password is shown only once."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8-sig") as file:
        file.write(csv_line(TITLES))
        for each in outcomes:
            file.write(csv_line((each.member.email, each.subject, CHANGES[each.change], each.password or "")))
            file.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.staff", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("list", nargs="?", type=Path)
    parser.add_argument("--template", type=Path)
    parser.add_argument("--unit")
    parser.add_argument("--apply", action="store_true")
    parser.add_argument("--end", metavar="EMAIL")
    parser.add_argument("--result", type=Path, default=Path("RESULT.csv"))
    parser.add_argument("--url", help="the stack's Keycloak, without a slash at its end")
    parser.add_argument("--password-file", type=Path, default=PASSWORD_FILE)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
