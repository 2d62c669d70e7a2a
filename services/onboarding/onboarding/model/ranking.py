"""Rules of comparison: which bodies a team lacks, who stands where, and how votes are counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

Key = TypeVar("Key")


@dataclass(frozen=True)
class RankedKey(Generic[Key]):
    """A place in a ranking; equals share a place and the next one is skipped (1, 1, 3)."""

    place: int
    key: Key
    score: Fraction


def ranked(scores: Mapping[Key, Fraction], names: Mapping[Key, str]) -> list[RankedKey[Key]]:
    """Highest score first; among equals by name, so that a ranking printed twice is the same."""
    order = sorted(scores, key=lambda key: (-scores[key], names.get(key, str(key))))
    better = {score: sum(other > score for other in scores.values()) for score in set(scores.values())}
    return [RankedKey(better[scores[key]] + 1, key, scores[key]) for key in order]


def share_of_target(numerator: int, denominator: int | None, percent: float | None, count: int | None) -> Fraction:
    """How much of a target is reached, between 0 and 1; without a target the plain share counts."""
    if count is not None:
        return min(Fraction(numerator, count), Fraction(1)) if count else Fraction(1)
    if not denominator:
        return Fraction(0)
    share = Fraction(numerator, denominator)
    wanted = Fraction(str(percent)) / 100 if percent else Fraction(1)
    return min(share / wanted, Fraction(1))


def mean(parts: Iterable[Fraction]) -> Fraction:
    known = list(parts)
    return sum(known, Fraction(0)) / len(known) if known else Fraction(0)


def missing_bodies(wanted: Iterable[str], present: Iterable[str]) -> list[str]:
    """Bodies that the plan names for a team and that send no member, in the order of the plan."""
    sent = set(present)
    return [body for body in dict.fromkeys(wanted) if body not in sent]
