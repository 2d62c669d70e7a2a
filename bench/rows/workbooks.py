"""A commune's list as a workbook is read by calamine, against openpyxl, which read all of them before."""

import io
import time
from functools import partial

from openpyxl import Workbook

from bench.lists import as_list
from bench.residents import residents
from bench.rounds import Book, interleaved, ratio_row
from bench.stage import Stage
from registry.lists.header import COLUMNS
from tabular.reader import DEFAULT_LIMITS, read_table
from tabular.workbook import Reader

ROWS = 20_000
WHAT = f"list of {ROWS:,} residents (XLSX) read, rows per second of CPU"


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """Both read the same file in this process; the limits of the reading process apply to both alike."""
    content = _workbook()
    contenders = {
        "platform": partial(_rows_per_second, content, "calamine"),
        "baseline": partial(_rows_per_second, content, "openpyxl"),
    }
    results = interleaved(book, WHAT, contenders, rounds)
    book.add(ratio_row(WHAT, "openpyxl", 1.0, results["platform"], results["baseline"]))


def _workbook() -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Danh sách")
    for line in as_list(residents(ROWS)).decode().splitlines():
        sheet.append(line.split(","))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _rows_per_second(content: bytes, reader: Reader) -> float:
    started = time.process_time()
    found = sum(1 for _ in read_table(io.BytesIO(content), COLUMNS, DEFAULT_LIMITS, reader))
    if found != ROWS:
        raise RuntimeError(f"{reader} read {found} rows of {ROWS}")
    return ROWS / (time.process_time() - started)
