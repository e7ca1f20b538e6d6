"""Every canned query gives the result that a reader has judged against the documents.

`tests/queries/NAME.csv` is the result of `queries/NAME.rq` with its defaults, and `NAME@parameter=value.csv` with a
parameter given, as `kzlod query --format csv` prints it, row by row and in order (line ends are LF). After a change
that is meant, `python -m tests.test_queries [NAME ...]` writes the results anew: read the diff before committing it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kzlod.check.queries import check_queries
from kzlod.dataset import Dataset
from kzlod.project import Project
from kzlod.query import CannedQuery, Engine, catalog, find, render
from kzlod.query.columns import columns
from tests.editing import ROOT

EXPECTED = Path(__file__).parent / "queries"
PROJECT = Project.read(ROOT)
QUERIES = catalog(PROJECT)
CASES = sorted(path.stem for path in EXPECTED.glob("*.csv"))
RENEW = "python -m tests.test_queries"
_VARIABLE = re.compile(r"\?\w+")
_NAMED = re.compile(r"\d+|[a-z]+(?:[-_][a-z0-9]+)+|(?<=query )[a-z]+")


def case(stem: str) -> tuple[str, dict[str, str]]:
    """The query of an expected result and its parameters, from the name of the file.

    >>> case("trade-by-year@year=2024")
    ('trade-by-year', {'year': '2024'})
    """
    name, *parameters = stem.split("@")
    return name, dict(parameter.split("=", 1) for parameter in parameters)


@cache
def engine() -> Engine:
    """The reference dataset, opened once for all queries."""
    with Dataset.open(PROJECT).sound().table as table:
        return Engine("".join(table.texts()).encode(), PROJECT.prefixes)


def result(stem: str) -> str:
    """What a query gives, as CSV."""
    name, parameters = case(stem)
    table = engine().select(find(PROJECT, name).fill(parameters))
    return render(table, "csv").replace("\r\n", "\n")


@pytest.mark.parametrize("stem", CASES)
def test_result(stem: str) -> None:
    expected = (EXPECTED / f"{stem}.csv").read_text("utf-8")
    assert result(stem) == expected, f"if the change is meant: {RENEW} {case(stem)[0]}, and read the diff"


@pytest.mark.parametrize("stem", CASES)
def test_result_is_readable(stem: str) -> None:
    """An expected result has rows, and none is there twice without anything that tells the two apart."""
    header, *rows = (EXPECTED / f"{stem}.csv").read_text("utf-8").splitlines()
    assert rows
    assert len(rows) == len(set(rows))
    assert "_iri" not in header
    assert "http" not in "".join(rows)


def test_facts_are_sought_of_links_alone(tmp_path: Path) -> None:
    """`shared-transport-links` handles fewer rows than there are quads, whatever the facts of all other things."""
    store, plan = ox.Store(tmp_path / "store"), tmp_path / "plan.json"
    store.bulk_extend(engine()._store)
    store.flush()
    del store
    query = find(PROJECT, "shared-transport-links").fill({})
    command = [Path(sys.executable).with_name("oxigraph"), "query", "--location", tmp_path / "store", "--stats"]
    options = ["--query", query, "--union-default-graph", "--explain-file", plan, "--results-format", "csv"]
    subprocess.run([*command, *options], check=True, capture_output=True)

    def handled(node: dict[str, Any]) -> int:
        rows: int = node.get("number of results", 0)
        return rows + sum(map(handled, node["children"]))

    assert 1000 < handled(json.loads(plan.read_text("utf-8"))["plan"]) < len(engine()._store)


def test_each_query_has_a_result_and_each_result_a_query() -> None:
    assert {case(stem)[0] for stem in CASES} == {query.name for query in QUERIES}
    assert {query.name for query in QUERIES} <= set(CASES), f"without parameters: {RENEW} NAME writes what is missing"


def test_columns_and_parameters_are_called_in_all_languages() -> None:
    """English has the names themselves; that no name is wanting, `test_site` says."""
    assert {frozenset(texts) for texts in columns(PROJECT).values()} == {frozenset(PROJECT.languages) - {"en"}}
    assert list(check_queries(PROJECT)) == []


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
class TestFile:
    """What holds of the file of each query."""

    def test_header(self, query: CannedQuery) -> None:
        assert len(query.summary) <= 100
        descriptions = [one.descriptions for one in (query, *query.parameters.values())]
        assert all(texts.keys() == set(PROJECT.languages) for texts in (query.summaries, *descriptions))

    def test_descriptions_name_the_same_in_all_languages(self, query: CannedQuery) -> None:
        """Other queries, columns, numbers, and the values that are examples, as they are typed."""
        for one in (query, *query.parameters.values()):
            named = _NAMED.findall(one.description)
            if one is not query:
                named += one.description.partition("such as ")[2].split(" or ")
            assert [(name, text) for name in named for text in one.descriptions.values() if name not in text] == []

    def test_each_parameter_has_a_result(self, query: CannedQuery) -> None:
        tried = {name for stem in CASES if case(stem)[0] == query.name for name in case(stem)[1]}
        assert tried == set(query.parameters)

    def test_runs_anywhere(self, query: CannedQuery) -> None:
        """It declares its prefixes, and calls no function of one engine: SPARQL 1.1 as it stands."""
        ox.Store().query(query.text)
        assert "xsd:" not in query.text.replace("^^xsd:", "").replace("PREFIX xsd:", "")
        assert "SERVICE" not in query.text

    def test_order_is_total(self, query: CannedQuery) -> None:
        """Rows that differ have keys that differ, so that every engine gives them in one order."""
        select, _, rest = query.fill({}).partition("\nWHERE {")
        body, _, keys = rest.rpartition("\nORDER BY ")
        head, _, columns = select.rpartition("\nSELECT ")
        shown, sorted_by = _VARIABLE.findall(columns), _VARIABLE.findall(keys)
        both = list(dict.fromkeys([*shown, *sorted_by]))
        rows = engine().select(f"{head}\nSELECT {' '.join(both)}\nWHERE {{{body}").rows
        keys_of = [tuple(row[both.index(variable)] for variable in sorted_by) for row in rows]
        assert len(set(keys_of)) == len({(key, row[: len(shown)]) for key, row in zip(keys_of, rows, strict=True)})


def main(names: list[str], write: Callable[[str], object] = sys.stdout.write) -> None:
    """Write the expected results of some queries, or of all, anew."""
    EXPECTED.mkdir(exist_ok=True)
    wanted = names or [query.name for query in QUERIES]
    for stem in sorted({*wanted, *(stem for stem in CASES if case(stem)[0] in wanted)}):
        path, text = EXPECTED / f"{stem}.csv", result(stem)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8", newline="\n")
            write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
