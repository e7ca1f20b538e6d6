"""Figures as documents write them: the value, the bounds and the rounding that the words say.

`$30.05 billion` is 30050000000, written to the nearest 10000000; `more than $41 billion` is at its bound
`more-than`; `half` is 50 per cent; `second-largest` is rank 2; `tenfold` is a multiple of 10; `July 2025` is the
year 2025. Words are English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_BOUNDS = {  # in this order: "no more than" is not "more than", "no fewer than" not "fewer than"
    "at-least": r"at least|(?:no|not) (?:less|fewer) than|a minimum of",
    "at-most": r"by(?= \d{4}\b)|up to|at most|(?:no|not) more than|not exceeding|as (?:many|much) as|a maximum(?: of)?",
    "more-than": r"more than|over|above|exceed(?:ing|ed|s)|in excess of",
    "less-than": r"less than|under|below|fewer than",
    "nearly": r"nearly|almost|close to",
    "about": r"about|around|approximately|roughly|some|circa|in the order of",
}
BOUNDS = frozenset(_BOUNDS) | {"exact"}
"""The codes of bounds that words can say."""
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SCALES |= {"mn": 10**6, "mln": 10**6, "bn": 10**9, "bln": 10**9, "tn": 10**12, "trn": 10**12}
_SPANS = {"decade": 10, "decades": 10, "dozen": 12, "century": 100, "centuries": 100}
_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_CARDINALS = {word: number for number, word in enumerate(_COUNTED.split())} | _TENS
_RANKED = "first second third fourth fifth sixth seventh eighth ninth tenth"
_FIRST = {"main": 1, "largest": 1, "biggest": 1, "leading": 1, "top": 1}
_ORDINALS = {word: number for number, word in enumerate(_RANKED.split(), start=1)} | _FIRST
_FRACTIONS = {"half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5, "tenth": 10}
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec"
)
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure's words say: `step` is what it is rounded to (0 where the words do not say)."""

    value: Decimal
    step: Decimal
    bounds: frozenset[str]

    def says(self, value: Decimal) -> bool:
        """Whether a stored value is what the words say; a fraction in words may be stored rounded.

        >>> read_figure("nearly one-third").says(Decimal("33.33"))
        True
        """
        exponent = value.as_tuple().exponent
        if self.step or not isinstance(exponent, int) or exponent >= 0:
            return value == self.value
        return abs(value - self.value) * 2 <= Decimal(1).scaleb(exponent)

    def admits(self, value: Decimal) -> bool:
        """Whether the words, read loosely, can be of a value that is known more exactly: off by a fifth at most.

        >>> read_figure("nearly one-third").admits(Decimal("28.3"))
        True
        """
        return abs(value - self.value) * 5 <= abs(self.value)


def read_figure(written: str) -> Figure | None:
    """Read a figure as it is written; None where no number can be read from the words.

    >>> read_figure("$30.05 billion")
    Figure(value=Decimal('30050000000.00'), step=Decimal('10000000.00'), bounds=frozenset({'exact'}))
    >>> sorted(read_figure("about over 480 billion cubic meters").bounds)
    ['about', 'more-than']
    >>> [int(read_figure(words).value) for words in ("half", "tenfold", "second-largest", "July 2025", "28.3%")]
    [50, 10, 2, 2025, 28]
    """
    text = re.sub(r"(?<=\d)[\u00a0\u202f](?=\d{3}(?!\d))", "", written)
    text = " " + re.sub(r"[‐-―−]", "-", text.replace("\u00a0", " ")).lower().strip() + " "
    bounds = set()
    for bound, words in _BOUNDS.items():
        text, count = re.subn(rf"(?<![\w-])(?:{words})(?![\w-])", " ", text)
        if count:
            bounds.add(bound)
    amount = _digits(text) or _words(text)
    return Figure(*amount, frozenset(bounds or {"exact"})) if amount else None


def _digits(text: str) -> tuple[Decimal, Decimal] | None:
    year = re.search(r"\b\d{4}\b", text) if re.search(rf"\b(?:{_MONTHS})\b", text) else None
    match = year or _NUMBER.search(text)
    if match is None:
        return None
    number = Decimal(match[0].replace(",", ""))
    exponent = number.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    following = "" if year else text[match.end() :]
    scale = re.match(rf"[\s-]*({'|'.join([*_SCALES, *_SPANS])})\b", following)
    factor = Decimal((_SCALES | _SPANS)[scale[1]]) if scale else Decimal(1)
    sign = -1 if text[: match.start()].endswith((" -", " minus ")) else 1
    return sign * number * factor, step * factor


def _words(text: str) -> tuple[Decimal, Decimal] | None:
    words = re.findall(r"[a-z]+", text)
    for word in words:
        if word.endswith("fold") and word.removesuffix("fold") in _CARDINALS:
            return Decimal(_CARDINALS[word.removesuffix("fold")]), Decimal(0)
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        if word in _FRACTIONS and (word == "half" or before in _CARDINALS or before == "a"):
            part = Decimal(_CARDINALS.get(before, 1)) / _FRACTIONS[word]
            scale = next((_SCALES[later] for later in words[at + 1 :] if later in _SCALES), 0)
            # Half of what is not said is 50 per cent; "half a million" and "two and a half years" are numbers.
            if words[max(at - 2, 0) : at] == ["and", "a"] and at > 2 and words[at - 3] in _CARDINALS:
                return (_CARDINALS[words[at - 3]] + part) * (scale or 1), Decimal(0)
            return part * (scale or 100), Decimal(0)
    for at, word in enumerate(words):
        if word in _CARDINALS:
            return Decimal(_cardinal(words[at:])), Decimal(0)
    for word in words:
        if word in _ORDINALS:
            return Decimal(_ORDINALS[word]), Decimal(0)
    return (Decimal(10), Decimal(0)) if "decade" in words else None


def _cardinal(words: list[str]) -> int:
    """The number that words begin with: "two hundred and fifty thousand", "three decades"."""
    whole = current = 0
    for before, word in zip(["", *words], words, strict=False):
        number = _CARDINALS.get(word, 0)
        if number and (current % 100 == 0 or (current % 100 >= 20 and current % 10 == 0 and number < 10)):
            current += number
        elif word == "hundred":
            current *= 100
        elif word in _SCALES:
            whole, current = whole + current * _SCALES[word], 0
        elif word in _SPANS:
            return (whole + current) * _SPANS[word]
        elif word != "and" or before not in _SCALES:
            break
    return whole + current
