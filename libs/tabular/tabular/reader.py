"""Reads a table in this process. A service reads files of strangers through `isolated` instead."""

from collections.abc import Sequence
from typing import BinaryIO

from .csv_file import read_csv
from .table import Column, ReadingLimits, Table
from .workbook import Reader, is_workbook, read_workbook

DEFAULT_LIMITS = ReadingLimits()


def read_table(
    file: BinaryIO, columns: Sequence[Column], limits: ReadingLimits = DEFAULT_LIMITS, reader: Reader | None = None
) -> Table:
    """A CSV file or a workbook as a table whose rows are read one by one.

    Raises `UnreadableTable`. Of workbooks all visible sheets with a recognised header are read. The file stays open and
    must stay so until the last row.
    """
    if is_workbook(file):
        return read_workbook(file, columns, limits, reader)
    return read_csv(file, columns, limits)
