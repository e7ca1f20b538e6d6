"""SPARQL in a shapes graph: constraints (SHACL, section 5) and constraint components (section 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kzlod.errors import InputError
from kzlod.shacl.graph import Graph
from kzlod.shacl.messages import read_messages
from kzlod.shacl.model import Constraint, Query
from kzlod.terms import parse
from kzlod.vocab import OWL, RDF, RDFS, SH, XSD

_TRUE = f'"true"^^<{XSD}boolean>'
_COMPONENT = f"<{SH}ConstraintComponent>"
_LOCAL_NAME = re.compile(r"[^\W\d][\w.-]*(?=>$)")
"""The longest name without a colon at the end of an IRI (section 6.2.1)."""


@dataclass(frozen=True, slots=True)
class Component:
    """A constraint component that a shapes graph declares.

    `parameters` are the predicates with their variables' names, `optional` those that a shape need not have; the
    validators are nodes, empty where there is none.
    """

    id: str
    parameters: tuple[tuple[str, str], ...]
    optional: frozenset[str]
    for_node: str
    for_property: str


def _sh(name: str) -> str:
    return f"<{SH}{name}>"


def read_constraint(graph: Graph, node: str) -> Constraint | None:
    """The constraint that a value of `sh:sparql` describes; None where it is deactivated."""
    if _TRUE in graph.values(node, _sh("deactivated")):
        return None
    query = Query(_text(graph, node, "select"), where=graph.file(node))
    return Constraint("SPARQL", messages=read_messages(graph, node), query=query, source=node)


def read_components(graph: Graph) -> tuple[Component, ...]:
    """The constraint components that a shapes graph declares; raises `InputError` for what is not well-formed."""
    classes = {_COMPONENT}
    for s, p, o in graph.triples():
        if p == f"<{RDFS}subClassOf>" and o in classes:
            classes.add(s)
    found = []
    for node in graph.subjects():
        if classes.intersection(graph.values(node, f"<{RDF}type>")) and not node.startswith(f"<{SH}"):
            found.append(_component(graph, node))
    return tuple(found)


def _component(graph: Graph, node: str) -> Component:
    where = graph.file(node) or "shapes"
    parameters, optional = list[tuple[str, str]](), set[str]()
    for parameter in graph.values(node, _sh("parameter")):
        paths = graph.values(parameter, _sh("path"))
        if len(paths) != 1 or not paths[0].startswith("<"):
            raise InputError(f"a parameter of {node} needs one IRI as sh:path", where=where)
        local = _LOCAL_NAME.search(paths[0])
        name = local[0] if local else ""
        if not name.isidentifier() or name in ("this", "shapesGraph", "currentShape", "path", "PATH", "value"):
            raise InputError(f"the parameter {paths[0]} of {node} gives no name for a variable", where=where)
        if name in dict(parameters).values():
            raise InputError(f"two parameters of {node} give the variable {name}", where=where)
        parameters.append((paths[0], name))
        if _TRUE in graph.values(parameter, _sh("optional")):
            optional.add(paths[0])
    if len(optional) == len(parameters):
        raise InputError(f"the component {node} has no parameter that is not optional", where=where)
    validators = {name: _validator(graph, node, name) for name in ("validator", "nodeValidator", "propertyValidator")}
    either = validators["validator"]
    return Component(
        node,
        tuple(parameters),
        frozenset(optional),
        validators["nodeValidator"] or either,
        validators["propertyValidator"] or either,
    )


def _validator(graph: Graph, component: str, name: str) -> str:
    """The validator of a kind (section 6.2.3); those in other languages may stand beside it."""
    wanted, other = ("ask", "select") if name == "validator" else ("select", "ask")
    nodes = graph.values(component, _sh(name))
    found = [node for node in nodes if graph.values(node, _sh(wanted)) and not graph.values(node, _sh(other))]
    where = graph.file(component) or "shapes"
    if nodes and not found:
        message = f"sh:{name} of the component {component} needs one sh:{wanted}; other languages are not supported"
        raise InputError(message, where=where, remedy="sh:ask goes with sh:validator, sh:select with the two others")
    if len(found) > 1:
        raise InputError(f"the component {component} has {len(found)} values of sh:{name}", where=where)
    return found[0] if found else ""


def read_uses(graph: Graph, shape: str, component: Component, *, is_property: bool) -> list[Constraint]:
    """The constraints that a shape has by a component: one for each value of a single parameter."""
    given = {path: graph.values(shape, path) for path, _ in component.parameters}
    validator = component.for_property if is_property else component.for_node
    if not validator or any(not given[path] and path not in component.optional for path in given):
        return []
    where = graph.file(shape) or "shapes"
    is_ask = bool(graph.values(validator, _sh("ask")))
    text = _text(graph, validator, "ask" if is_ask else "select")
    messages = read_messages(graph, validator) or read_messages(graph, component.id)
    labels = read_messages(graph, component.id, "labelTemplate")
    names = dict(component.parameters)
    choices: list[tuple[tuple[str, str], ...]]
    if len(given) == 1:
        choices = [((names[path], value),) for path, values in given.items() for value in values]
    else:
        for path, values in given.items():
            if len(values) > 1:
                raise InputError(f"a shape has {len(values)} values of {path}, a parameter among others", where=where)
        choices = [tuple((names[path], values[0]) for path, values in given.items() if values)]
    return [
        Constraint(
            component.id,
            messages=messages,
            labels=labels,
            query=Query(text, is_ask, bound, graph.file(validator)),
        )
        for bound in choices
    ]


def _text(graph: Graph, node: str, name: str) -> str:
    """A query's text with the prefixes that `sh:prefixes` declares before it (section 5.2.1)."""
    where = graph.file(node) or "shapes"
    texts = graph.values(node, _sh(name))
    if len(texts) != 1 or not texts[0].startswith('"'):
        message = f"a SPARQL constraint has {len(texts)} values of sh:{name}, and needs one text"
        raise InputError(message, where=where, remedy=f"give it one sh:{name}")
    declared: dict[str, str] = {}
    ontologies = list(graph.values(node, _sh("prefixes")))
    for ontology in ontologies:
        imported = graph.values(ontology, f"<{OWL}imports>")
        ontologies += [other for other in imported if other not in ontologies]
        for declaration in graph.values(ontology, _sh("declare")):
            prefixes = graph.values(declaration, _sh("prefix"))
            namespaces = graph.values(declaration, _sh("namespace"))
            if len(prefixes) != 1 or len(namespaces) != 1:
                raise InputError("a sh:declare needs one sh:prefix and one sh:namespace", where=where)
            prefix, namespace = parse(prefixes[0]).value, parse(namespaces[0]).value
            if declared.setdefault(prefix, namespace) != namespace:
                raise InputError(f"the prefix {prefix}: is declared with two namespaces", where=where)
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in declared.items())
    return prologue + parse(texts[0]).value
