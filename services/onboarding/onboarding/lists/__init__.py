"""Lists by personal number as police and telecoms send them: CSV or workbook, read row by row."""

from onboarding.lists.numbers import COLUMNS, ListedNumber, NumberList, RowFault, RowWarning, read_numbers

__all__ = ["COLUMNS", "ListedNumber", "NumberList", "RowFault", "RowWarning", "read_numbers"]
