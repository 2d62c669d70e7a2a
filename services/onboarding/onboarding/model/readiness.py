"""Readiness of a venue (requirements R62, R67, R82, R92): what is a gap, and which body closes it."""

from typing import Any

BODY_OF_KIND = {
    "network": "telecom",
    "internet": "telecom",
    "wifi": "telecom",
    "sim": "telecom",
    "vneid_device": "police",
    "bank_counter": "bank",
    "loudspeaker": "culture",
}
"""Everything else (computers, scanners, power, seats) is the office's to arrange."""
NAMES = {
    "network": "đường truyền",
    "internet": "đường truyền Internet",
    "wifi": "Wi-Fi",
    "computer": "máy tính",
    "scanner": "máy quét",
    "printer": "máy in",
    "power": "nguồn điện",
    "smartphone": "điện thoại thông minh",
    "vneid_device": "thiết bị làm định danh điện tử",
    "loudspeaker": "loa truyền thanh",
    "seats": "chỗ ngồi",
    "sim": "sim điện thoại",
    "bank_counter": "bàn giao dịch ngân hàng",
}


def is_gap(item: dict[str, Any]) -> bool:
    """Less works than is needed; yes and no count as one and none."""
    return int(item.get("working") or 0) < int(item.get("needed") or 0)


def body_for(item: dict[str, Any]) -> str:
    """The body named in the item, else the one that closes gaps of this kind."""
    return str(item.get("body") or BODY_OF_KIND.get(str(item["kind"]), "office"))


def work_for(item: dict[str, Any], venue: str) -> str:
    """The text of the task."""
    lacking = int(item.get("needed") or 0) - int(item.get("working") or 0)
    name = NAMES.get(str(item["kind"]), str(item["kind"]))
    note = f" ({item['note']})" if item.get("note") else ""
    return f"Bổ sung {lacking} {name} tại {venue}{note}"
