"""SHACL-SPARQL (SHACL, sections 5 and 6, appendix A): what the standard wants, from each engine of ours and pySHACL."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kzlod.errors import InputError
from kzlod.shacl.report import Report
from kzlod.shacl.validation import Engine
from tests.test_shacl import check

NAMES = """
ex:names sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] ;
  sh:declare [ sh:prefix "rdfs" ; sh:namespace "http://www.w3.org/2000/01/rdf-schema#"^^xsd:anyURI ] .
"""
ALL = ("duckdb", "auto", "pyshacl")


@dataclass(frozen=True)
class Case:
    """Data with shapes, and what is found: focus nodes, each with its value, in the order of tokens.

    `but_pyshacl` says why pySHACL finds something else. Where Oxigraph does not keep what the query asks about
    (`is_kept`), the engine `duckdb` refuses, and `auto` asks pySHACL.
    """

    turtle: str
    found: list[tuple[str, str]]
    but_pyshacl: str = ""
    is_kept: bool = True


def select(query: str, *, target: str = "sh:targetSubjectsOf ex:p", more: str = "") -> str:
    return f'{NAMES} ex:S a sh:NodeShape ; {target} ; {more} sh:sparql [ sh:prefixes ex:names ; sh:select """{query}""" ] .'


def component(validator: str, *, shape: str, parameters: str = "ex:limit") -> str:
    declared = " ".join(f"sh:parameter [ sh:path {name} ] ;" for name in parameters.split())
    return f"{NAMES} ex:Component a sh:ConstraintComponent ; {declared} {validator} . ex:S {shape} ."


def ask(query: str) -> str:
    return f'sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex:names ; sh:ask """{query}""" ]'


DATA = "ex:a ex:p 1, 2 . ex:b ex:p 3 ; ex:q 3 . ex:c ex:p 4 ; ex:q 5 ; ex:r ex:a .\n"
ON_P = "sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; ex:limit 2 ]"
# Where pySHACL finds something else, and why the standard has it otherwise.
NO_VALUE = "it gives no sh:value where a property shape has an ASK validator (section 6.3: the value node)"
EACH = "it runs a SELECT for each value, with ?value bound to it (section 6.3: once for a focus node)"
IGNORED = "it fails where a component has no validator for a kind of shape (section 6.2.3: ignored)"
SAME = "rdflib forgets a prefix when another has the same namespace"

CASES = {
    "this": Case(DATA + select("SELECT $this { $this ex:q ?q }"), [("b", "b"), ("c", "c")]),
    "value": Case(DATA + select("SELECT $this ?value { $this ex:p ?value . FILTER(?value > 2) }"), [("b", "3"), ("c", "4")]),
    "several values": Case(DATA + select("SELECT $this ?value { $this ex:p ?value . FILTER(?value < 3) }"), [("a", "1"), ("a", "2")]),
    "question mark": Case(DATA + select("SELECT ?this { ?this ex:q ?q }"), [("b", "b"), ("c", "c")]),
    "solutions alike": Case(DATA + select("SELECT $this { $this ex:p ?x }", target="sh:targetNode ex:a"), [("a", "a"), ("a", "a")], "it takes equal solutions as one (section 5.3.1: a result for each solution)"),
    "duplicates": Case(DATA + select("SELECT DISTINCT $this { $this ex:p ?x }", target="sh:targetNode ex:a"), [("a", "a")]),
    "filter": Case(DATA + select("SELECT $this { FILTER($this = ex:a) }"), [("a", "a")]),
    "filter bound": Case(DATA + select("SELECT $this { { FILTER(bound($this)) } }"), [("a", "a"), ("b", "b"), ("c", "c")]),
    "bind": Case(DATA + select("SELECT $this ?value { BIND($this AS ?that) ?that ex:q ?value }"), [("b", "3"), ("c", "5")]),
    "bind in a group": Case(DATA + select("SELECT $this ?value { { BIND(str($this) AS ?value) } FILTER(?value = 'http://example.org/a') }"), [("a", "http://example.org/a")]),
    "not exists": Case(DATA + select("SELECT $this { FILTER NOT EXISTS { $this ex:q ?q } }"), [("a", "a")]),
    "exists with a filter": Case(DATA + select("SELECT $this { ?x ex:q ?q FILTER EXISTS { ?y ex:r ?z FILTER(?y = $this) } FILTER(?q = 3) }"), [("c", "c")]),
    "union": Case(DATA + select("SELECT $this { { FILTER($this = ex:a) } UNION { $this ex:r ?r } }"), [("a", "a"), ("c", "c")]),
    "optional": Case(DATA + select("SELECT $this { OPTIONAL { ?x ex:r ?r . FILTER(?x = $this) } FILTER(!bound(?r)) }"), [("a", "a"), ("b", "b")]),
    "sub-select": Case(DATA + select("SELECT $this ?value { { SELECT $this ?value { $this ex:q ?value . FILTER(?value > 3) } } }"), [("c", "5")]),
    "sub-select with a filter": Case(DATA + select("SELECT $this { { SELECT $this { FILTER($this = ex:b) } } }"), [("b", "b")]),
    "sub-select of all": Case(DATA + select("SELECT $this ?value { { SELECT * { $this ex:q ?value } } }"), [("b", "3"), ("c", "5")], "it allows no SELECT * within another"),
    "count": Case(DATA + select("SELECT $this (COUNT(?x) AS ?n) { $this ex:p ?x } GROUP BY $this HAVING (COUNT(?x) > 1)"), [("a", "a")]),
    "count in a sub-select": Case(DATA + select("SELECT $this { { SELECT $this (COUNT(?x) AS ?n) { $this ex:p ?x } GROUP BY $this } FILTER(?n = 2) }"), [("a", "a")]),
    "count of none": Case(DATA + select("SELECT $this { { SELECT $this (COUNT(?x) AS ?n) { $this ex:q ?x } GROUP BY $this } FILTER(?n = 0) }"), []),
    "count of optional": Case(DATA + select("SELECT $this { { SELECT $this (COUNT(?x) AS ?n) { OPTIONAL { $this ex:q ?x } } GROUP BY $this } FILTER(?n = 0) }"), [("a", "a")]),
    "small letters": Case(DATA + select("select distinct $this (count(?x) as ?n) where { $this ex:p ?x filter not exists { $this ex:q ?q } } group by $this order by $this"), [("a", "a")]),
    "all": Case(DATA + select("SELECT DISTINCT * WHERE { $this ex:q ?value }"), [("b", "3"), ("c", "5")]),
    "limit": Case(DATA + select("SELECT $this ?value { $this ex:p ?value } ORDER BY DESC(?value) LIMIT 1"), [("a", "2"), ("b", "3"), ("c", "4")]),
    "limit in a sub-select": Case(DATA + select("SELECT $this ?value { { SELECT $this ?value { $this ex:p ?value } ORDER BY ?value LIMIT 1 } }"), [("a", "1"), ("b", "3"), ("c", "4")]),
    "current shape": Case(DATA + select("SELECT $this ?value { BIND($currentShape AS ?value) }", target="sh:targetNode ex:a"), [("a", "S")]),
    "shapes graph": Case(DATA + select("SELECT $this ?value { GRAPH $shapesGraph { $currentShape ex:note ?value } }", target="sh:targetNode ex:a ; ex:note 'of the shape'"), [("a", "of the shape")], "it does not support $shapesGraph"),
    "shapes graph and current shape, bound": Case(DATA + select("SELECT $this { FILTER bound($shapesGraph) GRAPH $shapesGraph { FILTER bound($currentShape) $currentShape ex:note 42 } }", target="sh:targetNode ex:a ; ex:note 42"), [("a", "a")], "it does not support $shapesGraph"),
    "blank focus node and value": Case(f"_:x ex:p [] .{select('SELECT $this ?value { $this ex:p ?value FILTER(isBlank($this)) }')}", [("_:x", "_:y")]),
    "literal focus node": Case("ex:a ex:p '01'^^xsd:integer, 'x' ." + select("SELECT $this { FILTER($this = 1) }", target="sh:targetObjectsOf ex:p"), [("01", "01")]),
    "lexical form of a value": Case("ex:a ex:p '01'^^xsd:integer ." + select("SELECT $this ?value { $this ex:p ?value }"), [("a", "01")]),
    "lexical form in the query": Case("ex:a ex:p '01'^^xsd:integer, '1'^^xsd:integer ." + select("SELECT $this ?value { $this ex:p ?value . FILTER(str(?value) = '01') }"), [("a", "01")], is_kept=False),
    "lexical form of a focus node": Case("ex:a ex:p '01'^^xsd:integer, 'x' ." + select("SELECT $this { FILTER(str($this) = '01') }", target="sh:targetObjectsOf ex:p"), [("01", "01")], is_kept=False),
    "lexical form of a target": Case("ex:a ex:p 1 ." + select("SELECT $this { FILTER(str($this) = '01') }", target="sh:targetNode '01'^^xsd:integer"), [("01", "01")], is_kept=False),
    "datatype in the query": Case("ex:a ex:p '1'^^xsd:int . ex:b ex:p '1'^^xsd:integer ." + select("SELECT $this { $this ex:p ?v . FILTER(datatype(?v) = <http://www.w3.org/2001/XMLSchema#int>) }"), [("a", "a")], is_kept=False),
    "two forms of a number": Case("ex:a ex:p '01'^^xsd:integer, '1'^^xsd:integer ." + select("SELECT $this ?value { $this ex:p ?value }"), [("a", "01"), ("a", "1")], is_kept=False),
    "numbers of many digits": Case("ex:a ex:p 100000000000000000000001, 100000000000000000000002 ." + select("SELECT $this ?value { $this ex:p ?value . FILTER(?value > 100000000000000000000001) }"), [("a", "100000000000000000000002")], is_kept=False),
    "deactivated": Case(DATA + "ex:S sh:targetNode ex:a ; sh:sparql [ sh:deactivated true ; sh:select 'SELECT $this {}' ], [ sh:deactivated false ; sh:select 'SELECT $this ?value { BIND(2 AS ?value) }' ] .", [("a", "2")]),
    "property shape": Case(DATA + 'ex:S sh:targetSubjectsOf ex:p ; sh:path ex:q ; sh:sparql [ sh:select "SELECT $this ?value { $this $PATH ?value }" ] .', [("b", "3"), ("c", "5")]),
    "complex path": Case(DATA + 'ex:S sh:targetSubjectsOf ex:r ; sh:path ( ex:r [ sh:alternativePath ( ex:p [ sh:inversePath ex:r ] ) ] ) ; sh:sparql [ sh:select "SELECT $this ?value { $this $PATH ?value }" ] .', [("c", "1"), ("c", "2"), ("c", "c")]),
    "imported prefixes": Case(DATA + NAMES + 'ex:all owl:imports ex:names ; sh:declare [ sh:prefix "xsd" ; sh:namespace "http://www.w3.org/2001/XMLSchema#" ] . ex:S sh:targetSubjectsOf ex:q ; sh:sparql [ sh:prefixes ex:all ; sh:select "SELECT $this ?value { $this ex:q ?value . FILTER(datatype(?value) = xsd:integer && ?value > 3) }" ] .', [("c", "5")], "it does not follow owl:imports between declarations"),
    "two prefixes": Case(DATA + NAMES + 'ex:other sh:declare [ sh:prefix "e" ; sh:namespace "http://example.org/" ] . ex:S sh:targetSubjectsOf ex:q ; sh:sparql [ sh:prefixes ex:names, ex:other ; sh:select "SELECT $this ?value { $this e:q ?value . $this ex:r ?r }" ] .', [("c", "5")], SAME),
    "a shape that is a constraint, of itself": Case(DATA + NAMES + 'ex:S a sh:NodeShape, sh:SPARQLConstraint ; sh:targetSubjectsOf ex:p ; sh:sparql ex:S ; sh:prefixes ex:names ; sh:select "SELECT $this (ex:q AS ?path) ?value { $this ex:q ?value }" .', [("b", "3"), ("c", "5")]),
    "in a nested shape": Case(DATA + NAMES + 'ex:S sh:targetSubjectsOf ex:p ; sh:not [ sh:sparql [ sh:prefixes ex:names ; sh:select "SELECT $this { $this ex:q ?q }" ] ] .', [("a", "a")]),
    "ask": Case(DATA + component(ask("ASK { FILTER($value <= $limit) }"), shape=ON_P), [("b", "3"), ("c", "4")], NO_VALUE),
    "ask of a node shape": Case(DATA + component(ask("ASK { $value ex:q ?q . FILTER(?q > $limit) }"), shape="sh:targetSubjectsOf ex:p ; ex:limit 4"), [("a", "a"), ("b", "b")]),
    "ask of literals": Case("ex:a ex:p 'x', 'y'@en, 'z'@en ." + component(ask("ASK { FILTER(lang($value) = $limit) }"), shape="sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; ex:limit 'en' ]"), [("a", "x")], NO_VALUE),
    "ask by pattern": Case(DATA + component(ask("ASK { ?other $limit $value . FILTER(?other = $this) }"), shape="sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; ex:limit ex:q ]"), [("a", "1"), ("a", "2"), ("c", "4")], NO_VALUE),
    "ask with count": Case(DATA + component(ask("ASK { { SELECT $this $value $limit (COUNT(?x) AS ?n) { $this ex:p ?x } GROUP BY $this $value $limit } FILTER(?n < $limit) }"), shape=ON_P), [("a", "1"), ("a", "2")], NO_VALUE),
    "a component for each value": Case(DATA + component(ask("ASK { FILTER($value != $limit) }"), shape="sh:targetNode ex:a ; sh:property [ sh:path ex:p ; ex:limit 1, 2 ]"), [("a", "1"), ("a", "2")], "it takes one of the values"),
    "optional parameter absent": Case(DATA + component("sh:parameter [ sh:path ex:more ; sh:optional true ; sh:defaultValue 7 ] ; " + ask("ASK { FILTER($value <= $limit + COALESCE($more, 0)) }"), shape=ON_P), [("b", "3"), ("c", "4")], NO_VALUE),
    "optional parameter present": Case(DATA + component("sh:parameter [ sh:path ex:more ; sh:optional true ] ; " + ask("ASK { FILTER($value <= $limit + COALESCE($more, 0)) }"), shape="sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; ex:limit 2 ; ex:more 1 ]"), [("c", "4")], NO_VALUE),
    "mandatory parameter absent": Case(DATA + component(ask("ASK { FILTER(false) }"), shape="sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; ex:more 2 ]", parameters="ex:limit ex:more"), []),
    "node validator": Case(DATA + component('sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex:names ; sh:select "SELECT $this ?value { $this ex:p ?value . FILTER(?value > $limit) }" ]', shape="sh:targetSubjectsOf ex:p ; ex:limit 3"), [("c", "4")], EACH),
    "property validator": Case(DATA + component('sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex:names ; sh:select "SELECT DISTINCT $this ?value { $this $PATH ?value . FILTER(?value > $limit) }" ]', shape=ON_P), [("b", "3"), ("c", "4")]),
    "property validator before validator": Case(DATA + component(ask("ASK { FILTER(false) }") + '; sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex:names ; sh:select "SELECT $this ?value { $this $PATH ?value . FILTER(?value = 4 && $limit = 2) }" ]', shape=ON_P), [("c", "4")]),
    "validators in other languages": Case(DATA + component("sh:validator [ a sh:JSValidator ; sh:jsFunctionName 'f' ] ; " + ask("ASK { FILTER($value <= $limit) }"), shape=ON_P), [("b", "3"), ("c", "4")], NO_VALUE),
    "a parameter's name after a colon": Case(DATA + component(ask("ASK { FILTER($value <= $most) }"), shape="sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; <urn:x:most> 2 ]", parameters="<urn:x:most>"), [("b", "3"), ("c", "4")], NO_VALUE),
    "node validator for nodes only": Case(DATA + component('sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:select "SELECT $this { }" ]', shape=ON_P), [], IGNORED),
    "having with a parameter": Case(DATA + component('sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:select "SELECT $this (COUNT(?x) AS ?n) { $this $PATH ?x } GROUP BY $this HAVING (COUNT(?x) >= $limit)" ]', shape=ON_P), [("a", "")], EACH),
}  # fmt: skip


def shown(token: str) -> str:
    return token.removeprefix("<http://example.org/").rstrip(">") if token.startswith("<") else token.split('"')[1:2][0]


def findings(report: Report) -> list[tuple[str, str]]:
    """Focus nodes and values as a case shows them; blank nodes as x and y."""
    blank = {r.focus: "_:x" for r in report.results} | {r.value: "_:y" for r in report.results if r.value != r.focus}

    def text(token: str) -> str:
        return (blank[token] if token.startswith("_:") else shown(token)) if token else ""

    return sorted((text(r.focus), text(r.value)) for r in report.results)


@pytest.mark.parametrize("engine", ALL)
@pytest.mark.parametrize("name", CASES)
def test_found(name: str, engine: Engine) -> None:
    case = CASES[name]
    if engine == "duckdb" and not case.is_kept:
        with pytest.raises(InputError, match="has a SPARQL query"):
            check(case.turtle, case.turtle, engine)
    elif engine == "pyshacl" and case.but_pyshacl:
        with pytest.raises((AssertionError, InputError)):
            assert findings(check(case.turtle, case.turtle, engine)) == case.found
    else:
        assert findings(check(case.turtle, case.turtle, engine)) == case.found


# What pre-binding does not allow, and what is no validator: refused before anything is validated, by each engine.
REFUSED = {
    "MINUS": (select("SELECT $this { $this ex:p ?o MINUS { $this ex:q ?o } }"), "MINUS"),
    "minus": (select("SELECT $this { $this ex:p ?o minus{ $this ex:q ?o } }"), "MINUS"),
    "VALUES": (select("SELECT $this { $this ex:p ?o VALUES ?o { 1 } }"), "VALUES"),
    "VALUES at the end": (select("SELECT $this { $this ex:p ?o } VALUES ?o { 1 }"), "VALUES"),
    "SERVICE": (select("SELECT $this { SERVICE <http://127.0.0.1:9/> { $this ex:p ?o } }"), "SERVICE"),
    "AS this": (select("SELECT $this { BIND(ex:a AS $this) }"), r"assigns \$this"),
    "as ?this": (select("SELECT (1 as ?this) { ?x ex:p ?o }"), r"assigns \?this"),
    "AS a parameter": (component(ask("ASK { BIND(1 AS $limit) }"), shape=ON_P), r"assigns \$limit"),
    "AS value": (component(ask("ASK { BIND(1 AS $value) }"), shape=ON_P), r"assigns \$value"),
    "sub-select without this": (select("SELECT $this { { SELECT ?x { ?x ex:p ?o } } }"), r"subquery .* \$this"),
    "sub-select of all without this": (select("SELECT $this { { SELECT * { ?x ex:p ?o } } }"), r"subquery .* \$this"),
    "sub-select in a sub-select": (select("SELECT $this { { SELECT $this { { SELECT ?o { ?x ex:p ?o } } } } }"), r"\$this"),
    "second sub-select": (select("SELECT $this { { SELECT $this { } } { SELECT ?o { ?x ex:p ?o } } }"), r"\$this"),
    "sub-select without a parameter": (component(ask("ASK { { SELECT $this $value { $this ex:p $value } } }"), shape=ON_P), r"\$limit"),
    "sub-select without the value": (component(ask("ASK { { SELECT $this $limit { $this ex:p $limit } } FILTER($value > 1) }"), shape=ON_P), r"\$value"),
    "sub-select of all with this in a filter": (select("SELECT $this { { SELECT * { FILTER($this = ex:a) } } }"), r"subquery .* \$this"),
    "sub-select of all with this in EXISTS": (select("SELECT $this { { SELECT * { ?x ex:p ?o FILTER EXISTS { $this ex:p ?o } } } }"), r"subquery .* \$this"),
    "all with this in a filter": (select("SELECT * { FILTER($this = ex:a) }"), r"does not return \$this"),
    "without this": (select("SELECT ?o { $this ex:p ?o }"), r"does not return \$this"),
    # SPARQL 1.1, section 19.8 (note 12): beside an aggregate, only what is grouped can be selected; pySHACL lets it pass.
    "count without GROUP BY": (select("SELECT $this { { SELECT $this (COUNT(?x) AS ?n) { $this ex:p ?x } } FILTER(?n = 2) }"), "is not SPARQL"),
    "ASK as a constraint": (select("ASK { $this ex:p ?o }"), "no SELECT query"),
    "CONSTRUCT": (select("CONSTRUCT { $this ex:p 1 } { $this ex:p ?o }"), "CONSTRUCT"),
    "FROM": (select("SELECT $this FROM <http://e/> { $this ex:p ?o }"), "FROM"),
    "no SPARQL": (select("SELECT $this { $this ex:p }"), "is not SPARQL"),
    "unknown prefix": (select("SELECT $this { $this f:p ?o }"), "is not SPARQL"),
    "too deep": (select("SELECT $this " + "{" * 500 + "}" * 500), "nested too deeply"),
    "no query": ("ex:S sh:targetNode ex:a ; sh:sparql [ ] .", "0 values of sh:select"),
    "two queries": ("ex:S sh:targetNode ex:a ; sh:sparql [ sh:select 'SELECT $this {}', 'SELECT $this { }' ] .", "2 values"),
    "two namespaces": (NAMES + "ex:names sh:declare [ sh:prefix 'ex' ; sh:namespace 'http://e/' ] ." + select("SELECT $this {}"), "two namespaces"),
    "no namespace": (NAMES + "ex:names sh:declare [ sh:prefix 'e' ] ." + select("SELECT $this {}"), "sh:namespace"),
    "validator in JavaScript": (component("sh:validator [ sh:jsFunctionName 'f' ]", shape=ON_P), "other languages"),
    "two validators": (component("sh:validator [ sh:ask 'ASK {}' ], [ sh:ask 'ASK { }' ]", shape=ON_P), "2 values of sh:validator"),
    "ASK as a property validator": (component(ask("ASK { FILTER($value <= $limit) }").replace("sh:validator", "sh:propertyValidator"), shape=ON_P), "one sh:select"),
    "ASK as a node validator": (component(ask("ASK { }").replace("sh:validator", "sh:nodeValidator"), shape=ON_P), "one sh:select"),
    "two parameters of one name": (component(ask("ASK { }"), shape=ON_P, parameters="ex:limit <urn:x:limit>"), "two parameters"),
    "a message that is no text": (component(ask("ASK { }").replace("sh:ask", "sh:message 1 ; sh:ask"), shape=ON_P), "where a text is needed"),
    "a parameter named this": (component(ask("ASK {}"), shape=ON_P, parameters="ex:this"), "no name for a variable"),
    "optional parameters only": ("ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:l ; sh:optional true ] .", "not optional"),
    "a deep path": ("ex:S sh:targetNode ex:a ; sh:path " + "[ sh:inversePath " * 500 + "ex:p" + "]" * 500 + " .", "nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    turtle, message = REFUSED[name]
    for engine in ALL:
        with pytest.raises(InputError, match=message):
            check(DATA, turtle, engine)


def test_words_that_are_no_keywords() -> None:
    query = (
        "SELECT $this ?minus { $this ex:p ?minus . $this ex:service 'VALUES MINUS { }' } # MINUS { } SERVICE AS $this"
    )
    data = "ex:a ex:p 1 ; ex:service 'VALUES MINUS { }' ."
    assert findings(check(data, select(query + chr(10)), "duckdb")) == [("a", "a")]


def test_a_comparison_without_spaces() -> None:
    turtle = DATA + component(ask("ASK { FILTER(1<$limit&&$value>$limit) }"), shape=ON_P)
    assert findings(check(turtle, turtle, "duckdb")) == [("a", "1"), ("a", "2")]


# Messages (section 5.3.2): the shapes, and the messages of each result, in the order of tokens.
QUERY = "SELECT $this ?value ?other { $this ex:p ?value . BIND(7 AS ?other) FILTER(?value = 3) }"
OVER = "ASK { FILTER($value <= $limit) }"
ON_NODE = "sh:targetObjectsOf ex:p ; ex:limit 3"
MESSAGES = {
    "of the constraint": (select(QUERY).replace("sh:select", 'sh:message "odd"@en, "нечётное"@ru ; sh:select'), [('"odd"@en', '"нечётное"@ru')]),
    "with values": (select(QUERY, more='sh:message "of the shape" ; ').replace("sh:select", 'sh:message "{?this} has {$value}, {?none}"@en, "{$value}, {?other}" ; sh:select'), [('"3, 7"', '"http://example.org/b has 3, {?none}"@en')]),
    "of the shape": (select(QUERY, more='sh:message "{$value}"@de, "of the shape" ; '), [('"3"@de', '"of the shape"')]),
    "none": (select(QUERY), [('"is found by a query of the shape"',)]),
    "of the validator": (component('sh:message "of the component" ; sh:labelTemplate "label" ; ' + ask(OVER).replace("sh:ask", 'sh:message "{$value} > {?limit}"@en, "over {$limit}" ; sh:ask'), shape=ON_NODE), [('"4 > 3"@en', '"over 3"')]),
    "of the component": (component('sh:message "over {$limit}"@en ; sh:labelTemplate "label" ; ' + ask(OVER), shape=ON_NODE), [('"over 3"@en',)]),
    "of the shape of a component": (component('sh:labelTemplate "label" ; ' + ask(OVER), shape=ON_NODE + ' ; sh:message "of the shape"@en'), [('"of the shape"@en',)]),
    "labels": (component('sh:labelTemplate "at most {$limit}"@en, "höchstens {?limit}"@de ; ' + ask(OVER), shape=ON_NODE), [('"at most 3"@en', '"höchstens 3"@de')]),
    "of several results": (component(ask(OVER).replace("sh:ask", 'sh:message "{$value}" ; sh:ask'), shape=ON_NODE.replace("3", "2")), [('"3"',), ('"4"',)]),
    "of a property shape": (component('sh:propertyValidator [ sh:message "{$value} > {?limit}"@en ; sh:prefixes ex:names ; sh:select "SELECT DISTINCT $this ?value { $this $PATH ?value . FILTER(?value > $limit) }" ]', shape=ON_P), [('"3 > 2"@en',), ('"4 > 2"@en',)]),
}  # fmt: skip


@pytest.mark.parametrize("engine", ALL)
@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str, engine: Engine) -> None:
    turtle, found = MESSAGES[name]
    results = check(DATA + turtle, turtle, engine).results
    assert sorted({result.messages for result in results}) == found


@pytest.mark.parametrize("engine", ["duckdb", "auto"])
def test_a_message_of_the_query(engine: Engine) -> None:
    """Before all others (pySHACL does not look at it)."""
    turtle = select(
        "SELECT $this ?message { $this ex:r ?x . BIND('{$this}'@en AS ?message) }", more='sh:message "no" ; '
    )
    (result,) = check(DATA, turtle.replace("sh:select", 'sh:message "no" ; sh:select'), engine).results
    assert (result.message, result.messages) == ("http://example.org/c", ('"http://example.org/c"@en',))


def test_a_message_with_an_odd_value() -> None:
    """What stands in a value is text (pySHACL reads it as a replacement of a regular expression, and ends)."""
    query = "SELECT $this ?value { $this <http://example.org/p> ?value }"
    turtle = f"ex:S sh:targetNode ex:a ; sh:sparql [ sh:message '<{{$value}}>'@en ; sh:select '{query}' ] ."
    (result,) = check(r"ex:a ex:p 'a\\1 {?this}\n' .", turtle).results
    assert result.messages == (r'"<a\\1 {?this}\n>"@en',)


def test_a_group_says_what_its_results_say_alike() -> None:
    turtle = DATA + select(QUERY).replace("sh:select", 'sh:message "odd"@en ; sh:select')
    assert [group.messages for group in check(turtle, turtle).groups] == [('"odd"@en',)]
    turtle = turtle.replace('"odd"@en', '"{$value}"')
    assert [group.messages for group in check(turtle, turtle).groups] == [()]


@pytest.mark.parametrize("engine", ALL)
def test_severity_is_the_shape_s(engine: Engine) -> None:
    for turtle in (
        select(QUERY, more="sh:severity sh:Info ; "),
        component(ask(OVER), shape=ON_NODE + " ; sh:severity sh:Info"),
    ):
        (result,) = check(DATA + turtle, turtle, engine).results
        assert result.severity == "<http://www.w3.org/ns/shacl#Info>"


@pytest.mark.parametrize("engine", ALL)
def test_a_path_of_the_query(engine: Engine) -> None:
    turtle = DATA + select("SELECT $this ?path ?value { $this ?path ?value . FILTER(?path = ex:r) }")
    (result,) = check(turtle, turtle, engine).results
    assert (result.path, result.value) == ("<http://example.org/r>", "<http://example.org/a>")


def test_a_failure_that_a_query_reports() -> None:
    turtle = DATA + select("SELECT $this ?failure { BIND(true AS ?failure) }")
    with pytest.raises(InputError, match="reports a failure"):
        check(turtle, turtle, "duckdb")


def test_what_neither_engine_does_right_is_refused() -> None:
    query = "SELECT $this ?value { $this $PATH ?value . FILTER(strlen(str(?value)) > $limit) }"
    turtle = component(f'sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:select "{query}" ]', shape=ON_P)
    assert findings(check("ex:a ex:p 10, 100 .", turtle)) == [("a", "100")]
    with pytest.raises(InputError, match="can tell how a number"):
        check("ex:a ex:p 10, 0100 .", turtle, "auto")


def test_the_form_of_values_that_an_ask_validator_sees() -> None:
    turtle = component(
        ask("ASK { FILTER(str($value) = $limit) }"),
        shape="sh:targetNode ex:a ; sh:property [ sh:path ex:p ; ex:limit '1' ]",
    )
    for value, conforms in (("1", True), ("01", False)):
        data = f"ex:a ex:p '{value}'^^xsd:integer ; ex:q 1.50 ."
        assert check(data, turtle, "auto").conforms == conforms
    with pytest.raises(InputError, match="can tell how a number"):
        check(data, turtle, "duckdb")
    assert check("ex:a ex:p 1 ; ex:q 1.50 .", turtle, "duckdb").conforms  # what it does not see does not matter
