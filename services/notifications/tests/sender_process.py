"""A sender in its own process, until it is killed: `python -m services.notifications.tests.sender_process <database url>`."""

import asyncio
import sys

from chassis.storage.database import Database
from notifications.sender.loop import Sender
from notifications.settings import NotificationsSettings

if __name__ == "__main__":
    database = Database(sys.argv[1], pool_size=4, application="sender")
    asyncio.run(Sender(database, NotificationsSettings(attempt_seconds=5.0)).run())
