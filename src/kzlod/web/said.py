"""What a document says, sorted for reading: names, neighbours, links out, terms of a vocabulary, all else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kzlod.query.labels import PROPERTIES
from kzlod.vocab import DCTERMS, OWL, RDF, RDFS, SKOS
from kzlod.web.documents import Document
from kzlod.web.views import Block, Said, Shown, View

_NAMES = frozenset(one.value for one in PROPERTIES)
_SAME = (
    SKOS + "exactMatch",
    SKOS + "closeMatch",
    SKOS + "broadMatch",
    SKOS + "narrowMatch",
    SKOS + "relatedMatch",
    OWL + "sameAs",
)
_ABSTRACT = DCTERMS + "abstract"
_IN_SCHEME, _COMMENT, _DEFINITION = SKOS + "inScheme", RDFS + "comment", SKOS + "definition"


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a vocabulary: what it means, and of what it is said."""

    itself: Shown
    anchor: str
    meaning: Shown
    domain: tuple[Shown, ...]
    range: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Out:
    """What a document says, by the part of the page that it stands in."""

    names: tuple[tuple[str, str], ...]
    """The name in each language of the pages, empty where there is none; nothing where there is no name at all."""
    statements: tuple[Said, ...]
    neighbours: tuple[Said, ...]
    pointing: tuple[Said, ...]
    links: tuple[Said, ...]
    codes: tuple[Shown, ...]
    terms: tuple[Term, ...]
    blocks: tuple[Block, ...]


def sorted_out(view: View, document: Document) -> Out:
    """The parts of a page about an IRI."""
    blocks = view.blocks(document.own, document.iri)
    own = [said for block in blocks if not block.anchor for said in block.said]
    below = tuple(block for block in blocks if block.anchor)
    pointing = view.pointing(document)
    named = view.release.names(document.iri)
    heading = view.name(document).text
    texts = {tag: named.get(tag, "") for tag in view.release.languages}
    pages = view.release.languages
    kept, neighbours, links = [], [], []
    for said in own:
        predicate = said.predicate.whole
        if predicate in _SAME:
            links.append(said)
        elif predicate == _ABSTRACT and all(one.text == heading for one in said.objects):
            continue
        elif predicate in _NAMES:
            rest = tuple(one for one in said.objects if one.text not in texts.values())
            if rest:
                kept.append(Said(said.predicate, rest))
        else:
            near, far = _divided(view, said)
            neighbours += near
            kept += far
    return Out(
        names=tuple(texts.items()) if any(texts.values()) and len(pages) > 1 else (),
        statements=tuple(kept),
        neighbours=tuple(neighbours),
        pointing=tuple(said for said in pointing if said.predicate.whole != _IN_SCHEME),
        links=tuple(links),
        codes=tuple(one for said in pointing if said.predicate.whole == _IN_SCHEME for one in said.objects),
        terms=tuple(map(_term, below)),
        blocks=below,
    )


def _divided(view: View, said: Said) -> tuple[list[Said], list[Said]]:
    """Objects that are neighbours (things of the dataset, no codes and no classes), and the others."""
    if said.predicate.whole == RDF + "type":
        return [], [said]
    near = tuple(one for one in said.objects if one.whole and _is_thing(view, one.whole))
    far = tuple(one for one in said.objects if one not in near)
    return [Said(said.predicate, near)] if near else [], [Said(said.predicate, far)] if far else []


def _is_thing(view: View, iri: str) -> bool:
    release = view.release
    return (
        iri.startswith(release.base)
        and "#" not in iri
        and _IN_SCHEME not in release.values(iri)
        and release.has_page(iri)
    )


def _term(block: Block) -> Term:
    by = {said.predicate.whole: said.objects for said in block.said}

    def one(*predicates: str) -> Iterable[Shown]:
        return (shown for predicate in predicates for shown in by.get(predicate, ()))

    meaning = next(iter(one(_COMMENT, _DEFINITION)), Shown(""))
    return Term(block.subject, block.anchor, meaning, by.get(RDFS + "domain", ()), by.get(RDFS + "range", ()))
