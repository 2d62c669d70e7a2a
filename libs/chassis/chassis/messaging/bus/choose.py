"""Which bus a process uses."""

from chassis.messaging.bus.embedded import EmbeddedBus
from chassis.messaging.bus.kafka import KafkaBus
from chassis.messaging.bus.port import Bus
from chassis.settings import Settings
from chassis.storage.database import database_url

BUS_DATABASE = "bus"


def bus_of(settings: Settings) -> Bus:
    """Kafka where `KAFKA_BOOTSTRAP_SERVERS` names one, else the log in PostgreSQL."""
    if settings.kafka_bootstrap_servers:
        return KafkaBus(settings)
    return EmbeddedBus(database_url(settings.database_url, BUS_DATABASE), seconds=settings.database_seconds)
