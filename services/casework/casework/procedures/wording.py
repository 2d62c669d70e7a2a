"""What is checked in a procedure, in words for applicants and officers: derived from the checks of its version."""

from collections.abc import Iterator

from casework.procedures.checks import (
    Between,
    Check,
    Condition,
    Digits,
    InFuture,
    InOrder,
    NotAllowed,
    NotInFuture,
    OldEnough,
    PaperByValue,
    Together,
    WithinDays,
)
from casework.procedures.version import Version
from chassis.bilingual import BilingualText

TOLD = BilingualText(
    vi="; cán bộ được báo, hồ sơ vẫn nộp được", en="; the officer is told, the dossier can be submitted"
)


def checks_in_words(version: Version) -> list[BilingualText]:
    """A sentence for each check, in their order."""
    return [
        *(_words(version, check) for check in version.checks),
        *(_paper(version, paper) for paper in version.papers_by_value),
        *_flags(version),
    ]


def _words(version: Version, check: Check) -> BilingualText:
    match check:
        case NotInFuture(fields=names):
            return _said(version, names, "không sau hôm nay", "not in the future")
        case InOrder(fields=names):
            return _said(version, names, "theo đúng thứ tự thời gian", "in this order of time", " → ")
        case InFuture(field=name, most_days=days):
            return _said(version, [name], f"sau hôm nay, không quá {days} ngày", f"after today, at most {days} days")
        case WithinDays(field=name, days=days):
            vi, en = f"quá {days} ngày là đăng ký muộn", f"more than {days} days ago is a late registration"
            return _said(version, [name], f"{vi}{TOLD.vi}", f"{en}{TOLD.en}")
        case Between(field=name, least=least, most=most):
            return _said(version, [name], f"từ {_number(least)} đến {_number(most)}", f"from {least:,} to {most:,}")
        case Digits(field=name, least=least, most=most):
            return _said(version, [name], f"{least} đến {most} chữ số", f"{least} to {most} digits")
        case Together(fields=names):
            return _said(version, names, "điền đủ cả hoặc để trống cả", "all filled in or none")
        case OldEnough(field=name, years=years, when=when, blocks=blocks):
            told = ("", "") if blocks else (TOLD.vi, TOLD.en)
            limit = _when(version, when)
            vi, en = f"đủ {years} tuổi{limit[0]}{told[0]}", f"at least {years} years old{limit[1]}{told[1]}"
            return _said(version, [name], vi, en)
        case NotAllowed(vi=vi, en=en, blocks=blocks):
            told = ("", "") if blocks else (TOLD.vi, TOLD.en)
            return BilingualText(vi=vi.rstrip(".") + told[0], en=en.rstrip(".") + told[1])


def _said(version: Version, names: tuple[str, ...] | list[str], vi: str, en: str, between: str = ", ") -> BilingualText:
    labels = [version.labels[name] for name in names]
    return BilingualText(
        vi=f"{between.join(label.vi for label in labels)}: {vi}",
        en=f"{between.join(label.en for label in labels)}: {en}",
    )


def _when(version: Version, condition: Condition | None) -> tuple[str, str]:
    if condition is None:
        return "", ""
    label, values = version.labels[condition.field], _values(version, condition.field, condition.values)
    return f" ({label.vi}: {values.vi})", f" ({label.en}: {values.en})"


def _paper(version: Version, paper: PaperByValue) -> BilingualText:
    label, values = version.labels[paper.field], _values(version, paper.field, paper.values)
    document = next(each.label for each in version.documents if each.code == paper.document)
    return BilingualText(
        vi=f"{label.vi} là {values.vi}: phải kèm {document.vi}", en=f"{label.en} is {values.en}: needs {document.en}"
    )


def _values(version: Version, name: str, values: tuple[object, ...]) -> BilingualText:
    field = next(each for each in version.fields if each.name == name)
    labels = [choice.label for choice in field.choices or () if choice.value in values]
    return BilingualText(vi=" hoặc ".join(each.vi for each in labels), en=" or ".join(each.en for each in labels))


def _flags(version: Version) -> Iterator[BilingualText]:
    if version.registers_death:
        yield BilingualText(
            vi="Việc khai tử của người này chưa được đăng ký", en="The death of this person is not registered yet"
        )
    if version.concerns_the_dead:
        yield BilingualText(
            vi=f"Cơ sở dữ liệu chưa ghi nhận người này đã mất{TOLD.vi}; phê duyệt thì ghi nhận",
            en=f"The registry does not know the death{TOLD.en}; the approval registers it",
        )
    if version.claimed_once:
        yield BilingualText(
            vi=f"Đã có hồ sơ khác cùng nội dung cho người này{TOLD.vi}; phê duyệt phải nêu lý do",
            en=f"Another dossier asks for the same{TOLD.en}; its approval needs a reason",
        )
    if version.allowance:
        yield BilingualText(vi="Mức hỗ trợ tính theo ngày mất", en="The amount follows from the day of death")


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
