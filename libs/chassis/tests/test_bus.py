"""One behaviour for both buses. The Kafka half runs under `make test-kafka`."""

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.partitioner import murmur2
from aiokafka.structs import TopicPartition as KafkaPartition
from hypothesis import given
from hypothesis.strategies import text

from chassis.messaging.bus import Outgoing, TopicPartition, partition_of
from chassis.messaging.bus.kafka import KafkaBus, consumer_options, producer_options
from chassis.settings import Settings
from contracts.topics import Topic

only_kafka = pytest.mark.parametrize("started", [pytest.param("kafka", marks=pytest.mark.kafka)], indirect=True)
KEYS = [f"key-{number}" for number in range(30)]


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
async def started(request, bus):
    if request.param == "embedded":
        yield bus
        return
    servers = request.getfixturevalue("kafka_bootstrap_servers")
    bus = KafkaBus(Settings(kafka_bootstrap_servers=servers))
    await bus.start()
    yield bus
    await bus.stop()


@pytest.fixture
async def topic(started):
    topic = Topic(f"test.{uuid4().hex[:8]}", "key")
    await started.ensure_topics([topic])
    return topic.name


@pytest.fixture
def client(kafka_bootstrap_servers):
    """A consumer of Kafka itself, which belongs to no member of the group."""

    @asynccontextmanager
    async def connected(group):
        consumer = AIOKafkaConsumer(
            **consumer_options(Settings(kafka_bootstrap_servers=kafka_bootstrap_servers), group)
        )
        await consumer.start()
        yield consumer
        await consumer.stop()

    return connected


@pytest.fixture
def group():
    return f"group-{uuid4().hex[:8]}"


async def from_the_beginning(places):
    return {}


def numbered(topic, count, keys=KEYS):
    return [Outgoing(topic, keys[n % len(keys)], str(n).encode(), {"ce_id": str(n)}) for n in range(count)]


async def read(subscription, count, within=20.0):
    found = []
    deadline = asyncio.get_running_loop().time() + within
    while len(found) < count and asyncio.get_running_loop().time() < deadline:
        found += await subscription.poll(wait=0.5)
    return found


def by_key(records):
    found = defaultdict(list)
    for record in records:
        found[record.key].append(int(record.value))
    return found


# The vector of Apache Kafka's own UtilsTest.testMurmur2.
MURMUR2 = {
    "21": -973932308,
    "foobar": -790332482,
    "a-little-bit-long-string": -985981536,
    "a-little-bit-longer-string": -1486304829,
    "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    "abc": 479470107,
}


@pytest.mark.parametrize("key", MURMUR2)
def test_the_partition_of_a_key_is_the_one_that_kafkas_own_clients_choose(key):
    assert partition_of(key, 12) == (MURMUR2[key] & 0x7FFFFFFF) % 12


@given(text())
def test_any_key_goes_where_aiokafka_would_put_it(key):
    assert partition_of(key, 12) == (murmur2(key.encode()) & 0x7FFFFFFF) % 12


def test_the_kafka_clients_are_safe_where_their_defaults_are_not():
    settings = Settings(kafka_bootstrap_servers="x:1")

    assert (producer_options(settings)["acks"], producer_options(settings)["enable_idempotence"]) == ("all", True)
    assert consumer_options(settings, "g")["enable_auto_commit"] is False
    assert (
        consumer_options(settings, "g")["rebalance_timeout_ms"] > consumer_options(settings, "g")["session_timeout_ms"]
    )


async def test_records_of_one_key_arrive_in_the_order_in_which_they_were_published(started, topic, group):
    async with started.subscribe(group, [topic], from_the_beginning) as subscription:
        for start in range(0, 300, 100):
            await started.publish(numbered(topic, 300)[start : start + 100])
        found = await read(subscription, 300)

    assert len(found) == 300
    assert all(numbers == sorted(numbers) for numbers in by_key(found).values())
    assert all(record.headers["ce_id"] == record.value.decode() for record in found)


async def test_concurrent_publishers_of_one_key_leave_no_gap(started, topic, group):
    await asyncio.gather(*(started.publish([Outgoing(topic, "same", str(n).encode())]) for n in range(40)))

    async with started.subscribe(group, [topic], from_the_beginning) as subscription:
        found = await read(subscription, 40)

    assert sorted(int(record.value) for record in found) == list(range(40))
    assert [record.offset for record in found] == list(range(40))


