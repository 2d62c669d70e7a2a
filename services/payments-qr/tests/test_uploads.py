"""Files as partners, suppliers and market boards write them: checked whole before a single row is believed."""

import io
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, TypeVar, cast

import pytest
import xlsxwriter

from payments_qr.uploads.bills import BillLine, bill_lines, normalised_period
from payments_qr.uploads.settlement import checked_totals, settlement_lines
from payments_qr.uploads.stalls import Stall, normalised_tax_code, stalls
from payments_qr.uploads.tables import RejectedFile, Remarks, whole_number

T = TypeVar("T")

SETTLEMENT = """#TotalCount,3,TotalAmount,95000
partner_reference,type,amount,settled_at,original_reference
FT1,payment,50000,2026-06-01T09:00:00+07:00,
FT2,payment,60000,01/06/2026 23:10:00,
FT3,reversal,15000,20260601100000,FT1
"""


def file_of(text: str, encoding: str = "utf-8") -> BinaryIO:
    return stored(text.encode(encoding))


_UPLOADS: list[BinaryIO] = []


@pytest.fixture(autouse=True)
def _closed_uploads() -> Iterator[None]:
    yield
    while _UPLOADS:
        _UPLOADS.pop().close()


def stored(content: bytes) -> BinaryIO:
    """An upload, as the web framework keeps it."""
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=1 << 20))  # noqa: SIM115  # the fixture closes it
    file.write(content)
    _UPLOADS.append(file)
    return file


async def all_of(rows: AsyncIterator[T]) -> list[T]:
    return [row async for row in rows]


async def refused_code(text: str) -> tuple[int, str]:
    with pytest.raises(RejectedFile) as refused:
        await checked_totals(file_of(text))
    return refused.value.rejection.row, refused.value.rejection.code


async def test_a_settlement_file_is_counted_and_added_up_before_any_row_is_used() -> None:
    totals = await checked_totals(file_of(SETTLEMENT))

    assert (totals.count, totals.sum, totals.is_stated) == (3, 95_000, True)
    assert await refused_code(SETTLEMENT.replace("#TotalCount,3", "#TotalCount,4")) == (1, "count-differs")
    assert await refused_code(SETTLEMENT.replace("TotalAmount,95000", "TotalAmount,95001")) == (1, "sum-differs")


async def test_times_without_a_zone_are_vietnamese() -> None:
    lines = await all_of(settlement_lines(file_of(SETTLEMENT)))

    assert lines[1].settled_at is not None
    assert lines[1].settled_at.astimezone(UTC) == datetime(2026, 6, 1, 16, 10, tzinfo=UTC)
    assert [line.kind for line in lines] == ["payment", "payment", "reversal"]
    assert lines[2].original_reference == "FT1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
async def test_any_usual_encoding_and_separator_is_read(encoding: str, separator: str) -> None:
    text = "Mã giao dịch|Số tiền|Thời gian\nFT1|50000|01/06/2026 09:00\n".replace("|", separator)
    if encoding == "cp1258":  # Windows-1258 writes tone marks as characters of their own
        tones = {"ã": "a\u0303", "ị": "i\u0323", "ố": "ô\u0301", "ờ": "ơ\u0300", "ề": "ê\u0300"}
        text = "".join(tones.get(character, character) for character in text)

    assert [line.partner_reference async for line in settlement_lines(file_of(text, encoding))] == ["FT1"]


async def test_a_control_line_may_stand_at_the_end_and_an_end_mark_is_no_row() -> None:
    text = "partner_reference,amount\nFT1,10\nFT2,20\nSố dòng,2,Tổng tiền,30\n<END>\n"

    assert (await checked_totals(file_of(text))).count == 2


async def test_one_unreadable_row_refuses_the_whole_file_and_is_named() -> None:
    assert await refused_code(SETTLEMENT.replace("60000", "60000.5")) == (4, "wrong-amount")
    assert await refused_code(SETTLEMENT.replace("FT2", "FT1")) == (4, "duplicate-row")
    assert await refused_code(SETTLEMENT.replace("reversal", "strange")) == (5, "wrong-type")
    assert (await refused_code("a,b\n1,2\n"))[1] == "missing-columns"


