"""A report as a file: spreadsheet, CSV, and the official report as DOCX and PDF. Slow work: call it off the event loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from reporting.exports.official_docx import write_docx
from reporting.exports.official_pdf import write_pdf
from reporting.exports.tables import write_csv, write_xlsx
from reporting.figures import Report

__all__ = ["FORMATS", "ExportFormat", "Exported", "export"]

ExportFormat = Literal["xlsx", "csv", "docx", "pdf"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)

WRITERS: dict[ExportFormat, tuple[Callable[[Report, str], bytes], str]] = {
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "docx": (write_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (write_pdf, "application/pdf"),
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file ready to be sent."""

    content: bytes
    media_type: str
    file_name: str


def export(report: Report, format: ExportFormat, language: str = "vi") -> Exported:
    """The report as a file. Official reports are in Vietnamese, whatever the language of the tables."""
    write, media_type = WRITERS[format]
    name = f"ba-khong-{report.unit.code}-{report.as_of.isoformat()}.{format}"
    return Exported(write(report, language), media_type, name)
