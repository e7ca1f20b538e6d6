"""Labels in the place of IRIs, in a language.

Of a thing's labels the one shown is, in this order: in the language asked for; in a variety of it (`zh-Hans` for `zh`);
in English; in the other languages, in the order of their tags; in no language. Among those of one language that of the
first property of `PROPERTIES` is taken, then the first by its letters: the same data always shows the same label.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import pyoxigraph as ox

from kzlod.errors import QueryError
from kzlod.query.results import Answer, Node, Table, short
from kzlod.terms import is_iri
from kzlod.vocab import DCTERMS, FOAF, RDFS, SCHEMA, SKOS

Ask = Callable[[str], Answer]
DEFAULT = "en"
PROPERTIES = tuple(
    ox.NamedNode(name)
    for name in (
        *(RDFS + "label", SKOS + "prefLabel", SCHEMA + "name"),
        *("https://schema.org/name", DCTERMS + "title", FOAF + "name"),
    )
)
"""What names a thing, the most usual first."""
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_BATCH = 200


def language_tag(text: str) -> str:
    """A language tag in lower case; raises `QueryError` for what is none (BCP 47, section 2.1).

    >>> language_tag("zh-Hans"), language_tag("english")
    Traceback (most recent call last):
    kzlod.errors.QueryError: 'english' is no language tag; give one such as en, ru or zh-Hans
    """
    if not _TAG.fullmatch(text):
        raise QueryError(f"{text!r} is no language tag", remedy="give one such as en, ru or zh-Hans")
    return text.lower()


def labelled(table: Table, ask: Ask, language: str | None = None) -> Table:
    """A table with the labels of its IRIs, asked for in batches where the table came from.

    Two things of one label are told apart by their short IRIs. Where a language is asked for, a column of texts that
    are all in one other language is shown in it, as far as its texts are labels that the data has in both.
    """
    tag = language_tag(language or DEFAULT)
    labels: dict[Node, ox.Literal] = {}
    labels.update(_distinct(_of_iris(_iris(table), ask, tag), table.prefixes))
    if language is not None:
        labels.update(_translated(_texts(table, tag), ask, tag))
    return replace(table, labels=labels)


def _iris(table: Table) -> list[ox.NamedNode]:
    """The IRIs of a table that can stand in a query, each once."""
    terms = dict.fromkeys(term for row in table.rows for term in row)
    return [term for term in terms if isinstance(term, ox.NamedNode) and is_iri(term.value)]


def _texts(table: Table, tag: str) -> list[ox.Literal]:
    """The texts of columns that are in one language, which is not the one asked for.

    A column of several languages is about languages: what stands in it stays what it is.
    """
    found: dict[ox.Literal, None] = {}
    kept: set[ox.Literal] = set()
    for column in zip(*table.rows, strict=True):
        texts = [term for term in column if isinstance(term, ox.Literal) and term.language]
        tags = {str(text.language).lower() for text in texts}
        if len(tags) > 1:
            kept.update(texts)
        elif not any(_speaks(one, tag) for one in tags):
            found.update(dict.fromkeys(texts))
    return [text for text in found if text not in kept]


def _speaks(tag: str, asked: str) -> bool:
    """Whether a language is the one asked for or a variety of it (RFC 4647, section 3.3.1)."""
    return tag == asked or tag.startswith(asked + "-")


def rank(label: ox.Literal, asked: str) -> tuple[int, str]:
    """How well a label's language fits the one asked for: the smaller, the better."""
    tag = (label.language or "").lower()
    ranks = (tag == asked, _speaks(tag, asked), tag == DEFAULT, _speaks(tag, DEFAULT), tag != "", True)
    return ranks.index(True), tag


def _of_iris(iris: list[ox.NamedNode], ask: Ask, tag: str) -> dict[ox.NamedNode, ox.Literal]:
    best: dict[ox.NamedNode, tuple[tuple[int, str], int, str]] = {}
    found: dict[ox.NamedNode, ox.Literal] = {}
    for thing, property_, label in _rows(iris, ask, "?thing ?property ?label", "?thing"):
        if not isinstance(thing, ox.NamedNode) or not isinstance(label, ox.Literal) or not label.value.strip():
            continue
        key = (rank(label, tag), PROPERTIES.index(property_), label.value)
        if thing not in best or key < best[thing]:
            best[thing], found[thing] = key, label
    return found


def _distinct(
    labels: Mapping[ox.NamedNode, ox.Literal], prefixes: Mapping[str, str]
) -> Iterator[tuple[ox.NamedNode, ox.Literal]]:
    """The labels, with its short IRI behind each that two things share."""
    times = Counter(label.value for label in labels.values())
    for thing, label in labels.items():
        if times[label.value] == 1:
            yield thing, label
        else:
            yield thing, ox.Literal(f"{label.value} ({short(thing, prefixes)})", language=label.language)


def _translated(texts: list[ox.Literal], ask: Ask, tag: str) -> dict[Node, ox.Literal]:
    """The texts that are labels of things, and what all these things are called in a language."""
    pattern = (
        f'?thing ?property ?text OPTIONAL {{ ?thing ?property ?label FILTER(LANGMATCHES(LANG(?label), "{tag}")) }}'
    )
    found: defaultdict[Node | None, set[Node | None]] = defaultdict(set)
    for text, _, label in _rows(texts, ask, pattern, "?text"):
        found[text].add(label)
    return {
        text: label
        for text in texts
        if len(found[text]) == 1 and isinstance(label := next(iter(found[text])), ox.Literal)
    }


def _rows(terms: Iterable[Node], ask: Ask, pattern: str, slot: str) -> Iterator[tuple[Node | None, ...]]:
    """The rows `slot ?property ?label` of a pattern, with the terms in the slot, a batch a query."""
    tokens = list(map(str, terms))
    properties = " ".join(map(str, PROPERTIES))
    for start in range(0, len(tokens), _BATCH):
        values = f"VALUES {slot} {{ {' '.join(tokens[start : start + _BATCH])} }}"
        where = f"{values} VALUES ?property {{ {properties} }} {pattern}"
        answer = ask(f"SELECT {slot} ?property ?label WHERE {{ {where} }}")
        if isinstance(answer, Table):
            yield from answer.rows
