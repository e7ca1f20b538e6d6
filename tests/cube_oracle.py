"""The Data Cube specification itself as SPARQL: normalisation as updates, each integrity constraint as an ASK query.

What RDF Data Cube Vocabulary, sections 10 and 11, say, run by Oxigraph: the oracle of `kzlod.cube`.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

_PREFIXES = """
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
"""

_PHASES = (
    "INSERT { ?x a qb:Observation } WHERE { ?group qb:observation ?x }",
    "INSERT { ?x a qb:Observation . ?set a qb:DataSet } WHERE { ?x qb:dataSet ?set }",
    "INSERT { ?x a qb:Slice } WHERE { ?set qb:slice ?x }",
    *(
        f"INSERT {{ ?spec qb:componentProperty ?x . ?x a qb:{kind}Property }} WHERE {{ ?spec qb:{kind.lower()} ?x }}"
        for kind in ("Dimension", "Measure", "Attribute")
    ),
    """INSERT { ?x ?part ?value } WHERE {
        ?spec qb:componentAttachment qb:DataSet ; qb:componentProperty ?part .
        ?set qb:structure/qb:component ?spec ; ?part ?value . ?x qb:dataSet ?set }""",
    """INSERT { ?x ?part ?value } WHERE {
        ?spec qb:componentAttachment qb:Slice ; qb:componentProperty ?part .
        ?set qb:structure/qb:component ?spec ; qb:slice ?slice . ?slice ?part ?value ; qb:observation ?x }""",
    """INSERT { ?x ?part ?value } WHERE {
        ?spec qb:componentProperty ?part . ?part a qb:DimensionProperty .
        ?set qb:structure/qb:component ?spec ; qb:slice ?slice . ?slice ?part ?value ; qb:observation ?x }""",
)

_PART = "qb:component/qb:componentProperty"
_HIERARCHY = f"""
    ?x qb:dataSet/qb:structure/{_PART} ?dim ; ?dim ?code . ?dim a qb:DimensionProperty ; qb:codeList ?list .
    ?list a qb:HierarchicalCodeList . FILTER NOT EXISTS {{ ?list qb:hierarchyRoot/PATH ?code }}"""


def _one(kind: str, link: str) -> str:
    return (
        f"{{ ?x a qb:{kind} . FILTER NOT EXISTS {{ ?x qb:{link} ?y }} }} UNION"
        f" {{ ?x a qb:{kind} ; qb:{link} ?y, ?z . FILTER (?y != ?z) }}"
    )


def _listed(kind: str, condition: str) -> str:
    return f"""
    ?x qb:dataSet/qb:structure/{_PART} ?dim ; ?dim ?code . ?dim a qb:DimensionProperty ; qb:codeList ?list .
    ?list a skos:{kind} . FILTER NOT EXISTS {{ {condition} }}"""


_ASK: dict[int, tuple[str, ...]] = {
    1: (_one("Observation", "dataSet"),),
    2: (_one("DataSet", "structure"),),
    3: (f"?x a qb:DataStructureDefinition . FILTER NOT EXISTS {{ ?x {_PART}/a qb:MeasureProperty }}",),
    4: ("?x a qb:DimensionProperty . FILTER NOT EXISTS { ?x rdfs:range ?y }",),
    5: ("?x a qb:DimensionProperty ; rdfs:range skos:Concept . FILTER NOT EXISTS { ?x qb:codeList ?y }",),
    6: (
        "?dsd qb:component ?spec . ?spec qb:componentRequired false ; qb:componentProperty ?x ."
        " FILTER NOT EXISTS { ?x a qb:AttributeProperty }",
    ),
    7: ("?x a qb:SliceKey . FILTER NOT EXISTS { ?dsd a qb:DataStructureDefinition ; qb:sliceKey ?x }",),
    8: (f"?x a qb:SliceKey ; qb:componentProperty ?y . ?dsd qb:sliceKey ?x . FILTER NOT EXISTS {{ ?dsd {_PART} ?y }}",),
    9: (_one("Slice", "sliceStructure"),),
    10: ("?x qb:sliceStructure/qb:componentProperty ?dim . FILTER NOT EXISTS { ?x ?dim ?y }",),
    11: (
        f"?x qb:dataSet/qb:structure/{_PART} ?dim . ?dim a qb:DimensionProperty . FILTER NOT EXISTS {{ ?x ?dim ?y }}",
    ),
    12: (
        f"""FILTER (?same) {{ SELECT (MIN(?equal) AS ?same) {{
            ?x qb:dataSet ?set . ?y qb:dataSet ?set . FILTER (?x != ?y)
            ?set qb:structure/{_PART} ?dim . ?dim a qb:DimensionProperty . ?x ?dim ?v . ?y ?dim ?w .
            BIND (?v = ?w AS ?equal) }} GROUP BY ?x ?y }}""",
    ),
    13: (
        "?x qb:dataSet/qb:structure/qb:component ?spec . ?spec qb:componentRequired true ; qb:componentProperty ?y ."
        " FILTER NOT EXISTS { ?x ?y ?z }",
    ),
    14: (
        f"""?x qb:dataSet/qb:structure ?dsd . FILTER NOT EXISTS {{ ?dsd {_PART} qb:measureType }}
            ?dsd {_PART} ?y . ?y a qb:MeasureProperty . FILTER NOT EXISTS {{ ?x ?y ?z }}""",
    ),
    15: (
        f"""?x qb:dataSet/qb:structure ?dsd ; qb:measureType ?y . ?dsd {_PART} qb:measureType .
            FILTER NOT EXISTS {{ ?x ?y ?z }}""",
    ),
    16: (
        f"""?x qb:dataSet/qb:structure ?dsd ; qb:measureType ?y ; ?other ?z . ?dsd {_PART} qb:measureType ;
            {_PART} ?other . ?other a qb:MeasureProperty . FILTER (?other != ?y)""",
    ),
    17: (
        f"""{{ SELECT ?x ?measures {{
            {{ SELECT ?dsd (COUNT(?m) AS ?measures) {{ ?dsd {_PART} ?m . ?m a qb:MeasureProperty }} GROUP BY ?dsd }}
            ?x qb:dataSet/qb:structure ?dsd ; qb:dataSet ?set ; qb:measureType ?mx .
            ?y qb:dataSet ?set ; qb:measureType ?my .
            FILTER NOT EXISTS {{ ?dsd {_PART} ?dim . FILTER (?dim != qb:measureType) ?dim a qb:DimensionProperty .
                ?x ?dim ?v . ?y ?dim ?w . FILTER (?v != ?w) }}
        }} GROUP BY ?x ?measures HAVING (COUNT(?y) != ?measures) }}""",
    ),
    18: ("?set qb:slice ?s . ?s qb:observation ?x . FILTER NOT EXISTS { ?x qb:dataSet ?set }",),
    19: (
        _listed("ConceptScheme", "?code a skos:Concept ; skos:inScheme ?list"),
        _listed("Collection", "?code a skos:Concept . ?list skos:member+ ?code"),
    ),
}
_TEMPLATES = {
    20: (
        "SELECT ?p { ?list a qb:HierarchicalCodeList ; qb:parentChildProperty ?p . FILTER (isIRI(?p)) }",
        _HIERARCHY.replace("PATH", "<P>*"),
    ),
    21: (
        "SELECT ?p { ?list a qb:HierarchicalCodeList ; qb:parentChildProperty ?q . FILTER (isBlank(?q))"
        " ?q owl:inverseOf ?p . FILTER (isIRI(?p)) }",
        _HIERARCHY.replace("PATH", "(^<P>)*"),
    ),
}


def violated(quads: Iterable[ox.Quad]) -> set[int]:
    """The numbers of the constraints that the union of the quads' graphs violates."""
    store = ox.Store()
    store.extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    for phase in _PHASES:
        store.update(_PREFIXES + phase)
    found = {number for number, asks in _ASK.items() if any(_ask(store, ask) for ask in asks)}
    for number, (select, ask) in _TEMPLATES.items():
        properties = {solution["p"].value for solution in store.query(_PREFIXES + select)}
        if any(_ask(store, ask.replace("<P>", f"<{name}>")) for name in properties):
            found.add(number)
    return found


def _ask(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(f"{_PREFIXES} ASK {{ {pattern} }}"))
