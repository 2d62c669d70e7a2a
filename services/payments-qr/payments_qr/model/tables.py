"""The base class of this service's tables, and common column types."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlmodel import SQLModel

from chassis.security.encryption import CipherContext, decrypt_text, encrypt
from chassis.storage.database import aware, new_tables

__all__ = ["Table", "aware", "decrypt_value", "encrypt_value", "encrypted", "money", "text"]


class Table(SQLModel, registry=new_tables()):
    """Every table of this service."""


def text() -> Any:
    """The column type of a text."""
    return Text


def money() -> Any:
    """The column type of whole VND."""
    return BigInteger


def encrypted() -> Any:
    """The column type of an encrypted value."""
    return LargeBinary


def digest() -> Any:
    """The column type of a hash: a blind index, or the digest of a file."""
    return LargeBinary


def encrypt_value(table: str, column: str, row: UUID, plain: str) -> bytes:
    """A value encrypted for one row."""
    return encrypt(CipherContext("payments-qr", table, column), str(row), plain)


def decrypt_value(table: str, column: str, row: UUID, value: bytes) -> str:
    """Decrypts a value of `encrypt_value`."""
    return decrypt_text(CipherContext("payments-qr", table, column), str(row), value)
