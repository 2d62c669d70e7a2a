"""One reader of tables as people send them: CSV, XLSX, XLSB, XLS, ODS. No database, no web.

`open_table` reads in a process with limits, for files of strangers; `read_table` reads in this process.
`tabular.values` has what single cells mean, `tabular.template` writes the workbook that people fill in.
"""

from .findings import CellError, Finding, TableError, UnreadableTable
from .isolated import IsolatedTable, open_table
from .reader import read_table
from .table import (
    AnyRow,
    BrokenRow,
    Cell,
    Column,
    FileNotice,
    Layout,
    ReadingLimits,
    Row,
    SkippedSheet,
    Table,
    is_blank,
)

__all__ = [
    "AnyRow",
    "BrokenRow",
    "Cell",
    "CellError",
    "Column",
    "FileNotice",
    "Finding",
    "IsolatedTable",
    "Layout",
    "ReadingLimits",
    "Row",
    "SkippedSheet",
    "Table",
    "TableError",
    "UnreadableTable",
    "is_blank",
    "open_table",
    "read_table",
]
