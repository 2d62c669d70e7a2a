"""A value with what is odd about the cell it came from."""

from typing import Generic, NamedTuple, TypeVar

from tabular.findings import Finding

T = TypeVar("T")


class Parsed(NamedTuple, Generic[T]):
    """A value, and the warnings that came with it."""

    value: T
    warnings: tuple[Finding, ...] = ()
