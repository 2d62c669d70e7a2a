"""The official report as DOCX, to edit before it is signed."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from chassis.clock import now
from reporting.exports.official import Annex, OfficialReport, compose
from reporting.exports.official_tables import OfficialTable
from reporting.figures import Report

__all__ = ["write_docx"]

FONT = "Times New Roman"
TEXT_WIDTH = 165
"""Millimetres between the margins of A4: 210 less 30 on the left and 15 on the right."""
LANDSCAPE_WIDTH = 262
"""The same of A4 on its side: 297 less 20 and 15."""
SHORT_TABLE = 16
"""A table with fewer rows is not broken by the end of a page."""
ALIGN = {"l": WD_ALIGN_PARAGRAPH.LEFT, "c": WD_ALIGN_PARAGRAPH.CENTER, "r": WD_ALIGN_PARAGRAPH.RIGHT}


def write_docx(report: Report, language: str = "vi") -> bytes:
    """The official report in the format of Decree 30/2020; it is written in Vietnamese in every language of the tables."""
    official = compose(report)
    document = Document()
    _set_page(document)
    _set_properties(document, official)
    _write_heading(document, official)
    for basis in official.basis:
        _paragraph(document, basis, italic=True)
    _paragraph(document, official.opening)
    for section in official.sections:
        is_last = section is official.sections[-1]
        _paragraph(document, section.title, bold=True, keep=True)
        for number, text in enumerate(section.paragraphs, start=1):
            leads = section.table is not None and number == len(section.paragraphs)
            _paragraph(document, text, keep=is_last or leads)
        if section.table:
            _write_table(document, section.table)
    _paragraph(document, official.closing, keep=True)
    _write_signature(document, official)
    for annex in official.annexes:
        _write_annex(document, annex)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    _write_page_number(section.header.paragraphs[0])
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(6)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE


def _set_properties(document: Any, official: OfficialReport) -> None:
    properties = document.core_properties
    properties.title = f"{official.kind} {official.abstract}"
    properties.author = properties.last_modified_by = official.author
    properties.subject, properties.category = official.abstract, "Báo cáo"
    properties.language, properties.comments, properties.keywords = "vi-VN", "", ""
    properties.created = properties.modified = now().replace(tzinfo=None)


def _write_annex(document: Any, annex: Annex) -> None:
    """On separate landscape pages, numbered from 1."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(20), Mm(15)
    section.left_margin, section.right_margin = Mm(20), Mm(15)
    numbering = OxmlElement("w:pgNumType")
    numbering.set(qn("w:start"), "1")
    section._sectPr.find(qn("w:cols")).addprevious(numbering)  # where the schema of WordprocessingML has it
    for text, bold in ((annex.heading, True), (annex.title, True), (f"({annex.note})", False)):
        _paragraph(document, text, bold=bold, italic=not bold, centred=True, keep=True, after=0)
    for caption, table in annex.tables:
        _paragraph(document, caption, bold=True, keep=True, before=6, after=2, indented=False)
        _write_table(document, table, LANDSCAPE_WIDTH)


def _write_page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._r.append(part)


def _write_heading(document: Any, official: OfficialReport) -> None:
    table = _grid(document, [68, 97], rows=2)
    left, right = table.rows[0].cells
    if official.superior:
        _line(left, official.superior, 12)
    for name in official.issuer[:-1]:
        _line(left, name, 12, bold=True)
    _line(left, official.issuer[-1], 12, bold=True, rule=26)
    _line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True)
    _line(right, "Độc lập - Tự do - Hạnh phúc", 13, bold=True, rule=58)
    number, place = table.rows[1].cells
    _line(number, official.number, 13)
    _line(place, official.place_and_date, 13, italic=True)
    _paragraph(document, official.kind, bold=True, centred=True, before=14, after=0)
    _paragraph(document, official.abstract, bold=True, centred=True, after=0)
    _rule(_paragraph(document, "", centred=True, after=8), 45, TEXT_WIDTH)


def _write_table(document: Any, data: OfficialTable, text_width: int = TEXT_WIDTH) -> None:
    widths = [text_width * width / sum(data.widths) for width in data.widths]
    table = _grid(document, widths, rows=1, style="Table Grid")
    _fill(table.rows[0], data.header, "c" * len(widths), bold=True)
    _repeat(table.rows[0])
    for row in data.rows:
        line = table.add_row()
        _keep_whole(line)
        if len(row) == 1:
            merged = line.cells[0].merge(line.cells[-1])
            _write_cell(merged, row[0], "l", bold=True)
        else:
            _fill(line, row, data.aligns, bold=False)
    if len(data.rows) < SHORT_TABLE:
        _keep_together(table)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _write_signature(document: Any, official: OfficialReport) -> None:
    table = _grid(document, [85, 80], rows=1)
    _keep_whole(table.rows[0])
    left, right = table.rows[0].cells
    _line(left, "Nơi nhận:", 12, bold=True, italic=True, centred=False)
    for recipient in official.recipients:
        _line(left, recipient, 11, centred=False)
    for text in official.authority:
        _line(right, text, 14, bold=True)
    for _ in range(4):
        _line(right, "", 14)


def _grid(document: Any, widths: list[float] | list[int], rows: int, style: str | None = None) -> Any:
    table = document.add_table(rows=rows, cols=len(widths), style=style)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
    return table


def _fill(row: Any, texts: list[str], aligns: str, bold: bool) -> None:
    for cell, text, align in zip(row.cells, texts, aligns, strict=True):
        _write_cell(cell, text, align, bold)


def _write_cell(cell: Any, text: str, align: str, bold: bool) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    _size_mark(paragraph, 11.5)
    paragraph.alignment = ALIGN[align]
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(2)
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(11.5), bold


def _size_mark(paragraph: Any, size: float) -> None:
    """The paragraph's mark has a size too: an empty cell is as high as it."""
    properties = OxmlElement("w:rPr")
    half_points = OxmlElement("w:sz")
    half_points.set(qn("w:val"), str(int(size * 2)))
    properties.append(half_points)
    paragraph._p.get_or_add_pPr().append(properties)


def _paragraph(
    document: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    centred: bool = False,
    keep: bool = False,
    indented: bool = True,
    before: float = 0,
    after: float = 6,
) -> Any:
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after, shape.keep_with_next = Pt(before), Pt(after), keep
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
    if indented and not centred:
        shape.first_line_indent = Mm(12.7)
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    return paragraph


def _line(
    cell: Any,
    text: str,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    centred: bool = True,
    rule: float | None = None,
) -> None:
    first = cell.paragraphs[0]
    paragraph = first if not first.runs and not first.text and len(cell.paragraphs) == 1 else cell.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    if rule:
        line = cell.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        _rule(line, rule, cell.width.mm)


def _rule(paragraph: Any, length: float, available: float) -> None:
    """A centred line: the border of an empty paragraph, drawn in by indents."""
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm(max((available - length) / 2 - 2, 0))
    shape.space_before = Pt(3)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().append(borders)


def _keep_together(table: Any) -> None:
    """A short table is on one page, with its header and its sums."""
    for row in table.rows[:-1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _keep_whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
