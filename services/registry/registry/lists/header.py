"""The columns of a list of residents: those of the table of attributes, and how communes split or join them."""

from registry.model.attributes import ATTRIBUTES, IMPORTED, Attribute
from tabular import Column

_FAMILY_NAMES = (
    "Họ đệm", "Họ và đệm", "Họ, đệm", "Họ lót", "Họ và tên đệm", "Họ và chữ đệm", "Họ chữ đệm", "Họ tên đệm", "Họ",
)  # fmt: skip
_GIVEN_NAMES = ("Tên", "Tên gọi")
_REQUIRED = frozenset(("personal_id", "full_name", "date_of_birth", "sex"))
# Two columns "Nam | Nữ" mean the sex (an x), or sex and year of birth at once (the year).
_BY_SEX = frozenset(("date_of_birth", "sex"))


def _column(attribute: Attribute) -> Column:
    return Column(
        attribute.import_column,
        (attribute.title, *attribute.headers.split()),
        required=attribute.name in _REQUIRED,
        parts=(_FAMILY_NAMES, _GIVEN_NAMES) if attribute.name == "full_name" else (),
        instead=("male", "female") if attribute.name in _BY_SEX else (),
    )


COLUMNS = (*(_column(ATTRIBUTES[name]) for name in IMPORTED), Column("male", ("Nam",)), Column("female", ("Nữ",)))
