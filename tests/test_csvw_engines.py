"""The compiled path against the row executor, which is the reference: the same triples, the same findings."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kzlod import csvw
from kzlod.csvw import Response, TableGroup, chunks, compiled, opening
from kzlod.csvw.conversion import outputs, records
from kzlod.errors import InputError, MetadataError
from kzlod.findings import Finding
from tests.conformance.test_csvw import BASE, Entry, Web, entries

HOME = "http://example.org/"


def run(load: Callable[[], TableGroup], mode: Any, engine: Any) -> tuple[str, list[str]]:
    """The N-Triples and the findings."""
    found: list[Finding] = []
    pieces = outputs(load(), mode=mode, report=found.append, engine=engine)
    return b"".join(pieces).decode(), sorted(map(str, found))


def recorded(load: Callable[[], TableGroup], engine: Any) -> tuple[list[tuple[int, str]], list[Finding]]:
    """The records, which have the lines of the file, with the tables; the findings, those of each kind in order."""
    found: list[Finding] = []
    pieces = [(table, str(piece, "utf-8")) for table, piece in records(load(), report=found.append, engine=engine)]
    placed = [(table, record) for table, piece in pieces for record in piece.split("\x1e") if record]
    return placed, sorted(found, key=lambda finding: finding.code)


def group(metadata: dict[str, Any], **files: bytes) -> TableGroup:
    held = {f"{name}.csv": data for name, data in files.items()} | {"m.json": json.dumps(metadata).encode()}
    return csvw.load(HOME + "m.json", fetch=lambda url, _: Response(url, io.BytesIO(held[url.removeprefix(HOME)])))


def same(load: Callable[[], TableGroup], mode: Any) -> bool:
    """Both engines say the same; False where SQL cannot do it, and says so."""
    a, lined = run(load, mode, "rows"), recorded(load, "rows")
    try:
        b = run(load, mode, "duckdb")
    except InputError as error:
        assert "the engine duckdb cannot do" in error.message
        assert run(load, mode, "auto") == a
        return False
    assert b == a
    assert recorded(load, "duckdb") == lined
    return True


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks so small that the small tables of tests have several."""
    monkeypatch.setattr(opening, "_HEAD", 60)
    monkeypatch.setattr(chunks, "_PIECE", 40)
    monkeypatch.setattr(compiled, "_LEAST", 10)
    monkeypatch.setattr(compiled, "_WANTED", 1)


def test_small_tables_have_several_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without which the tests below would say nothing of what joins them."""
    cut = list[int]()
    of_file = chunks.Chunks.read

    def counted(*given: Any, **options: Any) -> Iterator[Any]:
        found = list(of_file(*given, **options))
        cut.append(len(found))
        yield from found

    monkeypatch.setattr(chunks.Chunks, "read", counted)
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": {"columns": [{"name": "id"}]}}
    assert same(lambda: group(metadata, t=b"id\n" + b"some text\n" * 30), "minimal")
    assert cut[0] > 5


@pytest.mark.parametrize("head", [120, 1000], ids=["many chunks", "long headers"])
@pytest.mark.parametrize("entry", [*entries("rdf"), *entries("validation")])
def test_the_suite_of_w3c(entry: Entry, head: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read of a file at its opening is one chunk, and holds the header, or the engine leaves it alone."""
    monkeypatch.setattr(opening, "_HEAD", head)
    option = entry["option"]
    metadata = BASE + option["metadata"] if "metadata" in option else None
    try:
        same(
            lambda: csvw.load(BASE + entry["action"], metadata=metadata, fetch=Web(entry)),
            "minimal" if option.get("minimal") else "standard",
        )
    except MetadataError:
        assert "Negative" in entry["type"]


