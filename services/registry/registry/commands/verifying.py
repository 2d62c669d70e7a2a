"""`python -m registry.commands.verifying [DATABASE...]`: verifies the access logs against their seals.

Every service keeps its own log and chain; without names all of them are verified. Exit 1 when one was changed after it was
sealed, 2 when one cannot be read: a log that cannot be verified does not count as intact.
"""

import asyncio
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from chassis.observability.log import logger
from chassis.security.access_log import find_broken_seal
from chassis.settings import get_settings
from chassis.storage.database import Database, database_url
from contracts.services import EVERY_PROCESS, package_of

DATABASES = tuple(map(package_of, EVERY_PROCESS))
"""Every database with a chain of access rows."""

INTACT, CHANGED, UNREADABLE = 0, 1, 2


async def verify(url: str) -> int | None:
    """The first broken link of the chain in a service's database; None when the chain is intact."""
    database = Database(url, pool_size=1, application="verify seals")
    try:
        async with database.reading() as session:
            return await find_broken_seal(session)
    finally:
        await database.close()


async def verify_all(server: str, names: Sequence[str] = DATABASES) -> int:
    """Verify the logs in these databases of a server and log the result of each; the exit code."""
    worst = INTACT
    for name in names:
        try:
            broken = await verify(database_url(server, name))
        except (SQLAlchemyError, OSError) as error:
            logger.error("access log unreadable", database=name, error=type(error).__name__)
            worst = worst or UNREADABLE
            continue
        if broken is None:
            logger.info("access log intact", database=name)
        else:
            logger.error("access log changed after sealing", database=name, first_broken_seal=broken)
            worst = CHANGED
    return worst


def main() -> None:
    """Verify the databases named on the command line, or all, on the server of the environment."""
    sys.exit(asyncio.run(verify_all(get_settings().database_url, sys.argv[1:] or DATABASES)))


if __name__ == "__main__":
    main()
