"""The list of a commune's staff: every row becomes a member or is refused with its reason."""

import io

from deploy.staff.staff_list import RefusedRow, StaffMember, staff_members, template

HEADER = "STT;Họ và tên;Email;Vai trò;Mã đơn vị;Bộ phận\n"


def read(*lines: str) -> list[StaffMember | RefusedRow]:
    return list(staff_members(io.BytesIO((HEADER + "\n".join(lines)).encode("utf-8-sig"))))


def test_names_that_people_write_become_the_codes_of_role_and_body() -> None:
    (officer, volunteer) = read(
        "1;Lê Thị Thử;LE.Thu@example.vn;Công chức;15724;Bộ phận một cửa",
        "2;Khổng Văn Mẫu;mau@example.vn;tình nguyện viên;15724-03;",
    )

    assert officer == StaffMember(2, "Lê Thị Thử", "le.thu@example.vn", "officer", "15724", "one_stop")
    assert volunteer == StaffMember(3, "Khổng Văn Mẫu", "mau@example.vn", "volunteer", "15724-03", None)


def test_a_row_is_refused_with_everything_that_is_wrong_in_it() -> None:
    (refused,) = read("1;;mau-example.vn;chủ tịch;xã Mẫu;Phòng không có")

    assert isinstance(refused, RefusedRow)
    for reason in ("thiếu họ tên", "thư điện tử", "vai trò", "mã đơn vị", "bộ phận"):
        assert reason in refused.reason


def test_a_list_makes_no_one_an_operator() -> None:
    (refused,) = read("1;Lê Thị Thử;thu@example.vn;operator;38;")

    assert isinstance(refused, RefusedRow)


def test_a_second_row_with_the_same_mail_address_is_refused() -> None:
    first, second = read("1;Lê Thị Thử;a@example.vn;Cán bộ;15724;", "2;Lê Thị Thử;A@example.vn;Cán bộ;15725;")

    assert isinstance(first, StaffMember)
    assert second == RefusedRow(3, "thư điện tử a@example.vn đã có ở dòng 2")


def test_the_example_of_the_template_makes_no_account() -> None:
    assert list(staff_members(io.BytesIO(template()))) == [RefusedRow(2, "Đây là dòng ví dụ của mẫu, không được nhập")]
