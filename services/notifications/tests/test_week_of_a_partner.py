"""A week in the life of a partner: it misses a day, is warned, is disabled, repairs, replays, and reads the feed."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from chassis.clock import frozen_at, now
from chassis.storage.database import Database
from notifications.commands.warnings import OwnerWarning, warn_owners
from notifications.sender.loop import Sender
from notifications.settings import NotificationsSettings
from services.notifications.tests.receiver import Receiver, receiving
from services.notifications.tests.samples import partner_event, processed

HOUR = timedelta(hours=1)


class Week:
    """The hours of a week, one after the other; in each the platform works and something happens."""

    def __init__(self, database: Database, sender: Sender, deliver: Any, settings: NotificationsSettings) -> None:
        self.start = now()
        self.hour = 0
        self.happened = 0
        self.warnings: list[tuple[float, OwnerWarning]] = []
        self._database, self._sender, self._deliver, self._settings = database, sender, deliver, settings

    @property
    def moment(self) -> datetime:
        return self.start + self.hour * HOUR

    async def live(self, hours: int, *, events: int = 1) -> None:
        for _ in range(hours):
            self.hour += 1
            with frozen_at(self.moment):
                await self._deliver(*(processed(at=self.moment) for _ in range(events)))
                self.happened += events
                await self._sender.drain()
                async with self._database.transaction() as session:
                    found = await warn_owners(session, self._settings.disable_after)
                self.warnings += [(self.hour, one) for one in found]
                await self._sender.drain()


@pytest.fixture
def week(database: Database, sender: Sender, deliver: Any, sender_settings: NotificationsSettings) -> Week:
    return Week(database, sender, deliver, sender_settings)


async def test_a_week_in_the_life_of_a_partner(
    week: Week, deliver: Any, bank: httpx.AsyncClient, subscribe: Any, receiver: Receiver
) -> None:
    await deliver(partner_event("demo-bank", "bank").model_copy(update={"version": 2}))
    async with receiving() as office:
        main = await subscribe("delivery.processed", client=bank)
        await subscribe("subscription.failing", "subscription.disabled", client=bank, url=office.url)
        path = f"/v1/subscriptions/{main['id']}"

        # Monday: all is well.
        await week.live(24)
        assert len(receiver.ids) == len(set(receiver.ids)) == 24

        # Tuesday: the endpoint is away for a day; afterwards it gets everything, by the schedule of retries.
        receiver.status = 503
        await week.live(24)
        receiver.status = 200
        receiver.seen.clear()
        await week.live(24, events=0)
        assert len(set(receiver.ids)) == 24
        assert office.seen == []

        # From Thursday on it is gone: its owner is warned at half of five days, at 90 %, and at the end.
        receiver.status, receiver.seen = 500, []
        failing_from = week.hour + 1
        await week.live(125)
        assert [(hour - failing_from, one.stage.value) for hour, one in week.warnings] == [
            (60, "half"), (108, "nearly"), (120, "disabled"),
        ]  # fmt: skip
        assert [one.message["type"] for one in office.seen] == [
            "subscription.failing", "subscription.failing", "subscription.disabled",
        ]  # fmt: skip
        assert (await bank.get(path)).json()["status"] == "disabled"
        acts = [one["act"] for one in (await bank.get(f"{path}/acts")).json()["items"]]
        assert acts == ["subscription.created", *["subscription.failing"] * 2, "subscription.disabled"]

        # Nothing is sent while it is disabled, and events are kept.
        receiver.status, receiver.seen = 200, []
        await week.live(5)
        assert receiver.seen == []

        # It is repaired and activated: what waited comes, and a replay brings what had failed for good.
        with frozen_at(week.moment):
            assert (await bank.patch(path, json={"status": "active"})).status_code == 200
        await week.live(1)
        window = {"from": week.start.isoformat(), "to": (week.moment + HOUR).isoformat()}
        with frozen_at(week.moment):
            answer = await bank.post(f"{path}/replays", json=window | {"status": "failed"})
            assert answer.status_code == 202
        await week.live(1, events=0)

        with frozen_at(week.moment):
            lost = [
                one
                for status in ("pending", "failed")
                for one in (await bank.get(f"{path}/deliveries", params={"status": status})).json()["items"]
            ]
            assert lost == []
            own = [one for one in await feed_of(bank) if one["type"] == "delivery.processed"]
        assert len(own) == len({one["id"] for one in own}) == week.happened
        assert set(receiver.ids) <= {one["id"] for one in own}
        assert len(receiver.ids) == len(set(receiver.ids))


async def feed_of(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = (await client.get("/v1/events", params=query)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        query["after"] = page["next_cursor"]
