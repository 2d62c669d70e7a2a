"""Accounts by a list, with a real Keycloak: made, signed in with, changed, ended, opened again."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.identity.keycloak import ADMIN_PASSWORD, Keycloak
from deploy.setup.keycloak import KeycloakAdmin
from deploy.staff.__main__ import main

pytestmark = [pytest.mark.identity, pytest.mark.timeout(600)]


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(keycloak: Keycloak, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    password = tmp_path / "password"
    password.write_text(ADMIN_PASSWORD)

    def one(*rows: str, options: tuple[str, ...] = ()) -> tuple[int, str]:
        given = list(options)
        if rows:
            listed = tmp_path / "list.csv"
            listed.write_text("\n".join(["Họ tên;Email;Vai trò;Mã đơn vị;Bộ phận", *rows]))
            given.append(str(listed))
        given += ["--url", keycloak.url, "--password-file", str(password), "--result", str(tmp_path / "result.csv")]
        code = main(given)
        return code, capsys.readouterr().out

    return one


def result_of(tmp_path: Path) -> list[dict[str, str]]:
    with (tmp_path / "result.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def is_open(admin: KeycloakAdmin, email: str) -> bool:
    account = admin.account_of(email)
    return account is not None and account.is_enabled


def test_a_list_shows_first_what_it_would_do_and_then_does_it_once(
    run: Run, admin: KeycloakAdmin, tmp_path: Path
) -> None:
    row = "Lê Thị Thử;thu@example.vn;Cán bộ;15724;Một cửa"

    code, shown = run(row)
    assert (code, admin.account_of("thu@example.vn")) == (0, None)
    assert "tạo mới 1" in shown
    assert "Chưa ghi gì" in shown

    run(row, options=("--apply",))
    (made,) = result_of(tmp_path)
    account = admin.account_of("thu@example.vn")
    assert account is not None
    assert made["Tài khoản"] == account.subject
    assert account.attributes == {"bakhong_role": ["officer"], "unit_code": ["15724"], "body": ["one_stop"]}
    assert made["Mật khẩu lần đầu"]

    _, again = run(row, options=("--apply",))
    assert "giữ nguyên 1" in again
    assert (tmp_path / "result.csv").stat().st_mode & 0o077 == 0


def test_a_changed_row_changes_the_account_and_keeps_its_subject(run: Run, admin: KeycloakAdmin) -> None:
    run("Khổng Văn Mẫu;mau@example.vn;Tình nguyện viên;15724-03;", options=("--apply",))
    before = admin.account_of("mau@example.vn")

    _, shown = run("Khổng Văn Mẫu;mau@example.vn;Cán bộ;15724;Văn phòng", options=("--apply",))

    after = admin.account_of("mau@example.vn")
    assert before is not None
    assert after is not None
    assert "(trước: volunteer, 15724-03)" in shown
    assert after.subject == before.subject
    assert after.attributes == {"bakhong_role": ["officer"], "unit_code": ["15724"], "body": ["office"]}


def test_an_ended_account_is_locked_until_a_list_has_it_again(run: Run, admin: KeycloakAdmin) -> None:
    row = "Lê Văn Rời;roi@example.vn;Cán bộ;15724;"
    run(row, options=("--apply",))

    code, _ = run(options=("--end", "roi@example.vn"))
    assert (code, is_open(admin, "roi@example.vn")) == (0, False)

    _, shown = run(row, options=("--apply",))
    assert "(đã khóa)" in shown
    assert is_open(admin, "roi@example.vn")


def test_rows_of_another_unit_are_refused_where_the_unit_is_named(run: Run, admin: KeycloakAdmin) -> None:
    code, shown = run("Lê Thị Lạ;la@example.vn;Cán bộ;15727;", options=("--unit", "15724", "--apply"))

    assert code == 1
    assert "KHÔNG NHẬN: đơn vị 15727 không thuộc 15724" in shown
    assert admin.account_of("la@example.vn") is None


def test_a_wrong_password_of_the_administrator_ends_with_a_sentence(keycloak: Keycloak, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("wrong")
    assert main(["--end", "a@example.vn", "--url", keycloak.url, "--password-file", str(password)]) == 1
