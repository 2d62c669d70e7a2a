"""What this service refuses."""

from chassis.errors import Problem

__all__ = ["UnknownIndicator", "UnknownUnit"]


class UnknownUnit(Problem):
    slug, status = "unknown-unit", 404
    vi, en = "Không có đơn vị nào mang mã này vào ngày đó.", "No unit has this code on that day."


class UnknownIndicator(Problem):
    slug, status = "unknown-indicator", 400
    vi, en = "Không có chỉ số này.", "There is no such indicator."
