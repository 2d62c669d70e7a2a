import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.webhooks import providers
from gateway.webhooks.providers import (
    PROVIDERS,
    PartnerMessage,
    ProviderAdapter,
    ProviderRequest,
    ReplyOutcome,
    casso,
    momo,
    payos,
    viettel,
)
from gateway.webhooks.signatures import SignatureRefused
from gateway.webhooks.strict_json import BodyRefused

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

# payOS: the sample and checksum key of its public documentation.
PAYOS_KEY = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675"
PAYOS_DATA = {
    "orderCode": 123,
    "amount": 3000,
    "description": "VQRIO123",
    "accountNumber": "12345678",
    "reference": "TF230204212323",
    "transactionDateTime": "2023-02-04 18:25:00",
    "currency": "VND",
    "paymentLinkId": "124c33293c43417ab7879e14c8d9eb18",
    "code": "00",
    "desc": "Thành công",
    "counterAccountBankId": "",
    "counterAccountBankName": "",
    "counterAccountName": "",
    "counterAccountNumber": "",
    "virtualAccountName": "",
    "virtualAccountNumber": "",
}
PAYOS_SIGNATURE = "412e915d2871504ed31be63c8f62a149a4410d34c4c42affc9006ef9917eaa03"

# Casso v2: the sample of its public documentation, a test message with id 0.
CASSO_KEY = "mgExMrjj4i7a1p8Cs6LmFbpCd8lbw4sSX4LZXPag7TKazeIogtR90tvWYTkwQbvs"
CASSO_BODY = {
    "error": 0,
    "data": {
        "id": 0,
        "reference": "MA_GIAO_DICH_THU_NGHIEM",
        "description": "giao dich thu nghiem",
        "amount": 599000,
        "runningBalance": 25000000,
        "transactionDateTime": "2024-10-03 15:06:37",
        "accountNumber": "88888888",
        "bankName": "VPBank",
        "bankAbbreviation": "VPB",
        "virtualAccountNumber": "",
        "virtualAccountName": "",
        "counterAccountName": "NGUYEN VAN A",
        "counterAccountNumber": "8888888888",
        "counterAccountBankId": "970415",
        "counterAccountBankName": "VietinBank",
    },
}
CASSO_SENT_AT = 1727948258788
CASSO_SIGNATURE = (
    "ed0a4bd2e826d5cb69988cdb141e6c1a080e21f3b57eb72cd78192220042b9e7"
    "dde0868fc667faea8e224900fa7904e7c88dfa098032fb2d6b6996856e8b7ff3"
)

# ZaloPay: the callback sample of its public documentation with the key2 of its public sandbox application 2553.
ZALOPAY_KEY2 = "kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz"
ZALOPAY_DATA = (
    '{"app_id":2553,"app_trans_id":"200904_2553_1598435687208","app_time":1599189392817,"app_user":"demo",'
    '"amount":10000,"embed_data":"{\\"merchantinfo\\":\\"embeddata123\\",\\"promotioninfo\\":\\"\\"}",'
    '"item":"[{\\"itemid\\":\\"knb\\",\\"itemname\\":\\"kim nguyen bao\\",\\"itemprice\\":198400,'
    '\\"itemquantity\\":1}]","zp_trans_id":200904000000389,"server_time":1599189413498,"channel":38,'
    '"merchant_user_id":"7ZMSl3nEg5sOUJzOLSoUFT8xKNQVaLOLXHB--8Eytqc","user_fee_amount":0,"discount_amount":0}'
)
ZALOPAY_MAC = "d8d33baf449b31d7f9b94fa50d7c942c08cd4d83f28fa185557da21acb104f67"


