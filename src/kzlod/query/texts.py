"""Texts of a canned query's header: `summary`, and `description` of the query and of each parameter.

Each is one text, which is in English, or a text for each language, by its tag:

    #+ summary: {en: Bilateral trade, ru: Взаимная торговля}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kzlod.errors import QueryError
from kzlod.query.labels import DEFAULT, language_tag

Texts = Mapping[str, str]
"""The same text in some languages, by their tags; empty where nothing is said."""
_REMEDY = "put it in quotes, or write a text for each language: `{en: Trade, ru: Торговля}`"


def texts(field: Any, what: str, where: str, *, remedy: str = _REMEDY) -> Texts:
    """Read a field of a header, each text on one line; raises `QueryError`, with the remedy, where it is no text.

    >>> texts("Trade", "its summary", ""), texts({"en": "Trade", "ru": "Торговля"}, "its summary", "")
    ({'en': 'Trade'}, {'en': 'Trade', 'ru': 'Торговля'})
    >>> texts(True, "its summary", "queries/a.rq")
    Traceback (most recent call last):
    kzlod.errors.QueryError: queries/a.rq: its summary is no text: True; put it in quotes, or write a text for each ...
    """
    if field in (None, "", {}):
        return {}
    found = dict[str, str]()
    for tag, text in (field if isinstance(field, dict) else {DEFAULT: field}).items():
        if not isinstance(text, str) or not text.strip():
            raise QueryError(f"{what} is no text: {text!r}", where=where, remedy=remedy)
        try:
            found[language_tag(str(tag))] = " ".join(text.split())
        except QueryError as error:
            raise QueryError(f"{what}: {error.message}", where=where, remedy=error.remedy) from error
    return found


def in_language(texts: Texts, language: str) -> tuple[str, str]:
    """The text in a language, else in English, else in the first that there is; and the language that it is in.

    >>> trade = {"en": "Trade", "ru": "Торговля"}
    >>> in_language(trade, "ru"), in_language(trade, "kk"), in_language({"ru": "Торговля"}, "kk")
    (('Торговля', 'ru'), ('Trade', 'en'), ('Торговля', 'ru'))
    """
    tag = next((tag for tag in (language, DEFAULT, *texts) if tag in texts), DEFAULT)
    return texts.get(tag, ""), tag
