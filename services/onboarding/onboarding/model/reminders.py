"""Reminders of a campaign to its units: letters, which casework keeps, about what a unit is behind on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.ids import new_id
from chassis.storage.database import aware
from contracts.vocabularies import INDICATORS
from onboarding.model.tables import OnboardingTable, texts


class CampaignReminder(OnboardingTable, table=True):
    """One letter to one unit; `behind` is what it was behind on then."""

    __tablename__ = "campaign_reminder"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(index=True)
    unit_id: UUID
    unit_code: str = Field(sa_type=Text)
    document_id: UUID
    behind: list[str] = Field(sa_type=texts())
    sent_at: datetime = Field(sa_type=aware())
    sent_by: str = Field(sa_type=Text)


FILINGS = {
    "plan": "kế hoạch", "weekly": "báo cáo tuần", "monthly": "báo cáo tháng", "final": "báo cáo tổng kết",
}  # fmt: skip
_TEXTS = {
    "team": "chưa thành lập tổ triển khai",
    "session": "chưa tổ chức hội nghị, lớp tập huấn hoặc buổi hướng dẫn nào",
    "visit": "chưa có lượt đến nhà nào được ghi nhận",
    "task": "còn việc quá hạn chưa hoàn thành",
}


def sentence_of(code: str, parts: Mapping[str, float]) -> str:
    """What a unit is behind on, in Vietnamese: by a code such as `team`, `filing_plan` or `target_vneid`."""
    if code in _TEXTS:
        return _TEXTS[code]
    kind, _, name = code.partition("_")
    if kind == "filing":
        return f"chưa nộp {FILINGS[name]} hoặc nộp quá hạn"
    title = next((term.title for term in INDICATORS if term.code == name), name)
    return f"chỉ tiêu “{title}” mới đạt {100 * parts.get(name, 0.0):.0f} % mức đề ra"


def letter_of(campaign: str, unit: str, behind: Sequence[str], parts: Mapping[str, float], text: str | None) -> str:
    """The body of the letter."""
    lines = [f"Qua theo dõi kế hoạch “{campaign}”, {unit} còn các nội dung sau:"]
    lines += [f"- {sentence_of(code, parts)};" for code in behind] or ["- (không có nội dung chậm)."]
    lines.append(text or "Đề nghị đơn vị khẩn trương thực hiện và báo cáo kết quả.")
    return "\n".join(lines)
