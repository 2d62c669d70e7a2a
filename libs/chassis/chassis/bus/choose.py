"""Which bus a process uses."""

from chassis.bus.embedded import EmbeddedBus
from chassis.bus.kafka import KafkaBus
from chassis.bus.port import Bus
from chassis.database import database_url
from chassis.settings import Settings

BUS_DATABASE = "bus"


def bus_of(settings: Settings) -> Bus:
    """Kafka where `KAFKA_BOOTSTRAP_SERVERS` names one, else the log in PostgreSQL."""
    if settings.kafka_bootstrap_servers:
        return KafkaBus(settings)
    return EmbeddedBus(database_url(settings.database_url, BUS_DATABASE), seconds=settings.database_seconds)
