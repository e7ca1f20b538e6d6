"""Where a page stands: its language, its address, the ways from it to other pages and to files.

The pages of a language stand below its tag (`ru/thing/oslo.html`), those of the first language at the top, so that a
page has one address and one text, on a server and as a file. RDF, downloads and the API speak no language: they stand
at the top only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from kzlod.query.labels import DEFAULT
from kzlod.web.addresses import encoded, root

LANGUAGES = ("en", "kk", "ru", "zh")
"""The languages that pages can be in: each has a file of its words in the folder `languages`."""


@cache
def words(language: str) -> Mapping[str, str]:
    """What pages say in a language, by key.

    >>> words("en")["queries"], words("ru")["queries"]
    ('Queries', 'Запросы')
    """
    text = (files("kzlod.web") / "languages" / f"{language}.toml").read_text("utf-8")
    read: dict[str, str] = tomllib.loads(text)
    return read


@cache
def terms() -> Mapping[str, Mapping[str, str]]:
    """What each language calls the terms of borrowed vocabularies, by their short IRIs."""
    read: dict[str, dict[str, str]] = tomllib.loads(
        (files("kzlod.web") / "languages" / "terms.toml").read_text("utf-8")
    )
    return read


def term(curie: str, language: str) -> str:
    """What a language calls a term of a borrowed vocabulary; nothing for one that there is no word for.

    >>> term("rdf:type", "ru"), term("rdf:nil", "ru")
    ('класс', '')
    """
    return terms().get(curie, {}).get(language, "")


def spoken(titles: Mapping[str, str]) -> tuple[str, ...]:
    """The languages of the pages of a dataset: those of its titles that there are words for, English first.

    >>> spoken({"ru": "Осло", "no": "Oslo"})
    ('en', 'ru')
    """
    return (DEFAULT, *(tag for tag in LANGUAGES if tag != DEFAULT and tag in titles))


class Elsewhere(NamedTuple):
    """The same page in another language: the tag, what the language calls itself, the way there."""

    tag: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A page's place: `path` is its address below its language, `query` what follows its question mark.

    `at` is what every way begins with, if it is absolute.

    >>> frame = Frame("thing/oslo.html", "ru")
    >>> frame.address, frame.root, frame.top
    ('ru/thing/oslo.html', '../', '../../')
    """

    path: str
    language: str = DEFAULT
    languages: tuple[str, ...] = (DEFAULT,)
    at: str = ""
    query: str = ""

    @property
    def words(self) -> Mapping[str, str]:
        """What the page says."""
        return words(self.language)

    @property
    def address(self) -> str:
        """The page's address below the start."""
        return folder(self.language) + self.path

    @property
    def top(self) -> str:
        """The way to the start of all."""
        return self.at or root(self.address)

    @property
    def root(self) -> str:
        """The way to the start of the pages in this language."""
        return self.at + folder(self.language) if self.at else root(self.path)

    @property
    def elsewhere(self) -> tuple[Elsewhere, ...]:
        """This page in every language, its own included."""
        path = self.with_query(self.path or "index.html")
        return tuple(Elsewhere(tag, words(tag)["language"], self.top + folder(tag) + path) for tag in self.languages)

    def with_query(self, path: str) -> str:
        """A path as it stands in a link to what is asked the same as this page.

        >>> Frame("queries/towns.html", query="size=1").with_query("api/towns.csv")
        'api/towns.csv?size=1'
        """
        return encoded(path) + (f"?{self.query}" if self.query else "")


def folder(language: str) -> str:
    """The folder of a language's pages, with a slash after it; nothing for those at the top."""
    return "" if language == DEFAULT else f"{language}/"


def in_language(address: str, languages: Sequence[str]) -> tuple[str, str]:
    """The language that an address names, and the address below it.

    >>> in_language("ru/thing/oslo.html", ("en", "ru")), in_language("rum/oslo", ("en", "ru"))
    (('ru', 'thing/oslo.html'), ('en', 'rum/oslo'))
    """
    tag, slash, rest = address.partition("/")
    return (tag, rest) if slash and tag in languages and tag != DEFAULT else (DEFAULT, address)
