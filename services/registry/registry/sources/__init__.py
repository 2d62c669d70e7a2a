"""Linked databases: adapters over HTTP with a time budget, one retry where it is safe, and a circuit breaker."""

from .adapters import LINKED, Linked, SourceAnswer
from .databases import BY_OWNER, Databases, SourceResult, databases_of

__all__ = ["BY_OWNER", "LINKED", "Databases", "Linked", "SourceAnswer", "SourceResult", "databases_of"]
