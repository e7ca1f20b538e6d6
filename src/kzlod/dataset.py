"""A dataset: all inputs of a project as one table of quads, with the way back from a quad to its row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from importlib.resources import as_file, files
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from kzlod import csvw, sssom
from kzlod.errors import FindingsError, InputError
from kzlod.figures import derive
from kzlod.findings import Finding, Limit, Unplaced
from kzlod.formats import is_rdf
from kzlod.places import Places
from kzlod.project import FILE, Project
from kzlod.quads import QuadTable
from kzlod.quads.read import add_file
from kzlod.terms import iri, literal
from kzlod.vocab import DCAT, DCTERMS, KZ, RDF

TABLES = "data/csvw.json"
VOCABULARY = "ns.ttl"
"""The engine's own vocabulary, as findings name it."""
_WHOLE = ("file", "header", "encoding", "quote", "size", "line-ends", "blank-node")
_UNREADABLE = frozenset(f"table.{what}" for what in _WHOLE)
"""The codes of what is wrong with a table as a whole: then its rows say nothing."""


_LARGE = 64 * 1024 * 1024
"""From how many bytes of inputs the table of quads lies in a file, compressed, with a limit on memory."""
_MEMORY = "900MB"


def _size(project: Project) -> int:
    """How many bytes the inputs have."""
    found = (path for folder in ("ontology", "data") for path in (project.root / folder).rglob("*"))
    return sum(path.stat().st_size for path in found if path.is_file())


