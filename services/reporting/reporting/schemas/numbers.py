"""Numbers in responses."""

from decimal import Decimal


def as_number(value: Decimal | int | None) -> float | None:
    """A decimal as JSON has it; None stays None."""
    return None if value is None else float(value)
