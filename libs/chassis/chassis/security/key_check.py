"""Checks before a service starts, above all after a restore, that `PII_KEYS` has every key that the data need.

Every encrypted value starts with its key's id, so that the ids in use can be read without a key. A service that starts
without one of them would fail value by value, and write new values under other keys.
"""

import re

import asyncpg
from sqlalchemy import LargeBinary, MetaData

from chassis.security.encryption import DEVELOPMENT_KEYS, Keys
from chassis.settings import Settings
from chassis.storage.database import ChassisTable, asyncpg_url

NOT_ENCRYPTED = re.compile(r"(^|_)(index|hash|mark|sha256|digest|seal|guesser)$")
"""Columns with bytes that are no encrypted values are named for what they are: hashes and blind indexes."""
IN_EVENTS = ("outbox", "dead_letter")
"""Tables whose JSON has encrypted values as base64 under the name `sealed`."""


class KeysMissing(Exception):
    """Data are encrypted under ids that `PII_KEYS` lacks."""

    def __init__(self, places: dict[str, list[str]]) -> None:
        missing = "; ".join(f"{key_id} ({', '.join(columns)})" for key_id, columns in sorted(places.items()))
        super().__init__(f"PII_KEYS lacks these keys, and data are encrypted with them: {missing}")
        self.places = places


async def check_keys(url: str, metadata: MetaData, settings: Settings) -> list[str]:
    """The ids in use in one service's database; raises KeysMissing where `PII_KEYS` lacks one."""
    used = await key_ids_in_use(url, metadata)
    at_hand = {key_id for key_id, _ in Keys.parse(settings.pii_keys or DEVELOPMENT_KEYS).by_id}
    missing = {key_id: columns for key_id, columns in used.items() if key_id not in at_hand}
    if missing:
        raise KeysMissing(missing)
    return sorted(used)


async def key_ids_in_use(url: str, metadata: MetaData) -> dict[str, list[str]]:
    """Each key id in a database with the columns that have it. Reads all of them: seconds for a million rows."""
    connection = await asyncpg.connect(asyncpg_url(url), timeout=10)
    found: dict[str, list[str]] = {}
    try:
        there = {row["table_name"] for row in await connection.fetch(_TABLES)}
        for table, column in encrypted_columns(metadata):
            if table in there:
                await _note(connection, found, f"{table}.{column}", _IDS.format(table=table, column=column))
        for table in there.intersection(IN_EVENTS):
            await _note(connection, found, f"{table}.value", _IDS_IN_EVENTS.format(table=table))
    finally:
        await connection.close()
    return found


def encrypted_columns(metadata: MetaData) -> list[tuple[str, str]]:
    """The columns with encrypted values: those of bytes that are not named as something else."""
    return sorted(
        (table.name, column.name)
        for known in (metadata, ChassisTable.metadata)
        for table in known.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and not NOT_ENCRYPTED.search(column.name)
    )


async def _note(connection: asyncpg.Connection, found: dict[str, list[str]], place: str, query: str) -> None:
    for row in await connection.fetch(query):
        found.setdefault(row["key_id"], []).append(place)


_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
# Only the head of each value is read: attachments are long. An id is text, so its escaped form is itself.
_IDS = (
    "SELECT DISTINCT encode(substring(head FROM 2 FOR get_byte(head, 0)), 'escape') AS key_id"
    ' FROM (SELECT substring({column} FROM 1 FOR 33) AS head FROM "{table}" WHERE length({column}) > 0) AS sealed'
)
_IDS_IN_EVENTS = (
    "SELECT DISTINCT encode(substring(sealed FROM 2 FOR get_byte(sealed, 0)), 'escape') AS key_id FROM ("
    "SELECT decode(substring(value::text FROM '\"sealed\": ?\"([A-Za-z0-9+/]{{44}})'), 'base64') AS sealed"
    ' FROM "{table}") AS event WHERE sealed IS NOT NULL'
)
