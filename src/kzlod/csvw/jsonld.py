"""Common properties and notes: JSON that becomes triples beside the table (Metadata Vocabulary, 5.8; csv2rdf, 4.5).

`normalise` checks a value and gives it the document's language and base; `triples` makes RDF of it.

>>> list(triples("_:t", "http://purl.org/dc/terms/title", {"@value": "Trees", "@language": "en"}, iter(["_:b"])))
[('_:t', '<http://purl.org/dc/terms/title>', '"Trees"@en')]
"""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.csvw import context, iri, numbers
from kzlod.csvw.model import Json
from kzlod.csvw.properties import Document, kind
from kzlod.terms import has_surrogate, literal
from kzlod.vocab import RDF, XSD

Triple = tuple[str, str, str]


def _type(document: Document, place: str, value: Json, *, node: bool) -> None:
    allowed = context.TERMS if node else context.DATATYPES
    if not isinstance(value, str):
        document.fail(place, f"@type is {kind(value)}, not a string")
    if value.startswith("_:"):
        document.fail(place, f"@type {value!r} is a blank node", remedy="give it a URL")
    if value not in allowed and not context.is_absolute(value):
        document.fail(place, f"@type {value!r} is no term, prefixed name or absolute URL")


def _value(document: Document, place: str, value: dict[str, Json]) -> None:
    """Check an object with @value."""
    extra = value.keys() - {"@value", "@type", "@language"}
    if extra:
        document.fail(place, f"an object with @value cannot have {', '.join(sorted(extra))}")
    if "@type" in value and "@language" in value:
        document.fail(place, "an object with @value cannot have both @type and @language")
    if isinstance(value["@value"], dict | list) or value["@value"] is None:
        document.fail(place, f"@value is {kind(value['@value'])}, not a string, a number, true or false")
    if "@type" in value:
        _type(document, place, value["@type"], node=False)
    language = value.get("@language")
    if language is not None and not context.is_language(language):
        document.fail(place, f"@language {language!r} is not a language tag", remedy="write one of BCP 47, such as en")


def normalise(document: Document, place: str, value: Json) -> Json:
    """A common property's value, checked, its strings tagged and its links absolute (6, step 1).

    Raises `MetadataError` for what the standard forbids.
    """
    if isinstance(value, list):
        return [normalise(document, f"{place}[{n}]", item) for n, item in enumerate(value)]
    if isinstance(value, str):
        return {"@value": value} | ({"@language": document.language} if document.language != "und" else {})
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        _value(document, place, value)
        return value
    out: dict[str, Json] = {}
    for name, item in value.items():
        at = f"{place}.{name}"
        if name == "@id":
            if not isinstance(item, str) or item.startswith("_:"):
                document.fail(at, "@id is not a URL", remedy="give it a URL, or leave it out")
            out[name] = iri.resolve(document.base, context.expand(item))
        elif name == "@type":
            for one in item if isinstance(item, list) else [item]:
                _type(document, at, one, node=True)
            out[name] = item
        elif name == "@language":
            document.fail(at, "@language stands only beside @value")
        elif name.startswith("@"):
            document.fail(at, f"{name} has no place here", remedy="use @id, @type, @value and @language only")
        elif name not in context.TERMS and not context.is_absolute(name):
            document.warn(at, f"{name!r} is no prefixed name or absolute URL; it is passed over")
        else:
            out[name] = normalise(document, at, item)
    return out


def _name(name: str) -> str:
    return context.TERMS.get(name) or context.expand(name)


def triples(subject: str, predicate: str, value: Json, fresh: Iterator[str]) -> Iterator[Triple]:
    """The triples of a normalised value; `fresh` gives labels for nodes without an IRI.

    What has no RDF (null, an IRI that is none) makes none.
    """
    verb = f"<{predicate}>"
    if not iri.is_iri(predicate):
        return
    if isinstance(value, list):
        for item in value:
            yield from triples(subject, predicate, item, fresh)
    elif isinstance(value, dict) and "@value" in value:
        token = _literal(value)
        if token is not None:
            yield subject, verb, token
    elif isinstance(value, dict):
        node = value.get("@id")
        if node is not None and not iri.is_iri(node):
            return
        label = next(fresh) if node is None else f"<{node}>"
        yield subject, verb, label
        types = value.get("@type", [])
        for name in types if isinstance(types, list) else [types]:
            if iri.is_iri(_name(name)):
                yield label, f"<{RDF}type>", f"<{_name(name)}>"
        for name, item in value.items():
            if not name.startswith("@"):
                yield from triples(label, _name(name), item, fresh)
    else:
        token = _literal({"@value": value})
        if token is not None:
            yield subject, verb, token


def _literal(value: dict[str, Json]) -> str | None:
    """The literal of an object with @value, as JSON-LD makes it."""
    content = value["@value"]
    if content is None:
        return None
    if isinstance(content, bool):
        text, datatype = ("true" if content else "false"), XSD + "boolean"
    elif isinstance(content, int):
        text, datatype = str(content), XSD + "integer"
    elif isinstance(content, float):
        text, datatype = numbers.canonical_float(repr(content).replace("inf", "INF")), XSD + "double"
    else:
        text, datatype = str(content), XSD + "string"
    if has_surrogate(text):
        return None
    if "@type" in value:
        name = value["@type"]
        datatype = context.DATATYPES.get(name) or context.expand(name)
        return literal(text, datatype=datatype) if iri.is_iri(datatype) else None
    return literal(text, datatype=datatype, language=value.get("@language") or "")
