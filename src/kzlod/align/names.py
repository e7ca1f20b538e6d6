"""Names: in which ways one may be written, and how alike two are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_QUOTES = str.maketrans(dict.fromkeys("‘’ʼ`´", "'"))
_VARIANTS = {
    "zh": ("zh-hans", "zh-cn", "zh", "zh-hant", "zh-tw"),
    "kk": ("kk-cyrl", "kk", "kk-latn"),
}
"""The tags that Wikidata has for a language in its several scripts, the one to take a label from first."""
MULTILINGUAL = "mul"
"""The tag of a name that is the same in many languages."""
ALIKE = 0.85
"""From what likeness on two names are spellings of one."""


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A name in a language; `preferred` tells a label from an alias."""

    text: str
    language: str
    preferred: bool = True


def tags(language: str) -> tuple[str, ...]:
    """The tags under which names in a language are found.

    >>> tags("ru"), tags("kk")
    (('ru',), ('kk-cyrl', 'kk', 'kk-latn'))
    """
    return _VARIANTS.get(language.lower(), (language.lower(),))


def primary(language: str) -> str:
    """The language of a tag, without script or region.

    >>> primary("zh-hans")
    'zh'
    """
    return language.partition("-")[0].lower()


@lru_cache(maxsize=1 << 16)
def normal(text: str) -> str:
    """A name without what is mere spelling: case, width, dashes, quotes, marks, an article at its beginning.

    >>> normal("The Oslo–Bergen  Line"), normal("Xi’an") == normal("xian")
    ('oslo bergen line', True)
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES).translate(_QUOTES).replace("'", "")
    text = " ".join(re.sub(r"[^\w]+", " ", text).split())
    return text.removeprefix("the ") or text


def spellings(text: str) -> tuple[str, ...]:
    """The ways in which a name may be written where only the same letters are found.

    >>> spellings("The Oslo–Bergen Line")
    ('The Oslo–Bergen Line', 'The Oslo-Bergen Line', 'Oslo–Bergen Line', 'Oslo-Bergen Line')
    """
    found = [text]
    for change in (
        lambda name: name.removeprefix("The ").removeprefix("the "),
        lambda name: re.sub(r"\s*\([^()]*\)$", "", name),
        lambda name: name.translate(_DASHES),
        lambda name: name.translate(_QUOTES),
        lambda name: name[:1].upper() + name[1:],
    ):
        found += [change(name) for name in found]
    order = sorted(set(found), key=lambda name: (-len(name), found.index(name)))
    return tuple(name for name in order if name)


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1: edits of their normal forms (Indel distance, as rapidfuzz counts it).

    >>> likeness("Oslo", "OSLO"), likeness("Oslo", "Bergen") < 0.5
    (1.0, True)
    """
    from rapidfuzz import fuzz

    return float(fuzz.ratio(normal(one), normal(other))) / 100


def label(names: Iterable[Name], languages: Iterable[str]) -> str:
    """The label in the first of some languages that has one; else the first of all, or nothing.

    >>> label([Name("Осло", "ru"), Name("Oslo", "en")], ["en"])
    'Oslo'
    """
    labels = [name for name in names if name.preferred]
    for language in languages:
        for tag in tags(language):
            for name in labels:
                if name.language in (tag, MULTILINGUAL):
                    return name.text
    return labels[0].text if labels else ""
