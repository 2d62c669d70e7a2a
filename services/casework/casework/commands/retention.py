"""How long casework keeps its rows that serve a purpose for a time; files of procedures are the archive's (docs/retention.md)."""

from datetime import timedelta

from chassis.storage.retention import Retention

RETENTION = (Retention("tracking_guess", "hour", timedelta(days=1), "technical"),)
