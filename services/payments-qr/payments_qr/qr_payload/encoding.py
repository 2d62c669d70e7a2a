"""Writing a payload: everything is checked first, nothing is ever cut to size, and the result is plain ASCII."""

import re
from collections.abc import Callable

from payments_qr.qr_payload.content import ADDITIONAL_TAGS, NAPAS_GUID, VND, QrContent, ServiceCode
from payments_qr.qr_payload.crc import with_checksum
from payments_qr.qr_payload.faults import PayloadFault, UnwritableContent
from payments_qr.qr_payload.folding import shortened
from payments_qr.qr_payload.tlv import written, written_all

LARGEST_AMOUNT = 10**13 - 1
_TEXT_LIMITS = {"merchant_name": 25, "merchant_city": 15, "postal_code": 10} | dict.fromkeys(ADDITIONAL_TAGS, 25)
# Banks show the memo only in these characters; the reference must survive inside the memo.
_MEMO = re.compile(r"[A-Za-z0-9 .\-_]*")
_PRINTABLE = re.compile(r"[ -~]*")


def encode(content: QrContent, is_known_bin: Callable[[str], bool] = lambda _: True) -> str:
    """The VietQR payload of `content`: tags ascending, checksum last and in upper case.

    Free texts lose their Vietnamese marks. Raises UnwritableContent with every fault, by field name, when the
    content does not fit. `decode(encode(content)).content == content.folded()`.
    """
    ascii_content = content.folded()
    faults = list(_faults_of(ascii_content, is_known_bin))
    if faults:
        raise UnwritableContent(faults)
    return with_checksum(_body_of(ascii_content))


def _faults_of(content: QrContent, is_known_bin: Callable[[str], bool]) -> list[PayloadFault]:
    return [
        *_choice_faults(content),
        *_account_faults(content, is_known_bin),
        *_amount_faults(content),
        *_tip_faults(content),
        *_merchant_faults(content),
        *_text_faults(content),
        *_template_faults(content),
    ]


def _choice_faults(content: QrContent) -> list[PayloadFault]:
    faults = []
    if content.initiation not in ("static", "dynamic"):
        faults.append(PayloadFault("/initiation", "wrong-choice", details={"found": content.initiation}))
    if content.service_code not in set(ServiceCode):
        faults.append(PayloadFault("/service_code", "wrong-choice", details={"found": content.service_code}))
    return faults


def _account_faults(content: QrContent, is_known_bin: Callable[[str], bool]) -> list[PayloadFault]:
    faults = []
    if not re.fullmatch(r"[0-9]{6}", content.bin):
        faults.append(PayloadFault("/bin", "wrong-bin"))
    elif not is_known_bin(content.bin):
        faults.append(PayloadFault("/bin", "unknown-bin", details={"found": content.bin}))
    account = content.account_no
    is_card = content.service_code == ServiceCode.TRANSFER_TO_CARD
    if not account:
        faults.append(PayloadFault("/account_no", "required"))
    elif len(account) > 19:
        faults.append(PayloadFault("/account_no", "too-long-exact", details={"length": len(account), "limit": 19}))
    elif is_card and not re.fullmatch(r"9704[0-9]{12,15}", account):
        faults.append(PayloadFault("/account_no", "wrong-card"))
    elif not re.fullmatch(r"[A-Za-z0-9]+", account):
        faults.append(PayloadFault("/account_no", "wrong-account"))
    return faults


def _amount_faults(content: QrContent) -> list[PayloadFault]:
    if content.amount is None:
        return []
    is_whole = isinstance(content.amount, int) and not isinstance(content.amount, bool)
    if not is_whole or not 1 <= content.amount <= LARGEST_AMOUNT:
        return [PayloadFault("/amount", "wrong-amount")]
    return []


def _tip_faults(content: QrContent) -> list[PayloadFault]:
    faults = []
    if content.tip not in (None, "01", "02", "03"):
        faults.append(PayloadFault("/tip", "wrong-choice", details={"found": content.tip}))
    for name, indicator in (("tip_fixed", "02"), ("tip_percent", "03")):
        given = getattr(content, name) is not None
        if given != (content.tip == indicator):
            faults.append(PayloadFault(f"/{name}", "not-allowed" if given else "required"))
    if content.tip_fixed is not None and not 1 <= content.tip_fixed <= LARGEST_AMOUNT:
        faults.append(PayloadFault("/tip_fixed", "wrong-tip-amount"))
    if content.tip_percent is not None and not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2})?", content.tip_percent):
        faults.append(PayloadFault("/tip_percent", "wrong-tip-percent"))
    return faults


def _merchant_faults(content: QrContent) -> list[PayloadFault]:
    faults = []
    if content.mcc is not None and not re.fullmatch(r"[0-9]{4}", content.mcc):
        faults.append(PayloadFault("/mcc", "wrong-mcc"))
    if content.service_code == ServiceCode.PURCHASE:
        needed = ("mcc", "merchant_name", "merchant_city")
        faults += [PayloadFault(f"/{name}", "required") for name in needed if getattr(content, name) is None]
    return faults


def _text_faults(content: QrContent) -> list[PayloadFault]:
    faults = []
    for name, limit in _TEXT_LIMITS.items():
        value = getattr(content, name)
        if value is None:
            continue
        if not value or value != value.strip(" "):
            faults.append(PayloadFault(f"/{name}", "required"))
        odd = sorted(set(_odd_characters(value, _MEMO if name == "purpose" else _PRINTABLE)))
        if odd:
            faults.append(PayloadFault(f"/{name}", "character-not-allowed", details={"characters": " ".join(odd)}))
        if len(value) > limit:
            details = {"length": len(value), "limit": limit, "suggestion": shortened(value, limit)}
            faults.append(PayloadFault(f"/{name}", "too-long", details=details))
    if content.consumer_data and not re.fullmatch(r"[AME]{1,3}", content.consumer_data):
        faults.append(PayloadFault("/consumer_data", "wrong-consumer-data"))
    return faults


def _odd_characters(value: str, allowed: re.Pattern[str]) -> list[str]:
    return [character for character in value if not allowed.fullmatch(character)]


def _template_faults(content: QrContent) -> list[PayloadFault]:
    values = [getattr(content, name) for name in ADDITIONAL_TAGS]
    length = sum(4 + len(value) for value in values if value)
    # Single fields that are too long are named by themselves.
    if length > 99 and all(len(value) <= 25 for value in values if value):
        return [PayloadFault("/62", "template-too-long", details={"tag": "62", "length": length, "limit": 99})]
    return []


def _body_of(content: QrContent) -> str:
    additional = written_all((tag, getattr(content, name)) for name, tag in ADDITIONAL_TAGS.items())
    pairs = {
        "00": "01",
        "01": "11" if content.initiation == "static" else "12",
        "38": _account_of(content),
        "52": content.mcc,
        "53": VND,
        "54": _digits(content.amount),
        "55": content.tip,
        "56": _digits(content.tip_fixed),
        "57": content.tip_percent,
        "58": "VN",
        "59": content.merchant_name,
        "60": content.merchant_city,
        "61": content.postal_code,
        "62": additional or None,
    }
    return written_all(iter(pairs.items()))


def _account_of(content: QrContent) -> str:
    beneficiary = written("00", content.bin) + written("01", content.account_no)
    return written("00", NAPAS_GUID) + written("01", beneficiary) + written("02", content.service_code)


def _digits(amount: int | None) -> str | None:
    return None if amount is None else str(amount)
