from collections.abc import Callable
from typing import Any

import pytest

from contracts.registry import ResidentRemoved
from services.reporting.tests.conftest import again, completed, registered
from services.reporting.tests.test_progress import numbers

pytestmark = pytest.mark.usefixtures("units")


async def test_a_record_that_an_undone_import_had_made_never_counted(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    kept, removed = registered(), registered()
    await deliver(kept, removed, completed(removed))

    await deliver(again(removed, ResidentRemoved, life="removed"))

    assert await numbers(calling("officer", unit_code="38"), "15724") == (0, 1)
