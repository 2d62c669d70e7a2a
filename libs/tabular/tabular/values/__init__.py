"""What single cells mean: dates, yes and no, numbers that spreadsheets shortened, phones, amounts, names.

A function raises `CellError` for a cell without a usable value. What it put right comes back as a warning.
"""

from .amounts import parse_vnd
from .choices import parse_yes_no
from .dates import Written, parse_date, parse_written_date
from .names import parse_person_name
from .numbers import parse_account, parse_personal_number, parse_social_insurance
from .parsed import Parsed
from .phones import parse_phone
from .texts import parse_short_text, text_of

__all__ = [
    "Parsed",
    "Written",
    "parse_account",
    "parse_date",
    "parse_person_name",
    "parse_personal_number",
    "parse_phone",
    "parse_short_text",
    "parse_social_insurance",
    "parse_vnd",
    "parse_written_date",
    "parse_yes_no",
    "text_of",
]
