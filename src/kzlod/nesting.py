"""How deep a query is: text that would overflow the stack of Oxigraph's parser, and end the process, is refused.

Oxigraph reads, optimises and runs a query by recursion, and has no limit of its own. How much of the stack a construct
takes was measured (version 0.5, with 8 MB and with 2 MB); the costs below are larger, in kilobytes. A thread of the
`oxigraph` server has 2 MB, the main thread of a process 8 MB on Linux.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kzlod.errors import InputError

_BRACKET, _CLAUSE = 10, 4
_OPERATORS = {**dict.fromkeys("|&!^", 1), **dict.fromkeys("+-*/", 2)}
LIMIT = 1_500
_CLOSING = {"{": "}", "(": ")", "[": "]", "<<": ">>", "data": "}"}
_IRI = r"<[^<>\"{}|^`\\\x00-\x20]*>"
# Oxigraph has no tokens: what `<` begins depends on where it stands. A name is skipped from its colon on.
_TOKEN = re.compile(
    rf"""(?P<skip>'''(?:'{{0,2}}(?:[^'\\]|\\.))*'''|\"{{3}}(?:\"{{0,2}}(?:[^"\\]|\\.))*\"{{3}}
        |'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*")
    |(?P<space>\#[^\n\r]*|\s+)
    |(?P<iri>{_IRI})
    |(?P<less><(?={_IRI}))
    |(?P<open>[{{(\[]|<<)
    |(?P<close>[}})\]]|>>)
    |(?P<values>(?<![\w?$@:.-])VALUES(?![\w:.-]))
    |(?P<name>:(?:[\w.:-]|%[0-9A-Fa-f]{{2}}|\\.)*|@[A-Za-z-]+|[?$]?\w+)
    |(?P<mark>\\.|.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ALL = re.compile(r"[{(\[<|&!^+*/-]")
_ENDS = re.compile(r"[\w'\")\]>:.-]$")
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(slots=True)
class _Open:
    """A bracket that is open: what stands in it one after the other, and the deepest of what is nested in it."""

    bracket: str
    own: int = 0
    below: int = 0

    @property
    def cost(self) -> int:
        return _BRACKET + self.own + self.below


def refuse_deep(sparql: str, *, where: str = "") -> None:
    """Raise `InputError` for a query or update that is too deep for Oxigraph; call it before Oxigraph sees the text.

    What counts is the deepest place: some 100 groups within each other, or 150 brackets, or 750 operators or 370
    clauses in a row. Long lists of values, triples, or terms are not deep. The text need not be SPARQL; `where` says
    where it stands.

    >>> refuse_deep("SELECT * { ?s ?p ?o FILTER(" + " || ".join(["?o = 1"] * 700) + ") }")
    >>> refuse_deep("SELECT * " + "{" * 2000 + "}" * 2000, where="a.rq")
    Traceback (most recent call last):
    kzlod.errors.InputError: a.rq: the query is nested too deeply; write fewer groups, brackets or operators within ...
    """
    if _most(sparql) > LIMIT and _depth(sparql, where) > LIMIT:
        remedy = "write fewer groups, brackets or operators within each other; VALUES and IN take long lists"
        raise InputError("the query is nested too deeply", where=where, remedy=remedy)


def _most(sparql: str) -> int:
    """What all brackets and operators of a text cost, wherever they stand: more than the deepest place."""
    return sum(_OPERATORS.get(char, _BRACKET + _CLAUSE) for char in _ALL.findall(sparql))


def _depth(sparql: str, where: str) -> int:
    """What the deepest place of a text costs."""
    stack = [_Open("{")]
    before, values = "", False
    for match in _TOKEN.finditer(sparql):
        kind, value = match.lastgroup, match[0]
        top = stack[-1]
        if kind == "open":
            if (top.bracket, value) in (("{", "{"), ("{", "("), ("data", "{")):
                top.own += _CLAUSE
            is_data = values and value == "{"
            stack.append(_Open("data" if is_data else value))
            values = values and not is_data
        elif kind == "close":
            _close(stack, value)
        elif kind == "iri" and top.bracket == "(" and _ENDS.search(before) and not _ABSOLUTE.match(value):
            # In an expression this is `<`, something, and `>`.
            if set(value) & set("'#()[]"):
                message = f"{value} may be an IRI or a comparison"
                raise InputError(message, where=where, remedy="write a space after <, or a prefix and a name")
            top.own += sum(_OPERATORS.get(char, 0) for char in value)
        elif kind == "mark" and top.bracket != "data":
            top.own += _OPERATORS.get(value, 0)
        values = values or kind == "values"
        before = before if kind == "space" else value
    while len(stack) > 1:
        _close(stack, _CLOSING[stack[-1].bracket])
    return stack[0].cost


def _close(stack: list[_Open], value: str) -> None:
    """Close the brackets down to the one that a closing bracket ends, if there is one."""
    place = next((n for n in range(len(stack) - 1, 0, -1) if _CLOSING[stack[n].bracket] == value), 0)
    while place and len(stack) > place:
        closed = stack.pop()
        stack[-1].below = max(stack[-1].below, closed.cost)
