"""How the state of a counted entity is stored: as JSON, read and written by code of two releases at the same time.

Code of an older release keeps the fields that it does not know: they are read beside the state and written back with it.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

__all__ = ["UnknownFields", "parse_state", "read_state", "write_state"]

T = TypeVar("T")

UnknownFields = dict[str, Any]
"""The fields of a stored state that a newer release has written, by name."""


def read_state(cls: type[T], stored: str) -> tuple[T, UnknownFields]:
    """The state from its JSON text, and the fields of it that this release does not know."""
    values: dict[str, Any] = from_json(stored)
    known = _field_names(cls)
    return parse_state(cls, values), {name: value for name, value in values.items() if name not in known}


def write_state(state: Any, unknown: UnknownFields) -> str:
    """The JSON text of a state, with the unknown fields that were read with it."""
    written: bytes = _adapter(type(state)).dump_json(state)
    return (to_json(from_json(written) | unknown) if unknown else written).decode()


def parse_state(cls: type[T], values: Any) -> T:
    """The state from JSON values."""
    state: T = _adapter(cls).validate_python(values)
    return state


def _adapter(cls: type[Any]) -> TypeAdapter[Any]:
    if cls not in _ADAPTERS:
        _ADAPTERS[cls] = TypeAdapter(cls)
    return _ADAPTERS[cls]


def _field_names(cls: type[Any]) -> frozenset[str]:
    if cls not in _FIELD_NAMES:
        _FIELD_NAMES[cls] = frozenset(field.name for field in fields(cls))
    return _FIELD_NAMES[cls]


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
_FIELD_NAMES: dict[type[Any], frozenset[str]] = {}
