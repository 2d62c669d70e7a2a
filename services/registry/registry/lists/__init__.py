"""A commune's list of residents, CSV or workbook, read row by row. No database, no web."""

from .header import COLUMNS
from .rows import ListedResident, ListReader, Rejection, read_list

__all__ = ["COLUMNS", "ListReader", "ListedResident", "Rejection", "read_list"]
