"""A table of units in every kind of file: every row is read or named as wrong, or the file is refused with what to do."""

import pytest

from chassis.errors import InvalidBody
from libs.tabular.tests.kinds import Kind, kinds_of
from registry.commands.unit_files import as_csv
from registry.commands.units import read_decree

NAMED_AS_WRONG = ("one wrong byte", "open quote")
"""A table with one wrong row is refused as a whole, and the row is named."""
TITLES = ["Mã đơn vị", "Tên đơn vị", "Cấp", "Loại", "Mã cấp trên", "Từ ngày", "Đến ngày"]
KINDS = kinds_of(
    TITLES, lambda number: [f"15724-9{number}", f"Thôn {number}", "Thôn", "Thôn", "15724", "01/01/2026", ""]
)


@pytest.mark.parametrize("kind", KINDS, ids=[kind[0] for kind in KINDS])
async def test_every_kind_of_table_is_read_with_every_row_or_refused(kind: Kind) -> None:
    name, content, expected = kind
    if expected is None or name in NAMED_AS_WRONG:
        with pytest.raises(InvalidBody) as refused:
            read_decree(await as_csv(content), None)
        errors = refused.value.errors
        assert all(len(error.vi) > 10 for error in errors)
        assert expected is None or {str(error.pointer).split("/")[1] for error in errors} == {"3"}
    else:
        assert len(read_decree(await as_csv(content), None).units) == expected
