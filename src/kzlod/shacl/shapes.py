"""Shapes graphs to shapes: which nodes are shapes, what they say, and whether that is well-formed (section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path as File

from kzlod.errors import InputError
from kzlod.shacl.graph import Graph, read_files
from kzlod.shacl.messages import read_messages
from kzlod.shacl.model import Constraint, Shape, Shapes, Target, TargetKind
from kzlod.shacl.paths import read_path
from kzlod.shacl.queries import read_components, read_constraint, read_uses
from kzlod.terms import Term, parse
from kzlod.vocab import OWL, RDF, RDFS, SH, XSD

_TYPE = f"<{RDF}type>"
_SUBCLASS = f"<{RDFS}subClassOf>"
_TARGETS: dict[str, TargetKind] = {
    "targetClass": "class",
    "targetNode": "node",
    "targetSubjectsOf": "subjectsOf",
    "targetObjectsOf": "objectsOf",
}
_NODE_KINDS = ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
# What a shape says once at most (SHACL for SHACL, appendix C).
_ONCE = frozenset(
    "datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength maxLength"
    " languageIn uniqueLang in closed ignoredProperties flags qualifiedValueShape qualifiedMinCount qualifiedMaxCount"
    " qualifiedValueShapesDisjoint severity deactivated path".split()
)
_ONLY_PROPERTY = frozenset("minCount maxCount uniqueLang lessThan lessThanOrEquals qualifiedValueShape".split())
_SHAPE_VALUED = frozenset(("node", "property", "not", "qualifiedValueShape"))
_SHAPE_LISTS = frozenset(("and", "or", "xone"))
_PARAMETERS = (
    _SHAPE_VALUED
    | _SHAPE_LISTS
    | (_ONCE - {"severity", "deactivated", "path", "flags", "ignoredProperties"})
    | frozenset("class equals disjoint lessThan lessThanOrEquals hasValue pattern sparql".split())
)
_SILENT = frozenset("message severity deactivated name description order group defaultValue optional rule".split())
_REFUSED = frozenset("target js expression jsFunctionName nodeByExpression select ask".split())
# What a shape can say as a constraint in SPARQL, which it may be at the same time, of itself or of others.
_OF_CONSTRAINTS = frozenset("select prefixes".split())


def read_shapes(paths: Mapping[str, File]) -> Shapes:
    """The shapes of some RDF files, by the names to show.

    Raises `InputError`, with the file, for what is not well-formed.
    """
    return from_graph(read_files(paths))


def from_graph(graph: Graph) -> Shapes:
    """The shapes of a shapes graph.

    Raises `InputError` for what is not well-formed (section 1.5 of SHACL: a failure), and for shapes that are
    defined by themselves, whose meaning SHACL leaves open.

    >>> graph = Graph()
    >>> sh, shape = "http://www.w3.org/ns/shacl#", "<http://e/Shape>"
    >>> for predicate, value in (("targetClass", "<http://e/C>"), ("nodeKind", f"<{sh}IRI>")):
    ...     graph.add(shape, f"<{sh}{predicate}>", value)
    >>> [(constraint.component, constraint.terms) for constraint in from_graph(graph)[shape].constraints]
    [('NodeKind', ('IRI',))]
    """
    reader = _Reader(graph)
    shapes = {node: reader.shape(node) for node in reader.nodes()}
    reader.check_recursion(shapes)
    if not any(shape.targets for shape in shapes.values()):
        reader.warnings.append("the shapes target nothing: no shape has a target, so nothing is validated")
    return Shapes(shapes, graph, tuple(dict.fromkeys(reader.warnings)))


class _Reader:
    """Reads one shapes graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.warnings: list[str] = []
        self._classes = self._subclasses({f"<{RDFS}Class>", f"<{OWL}Class>"})
        self._components = read_components(graph)
        self._own = frozenset(path for component in self._components for path, _ in component.parameters)
        self._parents: dict[str, list[str]] = {}
        self._asked = set[str]()
        for s, p, o in graph.triples():
            if p == f"<{SH}property>":
                self._parents.setdefault(o, []).append(s)
            elif p == f"<{SH}sparql>":
                self._asked.add(o)

    def _subclasses(self, of: set[str]) -> set[str]:
        found, todo = set(of), list(of)
        below: dict[str, list[str]] = {}
        for s, p, o in self.graph.triples():
            if p == _SUBCLASS:
                below.setdefault(o, []).append(s)
        while todo:
            for name in below.get(todo.pop(), ()):
                if name not in found:
                    found.add(name)
                    todo.append(name)
        return found

    def nodes(self) -> list[str]:
        """The nodes that are shapes (section 2.1): by type, by target, by a parameter, by being referred to."""
        found: dict[str, None] = {}
        for s, p, o in self.graph.triples():
            name = _local(p)
            typed = p == _TYPE and _local(o) in ("NodeShape", "PropertyShape")
            if typed or name in _TARGETS or name in _PARAMETERS or p in self._own:
                found[s] = None
            if name in _SHAPE_VALUED:
                found[o] = None
            elif name in _SHAPE_LISTS:
                found.update(dict.fromkeys(self.graph.members(o, f"sh:{name}")))
        return list(found)

    def _error(self, node: str, message: str, remedy: str = "") -> InputError:
        shape = "" if node.startswith("_:") else f"{node} "
        return InputError(f"{shape}{message}", where=self.graph.file(node) or "shapes", remedy=remedy)

    def _values(self, node: str, name: str) -> tuple[str, ...]:
        values = self.graph.values(node, f"<{SH}{name}>")
        if name in _ONCE and len(values) > 1:
            raise self._error(node, f"has {len(values)} values of sh:{name}", "keep one")
        return values

    def shape(self, node: str) -> Shape:
        """The shape that a node describes."""
        if node.startswith('"'):
            raise InputError(f"a shape is an IRI or a blank node, not the literal {node}", where="shapes")
        paths = self._values(node, "path")
        file = self.graph.file(node)
        path = None
        if paths:
            if paths[0].startswith('"'):
                raise self._error(node, f"has the literal {paths[0]} as sh:path", "name a property")
            path = read_path(self.graph, paths[0])
        elif f"<{SH}PropertyShape>" in self.graph.values(node, _TYPE):
            raise self._error(node, "is a property shape without sh:path", "add sh:path")
        names = {_local(p) for p in self.graph.predicates(node)}
        if node in self._asked:
            names -= _OF_CONSTRAINTS
        for name in sorted(names):
            if name in _REFUSED:
                raise self._error(node, f"uses sh:{name}, which is no part of SHACL Core or SHACL-SPARQL", "remove it")
            if path is None and name in _ONLY_PROPERTY:
                raise self._error(node, f"has sh:{name}, but no sh:path", "move it into a property shape")
            if name and name not in _PARAMETERS | _SILENT | _ONCE | _TARGETS.keys():
                self.warnings.append(f"{file or 'shapes'}: sh:{name} means nothing on a shape and is not looked at")
            if name == "rule":
                self.warnings.append(f"{file or 'shapes'}: sh:rule is not a constraint and is not run")
        severity = self._values(node, "severity")
        if severity and not severity[0].startswith("<"):
            raise self._error(node, "has a sh:severity that is no IRI")
        deactivated = self._flag(node, "deactivated")
        constraints = () if deactivated else tuple(self._constraints(node, is_property=path is not None))
        return Shape(
            node,
            path,
            () if deactivated else self._targets(node),
            constraints,
            severity[0] if severity else f"<{SH}Violation>",
            read_messages(self.graph, node),
            file,
        )

    def _targets(self, node: str) -> tuple[Target, ...]:
        found = [Target(kind, o) for name, kind in _TARGETS.items() for o in self._values(node, name)]
        for target in found:
            if target.kind != "node" and not target.term.startswith("<"):
                message = f"has {target.term} as target, where an IRI is needed"
                raise self._error(node, message, "name a class or a property")
            if target.kind == "node" and target.term.startswith("_:"):
                raise self._error(node, "has a blank node as sh:targetNode", "name an IRI or a literal")
        if self._classes.intersection(self.graph.values(node, _TYPE)) and node.startswith("<"):
            found.append(Target("class", node))
        return tuple(found)

    def _literal(self, node: str, name: str, token: str) -> Term:
        term = parse(token)
        if term.kind != "literal":
            raise self._error(node, f"has {token} as sh:{name}, where a literal is needed")
        return term

    def _number(self, node: str, name: str, token: str) -> int:
        term = self._literal(node, name, token)
        digits = term.value.removeprefix("+")
        if term.datatype != XSD + "integer" or not (digits.isascii() and digits.isdigit()):
            raise self._error(node, f"has {token} as sh:{name}, where a whole number is needed")
        return int(digits)

    def _flag(self, node: str, name: str) -> bool:
        """Whether a parameter is true; only the term `true` itself is (section 4.4.5)."""
        values = self._values(node, name)
        if values and self._literal(node, name, values[0]).datatype != XSD + "boolean":
            raise self._error(node, f"has {values[0]} as sh:{name}, where true or false is needed")
        return values == (f'"true"^^<{XSD}boolean>',)

    def _text(self, node: str, name: str, token: str) -> str:
        term = self._literal(node, name, token)
        if term.datatype != XSD + "string":
            raise self._error(node, f"has {token} as sh:{name}, where a text is needed")
        return term.value

    def _iri(self, node: str, name: str, token: str) -> str:
        if not token.startswith("<"):
            raise self._error(node, f"has {token} as sh:{name}, where an IRI is needed")
        return token

    def _constraints(self, node: str, *, is_property: bool) -> list[Constraint]:
        found: list[Constraint] = []
        for name, component in _IRI_VALUED.items():
            found += [Constraint(component, (self._iri(node, name, o),)) for o in self._values(node, name)]
        for name, component in _NUMBERS.items():
            found += [Constraint(component, count=self._number(node, name, o)) for o in self._values(node, name)]
        for name, component in _BOUNDS.items():
            found += [Constraint(component, (o,)) for o in self._values(node, name) if self._literal(node, name, o)]
        for kind in self._values(node, "nodeKind"):
            if _local(kind) not in _NODE_KINDS:
                raise self._error(node, f"has {kind} as sh:nodeKind", f"use one of sh:{', sh:'.join(_NODE_KINDS)}")
            found.append(Constraint("NodeKind", (_local(kind),)))
        flags = "".join(self._text(node, "flags", o) for o in self._values(node, "flags"))
        for pattern in self._values(node, "pattern"):
            found.append(Constraint("Pattern", (self._text(node, "pattern", pattern), flags)))
        for head in self._values(node, "languageIn"):
            ranges = self.graph.members(head, "sh:languageIn")
            found.append(Constraint("LanguageIn", tuple(self._text(node, "languageIn", o) for o in ranges)))
        for head in self._values(node, "in"):
            found.append(Constraint("In", self.graph.members(head, "sh:in")))
        found += [Constraint("HasValue", (o,)) for o in self._values(node, "hasValue")]
        if self._flag(node, "uniqueLang"):
            found.append(Constraint("UniqueLang"))
        if self._flag(node, "closed"):
            found.append(self._closed(node))
        for value in self._values(node, "sparql"):
            if constraint := read_constraint(self.graph, value):
                found.append(constraint)
        for declared in self._components:
            found += read_uses(self.graph, node, declared, is_property=is_property)
        return found + self._shape_based(node)

    def _closed(self, node: str) -> Constraint:
        allowed: dict[str, None] = {}
        for property_ in self._values(node, "property"):
            allowed.update(dict.fromkeys(p for p in self._values(property_, "path") if p.startswith("<")))
        for head in self._values(node, "ignoredProperties"):
            members = self.graph.members(head, "sh:ignoredProperties")
            allowed.update((self._iri(node, "ignoredProperties", p), None) for p in members)
        return Constraint("Closed", tuple(allowed))

    def _shape_based(self, node: str) -> list[Constraint]:
        found = [
            Constraint(component, shapes=(o,))
            for name, component in (("property", "Property"), ("node", "Node"), ("not", "Not"))
            for o in self._values(node, name)
        ]
        for constraint in found:
            if constraint.component == "Property" and not self._values(constraint.shapes[0], "path"):
                raise self._error(node, f"has {constraint.shapes[0]} as sh:property, which has no sh:path", "add one")
            if constraint.component == "Node" and self._values(constraint.shapes[0], "path"):
                raise self._error(
                    node, "has a property shape as sh:node", "write sh:property, or put it in a node shape"
                )
        for name, component in (("and", "And"), ("or", "Or"), ("xone", "Xone")):
            for head in self._values(node, name):
                found.append(Constraint(component, shapes=self.graph.members(head, f"sh:{name}")))
        for value in self._values(node, "qualifiedValueShape"):
            siblings = self._siblings(node, value) if self._flag(node, "qualifiedValueShapesDisjoint") else ()
            for name in ("qualifiedMinCount", "qualifiedMaxCount"):
                for number in self._values(node, name):
                    count = self._number(node, name, number)
                    component = f"Qualified{name.removeprefix('qualified')}"
                    found.append(Constraint(component, shapes=(value, *siblings), count=count))
        return found

    def _siblings(self, node: str, value: str) -> tuple[str, ...]:
        """The sibling shapes of a qualified value shape (section 4.7.3)."""
        found = {
            sibling: None
            for parent in self._parents.get(node, ())
            for property_ in self._values(parent, "property")
            for sibling in self._values(property_, "qualifiedValueShape")
            if sibling != value
        }
        return tuple(found)

    def check_recursion(self, shapes: dict[str, Shape]) -> None:
        """Raise `InputError` where a shape refers to itself, directly or through others."""
        done: set[str] = set()
        for start in shapes:
            stack: list[tuple[str, Callable[[], str | None]]] = []
            above: dict[str, None] = {}

            def enter(node: str, stack: list[tuple[str, Callable[[], str | None]]] = stack) -> None:
                below = iter([m for constraint in shapes[node].constraints for m in constraint.shapes])
                stack.append((node, lambda: next(below, None)))

            if start not in done:
                enter(start)
                above[start] = None
            while stack:
                node, following = stack[-1]
                below = following()
                if below is None:
                    stack.pop()
                    above.pop(node)
                    done.add(node)
                elif below in above:
                    names = [name for name in [*above, below] if name.startswith("<")] or [below]
                    message = f"refers to itself through {' '.join(names)}: what a recursive shape means is undefined"
                    raise self._error(below, message, "break the circle")
                elif below not in done:
                    enter(below)
                    above[below] = None


_IRI_VALUED = {
    "class": "Class",
    "datatype": "Datatype",
    "equals": "Equals",
    "disjoint": "Disjoint",
    "lessThan": "LessThan",
    "lessThanOrEquals": "LessThanOrEquals",
}
_NUMBERS = {
    "minCount": "MinCount",
    "maxCount": "MaxCount",
    "minLength": "MinLength",
    "maxLength": "MaxLength",
}
_BOUNDS = {
    "minExclusive": "MinExclusive",
    "minInclusive": "MinInclusive",
    "maxExclusive": "MaxExclusive",
    "maxInclusive": "MaxInclusive",
}


def _local(token: str) -> str:
    """The local name of an IRI in SHACL's namespace, empty for other tokens."""
    return token[len(SH) + 1 : -1] if token.startswith(f"<{SH}") else ""
