"""Writes the workbook that people fill in: Vietnamese titles, one example row, drop-downs."""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from .rows import EXAMPLE_MARK
from .table import Column

_SHEET, _CHOICES_SHEET, _NOTE_TITLE = "Danh sách", "Lựa chọn", "Ghi chú"
_ROWS_WITH_CHOICES = 5_000
_WIDTH_OF_NOTE = 28


def template_workbook(
    columns: Sequence[Column], examples: Mapping[str, str], choices: Mapping[str, Sequence[str]]
) -> bytes:
    """An XLSX file with one column for each of `columns`.

    `examples` and `choices` go by the name of a column. All cells are text, so that leading zeros stay. The example row
    has a note by which the reader knows it and leaves it out, should it stay in the list.
    """
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as workbook:
        sheet = workbook.add_worksheet(_SHEET)
        _write_columns(workbook, sheet, columns, examples)
        _write_choices(workbook, sheet, columns, choices)
    return content.getvalue()


def _write_columns(
    workbook: Workbook, sheet: Worksheet, columns: Sequence[Column], examples: Mapping[str, str]
) -> None:
    text = workbook.add_format({"num_format": "@"})
    example = workbook.add_format({"num_format": "@", "italic": True, "font_color": "#7F7F7F"})
    required, optional = _title_formats(workbook)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, max(14, len(column.title) + 4, len(examples.get(column.name, "")) + 2), text)
        sheet.write_string(0, place, column.title, required if column.required else optional)
        sheet.write_string(1, place, examples.get(column.name, ""), example)
    note = len(columns)
    sheet.set_column(note, note, _WIDTH_OF_NOTE, text)
    sheet.write_string(0, note, _NOTE_TITLE, optional)
    sheet.write_string(1, note, EXAMPLE_MARK, example)
    sheet.freeze_panes(1, 0)


def _title_formats(workbook: Workbook) -> tuple[Format, Format]:
    shared = {"num_format": "@", "bold": True, "text_wrap": True, "valign": "top", "border": 1}
    return workbook.add_format({**shared, "bg_color": "#FFF2CC"}), workbook.add_format(shared)


def _write_choices(
    workbook: Workbook, sheet: Worksheet, columns: Sequence[Column], choices: Mapping[str, Sequence[str]]
) -> None:
    """Drop-downs from a hidden sheet: a list inside the cell's own rule may have 255 characters only."""
    offered = [(place, choices[column.name]) for place, column in enumerate(columns) if choices.get(column.name)]
    if not offered:
        return
    hidden = workbook.add_worksheet(_CHOICES_SHEET)
    hidden.hide()
    for source, (place, values) in enumerate(offered):
        hidden.write_column(0, source, values)
        letter = xl_col_to_name(source)
        sheet.data_validation(
            1, place, _ROWS_WITH_CHOICES, place,
            {
                "validate": "list",
                "source": f"='{_CHOICES_SHEET}'!${letter}$1:${letter}${len(values)}",
                "error_type": "warning",
                "error_title": "Giá trị lạ",
                "error_message": "Hãy chọn một giá trị trong danh sách.",
            },
        )  # fmt: skip
