"""The faults of a payload as data: a stable code, a place, and a message in Vietnamese and English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class PayloadFault:
    """One finding.

    `pointer` is the path of tags (`/38/01/01`) when a payload was read, the name of the field (`/amount`)
    when one was to be written. `offset` counts characters from the start of the payload; None when writing.
    """

    pointer: str
    code: str
    offset: int | None = None
    details: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: Language = "vi") -> str:
        vietnamese, english = MESSAGES[self.code]
        return (vietnamese if language == "vi" else english).format_map(dict(self.details))


class QrPayloadError(ValueError):
    """The only exception of this package; `faults` lists every fault, in payload order."""

    def __init__(self, faults: Sequence[PayloadFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.pointer} {fault.code}" for fault in self.faults))


class UnreadablePayload(QrPayloadError):
    """The payload must not be paid: at least one rule is broken."""


class UnwritableContent(QrPayloadError):
    """The content does not fit into a code; nothing is ever shortened to make it fit."""


MESSAGES: Mapping[str, tuple[str, str]] = {
    # reading: structure
    "empty-payload": ("Mã QR trống.", "The payload is empty."),
    "payload-too-long": (
        "Mã dài {length} ký tự, tối đa {limit}.",
        "The payload has {length} characters, at most {limit}.",
    ),
    "not-text": ("Nội dung mã không phải là văn bản.", "The payload is not text."),
    "non-ascii": (
        "Ký tự thứ {position} không phải ASCII; độ dài và mã kiểm tra không còn xác định.",
        "Character {position} is not ASCII; lengths and checksum are undefined.",
    ),
    "percent-encoded": (
        "Mã còn ở dạng mã hoá phần trăm (%xx); hãy gửi cả đường dẫn hoặc mã đã giải.",
        "The payload is still percent-encoded (%xx); send the whole link or the decoded payload.",
    ),
    "no-payload-in-link": ("Đường dẫn không chứa mã QR.", "The link carries no QR payload."),
    "tag-not-digits": (
        "Mã trường “{found}” không phải hai chữ số.",
        'The tag "{found}" is not two digits.',
    ),
    "length-not-digits": (
        "Độ dài “{found}” của trường {tag} không phải hai chữ số.",
        'The length "{found}" of tag {tag} is not two digits.',
    ),
    "header-cut-off": (
        "Dữ liệu dừng giữa chừng: còn “{found}”.",
        'The data stops in the middle of a tag: "{found}" is left.',
    ),
    "length-over-container": (
        "Trường {tag} khai báo {declared} ký tự nhưng chỉ còn {left}.",
        "Tag {tag} declares {declared} characters, only {left} are left.",
    ),
    "duplicate-tag": ("Trường {tag} xuất hiện hơn một lần.", "Tag {tag} appears more than once."),
    "not-first": ("Trường 00 phải đứng đầu.", "Tag 00 must come first."),
    "not-last": ("Trường 63 (mã kiểm tra) phải đứng cuối.", "Tag 63 (checksum) must come last."),
    # reading: checksum
    "crc-missing": ("Thiếu mã kiểm tra (trường 63).", "The checksum (tag 63) is missing."),
    "crc-malformed": (
        "Mã kiểm tra phải là bốn chữ số thập lục phân.",
        "The checksum must be four hexadecimal digits.",
    ),
    "crc-mismatch": (
        "Mã kiểm tra không khớp: ghi {stated}, tính được {computed}.",
        "The checksum does not match: {stated} is written, {computed} computed.",
    ),
    "crc-lower-case": (
        "Mã kiểm tra viết bằng chữ thường.",
        "The checksum is written in lower case.",
    ),
    # reading: meaning
    "missing": ("Thiếu trường bắt buộc {tag}.", "The mandatory tag {tag} is missing."),
    "empty-value": ("Trường {tag} không có nội dung.", "Tag {tag} has no content."),
    "wrong-format-version": (
        "Phiên bản định dạng phải là 01, không phải “{found}”.",
        'The payload format must be 01, not "{found}".',
    ),
    "wrong-initiation": (
        "Kiểu mã phải là 11 (dùng lại) hoặc 12 (một lần), không phải “{found}”.",
        'The point of initiation must be 11 (static) or 12 (dynamic), not "{found}".',
    ),
    "no-account": ("Mã không chứa tài khoản nhận tiền.", "The payload names no receiving account."),
    "wrong-guid": (
        "Định danh mạng phải là A000000727, không phải “{found}”.",
        'The network identifier must be A000000727, not "{found}".',
    ),
    "wrong-bin": (
        "Mã ngân hàng (BIN) phải gồm 6 chữ số.",
        "The bank identifier (BIN) must be 6 digits.",
    ),
    "wrong-account": (
        "Số tài khoản chỉ gồm chữ và số không dấu, dài 1 đến 19 ký tự.",
        "The account is 1 to 19 unaccented letters and digits.",
    ),
    "wrong-merchant-id": (
        "Mã điểm bán VNPAY gồm 8 đến 18 chữ và số.",
        "A VNPAY merchant id is 8 to 18 letters and digits.",
    ),
    "service-code-nested": (
        "Mã dịch vụ nằm trong 38/01, đúng ra phải ở 38/02.",
        "The service code sits inside 38/01, it belongs into 38/02.",
    ),
    "unknown-service-code": (
        "Mã dịch vụ “{found}” không có trong chuẩn.",
        'The service code "{found}" is not one of the standard.',
    ),
    "wrong-currency": ("Đơn vị tiền phải là 704 (VND).", "The currency must be 704 (VND)."),
    "wrong-country": ("Quốc gia phải là VN.", "The country must be VN."),
    "wrong-amount": (
        "Số tiền phải là số nguyên dương (đồng), không quá 13 chữ số.",
        "The amount must be a whole positive number of VND with at most 13 digits.",
    ),
    "wrong-mcc": ("Mã ngành hàng (MCC) phải gồm 4 chữ số.", "The category code (MCC) must be 4 digits."),
    "wrong-tip": ("Kiểu tiền thưởng phải là 01, 02 hoặc 03.", "The tip indicator must be 01, 02 or 03."),
    "wrong-consumer-data": (
        "Trường 62/09 chỉ chứa các chữ A, M, E.",
        "Tag 62/09 holds only the letters A, M and E.",
    ),
    "static-with-amount": (
        "Mã dùng lại (11) nhưng có sẵn số tiền; người trả có thể sửa.",
        "A static code (11) that carries an amount; the payer may change it.",
    ),
    "dynamic-without-amount": (
        "Mã dùng một lần (12) nhưng không có số tiền.",
        "A dynamic code (12) without an amount.",
    ),
    "leading-zeros": ("Số tiền có số 0 ở đầu.", "The amount has leading zeros."),
    "over-limit": (
        "Trường {tag} dài {length} ký tự, chuẩn cho tối đa {limit}.",
        "Tag {tag} has {length} characters, the standard allows {limit}.",
    ),
    # writing
    "required": ("Cần có trường này.", "This field is required."),
    "not-allowed": ("Trường này không dùng cho loại mã này.", "This field does not apply to this kind of code."),
    "too-long": (
        "Dài {length} ký tự sau khi bỏ dấu, tối đa {limit}. Gợi ý: “{suggestion}”.",
        'It has {length} characters without accents, at most {limit}. Suggestion: "{suggestion}".',
    ),
    "too-long-exact": (
        "Dài {length} ký tự, tối đa {limit}; không được rút ngắn.",
        "It has {length} characters, at most {limit}; it cannot be shortened.",
    ),
    "character-not-allowed": (
        "Không dùng được ký tự {characters} trong mã.",
        "The characters {characters} cannot stand in a code.",
    ),
    "unknown-bin": (
        "Không có ngân hàng hay ví nào mang mã {found}.",
        "No bank or wallet has the identifier {found}.",
    ),
    "wrong-card": (
        "Số thẻ gồm 16 đến 19 chữ số, bắt đầu bằng 9704.",
        "A card number is 16 to 19 digits that begin with 9704.",
    ),
    "wrong-choice": ("Giá trị “{found}” không hợp lệ.", 'The value "{found}" is not allowed.'),
    "template-too-long": (
        "Các trường của nhóm {tag} dài tổng cộng {length} ký tự, tối đa {limit}.",
        "The fields of template {tag} take {length} characters together, at most {limit}.",
    ),
    "wrong-tip-amount": (
        "Phí cố định phải là số nguyên dương (đồng).",
        "The fixed fee must be a whole positive number of VND.",
    ),
    "wrong-tip-percent": (
        "Phần trăm phải từ 00.01 đến 99.99.",
        "The percentage must be between 00.01 and 99.99.",
    ),
}
