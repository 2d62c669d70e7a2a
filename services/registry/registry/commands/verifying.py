"""`python -m registry.commands.verifying`: is the access log as it was sealed? Exit 1 when it is not."""

import asyncio
import sys

from chassis.access import find_broken_seal
from chassis.database import Database, database_url
from chassis.log import logger
from chassis.settings import get_settings


async def verify(url: str) -> int | None:
    """The first broken link of the chain in a service's database; None when all is as it was."""
    database = Database(url, pool_size=1, application="verify seals")
    async with database.reading() as session:
        broken = await find_broken_seal(session)
    await database.close()
    return broken


def main() -> None:
    """Verify the database named on the command line (`registry` by default) on the server of the environment."""
    name = sys.argv[1] if len(sys.argv) > 1 else "registry"
    broken = asyncio.run(verify(database_url(get_settings().database_url, name)))
    if broken is not None:
        logger.error("the access log was changed after it was sealed", database=name, first_broken_seal=broken)
        sys.exit(1)
    logger.info("the access log is as it was sealed", database=name)


if __name__ == "__main__":
    main()
