"""The plan: shapes numbered and sorted, so that the constraints of many shapes are few queries.

Every shape and every constraint has a number. A shape's depth is one more than that of any shape that refers to it, so
what a shape is asked about is known when all shapes above it have been evaluated, and whether a node conforms to it
is known when all below it have been.

A *local* shape looks at the values of one predicate and at nothing beyond them: its constraints are checked in one
pass over the triples, and its value nodes are never collected. Where all that leads to it is `sh:property` of node
shapes, not even its focus nodes are: they are those of its *hosts*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from kzlod.shacl.model import Constraint, Shape, Shapes
from kzlod.shacl.paths import Path
from kzlod.vocab import RDF, RDFS

TYPE, SUBCLASS = f"<{RDF}type>", f"<{RDFS}subClassOf>"
LOGIC = ("Node", "Not", "And", "Or", "Xone")
QUALIFIED = ("QualifiedMinCount", "QualifiedMaxCount")
COUNTS = ("MinCount", "MaxCount")
BOUNDS = {"MinExclusive": ">", "MinInclusive": ">=", "MaxExclusive": "<", "MaxInclusive": "<="}
LESS = {"LessThan": "<", "LessThanOrEquals": "<="}
PAIRS = ("Equals", "Disjoint", *LESS)
TESTS = ("Datatype", "NodeKind", "MinLength", "MaxLength", "Pattern", "LanguageIn", "In")
_LOCAL = frozenset((*COUNTS, *BOUNDS, *TESTS, "HasValue"))


@dataclass(frozen=True, slots=True)
class Numbered:
    """A constraint with its number and the number of its shape."""

    number: int
    shape: int
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class Plan:
    """Shapes in the order of their numbers, with depths and hosts; constraints; the predicates that matter.

    `hosts` says for each local shape which shapes' focus nodes are its own. `linked` are the predicates whose objects
    are compared with other terms, beyond the question which of some classes (`classes`) a node is of.
    """

    shapes: tuple[Shape, ...]
    depths: tuple[int, ...]
    constraints: tuple[Numbered, ...]
    hosts: dict[int, tuple[int, ...]]
    predicates: tuple[str, ...]
    linked: frozenset[str]
    classes: tuple[str, ...]
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether some constraint asks about predicates that the shapes do not name."""
        return any(c.constraint.component == "Closed" for c in self.constraints)

    @property
    def deepest(self) -> int:
        """The largest depth."""
        return max(self.depths, default=-1)

    def of(self, *components: str) -> tuple[Numbered, ...]:
        """The constraints of some components."""
        return tuple(c for c in self.constraints if c.constraint.component in components)

    def has(self, *components: str, local: bool) -> bool:
        """Whether a shape that is local, or one that is not, has a constraint of some components."""
        return any((c.shape in self.hosts) == local for c in self.of(*components))

    def embedded(self, shape: int) -> bool:
        """Whether a shape's focus nodes are those of others."""
        return shape in self.hosts and self.hosts[shape] != (shape,)

    def collects(self, shape: int) -> bool:
        """Whether a shape's value nodes are needed."""
        if shape in self.hosts:
            return False
        if self.shapes[shape].path is not None or self.depths[shape]:
            return True
        return any(
            c.constraint.component != "Property" or not self.embedded(self.numbers[c.constraint.shapes[0]])
            for c in self.constraints
            if c.shape == shape
        )


def make_plan(shapes: Shapes, *, without: Collection[str] = ()) -> Plan:
    """The plan of all shapes that a target leads to, but for the targets of some shapes."""
    starts = [shape.id for shape in shapes if shape.targets and shape.id not in without]
    kept = shapes.reachable(*starts)
    order = tuple(replace(shape, targets=()) if shape.id in without else shape for shape in shapes if shape.id in kept)
    numbers = {shape.id: number for number, shape in enumerate(order)}
    hosts = _hosts(order, numbers)
    constraints, predicates, classes, linked = list[Numbered](), dict[str, None](), dict[str, None](), set[str]()
    for number, shape in enumerate(order):
        for target in shape.targets:
            if target.kind == "class":
                classes[target.term] = None
            elif target.kind != "node":
                linked.add(target.term)
        if shape.path:
            predicates.update(dict.fromkeys(sorted(shape.path.predicates())))
            linked |= shape.path.predicates() if number not in hosts else set()
        for constraint in shape.constraints:
            constraints.append(Numbered(len(constraints), number, constraint))
            if constraint.component == "Class":
                classes[constraint.terms[0]] = None
            elif constraint.component in PAIRS:
                linked.add(constraint.terms[0])
    predicates.update(dict.fromkeys(sorted(linked | ({TYPE, SUBCLASS} if classes else set()))))
    depths = _depths(shapes, order)
    return Plan(order, depths, tuple(constraints), hosts, tuple(predicates), frozenset(linked), tuple(classes), numbers)


def _hosts(order: tuple[Shape, ...], numbers: dict[str, int]) -> dict[int, tuple[int, ...]]:
    owners: dict[int, list[int]] = {}
    alone = {number for number, shape in enumerate(order) if shape.targets}
    for number, shape in enumerate(order):
        for constraint in shape.constraints:
            for member in constraint.shapes:
                owners.setdefault(numbers[member], []).append(number)
                if constraint.component != "Property" or shape.path is not None:
                    alone.add(numbers[member])
    hosts = {}
    for number, shape in enumerate(order):
        simple = shape.path is not None and shape.path.kind == "predicate"
        if simple and all(constraint.component in _LOCAL for constraint in shape.constraints):
            hosts[number] = (number,) if number in alone else tuple(owners[number])
    return hosts


def _depths(shapes: Shapes, order: Iterable[Shape]) -> tuple[int, ...]:
    depths = dict.fromkeys((shape.id for shape in order), 0)
    todo = list(depths)
    while todo:
        above = todo.pop()
        for constraint in shapes[above].constraints:
            for below in constraint.shapes:
                if depths[below] <= depths[above]:
                    depths[below] = depths[above] + 1
                    todo.append(below)
    return tuple(depths.values())


def is_simple(path: Path | None) -> bool:
    """Whether a path is one predicate, forwards or backwards."""
    return path is not None and (
        path.kind == "predicate" or (path.kind == "inverse" and path.parts[0].kind == "predicate")
    )
