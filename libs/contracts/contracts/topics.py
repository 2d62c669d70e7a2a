"""The topics of the platform: what each carries, how long it is kept, and into how many partitions it is spread."""

from dataclasses import dataclass

PARTITIONS = 12
DLQ_SUFFIX = ".dlq"
DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Topic:
    """A topic; `retention_ms` -1 keeps everything. The dead letters of a topic go to `<name>.dlq`, kept 90 days."""

    name: str
    key: str
    retention_ms: int = -1
    partitions: int = PARTITIONS


UNITS = "bakhong.units.v1"
RESIDENTS = "bakhong.residents.v1"
ORGANIZATIONS = "bakhong.organizations.v1"
SOURCES = "bakhong.sources.v1"
ONBOARDING = "bakhong.onboarding.v1"
CAMPAIGNS = "bakhong.campaigns.v1"
MERCHANTS = "bakhong.merchants.v1"
PAYMENTS = "bakhong.payments.v1"
DOSSIERS = "bakhong.dossiers.v1"
FEEDBACK = "bakhong.feedback.v1"
PARTNERS = "bakhong.partners.v1"
PARTNER_EVENTS = "bakhong.partner-events.v1"
DELIVERIES = "bakhong.deliveries.v1"
ACCESS = "bakhong.access.v1"
COUNTS = "bakhong.counts.v1"
IDENTITY = "bakhong.identity.v1"

TOPICS: tuple[Topic, ...] = (
    Topic(UNITS, "unit id"),
    Topic(RESIDENTS, "resident id"),
    Topic(ORGANIZATIONS, "organization id"),
    Topic(SOURCES, "source name"),
    Topic(ONBOARDING, "resident or organization id"),
    Topic(CAMPAIGNS, "campaign id"),
    Topic(MERCHANTS, "merchant id"),
    Topic(PAYMENTS, "merchant id"),
    Topic(DOSSIERS, "dossier id, or unit id for a unit's choice of procedures"),
    Topic(FEEDBACK, "feedback id, or the id of a document or of an incident"),
    Topic(PARTNERS, "partner id"),
    Topic(PARTNER_EVENTS, "blind index of the subject, or merchant id", retention_ms=30 * DAY_MS),
    Topic(DELIVERIES, "delivery id"),
    Topic(ACCESS, "resident id"),
    Topic(COUNTS, "service"),
    Topic(IDENTITY, "id of the link or of the representation"),
)


def dead_letters_of(topic: Topic) -> Topic:
    """The topic that takes what a consumer of `topic` could not handle."""
    return Topic(topic.name + DLQ_SUFFIX, topic.key, retention_ms=90 * DAY_MS, partitions=topic.partitions)


def all_topics() -> tuple[Topic, ...]:
    """Every topic that a bus must have before the services start."""
    return TOPICS + tuple(dead_letters_of(topic) for topic in TOPICS)
