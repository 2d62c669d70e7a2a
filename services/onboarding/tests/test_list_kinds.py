"""A list by number in every kind of file: read with every row counted, or refused with what to do."""

import tempfile
from datetime import date

import pytest

from libs.tabular.tests.kinds import Kind, kinds_of
from onboarding.lists import read_numbers
from tabular import UnreadableTable

KINDS = kinds_of(
    ["Số CCCD", "Mức độ", "Ngày kích hoạt"], lambda number: [f"03809000{number:04d}", "Mức 2", "01/11/2026"]
)


@pytest.mark.parametrize("kind", KINDS, ids=[kind[0] for kind in KINDS])
async def test_every_kind_of_file_is_read_with_every_row_or_refused(kind: Kind) -> None:
    _, content, expected = kind
    with tempfile.TemporaryFile() as file:
        file.write(content)
        if expected is None:
            with pytest.raises(UnreadableTable) as refused:
                await read_numbers(file, date(2026, 11, 30))
            assert len(refused.value.finding.vi) > 15
        else:
            assert len((await read_numbers(file, date(2026, 11, 30))).rows) == expected
