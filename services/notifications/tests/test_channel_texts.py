"""An SMS has as many parts as are paid for."""

import pytest

from notifications.channels.texts import sms_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("ă" * 70, 1), ("ă" * 71, 2), ("ă" * 134, 2), ("ă" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("", 1),
    ],
)  # fmt: skip
def test_an_sms_has_as_many_parts_as_its_alphabet_makes(text: str, parts: int) -> None:
    assert sms_parts(text) == parts
