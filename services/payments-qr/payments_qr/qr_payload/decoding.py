"""Reading a payload: strict structure at three levels, every finding reported, the real world's habits tolerated."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from payments_qr.qr_payload.content import (
    ADDITIONAL_TAGS,
    NAPAS_GUID,
    VND,
    VNPAY_GUID,
    DecodedQr,
    Initiation,
    Scheme,
    ServiceCode,
)
from payments_qr.qr_payload.crc import CRC_HEAD, checksum_of
from payments_qr.qr_payload.deep_links import is_link, payload_in
from payments_qr.qr_payload.faults import PayloadFault, UnreadablePayload
from payments_qr.qr_payload.tlv import Container, DataObject, read_container

LONGEST_PAYLOAD = 2_000  # a QR code of version 40 at level M holds 2,331 bytes; EMV payloads stay under 512
LONGEST_LINK = 8_000
_INITIATIONS: dict[str, Initiation] = {"11": "static", "12": "dynamic"}
_TEMPLATE_TAGS = frozenset(f"{tag:02d}" for tag in range(26, 52))
_LIMITS = {"59": 25, "60": 15, "61": 10} | {f"62/{tag}": 25 for tag in ADDITIONAL_TAGS.values()}
_ROOT_TEXTS = {
    "currency": "53",
    "country": "58",
    "mcc": "52",
    "merchant_name": "59",
    "merchant_city": "60",
    "postal_code": "61",
}
_LANGUAGE_TEXTS = {"local_language": "00", "local_name": "01", "local_city": "02"}
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


def decode(text: str) -> DecodedQr:
    """The content of `text`, a payload or a deep link that contains one.

    Raises UnreadablePayload with every fault, each with the path of its tag and its offset in characters, and
    never another exception. Deviations of real issuers from the standard come as `warnings`.
    """
    if not isinstance(text, str):
        raise UnreadablePayload([PayloadFault("/", "not-text", 0)])
    stripped = text.strip(" \t\r\n\ufeff")
    if len(stripped) > LONGEST_LINK:
        raise UnreadablePayload([_too_long(stripped, LONGEST_LINK)])
    return _Reader(payload_in(stripped) if is_link(stripped) else stripped).read()


class _Reader:
    """One pass over one payload; collects faults and warnings on the way."""

    def __init__(self, payload: str) -> None:
        self.payload = payload
        self.faults: list[PayloadFault] = []
        self.warnings: list[PayloadFault] = []
        self.extra: list[tuple[str, str]] = []

    def read(self) -> DecodedQr:
        self._refuse_hopeless()
        root = read_container(self.payload, "", 0, self.faults)
        self._check_frame(root)
        self._check_crc(root)
        initiation = self._initiation(root)
        account = self._napas_account(root) if root.find("38") else self._other_account(root)
        self._check_account_presence(root, account)
        fields = {"amount": self._amount(root, "54", "wrong-amount")} | self._tips(root)
        self._check_texts(root, account)
        additional, language = self._additional(root), self._template(root, "64")
        self._note_extra(root)
        self._warn_about_initiation(root, initiation)
        if self.faults:
            raise UnreadablePayload(sorted(self.faults, key=lambda fault: fault.offset or 0))
        fields |= asdict(account or _Account(Scheme.OTHER))
        for container, tags in ((root, _ROOT_TEXTS), (language, _LANGUAGE_TEXTS), (additional, ADDITIONAL_TAGS)):
            fields |= {name: container.value(tag) or None for name, tag in tags.items()}
        return DecodedQr(
            payload=self.payload,
            initiation=initiation or "static",
            extra=tuple(self.extra),
            warnings=tuple(self.warnings),
            **fields,
        )

    # Nothing after these can be trusted, so they end the reading at once.

    def _refuse_hopeless(self) -> None:
        if not self.payload:
            raise UnreadablePayload([PayloadFault("/", "empty-payload", 0)])
        if len(self.payload) > LONGEST_PAYLOAD:
            raise UnreadablePayload([_too_long(self.payload, LONGEST_PAYLOAD)])
        odd = next((i for i, character in enumerate(self.payload) if not " " <= character <= "~"), None)
        if odd is not None:
            raise UnreadablePayload([PayloadFault("/", "non-ascii", odd, {"position": odd + 1})])

    def _check_frame(self, root: Container) -> None:
        version = root.find("00")
        if version is None:
            self._missing(root, "00")
        else:
            if root.objects[0] is not version:
                self._fault(version, "not-first")
            if version.value != "01":
                self._fault(version, "wrong-format-version", found=version.value)
        escape = _PERCENT.search(self.payload)
        if escape and (not root.is_whole or self.payload[-4:].upper() != checksum_of(self.payload[:-4])):
            self.faults.append(PayloadFault("/", "percent-encoded", escape.start()))

    def _check_crc(self, root: Container) -> None:
        stated = root.find("63")
        if stated is None:
            if root.is_whole:
                self.faults.append(PayloadFault("/63", "crc-missing", len(self.payload)))
            elif self.payload[-8:-4] == CRC_HEAD:
                self._compare_crc(PayloadFault("/63", "crc-mismatch", len(self.payload) - 4), self.payload[-4:])
            return
        if root.objects[-1] is not stated or not root.is_whole:
            self._fault(stated, "not-last")
        elif not re.fullmatch(r"[0-9A-Fa-f]{4}", stated.value):
            self._fault(stated, "crc-malformed")
        else:
            self._compare_crc(PayloadFault("/63", "crc-mismatch", stated.value_offset), stated.value)

    def _compare_crc(self, place: PayloadFault, stated: str) -> None:
        computed = checksum_of(self.payload[:-4])
        if stated.upper() != computed:
            details = {"stated": stated, "computed": computed}
            self.faults.append(PayloadFault(place.pointer, "crc-mismatch", place.offset, details))
        elif stated != computed:
            self.warnings.append(PayloadFault(place.pointer, "crc-lower-case", place.offset))

    def _initiation(self, root: Container) -> Initiation | None:
        found = root.find("01")
        if found is None:
            self._missing(root, "01")
            return None
        if found.value not in _INITIATIONS:
            self._fault(found, "wrong-initiation", found=found.value)
        return _INITIATIONS.get(found.value)

    def _napas_account(self, root: Container) -> "_Account":
        template = self._template(root, "38")
        guid = template.find("00")
        if guid is None:
            self._missing(template, "00")
        elif guid.value != NAPAS_GUID:
            self._fault(guid, "wrong-guid", found=guid.value)
        beneficiary = self._template(template, "01")
        if template.find("01") is None:
            self._missing(template, "01")
        else:
            self._check_beneficiary(beneficiary)
        service = template.find("02")
        if service and service.value not in set(ServiceCode):
            self._fault(service, "unknown-service-code", found=service.value)
        return _Account(
            Scheme.NAPAS,
            network_guid=NAPAS_GUID,
            bin=beneficiary.value("00"),
            account_no=beneficiary.value("01"),
            service_code=service.value if service else None,
        )

    def _check_beneficiary(self, beneficiary: Container) -> None:
        self._check(beneficiary, "00", r"[0-9]{6}", "wrong-bin")
        self._check(beneficiary, "01", r"[A-Za-z0-9]{1,19}", "wrong-account")
        nested = beneficiary.find("02")
        if nested:
            self._fault(nested, "service-code-nested")

    def _check(self, container: Container, tag: str, pattern: str, code: str) -> None:
        found = container.find(tag)
        if found is None:
            self._missing(container, tag)
        elif not re.fullmatch(pattern, found.value):
            self._fault(found, code)

    def _other_account(self, root: Container) -> "_Account | None":
        """The first template of another network: VNPAY, EVN's bill codes, AirPay; card schemes hold plain text."""
        for found in root.objects:
            if found.tag in _TEMPLATE_TAGS:
                return self._template_account(self._template(root, found.tag))
            if "02" <= found.tag <= "25":
                return _Account(Scheme.OTHER, merchant_id=found.value)
        return None

    def _template_account(self, template: Container) -> "_Account":
        guid, merchant = template.value("00"), template.find("01")
        if guid is None:
            self._missing(template, "00")
        if guid == VNPAY_GUID:
            self._check(template, "01", r"[A-Za-z0-9]{8,18}", "wrong-merchant-id")
            return _Account(Scheme.VNPAY, guid, merchant.value if merchant else None)
        # EVN issues bill codes with the network identifier "00" and its tax code as merchant.
        is_evn = guid == "00" and bool(re.match(r"[0-9]{10}-[0-9]{3}$", merchant.value if merchant else ""))
        return _Account(Scheme.EVN if is_evn else Scheme.OTHER, guid, merchant.value if merchant else None)

    def _check_account_presence(self, root: Container, account: "_Account | None") -> None:
        if account is None and root.is_whole:
            self.faults.append(PayloadFault("/38", "no-account", len(self.payload)))
        self._check_constant(root, root.find("53"), "53", VND, "wrong-currency")
        if root.find("38") is not None or root.find("58") is None:
            self._check_constant(root, root.find("58"), "58", "VN", "wrong-country")

    def _check_constant(self, root: Container, found: DataObject | None, tag: str, expected: str, code: str) -> None:
        if found is None:
            self._missing(root, tag)
        elif found.value != expected:
            self._fault(found, code)

    def _amount(self, root: Container, tag: str, code: str) -> int | None:
        found = root.find(tag)
        if found is None:
            return None
        if not re.fullmatch(r"[0-9]{1,13}", found.value) or int(found.value) == 0:
            self._fault(found, code)
            return None
        if found.value.startswith("0"):
            self._warn(found, "leading-zeros")
        return int(found.value)

    def _tips(self, root: Container) -> dict[str, Any]:
        indicator = root.find("55")
        if indicator is not None:
            if indicator.value not in ("01", "02", "03"):
                self._fault(indicator, "wrong-tip")
            needed = {"02": "56", "03": "57"}.get(indicator.value)
            if needed and root.find(needed) is None:
                self._missing(root, needed, at=indicator.offset)
        fixed = self._amount(root, "56", "wrong-tip-amount")
        percent = root.find("57")
        if percent and not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2})?", percent.value):
            self._fault(percent, "wrong-tip-percent")
        return {
            "tip": indicator.value if indicator else None,
            "tip_fixed": fixed,
            "tip_percent": percent.value if percent else None,
        }

    def _check_texts(self, root: Container, account: "_Account | None") -> None:
        mcc = root.find("52")
        if mcc and not re.fullmatch(r"[0-9]{4}", mcc.value):
            self._fault(mcc, "wrong-mcc")
        # A NAPAS code without a service code is a purchase. Transfers need no merchant description, and VNPAY
        # issues codes without one.
        is_purchase = (
            account is not None
            and account.scheme == Scheme.NAPAS
            and account.service_code in (None, ServiceCode.PURCHASE)
        )
        for tag in ("52", "59", "60"):
            if is_purchase and root.find(tag) is None:
                self._missing(root, tag)
        for found in root.objects:
            self._warn_about_length(found, found.tag)

    def _additional(self, root: Container) -> Container:
        template = self._template(root, "62")
        for found in template.objects:
            self._warn_about_length(found, f"62/{found.tag}")
            if found.tag == "09" and not re.fullmatch(r"[AME]{1,3}", found.value):
                self._warn(found, "wrong-consumer-data")
            if "50" <= found.tag <= "99":
                read_container(found.value, found.pointer, found.value_offset, self.faults)
        return template

    def _template(self, parent: Container, tag: str) -> Container:
        found = parent.find(tag)
        if found is None:
            return Container(f"{parent.pointer}/{tag}", parent.offset, (), is_whole=parent.is_whole)
        return read_container(found.value, found.pointer, found.value_offset, self.faults)

    def _note_extra(self, root: Container) -> None:
        known = {"00", "01", "38", "52", "53", "54", "55", "56", "57", "58", "59", "60", "61", "62", "63", "64"}
        for found in root.objects:
            if found.tag not in known:
                self.extra.append((found.pointer, found.value))

    def _warn_about_initiation(self, root: Container, initiation: Initiation | None) -> None:
        amount, point = root.find("54"), root.find("01")
        if point and initiation == "static" and amount is not None:
            self._warn(point, "static-with-amount")
        if point and initiation == "dynamic" and amount is None:
            self._warn(point, "dynamic-without-amount")

    def _warn_about_length(self, found: DataObject, path: str) -> None:
        if not found.value and path != "63":
            self._warn(found, "empty-value", tag=found.tag)
        limit = _LIMITS.get(path)
        if limit is not None and len(found.value) > limit:
            self._warn(found, "over-limit", tag=found.tag, length=len(found.value), limit=limit)

    def _missing(self, container: Container, tag: str, at: int | None = None) -> None:
        # What a broken level did not reach is not called missing: the break itself is reported.
        if container.is_whole:
            end = container.objects[-1] if container.objects else None
            place = end.value_offset + len(end.value) if end else container.offset
            offset = place if at is None else at
            self.faults.append(PayloadFault(f"{container.pointer}/{tag}", "missing", offset, {"tag": tag}))

    def _fault(self, place: DataObject, code: str, **details: object) -> None:
        # A wrong tag is a fault at its value, a wrong position at its head.
        offset = place.offset if code in ("not-first", "not-last") else place.value_offset
        self.faults.append(PayloadFault(place.pointer, code, offset, details))

    def _warn(self, place: DataObject, code: str, **details: object) -> None:
        self.warnings.append(PayloadFault(place.pointer, code, place.value_offset, details))


@dataclass(frozen=True, slots=True)
class _Account:
    """The receiver as one network names it: NAPAS by bank and account, the others by a merchant id."""

    scheme: Scheme
    network_guid: str | None = None
    merchant_id: str | None = None
    bin: str | None = None
    account_no: str | None = None
    service_code: str | None = None


def _too_long(text: str, limit: int) -> PayloadFault:
    return PayloadFault("/", "payload-too-long", limit, {"length": len(text), "limit": limit})
