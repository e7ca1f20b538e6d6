"""What results say: the messages of constraints and shapes, or one that is made from the constraint.

A message is the token of a literal, as each may have a language (SHACL, sections 2.1.5 and 3.6.2.5). Several are one
text of lines where they go through tables: no token has a line feed in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kzlod.errors import InputError
from kzlod.shacl.graph import Graph
from kzlod.shacl.model import Constraint, Shape
from kzlod.terms import XSD_STRING, literal, parse
from kzlod.vocab import SH

_MOST = 12
"""How many terms a message names."""
VARIABLE = re.compile(r"\{[?$](\w+)\}")
"""A variable's name, as a message has it."""


def read_messages(graph: Graph, node: str, name: str = "message") -> tuple[str, ...]:
    """The texts that a node has, in order; raises `InputError` for what is no text.

    >>> graph = Graph()
    >>> graph.add("<http://e/S>", "<http://www.w3.org/ns/shacl#message>", '"zu groß"@de')
    >>> read_messages(graph, "<http://e/S>")
    ('"zu groß"@de',)
    """
    tokens = graph.values(node, f"<{SH}{name}>")
    for token in tokens:
        term = parse(token)
        if term.kind != "literal" or not (term.language or term.datatype == XSD_STRING):
            owner = "" if node.startswith("_:") else f"{node} "
            message = f"{owner}has {token} as sh:{name}, where a text is needed"
            raise InputError(message, where=graph.file(node) or "shapes")
    return tuple(sorted(tokens))


def messages(shape: Shape, constraint: Constraint, values: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The messages of a result: its query's, its constraint's, its shape's, its component's label, or one that is made.

    Those of a constraint in SPARQL name variables in braces, for which `values` has tokens (section 5.3.2).
    """
    values = values or {}
    made = [literal(default(constraint))]
    texts: Iterable[str] = constraint.messages or shape.messages or constraint.labels or made
    if constraint.query is None:
        return tuple(texts)
    if (of_query := values.get("message", "")).startswith('"'):
        texts = [of_query]
    known = {**dict(constraint.query.bound), **values}
    return tuple(sorted({_filled(text, known) for text in texts}))


def shared(shape: Shape, constraint: Constraint) -> tuple[str, ...]:
    """The messages of all results of a constraint; none where each result has its own."""
    found = messages(shape, constraint)
    return () if constraint.query and any(map(VARIABLE.search, found)) else found


def joined(messages: Iterable[str]) -> str:
    """Messages as one text.

    >>> joined(['"odd"@en', '"нечётное"@ru'])
    '"odd"@en\\n"нечётное"@ru'
    """
    return "\n".join(messages)


def apart(text: str) -> tuple[str, ...]:
    """The messages of a text.

    >>> apart(""), apart('"odd"')
    ((), ('"odd"',))
    """
    return tuple(text.split("\n")) if text else ()


def _filled(message: str, values: Mapping[str, str]) -> str:
    term = parse(message)
    text = VARIABLE.sub(lambda m: parse(values[m[1]]).value if m[1] in values else m[0], term.value)
    return literal(text, language=term.language)


def default(constraint: Constraint) -> str:
    """A message that names what is asked for.

    >>> default(Constraint("MinCount", count=1))
    'has fewer values than 1'
    """
    terms = " ".join(constraint.terms[:_MOST])
    if len(constraint.terms) > _MOST:
        terms += f" and {len(constraint.terms) - _MOST:,} more"
    texts = {
        "Class": f"is no instance of {terms}",
        "Datatype": f"is no well-formed literal of {terms}",
        "NodeKind": f"is not of kind {terms}",
        "MinCount": f"has fewer values than {constraint.count}",
        "MaxCount": f"has more values than {constraint.count}",
        "MinExclusive": f"is not greater than {terms}",
        "MinInclusive": f"is not greater than or equal to {terms}",
        "MaxExclusive": f"is not less than {terms}",
        "MaxInclusive": f"is not less than or equal to {terms}",
        "MinLength": f"is shorter than {constraint.count} characters",
        "MaxLength": f"is longer than {constraint.count} characters",
        "Pattern": f"does not match {constraint.terms[0] if constraint.terms else ''}",
        "LanguageIn": f"is in none of the languages {terms}",
        "UniqueLang": "has two values in one language",
        "Equals": f"is not among both the values and those of {terms}",
        "Disjoint": f"is also a value of {terms}",
        "LessThan": f"is not less than each value of {terms}",
        "LessThanOrEquals": f"is not less than or equal to each value of {terms}",
        "Not": "conforms to a shape that it must not conform to",
        "And": "does not conform to all of the shapes",
        "Or": "conforms to none of the shapes",
        "Xone": "does not conform to exactly one of the shapes",
        "Node": "does not conform to the shape",
        "QualifiedMinCount": f"has fewer values of the shape than {constraint.count}",
        "QualifiedMaxCount": f"has more values of the shape than {constraint.count}",
        "Closed": "has a property that the shape does not allow",
        "HasValue": f"does not have the value {terms}",
        "In": f"is none of {terms}",
        "SPARQL": "is found by a query of the shape",
    }
    return texts.get(constraint.component, "does not satisfy the constraint")
