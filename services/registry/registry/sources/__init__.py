"""Linked databases: adapters over HTTP with a time budget, one retry where it is safe, and a circuit breaker."""

from .adapters import LINKED, Answer, Linked
from .asking import BY_OWNER, Databases, Outcome, databases_of

__all__ = ["BY_OWNER", "LINKED", "Answer", "Databases", "Linked", "Outcome", "databases_of"]
