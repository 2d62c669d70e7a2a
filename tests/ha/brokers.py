"""What the three brokers tell about the copies of their topics."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

PORT = 9092
COPIES = 3


def missing_copies(addresses: Sequence[str], password: str) -> int | None:
    """How many partitions have a copy that is not in sync; None while no broker answers or there is no topic."""
    try:
        topics = asyncio.run(asyncio.wait_for(_topics(addresses, password), 20))
    except (KafkaError, OSError, TimeoutError):
        return None
    partitions = [partition for topic in topics for partition in topic["partitions"]]
    return sum(len(partition["isr"]) < COPIES for partition in partitions) if partitions else None


async def _topics(addresses: Sequence[str], password: str) -> list[dict[str, Any]]:
    admin = AIOKafkaAdminClient(
        bootstrap_servers=[f"{address}:{PORT}" for address in addresses], security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="PLAIN", sasl_plain_username="bakhong", sasl_plain_password=password, request_timeout_ms=5_000,
    )  # fmt: skip
    try:
        await admin.start()
        return list(await admin.describe_topics())
    finally:
        await admin.close()
