"""What a release claims in figures: VoID's statistics and the sizes of its graphs, each counted again from the dump.

Terms are told apart by hashes of 64 bits, as the texts of millions would not fit in memory: of ten million different
objects two have the same hash once in some hundred thousand datasets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from kzlod.errors import InputError
from kzlod.findings import Finding
from kzlod.quads.sqltext import text
from kzlod.release.contents import lines, reason
from kzlod.release.kinds import false
from kzlod.release.published import Facts, encoded, facts
from kzlod.vocab import FOAF, RDF, SD, VOID

VOID_FILE, SERVICE = "void.ttl", "service.ttl"
WELL_KNOWN = ".well-known/void"
TYPE = f"<{RDF}type>"
_COUNTS = ("triples", "entities", "classes", "properties", "distinctSubjects", "distinctObjects", "documents")
_PARTITIONS = ("classPartition", "propertyPartition")
Row = tuple[Any, ...]


class Counter:
    """The triples of a dump, counted in whatever way a figure asks for."""

    def __init__(self, sql: duckdb.DuckDBPyConnection, triples: Path, quads: Path) -> None:
        self._sql, self.triples, self._quads = sql, triples, quads

    def rows(self, query: str) -> list[Row]:
        """The rows of a query; the table `t` has the hashes of subject, predicate and object (with its ` .`)."""
        return self._sql.execute(query).fetchall()

    @cached_property
    def table(self) -> str:
        """The name of the table of hashes, which is filled when it is first asked for."""
        parts = f"SELECT l, split_part(l, ' ', 1) AS s, split_part(l, ' ', 2) AS p FROM {lines(self.triples)}"
        self._sql.execute(
            "CREATE TABLE t AS SELECT DISTINCT s, p, o FROM"
            f" (SELECT hash(s) AS s, hash(p) AS p, hash(substr(l, length(s) + length(p) + 3)) AS o FROM ({parts}))"
        )
        return "t"

    @cached_property
    def properties(self) -> dict[int, Row]:
        """By predicate: how many triples, different subjects, different objects."""
        subjects = f"SELECT p, s, count(*) AS n FROM {self.table} GROUP BY p, s"
        objects = f"SELECT p, count(*) AS objects FROM (SELECT DISTINCT p, o FROM {self.table}) GROUP BY p"
        counted = self.rows(
            f"SELECT p, triples, subjects, objects FROM ({objects})"
            f" JOIN (SELECT p, sum(n)::BIGINT AS triples, count(*) AS subjects FROM ({subjects}) GROUP BY p) USING (p)"
        )
        return {row[0]: row[1:] for row in counted}

    @cached_property
    def classes(self) -> dict[int, int]:
        """By class: how many different things are of it."""
        query = f"SELECT o, count(DISTINCT s) FROM {self.table} WHERE p = hash({text(TYPE)}) GROUP BY o"
        return dict(self.rows(query))

    def graphs(self, names: Sequence[str]) -> list[int]:
        """How many quads each of some named graphs has."""
        # A line ends with its graph, or with its object where it is in no graph: then it has three words. That is only
        # looked at for graphs that are objects too.
        hashed = self.hashes([f"<{name}> ." for name in names])
        objects = self._known("o", hashed)
        columns = ", ".join(
            f"count(*) FILTER (ends_with(l, {text(f' <{name}> .')})"
            + (" AND split_part(l, ' ', 4) <> '.')" if hash_ in objects else ")")
            for name, hash_ in zip(names, hashed, strict=True)
        )
        return list(self.rows(f"SELECT {columns} FROM {lines(self._quads)}")[0]) if names else []

    def hashes(self, tokens: Sequence[str]) -> list[int]:
        """The hashes of tokens."""
        query = "SELECT hash(token) FROM (SELECT unnest(?) AS token, generate_subscripts(?, 1) AS i) ORDER BY i"
        found = self._sql.execute(query, [list(tokens), list(tokens)]).fetchall()
        return [row[0] for row in found]

    def missing(self, iris: Sequence[str]) -> list[str]:
        """Those of some IRIs that no triple is about."""
        hashed = self.hashes([f"<{iri}>" for iri in iris])
        known = self._known("s", hashed)
        return [iri for iri, hash_ in zip(iris, hashed, strict=True) if hash_ not in known]

    def _known(self, column: str, hashes: Sequence[int]) -> set[int]:
        """Those of some hashes that a column has."""
        self._sql.execute("CREATE OR REPLACE TEMP TABLE asked AS SELECT unnest(?::UBIGINT[]) AS h", [list(hashes)])
        return {row[0] for row in self.rows(f"SELECT h FROM asked WHERE h IN (SELECT {column} FROM {self.table})")}

    def links(self, wanted: Sequence[tuple[str, str]]) -> list[int]:
        """How many triples have a predicate and an object that begins with a namespace, for each such pair."""
        columns = ", ".join(
            f"count(*) FILTER (p = {text(f'<{predicate}>')} AND starts_with(o, {text('<' + space)}))"
            for predicate, space in wanted
        )
        predicates = ", ".join(sorted({text(f"<{predicate}>") for predicate, _ in wanted}))
        some = " OR ".join(f"contains(l, {text(f' <{predicate}> <')})" for predicate in sorted({p for p, _ in wanted}))
        words = f"SELECT split_part(l, ' ', 2) AS p, split_part(l, ' ', 3) AS o FROM {lines(self.triples)} WHERE {some}"
        return list(self.rows(f"SELECT {columns} FROM ({words}) WHERE p IN ({predicates})")[0]) if wanted else []

    def where(self, name: str, condition: str) -> int:
        """A figure of the triples that fulfil a condition."""
        type_ = f"p = hash({text(TYPE)})"
        counted = {
            "triples": "count(*)",
            "entities": f"count(DISTINCT s) FILTER ({type_})" if condition == "true" else "count(DISTINCT s)",
            "classes": f"count(DISTINCT o) FILTER ({type_})",
            "properties": "count(DISTINCT p)",
            "distinctSubjects": "count(DISTINCT s)",
            "distinctObjects": "count(DISTINCT o)",
        }[name]
        return int(self.rows(f"SELECT {counted} FROM {self.table} WHERE {condition}")[0][0])


class Statistics:
    """The figures of a VoID description, each with what the dump says."""

    def __init__(self, said: Facts, counter: Counter, dumps: Sequence[str], folder: Path) -> None:
        self._said, self._counter, self._folder = said, counter, folder
        self._dumps = tuple(f"/{encoded(path)}" for path in dumps)
        self._parents = {
            child: (node, name)
            for node, known in said.items()
            for name in _PARTITIONS
            for child in known.get(VOID + name, [])
        }
        topics = {topic for known in said.values() for topic in known.get(FOAF + "primaryTopic", [])}
        self.whole = {node for node in said if node in topics or self._dumped(node)}

    def _of(self, node: str, name: str) -> Sequence[str]:
        return self._said.get(node, {}).get(VOID + name, [])

    def _dumped(self, node: str) -> bool:
        return any(iri.endswith(self._dumps) for iri in self._of(node, "dataDump"))

    def figures(self, *, of_whole: bool) -> Iterator[int | Finding]:
        """Check how many triples there are in all, or else all other figures."""
        links = self._links()
        for node in sorted(self._said):
            for name in _COUNTS:
                if (node in self.whole and name == "triples") != of_whole:
                    continue
                for stated in self._of(node, name):
                    yield self._check(node, name, stated, links)

    def _check(self, node: str, name: str, stated: str, links: Callable[[str], int | None]) -> int | Finding:
        kind = "triples" if node in self.whole and name == "triples" else "figures"
        counted = self._count(node, name, links)
        about = f"void:{name} of <{node}>"
        if counted is None:
            return false(kind, VOID_FILE, f"{about}: nothing says of which triples, so it cannot be counted")
        if stated != str(counted):
            return false(kind, VOID_FILE, f"{about} is {counted:,}, not {stated}")
        return 1

    def _count(self, node: str, name: str, links: Callable[[str], int | None]) -> int | None:
        if name == "documents":
            return None
        if self._of(node, "linkPredicate"):
            return links(node) if name == "triples" else None
        if node in self.whole:
            return self._counter.where(name, "true")
        simple = self._partition(node, name)
        if simple is not None:
            return simple
        condition = self._condition(node, frozenset())
        return None if condition is None else self._counter.where(name, condition)

    def _partition(self, node: str, name: str) -> int | None:
        """The figures that there are many of: those of a property, and the entities of a class."""
        parent, how = self._parents.get(node, ("", ""))
        value = self._of(node, how.removesuffix("Partition"))
        if parent not in self.whole or len(value) != 1:
            return None
        if how == "propertyPartition" and not self._of(node, "class"):
            place = {"triples": 0, "distinctSubjects": 1, "distinctObjects": 2}.get(name)
            hashed = self._property_hashes[value[0]]
            return None if place is None else int(self._counter.properties.get(hashed, (0, 0, 0))[place])
        if how == "classPartition" and not self._of(node, "property") and name == "entities":
            return self._counter.classes.get(self._class_hashes[value[0]], 0)
        return None

    @cached_property
    def _property_hashes(self) -> dict[str, int]:
        iris = sorted({iri for known in self._said.values() for iri in known.get(VOID + "property", [])})
        return dict(zip(iris, self._counter.hashes([f"<{iri}>" for iri in iris]), strict=True))

    @cached_property
    def _class_hashes(self) -> dict[str, int]:
        iris = sorted({iri for known in self._said.values() for iri in known.get(VOID + "class", [])})
        return dict(zip(iris, self._counter.hashes([f"<{iri}> ." for iri in iris]), strict=True))

    def _condition(self, node: str, seen: frozenset[str]) -> str | None:
        """SQL: which triples a partition holds; None where nothing says it."""
        if node in self.whole:
            return "true"
        parent, _ = self._parents.get(node, ("", ""))
        classes, properties = self._of(node, "class"), self._of(node, "property")
        if not parent or node in seen or not (classes or properties):
            return None
        outer = self._condition(parent, seen | {node})
        parts = [f"p = {self._property_hashes[iri]}" for iri in properties]
        of_class = f"SELECT s FROM {self._counter.table} WHERE p = hash({text(TYPE)}) AND o = "
        parts += [f"s IN ({of_class}{self._class_hashes[iri]})" for iri in classes]
        return None if outer is None else " AND ".join([f"({outer})", *parts])

    def _links(self) -> Callable[[str], int | None]:
        """What counts the triples of a linkset: those of its predicate into the IRIs of its target."""
        found: dict[str, tuple[str, str]] = {}
        for node in self._said:
            spaces = [space for target in self._of(node, "objectsTarget") for space in self._of(target, "uriSpace")]
            predicates = self._of(node, "linkPredicate")
            if len(spaces) == 1 and len(predicates) == 1:
                found[node] = (predicates[0], spaces[0])
        counted: dict[str, int] = {}

        def count(node: str) -> int | None:
            if not counted and found:
                counted.update(zip(found, self._counter.links(list(found.values())), strict=True))
            return counted.get(node)

        return count

    def mentions(self) -> Iterator[int | Finding]:
        """Check what is no number: example resources and vocabularies are in the data, dumps in the release."""
        for node in sorted(self.whole):
            examples = list(self._of(node, "exampleResource"))
            for iri in self._counter.missing(examples):
                yield false("figures", VOID_FILE, f"void:exampleResource <{iri}> is not in the data")
            yield len(examples)
        for node in sorted(self._said):
            for iri in self._of(node, "dataDump"):
                yield 1 if self._has(iri) else false("figures", VOID_FILE, f"void:dataDump <{iri}> is not there")
        terms = [*self._property_hashes, *self._class_hashes]
        for node in sorted(self.whole if terms else ()):
            for space in self._of(node, "vocabulary"):
                used = any(term.startswith(space) for term in terms)
                yield 1 if used else false("figures", VOID_FILE, f"void:vocabulary <{space}> is not used")

    def _has(self, iri: str) -> bool:
        """Whether a file of the release has an IRI: the longest ending of it that is a path inside the folder."""
        parts = iri.split("/")
        return ".." not in parts and any(
            (self._folder / "/".join(parts[start:])).is_file() for start in range(3, len(parts))
        )


def triples(said: Facts | None, counter: Counter, statistics: Statistics | None) -> Iterator[int | Finding]:
    """Check the numbers of triples: of the whole dataset in VoID, of the graphs in the service description `said`."""
    if statistics is not None:
        yield from _read(statistics.figures(of_whole=True), "triples", VOID_FILE)
    if said is not None:
        yield from _read(_graphs(said, counter), "triples", SERVICE)


def figures(statistics: Statistics | None, folder: Path) -> Iterator[int | Finding]:
    """Check all other figures of VoID, and that the copy for robots is one."""
    if statistics is None:
        yield false("figures", VOID_FILE, "is not there, or does not parse")
        return
    if not statistics.whole:
        yield false("figures", VOID_FILE, "does not say which dataset it is about")
    yield from _read(statistics.figures(of_whole=False), "figures", VOID_FILE)
    yield from _read(statistics.mentions(), "figures", VOID_FILE)
    copy = folder / WELL_KNOWN
    if copy.is_file() and copy.read_bytes() != (folder / VOID_FILE).read_bytes():
        yield false("figures", WELL_KNOWN, f"is not the same as {VOID_FILE}")


def _graphs(said: Facts, counter: Counter) -> Iterator[int | Finding]:
    names: dict[str, str] = {}
    for known in said.values():
        for graph in known.get(SD + "graph", []):
            names.update(dict.fromkeys([graph], known.get(SD + "name", [""])[0]))
    unions = {graph for known in said.values() for graph in known.get(SD + "defaultGraph", [])}
    sizes = dict(zip(names, counter.graphs(list(names.values())), strict=True))
    for node in sorted(said):
        for stated in said[node].get(VOID + "triples", []):
            if node in names:
                counted, shown = sizes[node], f"the graph <{names[node]}>"
            elif node in unions:
                counted, shown = counter.where("triples", "true"), "the union of the graphs"
            else:
                yield false("triples", SERVICE, f"void:triples of <{node}>: nothing says of which graph")
                continue
            message = f"void:triples of {shown} is {counted:,}, not {stated}"
            yield 1 if stated == str(counted) else false("triples", SERVICE, message)


def _read(checks: Iterator[int | Finding], kind: str, where: str) -> Iterator[int | Finding]:
    """The checks of a description, or that the dump cannot be counted."""
    try:
        yield from checks
    except duckdb.Error as error:
        yield false(kind, where, f"the dump cannot be counted: {reason(error)}")


def described(path: Path) -> Facts | None:
    """What a description says; None where it is not there, or does not parse."""
    try:
        return facts(path.read_bytes(), where=path.name) if path.is_file() else None
    except InputError:
        return None
