"""What the scripts of a page that asks know of a dataset, as the JSON that the page carries: their forms are in
`script/sparql.js` and `script/canned.js`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from kzlod.query import CannedQuery
from kzlod.query.texts import in_language
from kzlod.release.files import VOID_FILE
from kzlod.vocab import VOID
from kzlod.web.addresses import encoded
from kzlod.web.frame import Frame
from kzlod.web.opened import OpenRelease
from kzlod.web.views import Shown

_KINDS = {VOID + "class": "class", VOID + "property": "property"}


def ways(release: OpenRelease, frame: Frame) -> dict[str, Any]:
    """Prefixes, and where IRIs lead, for the page of a place."""
    project = release.project
    folder = f"release/{project.id}/{project.version}/"
    return {
        "base": project.base,
        "root": frame.root,
        "top": frame.top,
        "folder": folder,
        "prefixes": project.prefixes,
    }


def context(release: OpenRelease, frame: Frame) -> dict[str, Any]:
    """What the SPARQL editor knows: ways, terms, examples."""
    known = ways(release, frame)
    queries = [(query, f"queries/{query.name}.rq") for query in release.queries.values()]
    examples = [
        {"title": in_language(query.summaries, frame.language)[0], "href": frame.top + known["folder"] + encoded(path)}
        for query, path in queries
        if path in release.files
    ]
    return {**known, "terms": _terms(release), "examples": examples}


def asked(query: CannedQuery, heads: Mapping[str, Shown]) -> dict[str, Any]:
    """A canned query, to be filled with what its parameters are given, and the heads of its columns."""
    plot = {"kind": query.plot.kind, **query.plot.columns} if query.plot else None
    parameters = [
        {"name": one.name, "type": one.type, "default": one.default, "allowed": one.allowed, "base": one.base}
        for one in query.parameters.values()
    ]
    return {
        "pieces": replace(query, text=query.sparql).pieces,
        "parameters": parameters,
        "plot": plot,
        "heads": {name: {"text": head.text, "language": head.language} for name, head in heads.items()},
    }


@lru_cache(4)
def _terms(release: OpenRelease) -> list[dict[str, str]]:
    """The classes and properties that the data uses, by its statistics, with their labels."""
    path = release.folder / VOID_FILE
    if not path.is_file():
        return []
    found = {
        triple.object.value: _KINDS[triple.predicate.value]
        for triple in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
        if triple.predicate.value in _KINDS and isinstance(triple.object, ox.NamedNode)
    }
    named = {iri: release.label(iri) for iri in found}
    return [
        {"iri": iri, "kind": kind, "label": label.value if (label := named[iri]) else ""}
        for iri, kind in sorted(found.items())
    ]
