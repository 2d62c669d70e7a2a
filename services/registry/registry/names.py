"""Names as people search them: without accents, by the beginning of each word."""

from chassis.folding import clean, fold, squeeze, words

__all__ = ["clean", "fold", "squeeze", "words"]
