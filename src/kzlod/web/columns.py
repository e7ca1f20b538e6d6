"""The columns of a canned query's answer, in the language of the page.

A query names its columns in English, with underscores. The dataset says what they are called in another language
(`kzlod.query.columns`); where it does not, `as_written` is what a vocabulary or the pages call "as written", and their
word for it stands at the head. What has none stays English, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from kzlod.query.columns import plain
from kzlod.query.labels import DEFAULT
from kzlod.vocab import OWL, RDF
from kzlod.web.addresses import path_of
from kzlod.web.frame import term, terms, words
from kzlod.web.opened import OpenRelease
from kzlod.web.views import Shown, View

_CLASSES = (RDF + "Property", OWL + "ObjectProperty", OWL + "DatatypeProperty", OWL + "Class")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def column(view: View, name: str) -> Shown:
    """The head of a column, or the name of a parameter."""
    texts, language = view.release.columns.get(plain(name), {}), view.frame.language
    english = texts.get(DEFAULT, plain(name).replace("_", " "))
    if language == DEFAULT or language in texts:
        return Shown(texts.get(language, english))
    folded = english.casefold()
    if iri := _declared(view.release).get(folded):
        shown = view.iri(iri)
        if not shown.language:
            return Shown(shown.text)
    for said in (
        *(term(curie, language) for curie in terms() if term(curie, DEFAULT) == english),
        *(words(language)[key].lower() for key, text in words(DEFAULT).items() if text.casefold() == folded),
    ):
        return Shown(said)
    return Shown(english, language=DEFAULT)


@lru_cache(4)
def _declared(release: OpenRelease) -> Mapping[str, str]:
    """The terms that the dataset's vocabularies declare, by their English labels and by the words of their names.

    Properties stand before classes.
    """
    found: dict[str, str] = {}
    for class_ in _CLASSES:
        for iri in release.instances(class_):
            label = release.label(iri) if path_of(iri, release.base) is not None else None
            if label is not None and label.language == DEFAULT:
                found.setdefault(label.value.casefold(), iri)
                found.setdefault(_CAPITAL.sub(" ", iri.rpartition("#")[2]).casefold(), iri)
    return found
