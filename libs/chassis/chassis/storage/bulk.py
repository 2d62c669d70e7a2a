"""Many rows in one statement: INSERT from arrays, with a rule for rows that exist.

PostgreSQL plans the statement once whatever the number of rows, and takes the row locks in the order of the primary key,
so that transactions beside each other do not deadlock.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

__all__ = ["BulkInsert"]

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not annotate it
BY_TEXT = ("JSON", "JSONB")
"""Types that travel as text: the driver has no array codec for them."""


class BulkInsert:
    """An `INSERT INTO table (columns) SELECT ... FROM unnest(...) ON CONFLICT` of a SQLModel table, built once.

    `columns` vary by row, `constants` have one value for the whole statement. `update` is, by column, what an existing row
    gets, as SQL: `excluded.x` is the new value, `old.x` the stored one; without it existing rows stay as they are. The
    conflict is that of the primary key, unless `key` names the columns of another unique constraint. A column of type
    JSONB takes JSON texts; a column of an array type cannot be used.

        DELTAS = BulkInsert(CountOnDay, ["unit_id", "day", "change"], constants=["version"],
                            update={"change": "old.change + excluded.change"})
        await session.execute(*DELTAS.of(rows, version=1))
    """

    def __init__(
        self,
        table: type[SQLModel],
        columns: Sequence[str],
        *,
        constants: Sequence[str] = (),
        update: Mapping[str, str] | None = None,
        key: Sequence[str] = (),
    ) -> None:
        model: Any = table
        self._columns = list(columns)
        self._constants = set(constants)
        self.statement = _statement(model.__table__, self._columns, list(constants), update or {}, list(key))

    def of(self, rows: Iterable[Sequence[Any]], **constants: Any) -> tuple[TextClause, dict[str, Any]]:
        """The statement and its parameters, for `session.execute(*...)`; each row has the values of `columns` in order."""
        if constants.keys() != self._constants:
            raise TypeError(f"this statement has the constants {sorted(self._constants)}")
        values = [*zip(*rows, strict=True)] or [()] * len(self._columns)
        if len(values) != len(self._columns):
            raise TypeError(f"a row has the values of {self._columns}")
        return self.statement, dict(zip(self._columns, map(list, values), strict=True)) | constants


def _statement(
    table: Any, columns: list[str], constants: list[str], update: Mapping[str, str], key: list[str]
) -> TextClause:
    types = {name: _type_of(table.columns[name]) for name in [*columns, *constants]}
    arrays = ", ".join(f"cast(:{name} AS {'TEXT' if types[name] in BY_TEXT else types[name]}[])" for name in columns)
    values = [f"cast(new.{name} AS {types[name]})" if types[name] in BY_TEXT else f"new.{name}" for name in columns]
    values += [f"cast(:{name} AS {types[name]})" for name in constants]
    key = key or [column.name for column in table.primary_key]
    order = ", ".join(f"new.{name}" for name in key if name in columns)
    changes = ", ".join(f"{name} = {value}" for name, value in update.items())
    return text(
        f"INSERT INTO {table.name} AS old ({', '.join([*columns, *constants])})"
        f" SELECT {', '.join(values)} FROM unnest({arrays}) AS new ({', '.join(columns)})"
        + (f" ORDER BY {order}" if order else "")
        + f" ON CONFLICT ({', '.join(key)}) DO {f'UPDATE SET {changes}' if changes else 'NOTHING'}"
    )


def _type_of(column: Column[Any]) -> str:
    compiled = column.type.compile(DIALECT)
    if compiled.endswith("[]"):
        raise TypeError(f"{column.name} is an array: unnest would take it apart")
    return "TEXT" if compiled == "VARCHAR" else compiled
