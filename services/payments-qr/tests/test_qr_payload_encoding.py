"""The encoder refuses what does not fit, names the field, and never shortens anything by itself."""

from dataclasses import replace
from typing import Any

import pytest

from payments_qr.qr_payload import QrContent, UnwritableContent, decode, encode, folded

STALL = QrContent(initiation="static", bin="970403", account_no="0011012345678")


def refused_fields(**changes: Any) -> dict[str, str]:
    with pytest.raises(UnwritableContent) as refused:
        encode(replace(STALL, **changes))
    return {fault.pointer: fault.code for fault in refused.value.faults}


def test_the_corrected_example_of_the_standard_is_written_byte_for_byte() -> None:
    expected = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"

    assert encode(STALL) == expected


def test_an_account_that_is_too_long_is_refused_and_never_cut() -> None:
    assert refused_fields(account_no="12345678901234567890") == {"/account_no": "too-long-exact"}
    assert refused_fields(account_no="") == {"/account_no": "required"}
    assert refused_fields(account_no="0011 0123") == {"/account_no": "wrong-account"}


def test_bank_identifiers_are_six_digits_of_the_list() -> None:
    assert refused_fields(bin="97040") == {"/bin": "wrong-bin"}
    with pytest.raises(UnwritableContent) as refused:
        encode(STALL, is_known_bin=lambda _: False)
    assert [fault.code for fault in refused.value.faults] == ["unknown-bin"]


@pytest.mark.parametrize("amount", [0, -1, 1.5, 10**13, True])
def test_amounts_that_are_not_whole_positive_dong_are_refused(amount: object) -> None:
    assert refused_fields(amount=amount) == {"/amount": "wrong-amount"}


def test_a_long_name_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UnwritableContent) as refused:
        encode(replace(STALL, merchant_name="Cửa hàng tạp hóa tổng hợp Hạnh Phúc"))

    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("/merchant_name", "too-long")
    assert len(str(fault.details["suggestion"])) <= 25
    assert str(fault.details["suggestion"]).endswith("Phuc")
    assert "Gợi ý" in fault.message("vi")


def test_the_memo_takes_only_what_banks_show() -> None:
    assert refused_fields(purpose="INV/0001") == {"/purpose": "character-not-allowed"}
    assert decode(encode(replace(STALL, purpose="Tiền điện tháng 6 - đợt 1"))).purpose == "Tien dien thang 6 - dot 1"


def test_the_additional_fields_together_must_fit() -> None:
    fields = dict.fromkeys(("bill_number", "store_label", "reference", "purpose"), "x" * 25)

    assert refused_fields(**fields) == {"/62": "template-too-long"}


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = refused_fields(bin="x", account_no="", amount=0, merchant_name="Ω" * 3, mcc="12")

    assert set(wrong) == {"/bin", "/account_no", "/amount", "/merchant_name", "/mcc"}


def test_a_purchase_code_describes_its_merchant() -> None:
    assert set(refused_fields(service_code="QRPUSH")) == {"/mcc", "/merchant_name", "/merchant_city"}


def test_a_card_code_needs_a_card_number() -> None:
    assert refused_fields(service_code="QRIBFTTC") == {"/account_no": "wrong-card"}


def test_tips_and_fees_come_with_their_indicator() -> None:
    assert refused_fields(tip="02") == {"/tip_fixed": "required"}
    assert refused_fields(tip_percent="05.00") == {"/tip_percent": "not-allowed"}
    assert decode(encode(replace(STALL, tip="02", tip_fixed=5000))).tip_fixed == 5000


def test_folding_keeps_d_with_stroke_in_every_form() -> None:
    assert folded("Đồng Thắng đẹp") == "Dong Thang dep"
    assert folded("Ðồng ðẹp") == "Dong dep"  # the eth that old fonts carry
    assert folded("Ｃhợ\u00a0Tây\ufeff  Hồ") == "Cho Tay Ho"