class Dataset:
    """The quads of a project, and what was wrong with its tables when they were read.

    >>> dataset = Dataset.open(Project.reference())
    >>> dataset.findings
    ()
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._folder: TemporaryDirectory[str] | None = None
        if _size(project) > _LARGE:
            self._folder = TemporaryDirectory(prefix="kzlod-")
            self.table = QuadTable(folder=Path(self._folder.name), memory_limit=_MEMORY)
        else:
            self.table = QuadTable()
        self._findings: list[Finding] = []
        self._limit = Limit()
        self._group: csvw.TableGroup | None = None

    @classmethod
    def open(cls, project: Project) -> Dataset:
        """Read all inputs of a project: the vocabularies, the RDF in `data/`, the tables, the links.

        Raises `InputError` for a file that cannot be read or parsed; what is wrong with rows and cells is in
        `findings`.
        """
        dataset = cls(project)
        dataset._describe()
        dataset._read_vocabulary()
        for folder in ("ontology", "data"):
            for path in project.files(folder, ".nt", ".nq", ".ttl", ".trig", ".jsonld", ".rdf"):
                assert is_rdf(path)
                dataset._read_rdf(path)
        dataset._read_tables()
        for path in sssom.decided(project):
            dataset._read_links(path)
        derive(dataset.table, base=project.base, graph=iri(project.dataset_iri))
        return dataset

    @property
    def readable(self) -> bool:
        """Whether every table is there and has the form that its metadata says, so that its rows can be looked at."""
        return not any(finding.code in _UNREADABLE for finding in self._findings)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was wrong with the inputs, by place; where they are not `readable` only that, as the rest follows."""
        found = sorted(self._findings)
        if self.readable:
            return *found, *self._limit.more()
        return tuple(finding for finding in found if finding.code in _UNREADABLE)

    def sound(self) -> Dataset:
        """The dataset itself, if its inputs are sound; else raises `FindingsError`."""
        errors = [finding for finding in self.findings if finding.severity == "error"]
        if errors:
            raise FindingsError(sorted(errors))
        return self

    def subjects(self, findings: Iterable[Finding]) -> set[tuple[str, str]]:
        """The files and the subjects (IRIs) of the rows that some findings are about."""
        rows = list({(finding.file, finding.row) for finding in findings})
        query = """
            SELECT DISTINCT path, s FROM placed
            JOIN (SELECT unnest(?::VARCHAR[]) AS path, unnest(?::UINTEGER[]) AS line) USING (path, line)
        """
        given = [[file for file, _ in rows], [row for _, row in rows]]
        return {(file, s[1:-1]) for file, s in self.table.rows(query, given)} if rows else set()

    def placed(self, findings: Iterable[Unplaced]) -> Iterator[Finding]:
        """Findings about quads, each placed in the row and column that say it.

        What no row describes has its place where it is first named.
        """
        return self._places.find(findings)

    @cached_property
    def _places(self) -> Places:
        return Places(self.project, self.table, self._tables, otherwise=TABLES)

    @property
    def _tables(self) -> tuple[csvw.Table, ...]:
        return self._group.tables if self._group else ()

    def _shown(self, table: csvw.Table) -> str:
        return self.project.shown(Path(table.path))

    def _describe(self) -> None:
        project = self.project
        node = iri(project.dataset_iri)
        facts = [(RDF + "type", iri(DCAT + "Dataset")), (DCTERMS + "license", iri(project.license))]
        facts += [(DCTERMS + "title", literal(text, language=tag)) for tag, text in project.title.items()]
        facts += [(DCTERMS + "description", literal(text, language=tag)) for tag, text in project.description.items()]
        self.table.add(((node, iri(p), o, node, 0) for p, o in facts), self.table.source(FILE))

    def _read_vocabulary(self) -> None:
        with as_file(files("kzlod") / VOCABULARY) as path:
            add_file(self.table, path, shown=VOCABULARY, graph=iri(KZ.rstrip("#")), base=self.project.base)

    def _read_rdf(self, path: Path) -> None:
        shown = self.project.shown(path)
        graph = iri(self.project.graph_of(path))
        blanks = add_file(self.table, path, shown=shown, graph=graph, base=self.project.base)
        if blanks:
            message = f"has blank nodes ({blanks}), which were given genid IRIs"
            self._findings.append(
                Finding(shown, None, None, "rdf.blank", message, "give them IRIs of your own", "warning")
            )

    def _read_links(self, path: Path) -> None:
        """Read the links of a file of mappings; what it says is no match makes none."""
        shown, graph = self.project.shown(path), iri(self.project.graph_of(path))
        mappings, findings = sssom.read(path, shown=shown)
        self._findings += findings
        columns = ("subject_id", "predicate_id", "object_id")
        rows = [row for row in mappings.rows if not row.negative]
        links = (([iri(mappings.expand(row[column])) for column in columns], row.line) for row in rows)
        self.table.add(((s, p, o, graph, line) for (s, p, o), line in links), self.table.source(shown))

    def _read_tables(self) -> None:
        path = self.project.root / TABLES
        there = sorted(path.parent.glob("*.csv"))
        if not path.is_file():
            if there:
                remedy = "describe the tables in it (CSV on the Web)"
                raise InputError(f"is not there, and {self.project.shown(there[0])} is", where=TABLES, remedy=remedy)
            return
        try:
            self._group = csvw.load(path)
        except InputError as error:
            where, remedy = self._relative(error.where), self._relative(error.remedy)
            raise type(error)(self._relative(error.message), where=where, remedy=remedy) from error
        for finding in self._group.findings:
            self._report(finding)
        tables = self._tables
        for stray in {self.project.shown(path) for path in there} - {self._shown(table) for table in tables}:
            message, remedy = f"is no table of {TABLES}, and is not read", "describe it there, or move it away"
            self._findings.append(Finding(stray, None, None, "table.stray", message, remedy, "warning"))
        for table in tables:
            self._refuse_blank_nodes(table)
        numbers = [self.table.source(self._shown(table)) for table in tables]
        graphs = [iri(self.project.graph_of(Path(table.path))) for table in tables]
        for position, pieces in groupby(csvw.records(self._group, report=self._report), key=itemgetter(0)):
            self.table.add_records((piece for _, piece in pieces), numbers[position], graph=graphs[position])

    def _refuse_blank_nodes(self, table: csvw.Table) -> None:
        """Published data has no blank nodes (design decision 6), and what a table makes of them is in its metadata."""
        plan = csvw.compile_table(table)
        nameless = [
            plan.columns[output.column].name for output in plan.outputs if plan.subjects[output.subject] is None
        ]
        lists = [plan.columns[output.column].name for output in plan.outputs if output.ordered]
        for columns, lack, remedy in (
            (nameless, "no aboutUrl", "give the table one, or the column"),
            (lists, "an ordered list", "leave out `ordered`, or make a table of the list"),
        ):
            if columns:
                where = f"{self._shown(table)}, {', '.join(dict.fromkeys(columns))}"
                message = f"{where}: has {lack}, and so makes nodes without an IRI, which cannot be published"
                self._findings.append(Finding(TABLES, None, None, "table.blank-node", message, remedy))

    def _report(self, finding: Finding) -> None:
        """Take a finding of the tables' reader, which knows no project."""
        for one in self._limit.first([replace(finding, file=self.project.shown(Path(finding.file)))]):
            message, remedy = self._relative(one.message), self._relative(one.remedy)
            self._findings.append(replace(one, message=message, remedy=remedy))

    def _relative(self, text: str) -> str:
        root = self.project.root
        return text.replace(f"{root}/", "") if root.parts else text

    def close(self) -> None:
        """Close the table and free its memory."""
        self.table.close()
        if self._folder:
            self._folder.cleanup()

    def __enter__(self) -> Dataset:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
