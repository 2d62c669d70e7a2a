"""The bus: a small port with exactly two adapters, Kafka and a log in PostgreSQL, held to one behaviour by one suite."""

from chassis.messaging.bus.port import Bus, Fetched, GroupMember, Outgoing, TopicPartition, partition_of

__all__ = ["Bus", "Fetched", "GroupMember", "Outgoing", "TopicPartition", "partition_of"]
