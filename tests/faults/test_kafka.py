"""The broker dies while partners send: what they send is still accepted, and counted when the broker is back."""

import time
from collections.abc import Iterator

import pytest

from deploy.demo.door import Outsider, eventually
from deploy.demo.steady_bank import Bank, open_merchant, sums
from deploy.kafka.broker import KafkaBroker
from deploy.local.health import ask
from deploy.local.started import Started, started

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]
SECONDS_WITHOUT_BROKER = 20


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    broker = KafkaBroker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def platform(broker: KafkaBroker) -> Iterator[Started]:
    with started({"DEMO": "0", "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}) as running:
        yield running


def test_payments_are_accepted_without_a_broker_and_counted_once_when_it_is_back(
    broker: KafkaBroker, platform: Started
) -> None:
    with Outsider(platform.url) as outside:
        assert eventually(lambda: outside.ask("GET", "/v1/reports/progress?unit_code=15724").status_code == 200, 60)
        merchant_id = open_merchant(outside)
        before = sums(outside)
        bank = Bank(platform.url, merchant_id)
        bank.start()
        assert eventually(lambda: len(bank.accepted) > 20, 30)

        broker.kill()
        accepted = len(bank.accepted)
        time.sleep(SECONDS_WITHOUT_BROKER)
        assert len(bank.accepted) > accepted + 50
        ready = ask(platform.port, "/readyz", seconds=10)
        assert ready is not None
        assert ready[0] == 200

        broker.start()
        bank.enough.set()
        bank.join(30)
        expected = (before[0] + len(bank.accepted), before[1] + sum(bank.accepted))
        assert eventually(lambda: sums(outside) == expected, 120), (sums(outside), expected)
        time.sleep(2)
        assert sums(outside) == expected
