"""Shapes tested like code: which constraints no fixture violates, which nothing in the data exercises.

The fixtures of `shapes/NAME.ttl` are the files `pass*` and `fail*` in `tests/shapes/NAME/`, in any RDF format. Each is
validated together with the vocabularies and `tests/shapes/base.*`, against the shapes of that one file. A constraint
that only decides about another shape, as within `sh:not` or `sh:or`, may be violated by a fixture that passes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from kzlod.check.shapes import FOLDER
from kzlod.dataset import VOCABULARY, Dataset
from kzlod.errors import InputError
from kzlod.findings import Finding
from kzlod.formats import FORMATS
from kzlod.project import Project
from kzlod.quads import QuadTable
from kzlod.quads.read import parse_file, token
from kzlod.quads.sqltext import text
from kzlod.shacl.coverage import Exercised, exercise, targeted
from kzlod.shacl.model import Constraint, Shapes
from kzlod.shacl.shapes import read_shapes
from kzlod.terms import local_name

FIXTURES = f"tests/{FOLDER}"
_SUFFIXES = tuple(format_.suffix for format_ in FORMATS)
_STRUCTURE = "Property"
"""The component that only leads to other shapes: what those ask is counted, not it."""


@dataclass(frozen=True, slots=True)
class ShapeCoverage:
    """How well the shapes of a project are tested.

    `violated` are the constraints that a fixture violates, `exercised` those that something in the data was asked.
    """

    files: int
    shapes: int
    constraints: int
    violated: int
    exercised: int
    findings: tuple[Finding, ...]


def shape_coverage(dataset: Dataset, *, step: Callable[[str], None] = lambda _: None) -> ShapeCoverage:
    """Run the shapes of a project over its data, and over their fixtures.

    Raises `InputError` for shapes and fixtures that cannot be read, and for a project without shapes.
    """
    project = dataset.project
    paths = {project.shown(path): path for path in project.files(FOLDER, ".ttl")}
    if not paths:
        raise InputError("there are no shapes", where=f"{FOLDER}/", remedy="write what must hold, in SHACL")
    shapes = read_shapes(paths)
    step("data")
    data = exercise(dataset.table.cursor(), "SELECT s, p, o FROM quads", shapes, violations=False)
    asked = {place for place, count in data.asked.items() if count}
    violated: set[tuple[str, int]] = set()
    found: list[Finding] = []
    with _Fixtures(project) as fixtures:
        for shown in paths:
            step(shown)
            for fixture, made in fixtures.run(shapes, shown):
                violated |= made.violated
                if fixture.rpartition("/")[2].startswith("pass") and not made.conforms:
                    message, remedy = f"is meant to pass {shown}, and does not", "correct the fixture, or the shape"
                    found.append(Finding(fixture, None, None, "coverage.pass", message, remedy))
    used = shapes.reachable(*(shape.id for shape in shapes if shape.targets))
    places = [
        (shape.id, n)
        for shape in shapes
        if shape.id in used
        for n, constraint in enumerate(shape.constraints)
        if constraint.component != _STRUCTURE
    ]
    found += _Told(project, shapes).findings(places, data, violated)
    return ShapeCoverage(
        files=len(paths),
        shapes=len(used),
        constraints=len(places),
        violated=len(violated.intersection(places)),
        exercised=len(asked.intersection(places)),
        findings=tuple(sorted(found)),
    )


class _Fixtures:
    """The fixtures of a project, each a graph of its own in one table; what all of them share is the default graph."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._table = QuadTable()
        base = [path for path in project.files(FIXTURES, *_SUFFIXES) if path.parent == project.root / FIXTURES]
        with as_file(files("kzlod") / VOCABULARY) as own:
            for path in [own, *project.files("ontology", *_SUFFIXES), *base]:
                self._add(path, "")

    def _add(self, path: Path, graph: str) -> None:
        shown = self._project.shown(path)
        quads = parse_file(path, shown=shown, base=self._project.base)
        triples = ((token(quad.subject), token(quad.predicate), token(quad.object)) for quad in quads)
        self._table.add(((s, p, o, graph, 0) for s, p, o in triples), self._table.source(shown))

    def run(self, shapes: Shapes, shown: str) -> Iterator[tuple[str, Exercised]]:
        """The fixtures of a file of shapes, each with what its shapes make of it."""
        one = targeted(shapes, shown)
        if not any(shape.targets for shape in one):
            return
        for path in self._project.files(folder_of(shown), *_SUFFIXES):
            if path.name.startswith(("pass", "fail")):
                graph = self._project.shown(path)
                self._add(path, graph)
                source = f"SELECT s, p, o FROM quads WHERE g IN ('', {text(graph)})"
                yield graph, exercise(self._table.cursor(), source, one, violations=True)

    def __enter__(self) -> _Fixtures:
        return self

    def __exit__(self, *_: object) -> None:
        self._table.close()


