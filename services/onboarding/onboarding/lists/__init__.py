"""Lists by personal number as police and telecoms send them: CSV or workbook, read row by row."""

from onboarding.lists.numbers import ListedNumber, RowFault, read_numbers

__all__ = ["ListedNumber", "RowFault", "read_numbers"]
