"""The training guard: requests of training accounts name no real unit, number, account or file.

What these accounts read is limited by their unit, as for every caller: training units are in a separate tree. This guard
checks what a body names beyond that (a document to another commune, a real person's number). See ADR 0011.
"""

import json
from typing import Any

from fastapi import Request

from chassis.errors import Problem
from chassis.security.identity import Caller

TRAINING = "training"
"""The kind of training units; reports, counts and partners exclude it."""
NUMBER = "000"
"""No province has this code, so no person, business or card has a number that begins so."""
ACCOUNT = "tap-huan-"
UNITS = frozenset({"unit_code", "from_unit_code"})
NUMBERS = frozenset({"personal_id", "phone", "tax_code", "social_insurance_no", "account_no"})
ACCOUNTS = frozenset({"account", "owner", "assignee"})


class TrainingOnly(Problem):
    """A training account names something real, or sends a list."""

    slug, status = "only-for-practice", 403
    vi = "Tài khoản tập huấn chỉ dùng đơn vị, số định danh (bắt đầu bằng 000) và tài khoản tập huấn; không nộp tệp danh sách."
    en = "A training account names only the training unit, synthetic numbers (they begin with 000) and training accounts."


async def guard_training(request: Request, caller: Caller) -> None:
    """Refuses a training account's request that names something real."""
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        if "/dossiers/" not in request.url.path:
            raise TrainingOnly()
        return
    try:
        # Whatever the declared media type: a body without one is parsed as JSON too.
        body = json.loads(await request.body() or b"null")
    except ValueError:
        return  # the route answers what is wrong with it
    if not _stays_in(body, caller.training_units):
        raise TrainingOnly()


def _stays_in(value: Any, units: tuple[str, ...]) -> bool:
    if isinstance(value, list):
        return all(_stays_in(each, units) for each in value)
    if not isinstance(value, dict):
        return True
    return all(_may_name(name, named, units) and _stays_in(named, units) for name, named in value.items())


def _may_name(name: str, value: Any, units: tuple[str, ...]) -> bool:
    if not isinstance(value, str):
        return not isinstance(value, int) or name not in NUMBERS
    if name in UNITS:
        return value.strip() in units
    if name in NUMBERS:
        return value.strip().startswith(NUMBER)
    return name not in ACCOUNTS or value.strip().startswith(ACCOUNT)
