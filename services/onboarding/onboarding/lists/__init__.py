"""Lists by personal number as police and telecoms hand them in: CSV or XLSX, read row by row."""

from onboarding.lists.numbers import ListedNumber, RowFault, UnreadableList, read_numbers

__all__ = ["ListedNumber", "RowFault", "UnreadableList", "read_numbers"]
