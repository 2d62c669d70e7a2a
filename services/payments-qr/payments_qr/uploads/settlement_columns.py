"""The columns of settlement files and the words in them, as the banks and payment companies write them."""

from typing import Literal

from payments_qr.uploads.tables import not_needed
from tabular import Column

COLUMNS = (
    Column(
        "partner_reference",
        ("Mã giao dịch", "transaction_id", "Mã GD", "Số giao dịch", "Số GD", "Mã giao dịch ngân hàng"),
        required=True,
        instead=("transfer_reference",),
    ),
    Column(
        "transfer_reference",
        (
            *("Số tham chiếu", "Mã tham chiếu", "Mã FT", "Số FT", "Transaction No", "Transaction reference"),
            *("Reference", "Ref No", "reference_number"),
        ),
    ),
    Column(
        "type",
        (
            *("Loại giao dịch", "transaction_type", "Loại", "Loại GD", "Kiểu giao dịch", "Nghiệp vụ", "Loại nghiệp vụ"),
            *("Hình thức", "Loại bút toán", "Nợ/Có", "Ghi nợ/Ghi có", "Thu/Chi", "D/C", "Dr/Cr", "Debit/Credit"),
            *("Chiều giao dịch", "transfer_type", "Direction"),
        ),
    ),
    Column("status", ("Trạng thái", "Trạng thái giao dịch", "Kết quả", "transaction_status")),
    Column(
        "amount",
        (
            *("Số tiền", "Số tiền giao dịch", "Số tiền GD", "Giá trị", "Giá trị giao dịch", "Thành tiền"),
            *("Số tiền (VND)", "Số tiền (VNĐ)", "Số tiền (đồng)", "Phát sinh", "Transaction amount"),
        ),
        required=True,
        instead=("credit", "debit"),
    ),
    Column("credit", ("Ghi có", "Phát sinh có", "PS có", "Số tiền ghi có", "Tiền vào", "Thu", "Credit amount")),
    Column("debit", ("Ghi nợ", "Phát sinh nợ", "PS nợ", "Số tiền ghi nợ", "Tiền ra", "Chi", "Debit amount")),
    Column("currency", ("Loại tiền", "Tiền tệ", "Đơn vị tiền tệ", "Loại tiền tệ", "Nguyên tệ")),
    Column(
        "settled_at",
        (
            *("Thời gian", "Thời gian giao dịch", "Thời gian GD", "Ngày giờ", "Ngày giờ giao dịch", "transaction_date"),
            *("Ngày giao dịch", "Ngày GD", "Ngày hạch toán", "Ngày", "transaction_time"),
        ),
        parts=(("Ngày giao dịch", "Ngày GD", "Ngày hạch toán", "Ngày"), ("Giờ giao dịch", "Giờ GD", "Giờ")),
    ),
    Column(
        "original_reference",
        (
            *("Mã giao dịch gốc", "Mã GD gốc", "Giao dịch gốc", "Số tham chiếu gốc", "Mã tham chiếu gốc"),
            *("original_transaction_id", "Mã giao dịch liên quan"),
        ),
    ),
    Column("merchant_id", ("Mã điểm bán", "Mã đơn vị chấp nhận thanh toán", "Mã ĐVCNTT", "MID")),
    Column(
        "reference",
        (
            "Nội dung",
            "Mã thanh toán",
            "Diễn giải",
            "Nội dung giao dịch",
            "Nội dung chuyển khoản",
            "Mô tả",
            "description",
        ),
    ),
    # Understood, and not needed for the comparison.
    *not_needed(
        "Số chứng từ",
        "Số CT",
        "Số bút toán",
        "STT",
        "TT",
        "Số TT",
        "Số thứ tự",
        "No",
        "Ghi chú",
        "Note",
        "Remark",
        "Số tài khoản",
        "STK",
        "Tài khoản",
        "Số tài khoản thụ hưởng",
        "Ngân hàng",
        "Ngân hàng phát hành",
        "Chi nhánh",
        "Tên điểm bán",
        "Tên tài khoản",
        "Chủ tài khoản",
        "Người chuyển",
        "Tên người chuyển",
        "Phí",
        "Phí giao dịch",
        "Fee",
        "VAT",
        "Thuế VAT",
        "Số dư",
        "Số dư cuối",
        "Balance",
        "Số dư sau giao dịch",
        "Kênh",
        "Kênh giao dịch",
        "Channel",
        "Mã thiết bị",
        "TID",
        "Mã cửa hàng",
        "Tên cửa hàng",
        "Mã chi nhánh",
    ),
)

PAYMENT_WORDS = frozenset(
    (
        *("", "payment", "thanhtoan", "settled", "sale", "credit", "purchase", "thanhtoanqr", "giaodichthanhtoan"),
        *("banhang", "nhantien", "tienvao", "chuyenkhoanden", "thu", "co", "c", "cr", "ghico", "baoco", "in", "vao"),
        *("giaodichthuong", "qr", "qrcode", "vietqr", "thanhtoanhoadon"),
    )
)
REVERSAL_WORDS = frozenset(
    (
        *("reversal", "refund", "partialrefund", "void", "chargeback", "reversed", "refunded", "debit"),
        *(
            "hoan",
            "hoantien",
            "hoantra",
            "hoanmotphan",
            "hoantienmotphan",
            "hoantratien",
            "hoantoanphan",
            "giaodichhoan",
        ),
        *("huy", "huygiaodich", "dao", "daogiaodich", "giaodichhuy", "trahang", "hoanhuy", "hoantientoanphan"),
        *("chi", "no", "d", "dr", "ghino", "baono", "out", "ra", "tienra"),
    )
)
DONE_WORDS = frozenset(
    (
        "",
        "thanhcong",
        "success",
        "successful",
        "succeeded",
        "hoanthanh",
        "completed",
        "settled",
        "00",
        "0",
        "daquyettoan",
    )
)
REVERSED_STATUS_WORDS = frozenset(("hoantien", "dahoantien", "refunded", "reversed", "dahoan", "dahoantra"))
FAILED_WORDS = frozenset(
    (
        *("thatbai", "khongthanhcong", "failed", "error", "loi", "dahuy", "cancelled", "canceled", "tuchoi"),
        *("rejected", "hethan", "expired", "dangxuly", "pending", "processing", "choxuly", "chuathanhtoan"),
    )
)
VND_WORDS = frozenset(("", "vnd", "dong", "d", "vietnamdong", "704"))

Kind = Literal["payment", "reversal"]


def kind_of_word(word: str) -> Kind | None:
    """The kind of a movement by the word in its type column, folded; None for a word that is not known."""
    if word in REVERSAL_WORDS:
        return "reversal"
    return "payment" if word in PAYMENT_WORDS else None