async def test_two_members_of_a_group_share_the_partitions_and_one_takes_over_from_the_other(started, topic, group):
    async with started.subscribe(group, [topic], from_the_beginning) as first:
        async with AsyncExitStack() as leaving:
            second = await leaving.enter_async_context(started.subscribe(group, [topic], from_the_beginning))
            await until(lambda: len(first.assigned()) == 6 and len(second.assigned()) == 6, first, second)
            assert first.assigned().isdisjoint(second.assigned())
        await until(lambda: len(first.assigned()) == 12, first)


async def test_two_groups_each_read_everything(started, topic, group):
    await started.publish(numbered(topic, 20))

    async with (
        started.subscribe(group, [topic], from_the_beginning) as one,
        started.subscribe(f"{group}-other", [topic], from_the_beginning) as other,
    ):
        assert len(await read(one, 20)) == len(await read(other, 20)) == 20


async def test_a_member_starts_at_its_own_positions_and_may_replay_from_zero(started, topic, group):
    await started.publish([Outgoing(topic, "k", str(n).encode()) for n in range(10)])
    place = TopicPartition(topic, partition_of("k", 12))

    async def from_six(places):
        return {place: 6}

    async with started.subscribe(group, [topic], from_six) as subscription:
        late = await read(subscription, 4)
        await subscription.rewind({place: 0})
        again = await read(subscription, 10)

    assert [int(record.value) for record in late] == [6, 7, 8, 9]
    assert [int(record.value) for record in again] == list(range(10))


async def test_what_was_fetched_but_not_applied_comes_again_to_the_next_member(started, topic, group):
    await started.publish(numbered(topic, 10))
    async with started.subscribe(group, [topic], from_the_beginning) as crashed:
        assert len(await read(crashed, 10)) == 10

    async with started.subscribe(group, [topic], from_the_beginning) as successor:
        assert len(await read(successor, 10)) == 10


async def test_making_a_topic_twice_changes_nothing(started, topic, group):
    await started.publish(numbered(topic, 3))
    await started.ensure_topics([Topic(topic, "key")])

    async with started.subscribe(group, [topic], from_the_beginning) as subscription:
        assert len(await read(subscription, 3)) == 3
        assert await subscription.lag() == 0


@only_kafka
async def test_applied_positions_are_committed_to_the_cluster_for_tools_that_scale_by_lag(
    started, topic, group, client, monkeypatch
):
    monkeypatch.setattr("chassis.messaging.bus.kafka.SECONDS_BETWEEN_COPIES", 0.0)
    await started.publish([Outgoing(topic, "k", str(n).encode()) for n in range(10)])
    place = KafkaPartition(topic, partition_of("k", 12))

    async with started.subscribe(group, [topic], from_the_beginning) as subscription, client(group) as reader:
        assert len(await read(subscription, 10)) == 10
        reader.assign([place])
        while await reader.committed(place) != 10:  # until the test's time is over
            await subscription.poll(wait=0.1)


@only_kafka
async def test_a_member_begins_at_its_own_positions_though_the_cluster_knows_later_ones(started, topic, group, client):
    """As after a restore of the database alone: aiokafka fetches from the cluster's offset until it gets ours."""
    await started.publish([Outgoing(topic, "k", str(n).encode()) for n in range(10)])
    place, is_asked, may_answer = KafkaPartition(topic, partition_of("k", 12)), asyncio.Event(), asyncio.Event()
    async with client(group) as earlier:
        earlier.assign([place])
        await earlier.commit({place: 6})

    async def slowly(places):
        is_asked.set()
        await may_answer.wait()
        return {TopicPartition(*place): 3}

    async with started.subscribe(group, [topic], slowly) as subscription:
        await is_asked.wait()
        meanwhile = await read(subscription, 1, within=2.0)
        may_answer.set()
        found = await read(subscription, 7)

    assert meanwhile == []
    assert [int(record.value) for record in found] == [3, 4, 5, 6, 7, 8, 9]


@only_kafka
async def test_a_member_whose_positions_cannot_be_read_gives_out_nothing_and_logs_the_reason(started, topic, group):
    await started.publish(numbered(topic, 5))

    async def unreachable(places):
        raise ConnectionError("the database is away")

    async with started.subscribe(group, [topic], unreachable) as subscription:
        with pytest.raises(ConnectionError, match="is away"):
            await read(subscription, 1)


async def until(condition, *subscriptions, within=25.0):
    deadline = asyncio.get_running_loop().time() + within
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "the group did not settle"
        await asyncio.gather(*(subscription.poll(wait=0.2) for subscription in subscriptions))