async def test_an_empty_or_binary_file_is_refused_as_a_file() -> None:
    assert (await refused_code(""))[1] == "missing-columns"
    with pytest.raises(RejectedFile):
        await checked_totals(stored(b"\x00\x01\xff\xfePK\x03\x04" * 50))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1500000", 1_500_000), ("1.500.000", 1_500_000), ("1,500,000", 1_500_000), ("1 500 000 đ", 1_500_000),
        ("85000.00", 85_000), ("85.000", 85_000), ("85.5", None), ("", None), ("-5", None), ("1e5", None),
        ("50000 VND", 50_000), ("1.50.000", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text: str, amount: int | None) -> None:
    assert whole_number(text) == amount


@pytest.mark.parametrize(
    "read", [settlement_lines, lambda file: bill_lines(file, Remarks()), lambda file: stalls(file, Remarks())]
)
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 200, b'"' * 99, b"PK\x03\x04", b"\xff\xfe\xfe", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
async def test_no_file_raises_anything_but_unreadable(read: Any, content: bytes) -> None:
    with pytest.raises(RejectedFile):
        await all_of(read(stored(content)))


async def test_a_footer_with_the_sum_is_no_payment_and_is_compared() -> None:
    text = 'partner_reference,type,amount,settled_at\nFT1,payment,50000,\nFT2,payment,"1,500,000.00",\n'

    totals = await checked_totals(file_of(text + "Tổng cộng,,1550000,\n"))

    assert (totals.count, totals.sum, totals.is_stated) == (2, 1_550_000, True)
    assert (await refused_code(text + "Tổng cộng,,1550001,\n"))[1] == "sum-differs"


async def test_an_account_that_lost_digits_is_refused_with_the_reason() -> None:
    text = "Tên quầy;MST;Ngân hàng;Số tài khoản\nQuầy thịt;038085111112;Techcombank;1.9030413601018E13\n"

    [[wrong]] = await all_of(stalls(file_of(text), Remarks()))

    assert (wrong.row, wrong.column, wrong.code) == (2, "Số tài khoản", "digits-lost")


async def test_a_workbook_is_a_list_of_stalls_too() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["CHỢ BỈM SƠN"])
        sheet.write_row(2, 0, ["Tên quầy", "MST", "Ngân hàng", "Số tài khoản"])
        sheet.write_row(3, 0, ["Quầy thịt", 38085111112, "Techcombank", 19030413601018])

    [stall] = await all_of(stalls(stored(content.getvalue()), Remarks()))

    assert isinstance(stall, Stall)
    assert (stall.tax_code, stall.account_no) == ("038085111112", "19030413601018")


async def test_a_bill_file_gives_bills_and_names_every_wrong_cell() -> None:
    text = (
        "Mã khách hàng;Kỳ hóa đơn;Số tiền;Hạn thanh toán\n"
        "pd 01234567890;06/2026;185.000;30/06/2026\n"
        "x;13/2026;0;hôm qua\n"
    )

    good, wrong = await all_of(bill_lines(file_of(text), Remarks()))

    assert isinstance(good, BillLine)
    assert (good.customer_code, good.period, good.amount) == ("PD01234567890", "2026-06", 185_000)
    assert isinstance(wrong, list)
    assert [(r.row, r.column) for r in wrong] == [
        (3, "Mã khách hàng"),
        (3, "Kỳ hóa đơn"),
        (3, "Số tiền"),
        (3, "Hạn thanh toán"),
    ]


def test_periods_are_months() -> None:
    assert [normalised_period(text) for text in ("2026-06", "6/2026", "T6/2026", "2026-06/2", "2026")] == [
        "2026-06", "2026-06", "2026-06", "2026-06/2", None,
    ]  # fmt: skip


async def test_a_stall_list_gives_stalls_with_household_and_company_tax_codes() -> None:
    text = (
        "Tên điểm bán,MST,Ngân hàng,Số tài khoản,Quầy\n"
        "Sạp rau Chị Hạnh,038180012345,Agribank,3500 2051 23456,12\n"
        "Sạp cá,12,,,\n"
    )

    good, wrong = await all_of(stalls(file_of(text), Remarks()))

    assert isinstance(good, Stall)
    assert (good.account_no, good.counter, good.account_name) == ("3500205123456", "12", None)
    assert isinstance(wrong, list)
    assert [r.column for r in wrong] == ["MST", "Ngân hàng", "Số tài khoản"]


