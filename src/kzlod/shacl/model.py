"""Shapes as values: what a shapes graph says, read and found well-formed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from kzlod.shacl.graph import Graph
from kzlod.shacl.paths import Path
from kzlod.vocab import SH

TargetKind = Literal["class", "node", "subjectsOf", "objectsOf"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a shape is about: the instances of a class, a node, the subjects or the objects of a predicate."""

    kind: TargetKind
    term: str


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL validator: a SELECT or an ASK, its prologue written out, and what is bound before it runs.

    `bound` holds the parameters of a constraint component, as (name, token); `is_ask` validators ask of each value.
    """

    text: str
    is_ask: bool = False
    bound: tuple[tuple[str, str], ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a shape.

    `component` is the name of a component of SHACL Core without `ConstraintComponent`, `SPARQL`, or the token of a
    component of one's own. `terms` are the tokens or texts, `shapes` the identifiers of shapes, `count` the number
    that its parameters give (for `Closed`: the predicates that are allowed; for `Pattern`: expression and flags; for
    the qualified counts: the shape, then its sibling shapes). `messages` and `labels` are tokens, the labels those that
    a component of one's own has for its constraints. `source` is the node of a SPARQL-based constraint.
    """

    component: str
    terms: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    count: int = 0
    messages: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    query: Query | None = None
    source: str = ""

    @property
    def token(self) -> str:
        """The component's IRI, as a token."""
        own = self.component.startswith("<")
        return self.component if own else f"<{SH}{self.component}ConstraintComponent>"


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape: a property shape if it has a path; its messages are tokens."""

    id: str
    path: Path | None = None
    targets: tuple[Target, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    severity: str = f"<{SH}Violation>"
    messages: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Shapes:
    """All shapes of a shapes graph by identifier (a token), the graph, and what a reader should be told about them."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    graph: Graph = field(default_factory=Graph)
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Shape]:
        return iter(self.shapes.values())

    def __getitem__(self, shape: str) -> Shape:
        return self.shapes[shape]

    def owners(self) -> dict[str, str]:
        """For the shapes that have no IRI and are a part of one that has, the nearest such shape."""
        found: dict[str, str] = {}
        level = [shape.id for shape in self if not shape.id.startswith("_:")]
        while level:
            below = []
            for above in level:
                for member in [member for constraint in self.shapes[above].constraints for member in constraint.shapes]:
                    if member.startswith("_:") and member not in found:
                        found[member] = found.get(above, above)
                        below.append(member)
            level = below
        return found

    def reachable(self, *starts: str) -> frozenset[str]:
        """The shapes that are used to decide about some shapes, with those shapes themselves."""
        found, todo = set[str](), list(starts)
        while todo:
            if (shape := todo.pop()) not in found:
                found.add(shape)
                todo += [member for constraint in self.shapes[shape].constraints for member in constraint.shapes]
        return frozenset(found)
