"""The story that the examples of the API document tell: the family Lê of village 15727-01, chapter by chapter."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from deploy.generate.story import campaign, dossiers, family, lists, money, neighbours, office, partners, rights
from deploy.generate.story.teller import StepRefused, Teller

STORY: tuple[Callable[[Teller], None], ...] = tuple(
    chain.from_iterable(
        part.CHAPTERS for part in (family, rights, neighbours, dossiers, office, money, campaign, partners, lists)
    )
)
"""In this order: later chapters use the people, stalls and dossiers of earlier ones."""

__all__ = ["STORY", "StepRefused", "Teller"]