def test_tax_codes_have_ten_twelve_or_thirteen_digits() -> None:
    assert normalised_tax_code("2800123456-001") == "2800123456001"
    assert normalised_tax_code("2800123456") == "2800123456"
    assert normalised_tax_code("28001234") is None


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Loại", ("Thanh toán", "Hoàn tiền")), ("Nợ/Có", ("C", "D")), ("Loại GD", ("", "Hoàn trả")),
        ("Nghiệp vụ", ("Nhận tiền", "Hủy giao dịch")), ("Chiều giao dịch", ("IN", "OUT")),
    ],
)  # fmt: skip
async def test_a_column_of_types_is_read_under_any_usual_heading(title: str, words: tuple[str, str]) -> None:
    text = f"Mã giao dịch;{title};Số tiền\nFT1;{words[0]};50000\nRF1;{words[1]};20000\n"

    assert [line.kind async for line in settlement_lines(file_of(text))] == ["payment", "reversal"]
    assert (await checked_totals(file_of(text))).sum == 30_000


async def test_a_column_that_may_be_the_type_and_is_not_understood_refuses_the_file_by_its_name() -> None:
    text = "Mã giao dịch;Phân nhóm;Số tiền\nFT1;Mua;50000\nRF1;Trả;20000\n"

    with pytest.raises(RejectedFile) as refused:
        await checked_totals(file_of(text))

    wrong = refused.value.rejection
    assert (wrong.code, wrong.column) == ("column-unknown", "Phân nhóm")
    assert "“Phân nhóm”" in wrong.vi


async def test_a_column_that_the_sender_calls_not_needed_is_ignored_and_named() -> None:
    text = "Mã giao dịch;Phân nhóm;Số tiền\nFT1;Mua;50000\n"

    totals = await checked_totals(file_of(text), ["phân nhóm"])

    assert (totals.sum, [one.column for one in totals.remarks]) == (50_000, ["Phân nhóm"])


async def test_other_columns_that_are_not_understood_are_named() -> None:
    text = "STT;Mã giao dịch;Loại;Số tiền;Mã khuyến mãi\n1;FT1;Thanh toán;50000;X\n"

    remarks = (await checked_totals(file_of(text))).remarks

    assert [(one.row, one.column, one.code) for one in remarks] == [(1, "Mã khuyến mãi", "column-unknown")]


async def test_money_in_and_money_out_may_be_two_columns() -> None:
    text = "Số tham chiếu;Ngày;Giờ;Ghi nợ;Ghi có\nFT1;01/06/2026;09:00:00;;50.000\nRF1;01/06/2026;10:30;20.000;0\n"

    lines = await all_of(settlement_lines(file_of(text + "Tổng cộng;;;20.000;50.000\n")))

    assert [(line.kind, line.amount) for line in lines] == [("payment", 50_000), ("reversal", 20_000)]
    assert str(lines[1].settled_at) == "2026-06-01 10:30:00+07:00"
    assert (await checked_totals(file_of(text + "Tổng cộng;;;20.000;50.000\n"))).sum == 30_000


async def test_a_transaction_that_did_not_succeed_is_no_movement_and_is_named() -> None:
    text = "Mã giao dịch;Trạng thái;Số tiền\nFT1;Thành công;50000\nFT2;Thất bại;70000\nFT3;Đã hoàn tiền;1000\n"

    totals = await checked_totals(file_of(text))

    assert (totals.count, totals.sum) == (2, 49_000)
    assert [(one.row, one.column, one.code) for one in totals.remarks] == [(3, "Trạng thái", "not-successful")]


async def test_a_settlement_in_another_currency_is_refused_and_named_by_the_files_heading() -> None:
    with pytest.raises(RejectedFile) as refused:
        await checked_totals(file_of("Mã giao dịch;Số tiền;Loại tiền\nFT1;50000;USD\n"))

    assert (refused.value.rejection.row, refused.value.rejection.column) == (2, "Loại tiền")


@pytest.mark.parametrize("amount", ["1,500,000.00", "1.500.000,00", "+1,500,000", "1 500 000 đ"])
async def test_a_settlement_reads_amounts_as_people_write_them(amount: str) -> None:
    text = f"partner_reference;type;amount;settled_at;original_reference\nFT1;payment;{amount};29/11/2026 09:00:00;\n"

    [line] = await all_of(settlement_lines(file_of(text)))

    assert (line.amount, str(line.settled_at)) == (1_500_000, "2026-11-29 09:00:00+07:00")


