"""A commune's list of residents, CSV or workbook, read row by row. No database, no web."""

from .header import COLUMNS
from .rows import CellFinding, ListedResident, ListReader, read_list
from .villages import VillageNames

__all__ = ["COLUMNS", "CellFinding", "ListReader", "ListedResident", "VillageNames", "read_list"]
