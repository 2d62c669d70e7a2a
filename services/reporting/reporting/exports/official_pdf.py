"""The official report as PDF."""

from __future__ import annotations

import json
from importlib.resources import as_file, files

import typst

from reporting.exports.official import as_plain_values, compose
from reporting.figures import Report

__all__ = ["write_pdf"]


def write_pdf(report: Report, language: str = "vi") -> bytes:
    """The official report, ready to sign; it is written in Vietnamese in every language of the tables."""
    with as_file(files(__package__)) as folder:
        inputs = {"report": json.dumps(as_plain_values(compose(report)), ensure_ascii=False)}
        written = typst.compile(str(folder / "official.typ"), font_paths=[str(folder / "fonts")], sys_inputs=inputs)
    if not isinstance(written, bytes):
        raise TypeError("the report is one file")
    return written
