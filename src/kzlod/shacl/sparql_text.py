"""SPARQL queries of shapes as text: what pre-binding forbids in them, and variables bound before they run.

Pre-binding (SHACL, appendix A) joins every part of a query with the values that its variables have beforehand. That is
done here by a pattern at the start of every group: it finds the values in a graph of rows, `ROWS`, one row for each
time that the query would be run. So a query runs once for all rows, and what it gives for one row it would give for
that row alone; but where it counts solutions off (`LIMIT`), it runs row by row.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise, takewhile

from kzlod.errors import InputError
from kzlod.nesting import refuse_deep
from kzlod.vocab import RDF

ROWS = "urn:x-kzlod:rows"
ROW = "?kzlodRow"
_TOKEN = re.compile(
    r"""(?P<iri><(?![?$0-9(!=+'-])(?:(?!&&)[^<>"{}|^`\\\x00-\x20])*>)
    |(?P<comment>\#[^\n\r]*)
    |(?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<variable>[?$]\w+)
    |(?P<name>_?(?:[^\W\d_][\w.-]*)?:(?:[\w.:%-]|\\.)*)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<space>\s+)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_FORBIDDEN = {"MINUS": "MINUS", "SERVICE": "SERVICE (a federated query)", "VALUES": "VALUES"}
# The functions that look at more of a literal than its value.
_FORMS = frozenset(
    "STR DATATYPE SAMETERM STRLEN SUBSTR UCASE LCASE STRSTARTS STRENDS CONTAINS STRBEFORE STRAFTER ENCODE_FOR_URI"
    " CONCAT REGEX REPLACE MD5 SHA1 SHA256 SHA384 SHA512 GROUP_CONCAT STRDT STRLANG IRI URI".split()
)
_OPTIONAL = frozenset(("shapesGraph", "currentShape"))

Token = tuple[str, str]


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind == "word":
            yield kind, match[0].upper() if match[0].upper() in _KEYWORDS else match[0]
        else:
            yield kind, match[0]


_KEYWORDS = frozenset(
    ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "DISTINCT", "REDUCED", "WHERE", "AS", "BY", "GROUP", "LIMIT", "OFFSET")
) | {"FROM", *_FORBIDDEN}


class Prepared:
    """A query that is ready for rows: `text`; and as it was, with its path: `original`.

    >>> query = Prepared("SELECT $this ?o { $this <e:p> ?o }", bound=("this",), where="a.ttl")
    >>> print(query.text)
    SELECT ?kzlodRow $this ?o { GRAPH <urn:x-kzlod:rows> { ?kzlodRow <urn:x-kzlod:this> ?this } . $this <e:p> ?o }
    >>> Prepared("SELECT $this { MINUS { $this ?p ?o } }", bound=("this",), where="a.ttl")
    Traceback (most recent call last):
    kzlod.errors.InputError: a.ttl: a SPARQL query of the shapes uses MINUS, which pre-binding does not allow; ...
    """

    def __init__(self, text: str, *, bound: Collection[str], where: str, path: str = "", is_ask: bool = False) -> None:
        self.is_ask = is_ask
        self._where, self._bound, self._is_ask = where, frozenset(bound), is_ask
        tokens = [token for token in _tokens(text) if token[0] != "comment"]
        is_query = ("word", "SELECT"), ("word", "ASK")
        self._prologue = "".join(value for _, value in takewhile(lambda token: token not in is_query, tokens))
        self.used = frozenset(value[1:] for kind, value in tokens if kind == "variable") & self._bound
        self._check(tokens)
        words = {value for kind, value in tokens if kind == "word"}
        self.by_row = bool(words & {"LIMIT", "OFFSET"})
        self.original = "".join(path if path and value[1:] == "PATH" else value for _, value in tokens)
        self.text = self._rewrite(tokens, path)

    def _error(self, message: str, remedy: str) -> InputError:
        return InputError(f"a SPARQL query of the shapes {message}", where=self._where or "shapes", remedy=remedy)

    def _check(self, tokens: list[Token]) -> None:
        places = [place for place, token in enumerate(tokens) if token[0] != "space"]
        significant = [tokens[place] for place in places]
        depth = 0
        for position, (kind, value) in enumerate(significant):
            depth += {"{": 1, "}": -1}.get(value, 0) if kind == "mark" else 0
            if kind != "word":
                continue
            if value in _FORBIDDEN:
                remedy = "write it another way; FILTER NOT EXISTS can stand for MINUS"
                raise self._error(f"uses {_FORBIDDEN[value]}, which pre-binding does not allow", remedy)
            if value in ("CONSTRUCT", "DESCRIBE", "FROM"):
                raise self._error(f"uses {value}", "write a SELECT or an ASK over the data graph")
            following = significant[position + 1] if position + 1 < len(significant) else ("", "")
            if value == "AS" and following[0] == "variable" and following[1][1:] in self._bound:
                raise self._error(f"assigns {following[1]}, which is bound before it runs", "take another variable")
            if value == "SELECT":
                self._check_projection(tokens[places[position] + 1 :], nested=depth > 0)
        forms = [value for kind, value in significant if kind == "word" and value in ("SELECT", "ASK")]
        if not forms or (forms[0] == "ASK") != self._is_ask:
            wanted = "ASK" if self._is_ask else "SELECT"
            raise self._error(f"is no {wanted} query", f"write {wanted}")

    def _check_projection(self, tokens: list[Token], *, nested: bool) -> None:
        """Refuse a SELECT that does not return what is bound before it runs; `tokens` follow the word."""
        returned, brackets, last = set[str](), 0, ""
        for position, (kind, value) in enumerate(tokens):
            if (kind == "mark" and value == "{") or (kind == "word" and value == "WHERE"):
                break
            if kind == "mark":
                brackets += {"(": 1, ")": -1}.get(value, 0)
                if value == "*" and not brackets:
                    returned |= self._in_scope(tokens[position:])
            if kind == "variable" and (not brackets or last == "AS"):
                returned.add(value[1:])
            last = value if kind != "space" else last
        needed = self._bound if nested else {"this"} & (self.used if self._is_ask else self._bound)
        for name in sorted(needed - returned - _OPTIONAL):
            what = "has a subquery that does not return" if nested else "does not return"
            raise self._error(f"{what} ${name}, which is bound before it runs", f"add ${name} to its SELECT")

    def _in_scope(self, tokens: list[Token]) -> set[str]:
        """The variables that `*` stands for (SPARQL 1.1, section 18.2.1): tokens begin with it.

        None of them is only in a FILTER. What does not parse is left to the parser of the whole query.
        """
        import pyoxigraph as ox

        depth, end = 0, len(tokens)
        for position, (_, value) in enumerate(tokens):
            depth += {"{": 1, "}": -1}.get(value, 0)
            if value == "}" and not depth:
                end = position + 1
                break
        text = f"{self._prologue}SELECT {''.join(value for _, value in tokens[:end])}"
        refuse_deep(text, where=self._where or "shapes")
        try:
            answer = ox.Store().query(text)
        except SyntaxError:
            return set(self._bound)
        assert isinstance(answer, ox.QuerySolutions)
        return {variable.value for variable in answer.variables}

    def _rewrite(self, tokens: list[Token], path: str) -> str:
        names = [f"?{name}" for name in sorted(self.used | self._needed())]
        columns = " ; ".join(f"<{column(name[1:])}> {name}" for name in names)
        written: list[str] = []
        significant = [position for position, (kind, _) in enumerate(tokens) if kind != "space"]
        after = {position: tokens[following] for position, following in pairwise(significant)}
        last, depth = "", 0
        for position, (kind, value) in enumerate(tokens):
            following = after.get(position, ("", ""))
            depth += {"{": 1, "}": -1}.get(value, 0) if kind == "mark" else 0
            row = "" if depth else f" {ROW}"
            if kind == "mark" and value == "{" and following != ("word", "SELECT"):
                written.append(f"{{ GRAPH <{ROWS}> {{ {ROW} {columns} }} .")
            elif kind == "variable" and value[1:] == "PATH" and path:
                written.append(path)
            elif kind == "word" and value == "ASK":
                written.append(f"SELECT DISTINCT{row}" + ("" if following == ("word", "WHERE") else " WHERE"))
            elif (last, value) == ("GROUP", "BY"):
                # What is bound beforehand is one value in each group, and can be used beside aggregates.
                written.append(f"{value} {' '.join(names)}{row}")
            elif value in ("SELECT", "DISTINCT", "REDUCED") and following[1].upper() not in (
                "*",
                "DISTINCT",
                "REDUCED",
            ):
                written.append(value + (row if value == "SELECT" or last == "SELECT" else ""))
            else:
                written.append(value)
            last = last if kind == "space" else value.upper()
        return "".join(written)

    def _needed(self) -> frozenset[str]:
        """What a row is known by."""
        return frozenset(("this", "value")) & self._bound if self._is_ask else frozenset(("this",))

    def tells_forms(self) -> bool:
        """Whether what the query finds may depend on how a number or a time is written, and not on its value alone.

        Decided on the safe side: by functions, by a variable that two patterns share, by groups, and by a value that is
        not simply an object of the focus node.
        """
        tokens = [token for token in _tokens(self.original) if token[0] not in ("space", "comment")]
        bound, joined, brackets, simple = self._bound - {"value", "this"}, set[str](), 0, False
        start = next(n for n, token in enumerate(tokens) if token == ("mark", "{"))
        for position, (kind, value) in enumerate(tokens):
            before = tokens[position - 1] if position else ("", "")
            if kind == "word" and value.upper() in _FORMS:
                return True
            if kind in ("name", "iri") and tokens[position + 1 : position + 2] == [("mark", "(")]:
                return True  # a cast, or a list
            if kind == "mark":
                brackets += {"(": 1, ")": -1}.get(value, 0)
            if (before[1], value) == ("GROUP", "BY"):
                following = takewhile(lambda token: token[0] == "variable", tokens[position + 1 :])
                if not {variable[1:] for _, variable in following} <= self._bound:
                    return True
            if kind != "variable" or brackets or position < start or value[1:] in bound | {"PATH"}:
                continue
            is_object = _is_end(before) or before[1] in ("a", ",", *"*+?")
            if value[1:] == "this":
                if is_object:
                    return True
            elif value[1:] in joined or (value[1:] == "value" and self.is_ask):
                return True
            else:
                joined.add(value[1:])
                simple = simple or (value[1:] == "value" and tokens[position - 2][1][1:] == "this")
        return "value" in joined and not simple

    def predicates(self) -> frozenset[str] | None:
        """The predicates (IRIs) whose triples the query can see; None where it may see any.

        Decided on the safe side: a variable that could be a predicate, a negated path, a path of any length.
        """
        prefixes: dict[str, str] = {}
        found: set[str] = set()
        body = [t for t in _tokens(self.original) if t[0] not in ("space", "comment")]
        pairs = [*pairwise(body), (body[-1], ("", ""))]
        start = next(n for n, (kind, value) in enumerate(body) if (kind, value) == ("mark", "{"))
        for position, ((kind, value), (next_kind, following)) in enumerate(pairs):
            before = body[position - 1] if position else ("", "")
            if kind == "word" and value.upper() in ("PREFIX", "BASE"):
                if value.upper() == "BASE":
                    return None
                prefixes[following[:-1]] = body[position + 2][1][1:-1]
            elif kind == "iri":
                found.add(value[1:-1])
            elif kind == "name" and before[1].upper() != "PREFIX" and not value.startswith("_:"):
                prefix, _, local = value.partition(":")
                if "\\" in local or prefix not in prefixes:
                    return None
                found.add(prefixes[prefix] + local)
            elif kind == "word" and value == "a":
                found.add(f"{RDF}type")
            elif position >= start and _anywhere(before, (kind, value), (next_kind, following)):
                return None
        return frozenset(found)


# What may come before a predicate, and what an object may begin with; the variables after SELECT are no terms.
_TERMS = frozenset(("iri", "name", "string", "variable", "number"))


def _anywhere(before: Token, token: Token, after: Token) -> bool:
    """Whether a token may let a query see triples of a predicate that it does not name."""
    if token[0] == "variable":
        return _is_end(before) and _begins(after)
    if token == ("mark", "!"):
        return after[0] in ("iri", "name") or after[1] in ("(", "^", "a")
    return token[0] == "mark" and token[1] in "*?+"


def _begins(token: Token) -> bool:
    return token[0] in _TERMS or token[1] in ("[", "(", "-", "+", "true", "false")


def _is_end(token: Token) -> bool:
    return token[0] in _TERMS or token[1] in (";", "]", ")")


def column(name: str) -> str:
    """The predicate that gives a variable its value in a row.

    >>> column("this")
    'urn:x-kzlod:this'
    """
    return f"urn:x-kzlod:{name}"
