"""Yes and no."""

from functools import lru_cache

from chassis.folding import squeeze
from tabular.findings import CellError, Finding
from tabular.table import Cell

from .texts import text_of

YES_NO_INVALID = Finding(
    "yes-no-invalid",
    "Chỉ nhận có/không, x/để trống, 1/0",
    "Only có/không, x/empty or 1/0",
)

_YES = frozenset(("co", "x", "1", "yes", "y", "true", "dung", "v", "roi", "✓", "✔", "☑"))
_NO = frozenset(("khong", "0", "no", "n", "false", "sai", "chua", "ko", "k", "-", "☐"))


def parse_yes_no(cell: Cell) -> bool:
    """Có, x, 1 is yes; không, 0 and an empty cell is no."""
    return cell if isinstance(cell, bool) else _from_text(text_of(cell))


@lru_cache(maxsize=256)
def _from_text(text: str) -> bool:
    folded = squeeze(text) or text
    if not folded or folded in _NO:
        return False
    if folded in _YES:
        return True
    raise CellError(YES_NO_INVALID)