def arrival(body: object = b"", *, query: str = "", method: str = "POST", **headers: str | bytes) -> ProviderRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    pairs = [
        (name.replace("_", "-").encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in headers.items()
    ]
    return ProviderRequest(method, query.encode(), pairs, raw)


def read(provider: str, request: ProviderRequest, secret: str, now: datetime = NOW) -> list[PartnerMessage]:
    return PROVIDERS[provider].read(request, [secret, "another-secret:x"], now)


def hexed(key: str, text: bytes, algorithm: str) -> str:
    return hmac.new(key.encode(), text, algorithm).hexdigest()


class TestSepay:
    TRANSFER = {
        "id": 92704,
        "gateway": "Vietcombank",
        "transactionDate": "2026-11-21 15:00:37",
        "accountNumber": "0123499999",
        "code": None,
        "content": "chuyen tien BK12AB",
        "transferType": "in",
        "transferAmount": 2277000,
        "accumulated": 19077000,
        "subAccount": None,
        "referenceCode": "MBVCB.3278907687",
        "description": "",
    }

    def signed(self, transfer: dict[str, Any], sent_at: datetime = NOW, key: str = "key") -> ProviderRequest:
        body = json.dumps(transfer).encode()
        timestamp = str(int(sent_at.timestamp()))
        signature = "sha256=" + hexed(key, timestamp.encode() + b"." + body, "sha256")
        return arrival(body, x_sepay_signature=signature, x_sepay_timestamp=timestamp)

    def test_money_in_is_a_payment(self) -> None:
        [message] = read("sepay", self.signed(self.TRANSFER), "key")

        assert (message.id, message.type) == ("92704", "qr.payment_settled")
        assert message.data == {
            "partner_reference": "92704",
            "amount": 2277000,
            "currency": "VND",
            "settled_at": "2026-11-21T15:00:37+07:00",
            "reference": "chuyen tien BK12AB",
            "account_no": "0123499999",
        }

    def test_money_out_needs_no_action(self) -> None:
        assert read("sepay", self.signed(self.TRANSFER | {"transferType": "out"}), "key")[0].type is None

    @pytest.mark.parametrize("word", ["IN", "In"])
    def test_the_direction_is_read_in_any_case(self, word: str) -> None:
        assert read("sepay", self.signed(self.TRANSFER | {"transferType": word}), "key")[0].type == "qr.payment_settled"

    def test_a_form_is_read_like_json(self) -> None:
        form = (
            b"id=92705&gateway=Vietcombank&transactionDate=2026-11-29+14%3A02%3A37&accountNumber=0123499999"
            b"&transferType=in&transferAmount=2277000&content=abc&code="
        )
        media = "application/x-www-form-urlencoded; charset=utf-8"

        [message] = read("sepay", arrival(form, authorization="Apikey key", content_type=media), "key")

        assert (message.id, message.type) == ("92705", "qr.payment_settled")
        assert message.data == {
            "partner_reference": "92705",
            "amount": 2277000,
            "currency": "VND",
            "settled_at": "2026-11-29T14:02:37+07:00",
            "reference": "abc",
            "account_no": "0123499999",
        }

    def test_an_api_key_is_an_alternative(self) -> None:
        assert read("sepay", arrival(self.TRANSFER, authorization="Apikey key"), "key")
        with pytest.raises(SignatureRefused):
            read("sepay", arrival(self.TRANSFER, authorization="Apikey kez"), "key")

    def test_an_api_key_does_not_excuse_a_wrong_signature(self) -> None:
        request = arrival(
            self.TRANSFER,
            authorization="Apikey key",
            x_sepay_signature="sha256=00",
            x_sepay_timestamp=str(int(NOW.timestamp())),
        )
        with pytest.raises(SignatureRefused):
            read("sepay", request, "key")

    def test_an_old_or_changed_message_is_refused(self) -> None:
        with pytest.raises(SignatureRefused):
            read("sepay", self.signed(self.TRANSFER, NOW - timedelta(seconds=301)), "key")
        good = self.signed(self.TRANSFER)
        with pytest.raises(SignatureRefused):
            read("sepay", ProviderRequest("POST", b"", good.headers, good.body + b" "), "key")


class TestPayos:
    BODY = {"code": "00", "desc": "success", "success": True, "data": PAYOS_DATA, "signature": PAYOS_SIGNATURE}

    def test_the_published_sample_verifies_and_is_a_test_message(self) -> None:
        [message] = read("payos", arrival(self.BODY), PAYOS_KEY)

        assert (message.type, message.data) == (None, {})

    def test_a_payment_is_a_payment(self) -> None:
        data = PAYOS_DATA | {"paymentLinkId": "9f0c", "reference": "TF260101"}
        signature = hexed("k", payos.signed_text(data), "sha256")

        [message] = read("payos", arrival(self.BODY | {"data": data, "signature": signature}), "k")

        assert (message.id, message.type) == ("9f0c-TF260101", "qr.payment_settled")
        assert message.data["amount"] == 3000
        assert message.data["reference"] == "VQRIO123"
        assert message.data["settled_at"] == "2023-02-04T18:25:00+07:00"

    def test_the_widely_copied_sample_signature_does_not_verify(self) -> None:
        copied = "8d8640d802576397a1ce45ebda7f835055768ac7ad2e0bfb77f9b8f12cca4c7f"
        with pytest.raises(SignatureRefused):
            read("payos", arrival(self.BODY | {"signature": copied}), PAYOS_KEY)

    def test_the_order_of_fields_does_not_matter_and_null_counts_as_empty(self) -> None:
        shuffled = dict(reversed(PAYOS_DATA.items())) | {"virtualAccountName": None}

        assert read("payos", arrival(self.BODY | {"data": shuffled}), PAYOS_KEY)

    @pytest.mark.parametrize("signature", [None, 5, "", "zz", PAYOS_SIGNATURE[:-2], PAYOS_SIGNATURE + "00"])
    def test_a_signature_of_another_shape_is_refused(self, signature: object) -> None:
        with pytest.raises(SignatureRefused):
            read("payos", arrival(self.BODY | {"signature": signature}), PAYOS_KEY)

    def test_another_currency_is_malformed(self) -> None:
        data = PAYOS_DATA | {"currency": "USD", "paymentLinkId": "9f0c", "reference": "TF260101"}
        signature = hexed("k", payos.signed_text(data), "sha256")
        with pytest.raises(BodyRefused):
            read("payos", arrival(self.BODY | {"data": data, "signature": signature}), "k")


class TestVnpay:
    PARAMETERS = {
        "vnp_Amount": "1806000",
        "vnp_BankCode": "NCB",
        "vnp_OrderInfo": "Thanh toan don hang :5 đ",
        "vnp_PayDate": "20261121150037",
        "vnp_ResponseCode": "00",
        "vnp_TmnCode": "DEMOV210",
        "vnp_TransactionNo": "14422574",
        "vnp_TransactionStatus": "00",
        "vnp_TxnRef": "BK5",
    }

    def call(self, **changes: str) -> ProviderRequest:
        parameters = self.PARAMETERS | changes
        signature = hexed("key", urlencode(sorted(parameters.items())).encode(), "sha512")
        return arrival(query=urlencode(parameters | {"vnp_SecureHash": signature}), method="GET")

    @pytest.mark.parametrize("info", ["don%20hang%20%3a5", "don+hang+%3A5", "don+hang+:5"])
    def test_the_hash_is_over_the_query_as_it_was_sent(self, info: str) -> None:
        names = sorted(self.PARAMETERS)
        sent = "&".join(f"{name}={info if name == 'vnp_OrderInfo' else self.PARAMETERS[name]}" for name in names)
        digest = hexed("key", sent.encode(), "sha512")
        shuffled = "&".join(reversed([*sent.split("&"), f"vnp_SecureHash={digest}"]))

        [message] = read("vnpay", arrival(query=shuffled, method="GET"), "key")

        assert message.data["amount"] == 18060

    @pytest.mark.parametrize("signs_empty", [True, False])
    def test_empty_parameters_are_signed_or_left_out(self, signs_empty: bool) -> None:
        sent = urlencode(sorted((self.PARAMETERS | {"vnp_BankTranNo": ""}).items()))
        signed = sent if signs_empty else sent.replace("vnp_BankTranNo=&", "")
        query = f"{sent}&vnp_SecureHash={hexed('key', signed.encode(), 'sha512')}"

        assert read("vnpay", arrival(query=query, method="GET"), "key")

    def test_amounts_come_times_a_hundred(self) -> None:
        [message] = read("vnpay", self.call(), "key")

        assert message.data == {
            "partner_reference": "14422574",
            "amount": 18060,
            "currency": "VND",
            "settled_at": "2026-11-21T15:00:37+07:00",
            "reference": "BK5",
        }

    def test_an_amount_that_is_no_whole_dong_is_malformed(self) -> None:
        with pytest.raises(BodyRefused):
            read("vnpay", self.call(vnp_Amount="1806001"), "key")

    def test_only_both_codes_together_mean_success(self) -> None:
        assert read("vnpay", self.call(vnp_ResponseCode="24"), "key")[0].type is None
        assert read("vnpay", self.call(vnp_TransactionStatus="02"), "key")[0].type is None

    def test_a_parameter_given_twice_is_refused(self) -> None:
        call = self.call()
        with pytest.raises(BodyRefused):
            read("vnpay", ProviderRequest("GET", call.query + b"&vnp_Amount=1", [], b""), "key")

    def test_the_reply_is_always_200_with_its_own_code(self) -> None:
        replies = {outcome: PROVIDERS["vnpay"].reply(outcome, self.call(), ["key"]) for outcome in ReplyOutcome}

        assert {reply.status for reply in replies.values()} == {200}
        codes = {outcome: reply.body["RspCode"] for outcome, reply in replies.items() if reply.body}
        assert codes[ReplyOutcome.ACCEPTED] == "00"
        assert codes[ReplyOutcome.DUPLICATE] == codes[ReplyOutcome.CONFLICT] == "02"
        assert codes[ReplyOutcome.BAD_SIGNATURE] == "97"
        assert codes[ReplyOutcome.BUSY] == "99"
        assert (codes[ReplyOutcome.UNKNOWN_ORDER], codes[ReplyOutcome.WRONG_AMOUNT]) == ("01", "04")


class TestCasso:
    SENT_AT = datetime.fromtimestamp(CASSO_SENT_AT / 1000, UTC)
    HEADER = f"t={CASSO_SENT_AT},v1={CASSO_SIGNATURE}"
    V1_TRANSFER = {
        "id": 6789,
        "tid": "FT123",
        "description": "BK12AB",
        "amount": 50000,
        "cusum_balance": 1,
        "when": "2026-11-21 15:00:37",
        "bank_sub_acc_id": "0123456",
    }

    def test_the_published_sample_of_v2_verifies_and_is_a_test_message(self) -> None:
        [message] = read("casso-v2", arrival(CASSO_BODY, x_casso_signature=self.HEADER), CASSO_KEY, self.SENT_AT)

        assert message.type is None

    def test_a_real_transfer_of_v2_is_a_payment(self) -> None:
        body: dict[str, Any] = {"error": 0, "data": CASSO_BODY["data"] | {"id": 7}}  # type: ignore[operator]
        signature = hexed("k", casso.signed_text(str(CASSO_SENT_AT), body), "sha512")
        request = arrival(body, x_casso_signature=f"t={CASSO_SENT_AT},v1={signature}")

        [message] = read("casso-v2", request, "k", self.SENT_AT)

        assert (message.type, message.data["amount"]) == ("qr.payment_settled", 599000)
        assert message.data["account_no"] == "88888888"

    @pytest.mark.parametrize("header", ["", "t=1,v1=00", "v1=,t=", HEADER[:-1] + "g", HEADER.replace("t=", "t= ")])
    def test_a_header_of_another_shape_is_refused(self, header: str) -> None:
        with pytest.raises(SignatureRefused):
            read("casso-v2", arrival(CASSO_BODY, x_casso_signature=header), CASSO_KEY, self.SENT_AT)

    def test_an_old_message_of_v2_is_refused(self) -> None:
        later = self.SENT_AT + timedelta(seconds=301)
        with pytest.raises(SignatureRefused):
            read("casso-v2", arrival(CASSO_BODY, x_casso_signature=self.HEADER), CASSO_KEY, later)

    def test_v1_sends_several_transfers_at_once_under_a_token(self) -> None:
        outgoing = self.V1_TRANSFER | {"amount": -5, "tid": "FT124"}
        request = arrival({"error": 0, "data": [self.V1_TRANSFER, outgoing]}, secure_token="k")

        messages = read("casso-v1", request, "k")

        assert [message.type for message in messages] == ["qr.payment_settled", None]
        assert messages[0].data["partner_reference"] == "FT123"
        assert messages[0].id != messages[1].id
        with pytest.raises(SignatureRefused):
            read("casso-v1", ProviderRequest("POST", b"", [(b"secure-token", b"K")], request.body), "k")

    def test_an_empty_reference_is_replaced_by_the_id_and_a_bad_item_refuses_no_other(self) -> None:
        items = [
            self.V1_TRANSFER,
            self.V1_TRANSFER | {"tid": "", "id": 2},
            self.V1_TRANSFER | {"tid": "FT125", "amount": "?"},
            "x",
        ]

        messages = read("casso-v1", arrival({"error": 0, "data": items}, secure_token="k"), "k")

        paid = [message.data["partner_reference"] for message in messages if message.type]
        assert paid == ["FT123", "casso-2"]
        assert len({message.id for message in messages}) == 4
        with pytest.raises(BodyRefused):
            read("casso-v1", arrival({"error": 0, "data": items[2:]}, secure_token="k"), "k")


class TestMomo:
    BODY = {
        "partnerCode": "MOMO",
        "orderId": "BK12AB",
        "requestId": "r1",
        "amount": 1000,
        "orderInfo": "Thanh toán",
        "orderType": "momo_wallet",
        "transId": 4088878653,
        "resultCode": 0,
        "message": "Thành công.",
        "payType": "qr",
        "responseTime": 1721720663942,
        "extraData": "",
    }

    def signed(self, **changes: object) -> ProviderRequest:
        body = self.BODY | changes
        return arrival(body | {"signature": hexed("secret", momo.signed_text("access", body), "sha256")})

    def test_the_signed_text_names_its_fields_in_order(self) -> None:
        assert momo.signed_text("access", self.BODY).decode() == (
            "accessKey=access&amount=1000&extraData=&message=Thành công.&orderId=BK12AB&orderInfo=Thanh toán"
            "&orderType=momo_wallet&partnerCode=MOMO&payType=qr&requestId=r1&responseTime=1721720663942"
            "&resultCode=0&transId=4088878653"
        )

    def test_a_success_is_a_payment_and_a_failure_is_not(self) -> None:
        assert read("momo", self.signed(), "access:secret")[0].data["reference"] == "BK12AB"
        assert read("momo", self.signed(resultCode=1006), "access:secret")[0].type is None

    def test_the_access_key_is_part_of_the_signature(self) -> None:
        with pytest.raises(SignatureRefused):
            read("momo", self.signed(), "other:secret")

    def test_the_reply_has_no_body(self) -> None:
        assert PROVIDERS["momo"].reply(ReplyOutcome.ACCEPTED, self.signed(), []).status == 204
        assert all(PROVIDERS["momo"].reply(outcome, self.signed(), []).body is None for outcome in ReplyOutcome)


class TestZalopay:
    def test_the_published_sample_verifies(self) -> None:
        request = arrival({"data": ZALOPAY_DATA, "mac": ZALOPAY_MAC, "type": 1})

        [message] = read("zalopay", request, ZALOPAY_KEY2)

        assert message.data["partner_reference"] == "200904000000389"
        assert message.data["reference"] == "200904_2553_1598435687208"
        assert message.data["amount"] == 10000

    def test_the_string_is_verified_as_sent(self) -> None:
        request = arrival({"data": ZALOPAY_DATA.replace(",", ", "), "mac": ZALOPAY_MAC, "type": 1})
        with pytest.raises(SignatureRefused):
            read("zalopay", request, ZALOPAY_KEY2)

    def test_the_reply_decides_whether_to_send_again(self) -> None:
        codes = {
            outcome: reply.body["return_code"]
            for outcome in ReplyOutcome
            if (reply := PROVIDERS["zalopay"].reply(outcome, arrival(), [])).body
        }
        assert codes[ReplyOutcome.ACCEPTED] == 1
        assert codes[ReplyOutcome.DUPLICATE] == 2
        assert codes[ReplyOutcome.BUSY] == codes[ReplyOutcome.TOO_MANY] == 0
        assert codes[ReplyOutcome.BAD_SIGNATURE] == -1


class TestViettel:
    FORM = {
        "billcode": "B1",
        "cust_msisdn": "84900000000",
        "error_code": "00",
        "merchant_code": "M1",
        "order_id": "BK12AB",
        "payment_status": "1",
        "trans_amount": "15000",
        "vt_transaction_id": "VT99",
    }

    def signed(self, **changes: str) -> ProviderRequest:
        form = self.FORM | changes
        digest = hmac.digest(b"hash", viettel.signed_text("access", form), hashlib.sha1)
        return arrival(urlencode(form | {"check_sum": base64.b64encode(digest).decode()}).encode())

    def test_a_paid_order_is_a_payment(self) -> None:
        [message] = read("viettel", self.signed(), "access:hash")

        assert message.data["amount"] == 15000
        assert message.data["reference"] == "BK12AB"

    def test_a_checksum_percent_encoded_once_more_is_understood(self) -> None:
        request = self.signed()
        assert read("viettel", arrival(request.body.replace(b"%3D", b"%253D")), "access:hash")

    def test_digits_moved_between_joined_fields_are_caught_by_the_shapes(self) -> None:
        moved = self.signed(payment_status="115", trans_amount="000")
        with pytest.raises(BodyRefused):
            read("viettel", moved, "access:hash")

    def test_the_reply_is_signed_for_known_senders_only(self) -> None:
        adapter = PROVIDERS["viettel"]
        accepted = adapter.reply(ReplyOutcome.ACCEPTED, self.signed(), ["access:hash"]).body
        refused = adapter.reply(ReplyOutcome.BAD_SIGNATURE, self.signed(), []).body

        expected = base64.b64encode(hmac.digest(b"hash", b"access00M1BK12AB", hashlib.sha1)).decode()
        assert accepted == {
            "error_code": "00",
            "merchant_code": "M1",
            "order_id": "BK12AB",
            "check_sum": expected,
        }
        assert refused == {"error_code": "02", "merchant_code": "M1", "order_id": "BK12AB"}


class TestStaticToken:
    BODY = {"id": "e1", "type": "app.installed", "timestamp": "2026-11-21T08:00:00Z", "data": {"app": "x"}}

    def test_our_own_body_under_a_token(self) -> None:
        [message] = read("static-token", arrival(self.BODY, authorization="Bearer token"), "token")

        assert (message.id, message.type, message.data) == ("e1", "app.installed", {"app": "x"})

    @pytest.mark.parametrize(
        "timestamp", ["2026-11-21T08:00:00", "yesterday", 5, None, "20261129", "20261129T080000+07:00"]
    )
    def test_a_time_needs_an_offset(self, timestamp: object) -> None:
        with pytest.raises(BodyRefused):
            read("static-token", arrival(self.BODY | {"timestamp": timestamp}, authorization="Bearer t"), "t")


def test_every_adapter_of_the_folder_is_in_the_table_and_in_the_document() -> None:
    """An adapter that is written and not listed would never be reached."""
    folder = Path(providers.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "message"}

    assert {type(adapter).__module__.rpartition(".")[2] for adapter in PROVIDERS.values()} == modules
    for module in modules:
        names = vars(import_module(f"gateway.webhooks.providers.{module}")).values()
        adapters = {one for one in names if isinstance(one, type) and hasattr(one, "read") and hasattr(one, "reply")}
        adapters -= {providers.ProviderAdapter}
        assert adapters <= {type(adapter) for adapter in PROVIDERS.values()}
    assert {dialect.value for dialect in providers.Dialect} == {"standard", *PROVIDERS}


def test_the_page_for_partners_lists_every_adapter() -> None:
    page = (Path(__file__).parents[2] / "docs" / "integration.md").read_text(encoding="utf-8")
    table = page.partition("| dialect | proof |")[2].partition("\n\n")[0]
    first_cells = [row.split("|")[1] for row in table.splitlines()[2:]]

    assert sorted(name for cell in first_cells for name in re.findall(r"`([\w-]+)`", cell)) == sorted(PROVIDERS)


Sign = Callable[[str, Mapping[str, Any]], ProviderRequest]


@dataclass(frozen=True)
class Signed:
    """How an adapter's requests are signed: `sign(secret, changes)` makes one with some of `fields` changed."""

    sign: Sign
    fields: Mapping[str, Any]
    secret: str = "access:secret"
    now: datetime = NOW
    signs_content: bool = True
    """Whether the content is under the signature, which a fixed token does not do."""

    def good(self) -> ProviderRequest:
        return self.sign(self.secret, {})


def _sepay(secret: str, changes: Mapping[str, Any]) -> ProviderRequest:
    return TestSepay().signed({**TestSepay.TRANSFER, **changes}, key=secret)


def _sepay_key(secret: str, changes: Mapping[str, Any]) -> ProviderRequest:
    return arrival({**TestSepay.TRANSFER, **changes}, authorization=f"Apikey {secret}")


def _payos(secret: str, changes: Mapping[str, Any]) -> ProviderRequest:
    data = {**PAYOS_DATA, "reference": "R2", "paymentLinkId": "L2", **changes}
    return arrival({"code": "00", "data": data, "signature": hexed(secret, payos.signed_text(data), "sha256")})


def _vnpay(secret: str, changes: Mapping[str, Any]) -> ProviderRequest:
    sent = urlencode(sorted({**TestVnpay.PARAMETERS, **{name: str(value) for name, value in changes.items()}}.items()))
    return arrival(query=f"{sent}&vnp_SecureHash={hexed(secret, sent.encode(), 'sha512')}", method="GET")


def _casso_v1(secret: str, changes: Mapping[str, Any]) -> ProviderRequest:
    return arrival({"error": 0, "data": [{**TestCasso.V1_TRANSFER, **changes}]}, secure_token=secret)


def _casso_v2(secret: str, changes: Mapping[str, Any]) -> ProviderRequest:
    body = {"error": 0, "data": {**CASSO_TRANSFER, **changes}}
    signature = hexed(secret, casso.signed_text(str(CASSO_SENT_AT), body), "sha512")
    return arrival(body, x_casso_signature=f"t={CASSO_SENT_AT},v1={signature}")


def _momo(secret: str, changes: Mapping[str, Any]) -> ProviderRequest:
    access, _, key = secret.partition(":")
    body = {**TestMomo.BODY, **changes}
    return arrival({**body, "signature": hexed(key, momo.signed_text(access, body), "sha256")})


def _zalopay(secret: str, changes: Mapping[str, Any]) -> ProviderRequest:
    data = json.dumps({**json.loads(ZALOPAY_DATA), **changes})
    return arrival({"data": data, "mac": hexed(secret, data.encode(), "sha256"), "type": 1})


def _viettel(secret: str, changes: Mapping[str, Any]) -> ProviderRequest:
    access, _, key = secret.partition(":")
    form = {**TestViettel.FORM, **{name: str(value) for name, value in changes.items()}}
    digest = hmac.digest(key.encode(), viettel.signed_text(access, form), hashlib.sha1)
    return arrival(urlencode({**form, "check_sum": base64.b64encode(digest).decode()}).encode())


def _static_token(secret: str, changes: Mapping[str, Any]) -> ProviderRequest:
    return arrival({**TestStaticToken.BODY, **changes}, authorization=f"Bearer {secret}")


CASSO_TRANSFER: dict[str, Any] = {**CASSO_BODY["data"], "id": 7}  # type: ignore[dict-item]
SIGNED: dict[str, Signed] = {
    "sepay": Signed(_sepay, TestSepay.TRANSFER),
    "sepay by key": Signed(_sepay_key, TestSepay.TRANSFER, signs_content=False),
    "payos": Signed(_payos, PAYOS_DATA),
    "vnpay": Signed(_vnpay, TestVnpay.PARAMETERS),
    "casso-v1": Signed(_casso_v1, TestCasso.V1_TRANSFER, signs_content=False),
    "casso-v2": Signed(_casso_v2, CASSO_TRANSFER, now=TestCasso.SENT_AT),
    "momo": Signed(_momo, TestMomo.BODY),
    "zalopay": Signed(_zalopay, json.loads(ZALOPAY_DATA)),
    "viettel": Signed(_viettel, TestViettel.FORM),
    "static-token": Signed(_static_token, TestStaticToken.BODY, signs_content=False),
}
"""How the requests of each adapter are signed; a second way of one adapter has its name first."""


@pytest.fixture(params=sorted(PROVIDERS.keys() | SIGNED.keys()))
def case(request: pytest.FixtureRequest) -> tuple[ProviderAdapter, Signed]:
    if request.param not in SIGNED:
        pytest.fail(f"adapter {request.param}: say in SIGNED how its requests are signed; the tests follow from that")
    return PROVIDERS[request.param.partition(" ")[0]], SIGNED[request.param]


Case = tuple[ProviderAdapter, Signed]
JUNK: tuple[Any, ...] = (
    *(None, "", " ", "=", "A===", "é", "\x00", "9" * 10, "9" * 13, "9" * 300, "0" * 64, "t=1,v1=", "sha256="),
    *(0, -1, 1.5, 10**30, True, [], {}, [[]]),
)


def read_or_refused(case: Case, request: ProviderRequest, secrets: list[str]) -> list[PartnerMessage]:
    """The messages; none where it was refused. Any other exception would be a fault of ours in the answer."""
    adapter, signed = case
    try:
        return adapter.read(request, secrets, signed.now)
    except (SignatureRefused, BodyRefused):
        return []


def test_a_good_request_is_a_message_of_the_adapter(case: Case) -> None:
    adapter, signed = case

    assert [message.type is not None for message in adapter.read(signed.good(), [signed.secret], signed.now)] == [True]


@pytest.mark.parametrize("made_with", ["", ":", "other:key"])
def test_nothing_verifies_without_the_right_secret(case: Case, made_with: str) -> None:
    adapter, signed = case
    for request, secrets in (
        (signed.good(), []),
        (signed.good(), [made_with]),
        (signed.sign(made_with, {}), []),
        (signed.sign(made_with, {}), [signed.secret]),
    ):
        with pytest.raises(SignatureRefused):
            adapter.read(request, secrets, signed.now)


def test_a_changed_byte_makes_no_other_payment(case: Case) -> None:
    _, signed = case
    good = signed.good()
    wanted = read_or_refused(case, good, [signed.secret])
    changed = [with_header(good, place, value) for place, (_, sent) in enumerate(good.headers) for value in flips(sent)]
    if signed.signs_content:
        changed += [replace(good, body=body) for body in flips(good.body)]
        changed += [replace(good, query=query) for query in flips(good.query)]

    found = [message for request in changed for message in read_or_refused(case, request, [signed.secret])]

    assert [message for message in found if message.type is not None and message not in wanted] == []
    assert changed


def with_header(request: ProviderRequest, place: int, *values: bytes) -> ProviderRequest:
    """The request with these values of one header: none, one or several."""
    headers, name = request.headers, request.headers[place][0]
    return replace(request, headers=[*headers[:place], *((name, value) for value in values), *headers[place + 1 :]])


def flips(sent: bytes) -> list[bytes]:
    return [sent[:at] + bytes([sent[at] ^ 1]) + sent[at + 1 :] for at in range(len(sent))]


def test_a_header_that_is_missing_given_twice_or_junk_is_refused(case: Case) -> None:
    adapter, signed = case
    good = signed.good()
    for place, (_, sent) in enumerate(good.headers):
        for values in ([], [sent, sent], *([str(junk).encode()] for junk in JUNK), [b"\xff\xfe"]):
            with pytest.raises(SignatureRefused):
                adapter.read(with_header(good, place, *values), [signed.secret], signed.now)


def test_junk_in_a_signed_field_raises_no_other_error(case: Case) -> None:
    _, signed = case
    for name in signed.fields:
        for junk in JUNK:
            read_or_refused(case, signed.sign(signed.secret, {name: junk}), [signed.secret])


@given(body=st.binary(max_size=80), query=st.binary(max_size=40), header=st.binary(max_size=40))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_junk_raises_only_the_two_errors(case: Case, body: bytes, query: bytes, header: bytes) -> None:
    adapter, signed = case
    good = signed.good()
    for request in (
        ProviderRequest(good.method, query, good.headers, body),
        ProviderRequest(good.method, query, [(name, header) for name, _ in good.headers], good.body),
    ):
        read_or_refused(case, request, [signed.secret])
        for outcome in ReplyOutcome:
            status = adapter.reply(outcome, request, [signed.secret]).status
            assert status in {200, 202, 204, 400, 401, 422, 429, 503}
