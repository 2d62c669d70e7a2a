"""A report as a file: spreadsheet, CSV, and the official report as DOCX and PDF. Slow work: call it off the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Literal, get_args

from reporting.figures import Report

__all__ = ["FORMATS", "ExportFormat", "Exported", "export"]

ExportFormat = Literal["xlsx", "csv", "docx", "pdf"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)

WRITERS: dict[ExportFormat, tuple[str, str, str]] = {
    "xlsx": ("tables", "write_xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("tables", "write_csv", "text/csv; charset=utf-8"),
    "docx": (
        "official_docx",
        "write_docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "pdf": ("official_pdf", "write_pdf", "application/pdf"),
}
"""Module, function, media type: the libraries are large, and a process that exports nothing does without them."""
MEDIA_TYPES = tuple(media_type.partition(";")[0] for _, _, media_type in WRITERS.values())


@dataclass(frozen=True, slots=True)
class Exported:
    """A file ready to be sent."""

    content: bytes
    media_type: str
    file_name: str


def export(report: Report, format: ExportFormat, language: str = "vi") -> Exported:
    """The report as a file. Official reports are in Vietnamese, whatever the language of the tables."""
    module, function, media_type = WRITERS[format]
    write = getattr(import_module(f"{__name__}.{module}"), function)
    since = f"-{report.period.first.isoformat()}" if report.period else ""
    name = f"ba-khong-{report.unit.code}{since}-{report.as_of.isoformat()}.{format}"
    return Exported(write(report, language), media_type, name)