def folder_of(shown: str) -> str:
    """The folder of the fixtures of a file of shapes.

    >>> folder_of("shapes/thing.ttl")
    'tests/shapes/thing'
    """
    return f"tests/{shown.rpartition('.')[0]}"


class _Told:
    """What is said of shapes and constraints, each by the path that leads to it from a shape with a name."""

    def __init__(self, project: Project, shapes: Shapes) -> None:
        self._shapes = shapes
        self._prefixes = project.prefixes
        self._owners = {
            member: shape.id for shape in shapes for constraint in shape.constraints for member in constraint.shapes
        }

    def findings(
        self, places: list[tuple[str, int]], data: Exercised, violated: set[tuple[str, int]]
    ) -> Iterator[Finding]:
        """What is untested: shapes of which nothing is, and single constraints of the others."""
        roots = [shape.id for shape in self._shapes if shape.targets]
        below = {root: self._shapes.reachable(root) for root in roots}
        there = [root for root in roots if data.focus.get(root)]
        tested = [root for root in roots if any(shape in below[root] for shape, _ in violated)]
        reached, in_tested = self._shapes.reachable(*there), self._shapes.reachable(*tested)
        for root in roots:
            file, name = self._file(root), self._shape(root)
            if root not in there:
                message, remedy = f"{name} is about nothing in the data", "look whether it should be"
                yield Finding(file, None, None, "coverage.target", message, remedy, "warning", root[1:-1])
            if root not in tested and any(shape in below[root] for shape, _ in places):
                message = f"{name}: no fixture violates any of its constraints"
                remedy = f"write what does into {folder_of(file)}/fail.ttl"
                yield Finding(file, None, None, "coverage.fixture", message, remedy, "error", root[1:-1])
        for id_, n in places:
            file, said = self._file(id_), f"{self._shape(id_)}: {self._constraint(self._shapes[id_].constraints[n])}"
            if (id_, n) not in violated and id_ in in_tested:
                remedy = f"write what does into {folder_of(file)}/fail.ttl, or take the constraint out"
                yield Finding(file, None, None, "coverage.fixture", f"{said}: no fixture violates it", remedy)
            if id_ in reached and not data.asked.get((id_, n)):
                message, remedy = f"{said} is asked of nothing in the data", "look whether it should be"
                yield Finding(file, None, None, "coverage.data", message, remedy, "info")

    def _file(self, id_: str) -> str:
        return self._shapes[id_].file

    def _shape(self, id_: str) -> str:
        """A shape's name, and the paths that lead from it to the one that is meant."""
        shape = self._shapes[id_]
        if not id_.startswith("_:"):
            return self._short(id_)
        owner = self._shape(self._owners[id_]) if id_ in self._owners else shape.file
        path = _IRI.sub(lambda match: self._short(match[0]), str(shape.path)) if shape.path else ""
        return f"{owner} / {path}" if path else owner

    def _constraint(self, constraint: Constraint) -> str:
        """A constraint by its parameter and value, as far as they are short."""
        name = constraint.component
        if name.startswith("<"):
            return self._short(name)
        value = str(constraint.count) if "Count" in name or "Length" in name else ""
        if len(constraint.terms) == 1:
            value = self._short(constraint.terms[0])
        return f"sh:{name[0].lower()}{name[1:]} {value}".rstrip()

    def _short(self, term: str) -> str:
        if not term.startswith("<"):
            return local_name(term) if term.startswith('"') else term
        for prefix, space in self._prefixes.items():
            if term[1:].startswith(space) and (name := term[1 + len(space) : -1]).replace("-", "").isalnum():
                return f"{prefix}:{name}"
        return local_name(term)


_IRI = re.compile("<[^>]*>")
