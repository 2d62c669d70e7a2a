"""A sender in its own process, until it is killed: `python -m services.notifications.tests.sender_process DATABASE_URL SECONDS`.

Its clock is `SECONDS` away from the real time; a retry is due after one second.
"""

import asyncio
import sys

from chassis.storage.database import Database
from notifications.sender.loop import Sender
from notifications.settings import NotificationsSettings
from tests.faults.moved_clock import move_the_clock

if __name__ == "__main__":
    if clock := float(sys.argv[2]):
        move_the_clock(clock)
    database = Database(sys.argv[1], pool_size=4, application="sender")
    asyncio.run(Sender(database, NotificationsSettings(attempt_seconds=5.0, retry_schedule=(1.0,) * 9)).run())
