"""A commune's list of residents, CSV or XLSX, read row by row in flat memory. No database, no web."""

from .rows import ListedResident, Rejection, read_list
from .table import UnreadableList

__all__ = ["ListedResident", "Rejection", "UnreadableList", "read_list"]
