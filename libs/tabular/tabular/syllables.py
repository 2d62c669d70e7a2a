"""Whether a word with marks is a Vietnamese syllable: the evidence for an encoding."""

import re
import unicodedata
from functools import lru_cache

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_ONSET = r"(?:b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|q|r|s|th|tr|t|v|x)?"
_RIMES = """
    a(?:c|ch|i|m|n|ng|nh|o|p|t|u|y)? ă(?:c|m|n|ng|p|t) â(?:c|m|n|ng|p|t|u|y) e(?:c|m|n|ng|o|p|t)? ê(?:ch|m|n|nh|p|t|u)?
    i(?:a|ch|m|n|nh|p|t|u)? iê(?:c|m|n|ng|p|t|u) o(?:c|i|m|n|ng|p|t)? oa(?:c|ch|i|m|n|ng|nh|o|p|t|y)? oă(?:c|m|n|ng|t)
    oe(?:m|n|o|t)? oo(?:c|ng) ô(?:c|i|m|n|ng|p|t)? ơ(?:i|m|n|p|t)? u(?:a|c|i|m|n|ng|p|t)? uâ(?:n|ng|t|y) uê(?:ch|n|nh|t)?
    uô(?:c|i|m|n|ng|t) uơ(?:n|t)? uy(?:a|ch|n|nh|p|t|u)? uyê(?:n|t) ư(?:a|c|i|m|n|ng|t|u)? ươ(?:c|i|m|n|ng|p|t|u)
    y(?:n|nh|t)? yê(?:m|n|ng|t|u) ă â
    ua(?:c|ch|i|n|ng|nh|o|t|y) uă(?:c|m|n|ng|p|t) uâ(?:c|m|p) ue(?:n|o|t)? ie(?:n|c|t|u|ng|m)"""
_SYLLABLE = re.compile(_ONSET + "(?:" + "|".join(_RIMES.split()) + ")")


@lru_cache(maxsize=1 << 14)
def is_syllable(word: str) -> bool:
    """Whether a word is written as a Vietnamese syllable is, with at most one tone; case does not count."""
    decomposed = unicodedata.normalize("NFD", word.lower().replace("ð", "đ"))
    bare = "".join(c for c in decomposed if c not in _TONES)
    if len(decomposed) - len(bare) > 1:
        return False
    return bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)))