DATATYPES: list[Any] = [
    "string", "token", "normalizedString", "json", "anyURI", "language", "NCName", "Name", "NMTOKEN", "QName",
    "boolean", {"base": "boolean", "format": "Y|N"}, "integer", "long", "byte", "unsignedLong", "positiveInteger",
    "decimal", "double", "float", "number", {"base": "decimal", "format": "#,##0.0#"},
    {"base": "decimal", "format": {"decimalChar": ",", "groupChar": "."}}, {"base": "integer", "format": "000"},
    {"base": "decimal", "minimum": "-1", "maximum": "99.5"}, {"base": "integer", "minExclusive": "3"},
    {"base": "double", "minimum": "0"}, {"base": "string", "minLength": 1, "maxLength": 3},
    {"base": "string", "format": "^[a-c]+$"}, {"base": "string", "format": ".b"}, {"base": "string", "format": "a{2}"},
    {"base": "string", "format": "[^a]$"}, {"base": "string", "format": r"\d\w*"},
    "date", {"base": "date", "format": "d.M.yyyy"}, {"base": "date", "format": "MM/dd/yyyy"},
    {"base": "date", "format": "yyyyMMdd"}, {"base": "date", "minimum": "2000-01-01"}, "dateTime", "dateTimeStamp",
    {"base": "dateTime", "format": "d/M/yyyy HH:mm"}, {"base": "dateTime", "format": "yyyy-MM-ddTHH:mm:ss"}, "time",
    {"base": "time", "format": "HH:mm"}, "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay",
    {"base": "gYear", "minimum": "1990"}, "duration", "dayTimeDuration", "yearMonthDuration", "hexBinary",
    "base64Binary", {"base": "hexBinary", "length": 2},
]  # fmt: skip
WORDS = [
    "", "a", "b", "abc", "aa", "ab;b", ";", "1;;2", "NA", "-", " ", " a  b ", "\t", "é", "中文", "\U0001f600", '"',
    '"a""b', "a,b", "a\nb", "a\r\nb", "\r", "\\", "\\n", "\x01", "\x02", "\x7f", "\ufffe", "\ufeff", "\x00", "%20",
    "a/b", "..", ".", "http://e.org/x", "https://e.org/a b?c=%zz#d", "x:y", "//", "#", "'", "<>", "{}", "0", "1",
    "-0", "+7", "007", "12", "1.50", "01.0", ".5", "5.", "-.0", "1e5", "1E-3", "NaN", "INF", "-INF", "1,234.5",
    "1.234,5", "12,34", "9" * 40, "-" + "9" * 20 + ".5", "1e400", "99.50001", "true", "false", "Y", "N", "yes",
    "2024-02-29", "2023-02-29", "1999-12-31", "2024-02-29Z", "0000-01-01", "-0044-03-15", "12024-01-01", "2.7.2024",
    "02/07/2024", "31.2.2024", "20240702", "2024-07-02T09:30:00", "2024-07-02T09:30:00.10+00:00",
    "2024-07-02T24:00:00Z", "2/7/2024 09:30", "09:30:00", "09:30", "9:30", "25:00:00", "2024", "1980", "0099", "-5",
    "2024-07", "--07", "--02-30", "--02-29", "---31", "---32", "P1Y", "P", "PT", "P1DT2H", "-P1M", "P1Y2M3DT4H5M6.7S",
    "PT0S", "P1DT", "0FB7", "0fb", "aGVsbG8=", "aGVs bG8=", "en-GB", "a:b", ":a", "a.b", "-a",
]  # fmt: skip
TEMPLATES = [
    "http://example.org/x/{a}", "http://example.org/{a}/{b}", "#{a}", "t/{a}", "{a}", "{+a}", "http://e.org/{+b}/x",
    "schema:{a}", "http://{a}/", "{#a}", "?q={b}", "http://example.org/{_row}/{_sourceRow}", "{a}:{b}", "../{b}#x",
    "http://example.org/{?a,b}", "http://example.org/fixed", "urn:{a}", "http://example.org/a b/{a}", "{_name}/{b}",
]  # fmt: skip


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


COLUMN = st.fixed_dictionaries(
    {},
    optional={
        "datatype": st.sampled_from(DATATYPES),
        "null": st.sampled_from(["", "NA", ["NA", "-"], [], "0"]),
        "default": st.sampled_from(["", "1", "NA", " x ", '"', "2024-01-01"]),
        "lang": st.sampled_from(["en", "zh-Hans"]),
        "required": st.booleans(),
        "separator": st.sampled_from([";", ",", " "]),
        "ordered": st.booleans(),
        "suppressOutput": st.booleans(),
        "aboutUrl": st.sampled_from(TEMPLATES),
        "propertyUrl": st.sampled_from(["schema:name", "#p{a}", "http://e.org/p", "{b}"]),
        "valueUrl": st.sampled_from(TEMPLATES),
    },
)
DIALECT = st.fixed_dictionaries(
    {},
    optional={
        "trim": st.sampled_from(["true", "false", "start", "end"]),
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "quoteChar": st.sampled_from(['"', "'", None]),
        "doubleQuote": st.booleans(),
        "commentPrefix": st.sampled_from(["#", "a"]),
        "skipColumns": st.just(1),
        "skipRows": st.just(1),
        "skipBlankRows": st.booleans(),
        "header": st.booleans(),
        "encoding": st.sampled_from(["utf-8", "windows-1252", "utf-16"]),
        "lineTerminators": st.sampled_from(["\n", ["\r\n", "\n"], "\r"]),
    },
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], bytes, str]:
    """Metadata, a file that is more or less as it says, a mode."""
    columns = [{"name": name, "titles": name, **draw(COLUMN)} for name in "abc"]
    if draw(st.booleans()):
        columns.append({"name": "v", "virtual": True, **draw(COLUMN)})
    schema: dict[str, Any] = {"columns": columns}
    if draw(st.booleans()):
        schema["primaryKey"] = draw(st.sampled_from(["a", ["a", "b"]]))
    if draw(st.booleans()):
        schema["rowTitles"] = draw(st.sampled_from([["a"], ["b", "c"]]))
    dialect = draw(st.just({}) | DIALECT)
    delimiter, quote = dialect.get("delimiter", ","), dialect.get("quoteChar", '"')
    encoding = dialect.get("encoding", "utf-8")
    words = st.sampled_from(WORDS) | st.text(max_size=3)
    pool = draw(st.lists(words, min_size=1, max_size=6))
    rows = draw(st.lists(st.lists(st.sampled_from(pool), min_size=3, max_size=3), max_size=12))
    end = draw(st.sampled_from(["\n", "\r\n"]))

    def cell(text: str) -> str:
        plain = not set(text) & {delimiter, "\n", "\r", quote}
        return text if quote is None or plain else f"{quote}{text.replace(quote, quote * 2)}{quote}"

    table = ([["junk"]] if "skipRows" in dialect else []) + ([["a", "b", "c"]] if dialect.get("header", True) else [])
    table += rows
    lines = [delimiter.join(map(cell, row)) + end for row in table]
    data = "".join(lines).encode(encoding, "replace" if encoding != "utf-8" else "surrogatepass")
    if draw(st.integers(0, 4)) == 0:
        place = draw(st.integers(0, len(data)))
        data = data[:place] + draw(st.sampled_from([b'"', b"\xff", b"\n", b",", b"\r", b"\0", b""])) + data[place:]
    if draw(st.integers(0, 4)) == 0:
        data = data[: draw(st.integers(0, len(data)))]
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": schema, "dialect": dialect}
    if not dialect:
        del metadata["dialect"]
    return metadata, data, draw(st.sampled_from(["minimal", "standard"]))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
