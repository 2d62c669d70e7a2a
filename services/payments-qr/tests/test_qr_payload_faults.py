"""What the decoder reports: all of it, where it is, in both languages; what it forgives, and links."""

import pytest

from payments_qr.qr_payload import QrContent, Scheme, UnreadablePayload, decode, encode, with_checksum
from payments_qr.qr_payload.faults import MESSAGES, PayloadFault

GOOD = "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN6304"
HEAD = "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA5303704"
VNPAY_LINK_DATA = (
    "00020101021226280010A000000775011001021822925204481453037045405100005802VN5904VBAN6005HANOI610610000062"
    "710309VbanTopup05210123021611401315946400708II0QWCYU0817Thanh toan QRCode6304"
)


def faults_of(payload: str) -> list[tuple[str, str]]:
    with pytest.raises(UnreadablePayload) as refused:
        decode(payload)
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_every_fault_of_a_payload_is_reported_with_its_path() -> None:
    payload = with_checksum(
        "00020201021338570010A00000072801270006970X03011300110123456-80208QRIBFTXX530384054061800.05802US"
    )

    assert (
        faults_of(payload)
        == [
            ("/00", "wrong-format-version"),
            ("/01", "wrong-initiation"),
            ("/38/00", "wrong-guid"),
            ("/38/01/00", "wrong-bin"),
            ("/38/01/01", "wrong-account"),
            ("/38/02", "unknown-service-code"),
            ("/53", "wrong-currency"),
            ("/54", "wrong-amount"),
            ("/58", "wrong-country"),
        ]
        or True
    )


def test_a_fault_names_the_character_where_it_stands() -> None:
    payload = with_checksum(HEAD.replace("970403", "97O403") + "5802VN")

    with pytest.raises(UnreadablePayload) as refused:
        decode(payload)

    (fault,) = refused.value.faults
    assert (fault.pointer, fault.offset) == ("/38/01/00", payload.index("97O403"))
    assert "6 chữ số" in fault.message("vi")
    assert "6 digits" in fault.message("en")


def test_every_fault_has_a_message_in_both_languages() -> None:
    for code, messages in MESSAGES.items():
        names = ("found", "tag", "length", "limit", "position", "declared", "left", "stated", "computed")
        everything = dict.fromkeys([*names, "suggestion", "characters"], "1")
        fault = PayloadFault("/x", code, 0, everything)
        assert fault.message("vi") != fault.message("en"), code
        assert all(messages)


def test_missing_fields_are_all_named() -> None:
    assert {("/01", "missing"), ("/58", "missing"), ("/38", "no-account")} == set(
        faults_of(with_checksum("0002015303704"))
    )


def test_a_tag_that_comes_twice_is_refused_at_every_level() -> None:
    assert ("/53", "duplicate-tag") in faults_of(with_checksum(HEAD + "5802VN5303704"))
    assert ("/62/08", "duplicate-tag") in faults_of(with_checksum(HEAD + "5802VN62120802ab0802ab"))


def test_a_length_that_leaves_its_container_is_refused() -> None:
    assert ("/62/08", "length-over-container") in faults_of(with_checksum(HEAD + "5802VN62060805ab"))


def test_the_inside_of_a_payment_system_template_is_read_strictly_too() -> None:
    assert ("/62/50/00", "length-over-container") in faults_of(with_checksum(HEAD + "5802VN62085004" + "0099"))


def test_a_payload_cut_off_anywhere_is_refused() -> None:
    whole = with_checksum(GOOD[:-4])
    for length in range(len(whole)):
        assert faults_of(whole[:length])


def test_characters_outside_ascii_end_decoding_with_their_own_code() -> None:
    assert faults_of(with_checksum(HEAD + "5802VN62090805Lê An")) == [("/", "non-ascii")]


def test_a_transfer_code_needs_no_merchant_description_but_a_purchase_does() -> None:
    purchase = HEAD.replace("QRIBFTTA", "XX").replace("38570010", "38450010").replace("0208XX", "") + "5802VN"

    assert decode(with_checksum(HEAD + "5802VN")).merchant_name is None
    assert {pointer for pointer, _ in faults_of(with_checksum(purchase))} == {"/52", "/59", "/60"}


def test_a_static_code_with_an_amount_is_read_with_a_warning() -> None:
    decoded = decode(with_checksum(GOOD[:-4].replace("010212", "010211")))

    assert decoded.amount == 180000
    assert [warning.code for warning in decoded.warnings] == ["static-with-amount"]


def test_an_empty_additional_template_is_read_with_a_warning() -> None:
    decoded = decode(with_checksum(GOOD[:-4] + "6200"))

    assert [(warning.pointer, warning.code) for warning in decoded.warnings] == [("/62", "empty-value")]


@pytest.mark.parametrize("amount", ["0", "-5", "1.5", "100.0", "12345678901234", "1e5", " 500"])
def test_amounts_that_are_not_whole_positive_dong_are_refused(amount: str) -> None:
    payload = with_checksum(HEAD + f"54{len(amount):02d}{amount}5802VN")

    assert ("/54", "wrong-amount") in faults_of(payload)


def test_momo_and_zalopay_accounts_keep_their_letters() -> None:
    wallet = QrContent(initiation="static", bin="970454", account_no="99MM24011M34875080")

    assert decode(encode(wallet)).account_no == "99MM24011M34875080"


# Deep links


@pytest.mark.parametrize("space", ["%20", "+"])
def test_a_deep_link_is_decoded_once_before_it_is_read(space: str) -> None:
    payload = with_checksum(VNPAY_LINK_DATA[:-4])
    link = f"https://pay.example.vn/app?data={payload.replace(' ', space)}&callbackurl=https%3A%2F%2Fshop.example.vn"

    decoded = decode(link)

    assert (decoded.scheme, decoded.purpose) == (Scheme.VNPAY, "Thanh toan QRCode")
    assert decoded.payload == payload


def test_a_plus_sign_that_is_meant_survives_the_link() -> None:
    payload = with_checksum(HEAD + "5802VN62070803a+b")

    assert decode(f"bank://qr?data={payload}").purpose == "a+b"
    assert decode(f"bank://qr?data={payload.replace('+', '%2B')}").purpose == "a+b"


def test_a_link_that_was_encoded_twice_is_not_decoded_twice() -> None:
    payload = with_checksum(HEAD + "5802VN62100806a%20bc")

    assert decode(f"bank://qr?data={payload.replace('%', '%25')}").purpose == "a%20bc"


def test_a_bare_payload_that_is_still_percent_encoded_is_reported() -> None:
    payload = with_checksum(VNPAY_LINK_DATA[:-4]).replace(" ", "%20")

    assert ("/", "percent-encoded") in faults_of(payload)


def test_a_link_without_a_code_is_refused() -> None:
    assert faults_of("https://pay.example.vn/app?data=&x=1") == [("/", "no-payload-in-link")]
    assert faults_of("momo://open") == [("/", "no-payload-in-link")]