async def test_a_settlement_may_be_a_workbook_with_dates_and_numbers() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["NGÂN HÀNG", "Sao kê ngày 01/06/2026"])
        sheet.write_row(2, 0, ["STT", "Mã giao dịch", "Loại", "Số tiền", "Thời gian"])
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        for row, (reference, kind, amount) in enumerate(
            (("FT1", "Thanh toán", 50_000), ("RF1", "Hoàn tiền", 20_000)), 3
        ):
            sheet.write_row(row, 0, [row - 2, reference, kind, amount])
            sheet.write_datetime(row, 4, datetime(2026, 6, 1, 9, 30), moment)  # noqa: DTZ001  # a cell has no zone
        sheet.write_row(5, 0, ["Tổng cộng", "", "", 30_000])

    file = stored(content.getvalue())

    assert (await checked_totals(file)).sum == 30_000
    [paid, given_back] = await all_of(settlement_lines(file))
    assert str(paid.settled_at) == "2026-06-01 09:30:00+07:00"
    assert given_back.kind == "reversal"


async def test_a_footer_of_bills_is_no_bill_and_another_sum_is_a_remark() -> None:
    text = "Mã KH;Kỳ;Số tiền;Hạn nộp;Vùng\nPD1;06/2026;85.000;30/06/2026;A\nTổng cộng;;90.000;;\n"
    remarks = Remarks()

    assert len(await all_of(bill_lines(file_of(text), remarks))) == 1

    assert {(one.row, one.column, one.code) for one in remarks.found} == {
        (3, "Số tiền", "sum-differs"), (1, "Vùng", "column-unknown"),
    }  # fmt: skip


async def test_a_bill_file_as_a_company_prints_it_is_read() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 5, "BẢNG KÊ TIỀN ĐIỆN THÁNG 10 NĂM 2026")
        sheet.write_row(3, 0, ["STT", "Mã KH", "Tên khách hàng", "Kỳ HĐ", "Tổng tiền thanh toán", "Hạn thanh toán"])
        sheet.write_row(4, 0, ["I. Thôn 1"])
        sheet.write_row(5, 0, [1, "PD1", "Lê Văn A", "10/2026", "1.234.567", "15/12/2026"])
        sheet.write_row(6, 0, [2, "PD2", "Trần Thị B", "10/2026", "0", "15/12/2026"])
        sheet.write_row(7, 0, ["Tổng cộng", "", "", "", "1.234.568"])
        sheet.write_row(9, 0, ["", "", "Người lập biểu"])
    remarks = Remarks()

    bill, wrong = await all_of(bill_lines(stored(content.getvalue()), remarks))

    assert isinstance(bill, BillLine)
    assert (bill.number, bill.amount) == (3, 1_234_567)
    assert isinstance(wrong, list)
    assert [(one.row, one.column) for one in wrong] == [(4, "Tổng tiền thanh toán")]
    assert [(one.row, one.code) for one in remarks.found] == [(2, "no-bill"), (7, "no-bill"), (5, "sum-differs")]
    assert "1.234.568" in remarks.found[-1].vi


async def test_a_bill_file_without_a_column_is_told_which() -> None:
    with pytest.raises(RejectedFile) as refused:
        await all_of(bill_lines(file_of("Mã KH;Tháng nào;Số tiền;Hạn nộp\nPD1;06/2026;85.000;30/06/2026\n"), Remarks()))

    assert refused.value.rejection.vi.startswith("Thiếu cột bắt buộc: Kỳ hóa đơn")


async def test_accents_of_windows_1258_after_the_first_blocks_are_read_and_composed() -> None:
    head = "name;tax_code;bank;account_no;account_name;counter\n"
    plain = "".join(f"Quay {n};0380852{n:05d};Agribank;35002050{n:05d};LE VAN A;{n}\n" for n in range(400))
    accented = "Qu\u00e2\u0300y \u0110a\u0300o;038085333333;Agribank;3500205099999;LE THI DAO;999\n"

    rows = await all_of(stalls(stored((head + plain + accented).encode("cp1258")), Remarks()))

    last = rows[-1]
    assert isinstance(last, Stall)
    assert last.name == "Quầy Đào"
