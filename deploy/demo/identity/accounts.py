"""The synthetic people who have an account at the played identity provider: some sign in, one meets each refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from chassis.security.played import subject_of
from deploy.demo.people import Person, people

COMMUNE, VILLAGE = "15724", "15727-02"
NEWCOMER = Person(
    VILLAGE, "Hộ mới đến", 9901, "Trần Văn Chưa", is_female=False, born=date(1990, 5, 6),
    cells={"Số ĐDCN": "038090999901", "Ngày sinh": "06/05/1990", "Mã số BHXH": "", "Bảo trợ xã hội": ""},
)  # fmt: skip
"""On no list of the commune; the population database knows them, so their proposal is prefilled."""


@dataclass(frozen=True)
class DemoAccount:
    """An account: what the provider states about the person, and what happens at the sign-in (in Vietnamese)."""

    key: str
    title: str
    full_name: str
    date_of_birth: str
    personal_id: str
    subject: str

    @property
    def claims(self) -> dict[str, str]:
        """What `POST /dev/token` takes for the same sign-in."""
        stated = ("full_name", "date_of_birth", "personal_id", "subject")
        return {name: getattr(self, name) for name in stated}


@cache
def accounts() -> tuple[DemoAccount, ...]:
    """All accounts, in the order of the page."""
    neighbours = _neighbours()
    adults = [each for each in neighbours if 25 <= each.age <= 55]
    citizen, grandchild, mismatch, revoked, conflict = adults[:5]
    grandmother = next(each for each in neighbours if each.is_female and each.age >= 62)
    child = next(each for each in neighbours if 5 <= each.age <= 11)
    return (
        _account("citizen", "Người dân có hồ sơ: đăng nhập được", citizen),
        _account("grandchild", "Được bà ủy quyền: đăng nhập rồi làm thay cho bà", grandchild),
        _account("grandmother", "Bà: xem và chấm dứt việc làm thay", grandmother),
        _account("unknown", "Chưa có hồ sơ (identity-unknown): gửi đề nghị đăng ký", NEWCOMER),
        DemoAccount("mismatch", "Họ tên không khớp với hồ sơ (identity-mismatch)", "Nguyễn Khác Tên",
                mismatch.born.isoformat(), mismatch.personal_id, subject_of(mismatch.personal_id)),
        DemoAccount("deceased", "Hồ sơ ghi đã mất (identity-deceased)", "Lê Văn Khuất", "1950-02-03", "038050999902",
                subject_of("038050999902")),
        _account("minor", "Dưới 14 tuổi (identity-minor): người giám hộ làm thay", child),
        _account("revoked", "Liên kết đã bị ngắt (identity-revoked)", revoked),
        _account("conflict", "Đã gắn với tài khoản khác (identity-conflict)", conflict, subject="p-second-account"),
    )  # fmt: skip


def account(key: str) -> DemoAccount | None:
    """The account with this key."""
    return next((each for each in accounts() if each.key == key), None)


def guardian_of_minor() -> Person:
    """The adult who acts for the child of the page: of the same household."""
    child = next(each for each in _neighbours() if each.personal_id == _number("minor"))
    return next(each for each in _neighbours() if each.household == child.household and each.age >= 20)


def _number(key: str) -> str:
    found = account(key)
    assert found is not None
    return found.personal_id


@cache
def _neighbours() -> list[Person]:
    """The residents of one village whose list has their number of 12 digits."""
    is_listed: Callable[[Person], bool] = lambda each: each.cells["Số ĐDCN"] == each.personal_id  # noqa: E731
    return [each for each in people() if each.village == VILLAGE and is_listed(each)]


def _account(key: str, title: str, person: Person, *, subject: str | None = None) -> DemoAccount:
    number = person.personal_id
    return DemoAccount(key, title, person.full_name, person.born.isoformat(), number, subject or subject_of(number))