@example(
    (
        {
            "@context": "http://www.w3.org/ns/csvw",
            "url": "t.csv",
            "tableSchema": {"columns": [{"name": "a", "titles": "a", "default": '"'}, {"name": "b", "titles": "b"}]},
        },
        b"a,b\n,\n",
        "minimal",
    )
)
def test_any_table(case: tuple[dict[str, Any], bytes, str]) -> None:
    metadata, data, mode = case
    same(lambda: group(metadata, t=data), mode)


KEYS = {
    "@context": "http://www.w3.org/ns/csvw",
    "tables": [
        {
            "url": "a.csv",
            "tableSchema": {
                "primaryKey": ["id", "n"],
                "columns": [
                    {"name": "id", "titles": "id"},
                    {"name": "n", "titles": "n", "datatype": "integer", "null": ["", "NA"]},
                    {"name": "b", "titles": "b", "null": ["", "NA"]},
                ],
                "foreignKeys": [{"columnReference": "b", "reference": {"resource": "b.csv", "columnReference": "id"}}],
            },
        },
        {"url": "b.csv", "tableSchema": {"columns": [{"name": "id", "titles": "id"}]}},
    ],
}
CELL = st.sampled_from(["x", "y", "\x01", "é", "NA", "", "a\nb"])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(CELL, st.sampled_from(["1", "01", "+1", "NA", "", "z"]), CELL), max_size=9),
    st.lists(CELL, max_size=4),
)
def test_keys(a: list[tuple[str, str, str]], b: list[str]) -> None:
    first = "id,n,b\n" + "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in a)
    second = "id\n" + "".join(f'"{cell}"\n' for cell in b)
    assert same(lambda: group(KEYS, a=first.encode(), b=second.encode()), "minimal")


def test_a_large_table_in_many_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows keep their order, their lines and their numbers over chunks of several kinds, run after run."""
    monkeypatch.setattr(compiled, "_LEAST", 5000)
    monkeypatch.setattr(opening, "_HEAD", 5000)  # what was read of a file at its opening is one chunk
    rows = [f'{n},"{"a" * (n % 7)}{chr(10) * (n % 3 == 0)}b",{n % 1000 or "x"}\n' for n in range(20_000)]
    rows[7000] = "7000,b\n"
    rows[9000] = '9000," c",\n'
    rows[5000] += "# a note\n"
    data = ("id,text,size\n" + "".join(rows)).encode()
    columns = [{"name": name, "titles": name} for name in ("id", "text", "size")]
    columns[2] |= {"datatype": "integer"}
    schema = {"aboutUrl": "http://e/{id}", "columns": columns}
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": schema}
    metadata["dialect"] = {"commentPrefix": "#"}
    wanted = run(lambda: group(metadata, t=data), "standard", "rows")
    lined = recorded(lambda: group(metadata, t=data), "rows")
    assert len(wanted[1]) == len(lined[1]) == 19
    for _ in range(3):
        assert run(lambda: group(metadata, t=data), "standard", "duckdb") == wanted
        assert recorded(lambda: group(metadata, t=data), "duckdb") == lined
