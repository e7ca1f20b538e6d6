"""CSV on the Web as a whole: metadata found and read, tables checked, rows made into triples."""

from __future__ import annotations

import csv as python_csv
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kzlod import csvw
from kzlod.csvw import AbsentError, Response, iri, templates
from kzlod.csvw.context import expand
from kzlod.errors import InputError, MetadataError

BASE = "http://example.org/"
CONTEXT = "http://www.w3.org/ns/csvw"
XSD = "http://www.w3.org/2001/XMLSchema#"


class Web:
    """Files in memory, with headers."""

    def __init__(self, files: Mapping[str, str | bytes | dict[str, Any]], **headers: Mapping[str, str]) -> None:
        self.files, self.headers = files, headers

    def __call__(self, url: str, accept: str) -> Response:
        name = url.removeprefix(BASE)
        if name not in self.files:
            raise AbsentError("there is no such file", where=url)
        content = self.files[name]
        text = json.dumps(content) if isinstance(content, dict) else content
        data = text if isinstance(text, bytes) else text.encode()
        return Response(url, io.BytesIO(data), self.headers.get(name.partition(".")[0], {}))


def table(columns: list[dict[str, Any]], **properties: Any) -> dict[str, Any]:
    """Metadata of the table t.csv."""
    schema = {"columns": columns} | {n: properties.pop(n) for n in ("primaryKey", "aboutUrl") if n in properties}
    return {"@context": CONTEXT, "url": "t.csv", "tableSchema": schema, **properties}


def column(name: str, **properties: Any) -> dict[str, Any]:
    return {"name": name, "titles": name, **properties}


def convert(metadata: dict[str, Any], rows: str | bytes, mode: Any = "minimal") -> tuple[list[str], list[str]]:
    """The triples and what was found."""
    group = csvw.load(BASE + "m.json", fetch=Web({"m.json": metadata, "t.csv": rows}))
    found = list(group.findings)
    triples = [" ".join(s[:3]) for s in csvw.statements(group, mode=mode, report=found.append)]
    return triples, [str(finding).removeprefix(BASE) for finding in found]


def test_a_row_becomes_triples_with_the_line_they_come_from() -> None:
    columns = [
        column("id", suppressOutput=True),
        column("of", propertyUrl="schema:partOf", valueUrl="thing/{of}"),
        column("label", propertyUrl="rdfs:label", lang="en"),
        column("names", propertyUrl="skos:altLabel", separator="|"),
        column("size", propertyUrl="#size", datatype="decimal"),
        {"name": "t", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "schema:Thing"},
    ]
    metadata = table(columns, aboutUrl="http://example.org/thing/{id}")
    web = Web({"m.json": metadata, "t.csv": 'id,of,label,names,size\na b,,"x\ny",,1.50\nc,a b,"""",p|q,\n'})
    group = csvw.load(BASE + "m.json", fetch=web)
    assert list(csvw.statements(group, mode="minimal")) == [
        ("<http://example.org/thing/a%20b>", "<http://www.w3.org/2000/01/rdf-schema#label>", '"x\\ny"@en', 0, 2),
        ("<http://example.org/thing/a%20b>", "<http://example.org/t.csv#size>", f'"1.50"^^<{XSD}decimal>', 0, 2),
        ("<http://example.org/thing/a%20b>", f"<{expand('rdf:type')}>", "<http://schema.org/Thing>", 0, 2),
        ("<http://example.org/thing/c>", "<http://schema.org/partOf>", "<http://example.org/thing/a%20b>", 0, 4),
        ("<http://example.org/thing/c>", "<http://www.w3.org/2000/01/rdf-schema#label>", '"\\""@en', 0, 4),
        ("<http://example.org/thing/c>", f"<{expand('skos:altLabel')}>", '"p"', 0, 4),
        ("<http://example.org/thing/c>", f"<{expand('skos:altLabel')}>", '"q"', 0, 4),
        ("<http://example.org/thing/c>", f"<{expand('rdf:type')}>", "<http://schema.org/Thing>", 0, 4),
    ]
    assert csvw.column_of(group.tables[0], "http://schema.org/partOf") == "of"
    assert csvw.column_of(group.tables[0], "http://example.org/t.csv#size") == "size"
    assert csvw.column_of(group.tables[0], "http://example.org/none") is None


def test_an_ordered_cell_is_a_list() -> None:
    metadata = table([column("a", separator=" ", ordered=True, propertyUrl="http://p/")], aboutUrl="http://s/")
    first, rest = (expand(f"rdf:{name}") for name in ("first", "rest"))
    assert convert(metadata, "a\nx y\n")[0] == [
        "<http://s/> <http://p/> _:t0r1c0i0",
        f'_:t0r1c0i0 <{first}> "x"',
        f"_:t0r1c0i0 <{rest}> _:t0r1c0i1",
        f'_:t0r1c0i1 <{first}> "y"',
        f"_:t0r1c0i1 <{rest}> <{expand('rdf:nil')}>",
    ]
    assert convert(metadata, "a\n\n")[0] == [f"<http://s/> <http://p/> <{expand('rdf:nil')}>"]


def test_cells_beyond_the_columns_are_of_columns_that_have_numbers() -> None:
    metadata = table(
        [column("a"), {"name": "v", "virtual": True, "propertyUrl": "#v", "valueUrl": "#{a}"}], aboutUrl="#{_row}"
    )
    triples, found = convert(metadata, "a\n1,x\n2\n3,y\n")
    extra = [triple for triple in triples if "_col.2" in triple]
    assert extra == [f'<{BASE}t.csv#{n}> <{BASE}t.csv#_col.2> "{text}"' for n, text in ((1, "x"), (3, "y"))]
    assert [triple.split("#")[-1] for triple in triples if "#v" in triple] == ["1>", "2>", "3>"]
    assert [line.split(":")[1] for line in found] == ["2", "4"]


def test_provenance_is_given_on_demand() -> None:
    group = csvw.load(BASE + "t.csv", fetch=Web({"t.csv": "a\n1\n"}))
    plain = {s[1] for s in csvw.statements(group)}
    full = {s[1] for s in csvw.statements(group, provenance=True)}
    assert {f"<{expand(f'prov:{n}')}>" for n in ("wasGeneratedBy", "startedAtTime", "qualifiedUsage")} <= full - plain


def test_a_table_without_metadata_has_the_columns_of_its_header() -> None:
    group = csvw.load(BASE + "t.csv", fetch=Web({"t.csv": "On Street,b\n1,2\n"}))
    assert [c.name for c in group.tables[0].columns] == ["On%20Street", "b"]
    assert [s[1] for s in csvw.statements(group, mode="minimal")] == [f"<{BASE}t.csv#On%20Street>", f"<{BASE}t.csv#b>"]


@pytest.mark.parametrize(
    ("files", "headers", "names"),
    [
        ({"t.csv": "a\n1\n", "t.csv-metadata.json": table([{"name": "x"}])}, {}, ["x"]),
        ({"t.csv": "a\n1\n", "csv-metadata.json": table([{"name": "y"}])}, {}, ["y"]),
        ({"t.csv": "a\n1\n", "csv-metadata.json": table([{"name": "y"}], url="other.csv")}, {}, ["a"]),
        ({"t.csv": "a\n1\n", "m.json": table([{"name": "z"}])}, {"link": '<m.json>; rel="describedby"'}, ["z"]),
        ({"t.csv": "a\n1\n", "m.json": table([{"name": "z"}])}, {"link": '<m.json>; rel="next"'}, ["a"]),
        ({"t.csv": "a\tb\n1\t2\n"}, {"content-type": "text/tab-separated-values"}, ["a", "b"]),
        ({"t.csv": "1,2\n"}, {"content-type": "text/csv; header=absent"}, ["_col.1", "_col.2"]),
        ({"t.csv": "é\n1\n".encode("cp1252")}, {"content-type": "text/csv; charset=windows-1252"}, ["%C3%A9"]),
    ],
)
def test_metadata_is_found(files: dict[str, Any], headers: dict[str, str], names: list[str]) -> None:
    group = csvw.load(BASE + "t.csv", fetch=Web(files, t=headers))
    assert [c.name for c in group.tables[0].columns] == names


def test_metadata_that_is_given_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "my table.csv").write_text("a\nx\n")
    given_metadata = table([column("a", datatype="integer")], url="my table.csv")
    (folder / "m.json").write_text(json.dumps(given_metadata))
    del given_metadata["url"]
    (tmp_path / "no-url.json").write_text(json.dumps(given_metadata))
    expected = "data/my table.csv:2: a: 'x' is not an integer; write digits, such as 30050000000"
    for group in (csvw.load("data/m.json"), csvw.load(Path("data/my table.csv"), metadata="no-url.json")):
        assert group.tables[0].path == "data/my table.csv"
        assert [str(finding) for finding in csvw.validate(group)] == [expected]


def test_compressed_tables_are_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a\n1\n"))
    group = csvw.load(tmp_path / "t.csv.gz")
    assert [s[2] for s in csvw.statements(group, mode="minimal")] == ['"1"']
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a\n" + bytes(100_000))[:60])
    (finding,) = csvw.validate(group)
    assert (finding.code, finding.file) == ("table.file", str(tmp_path / "t.csv.gz"))


@pytest.mark.parametrize(
    ("columns", "rows", "found"),
    [
        ([column("a", datatype="decimal")], "a\n3o.05\n",
         ["t.csv:2: a: '3o.05' is not a decimal; write digits, such as 1234.5"]),
        ([column("a", required=True)], "a\n\n", ["t.csv:2: a: it is empty, and this column is required; fill it in"]),
        ([column("a"), column("b")], "a\nx\n",
         ["t.csv:1: b: the column 'b' is missing; add it, or correct the header or the metadata",
          "t.csv:1: the header has 1 columns, and the metadata describes 2; make them the same",
          ]),
        ([column("a")], "a,c\nx,y\n",
         ["t.csv:1: the header has 2 columns, and the metadata describes 1 ('c' not among them); make them the same"]),
        ([column("a"), column("b")], "b,a\nx,y\n",
         ["t.csv:1: a: column 1 is 'b', where the metadata has 'a'; put the columns in the same order",
          "t.csv:1: b: column 2 is 'a', where the metadata has 'b'; put the columns in the same order"]),
        ([{"name": "a"}], "a\nx\n",
         ["t.csv:1: a: the header 'a' cannot be checked, because the metadata gives this column no titles; "
          'add "titles": "a" to it']),
        ([column("a"), column("b")], "a,b\nx\ny,z,w\n\n1,2\n",
         ["t.csv:2: the row has 1 cells, and the table 2 columns; add what is missing",
          "t.csv:3: the row has 3 cells, and the table 2 columns; put a cell with a delimiter in it in quotes",
          "t.csv:4: the line is blank; take it out"]),
        ([column("a")], "", ["t.csv:1: the file has no header; add one, or \"header\": false to its dialect"]),
        ([column("a")], b"a\n\xe9\n",
         ["t.csv:2: the file is not UTF-8: the byte 0xE9 after ''; save the file as UTF-8"]),
        ([column("a")], 'a\n"x\ny\n',
         ['t.csv:2: a " is never closed; close the quote, and write a " within a cell as ""']),
        ([column("a"), column("b")], "a,b\r1,b\r",
         ["t.csv:1: the file's lines end with carriage returns; "
          'save it with line feeds, or add "lineTerminators": "\\r" to its dialect',
          "t.csv:1: the header has 3 columns, and the metadata describes 2 ('b\\r1' not among them); "
          "make them the same"]),
        ([column("a", valueUrl="{+a}")], "a\nhttp://a b/<c>\n%zz\n[\n",
         ["t.csv:4: a: the template '{+a}' makes no IRI here: 'http://example.org/['; "
          "correct the value or the template"]),
        ([column("a", propertyUrl="http://[x")], "a\n1\n",
         ["t.csv: a: the template 'http://[x' makes no IRI: 'http://[x'; correct the metadata"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_table_is_found(
    columns: list[dict[str, Any]], rows: str | bytes, found: list[str]
) -> None:
    said = convert(table(columns), rows)[1]
    assert said == found


def test_keys() -> None:
    reference = {"resource": "things.csv", "columnReference": "id"}
    own, other = ([{"columnReference": name, "reference": reference}] for name in ("of", "b"))
    schema = {"columns": [column("id"), column("of")], "primaryKey": "id", "foreignKeys": own}
    things = {"url": "things.csv", "tableSchema": schema}
    links = {"url": "links.csv", "tableSchema": {"columns": [column("a"), column("b")], "foreignKeys": other}}
    metadata = {"@context": CONTEXT, "tables": [links, things]}
    files = {
        "m.json": metadata,
        "links.csv": "a,b\n1,x\n2,nowhere\n3,\n4,nowhere\n5,y\n",
        "things.csv": "id,of\nx,y\ny,x\ny,z\n",
    }
    group = csvw.load(BASE + "m.json", fetch=Web(files))
    assert [str(finding).replace(BASE, "") for finding in csvw.validate(group)] == [
        "things.csv:4: id: the key 'y' is that of line 3; give each row its own",
        "links.csv:3: b: things.csv has no row 'nowhere'; add the row to things.csv, or correct the value",
        "links.csv:5: b: things.csv has no row 'nowhere'; add the row to things.csv, or correct the value",
        "links.csv:6: b: things.csv has several rows 'y'; make the key unique in things.csv",
        "things.csv:2: of: things.csv has several rows 'y'; make the key unique in things.csv",
        "things.csv:4: of: things.csv has no row 'z'; add the row to things.csv, or correct the value",
    ]
    del files["things.csv"]
    assert [f.code for f in csvw.validate(csvw.load(BASE + "m.json", fetch=Web(files)))] == ["table.file"]


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("{", "m.json:1: it is not JSON"),
        ("[]", "m.json: it is an array, not an object"),
        (b'{"a": "\xff"}', "m.json: the document is not UTF-8; save it as UTF-8"),
        ("[" * 100_000, "m.json: it is not JSON that can be read"),
        ('{"a": NaN}', "m.json: it is not JSON that can be read: NaN is no number of JSON"),
        ('{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "dc:title": "\\ud800"}', "m.json: it holds half"),
        ({"url": "t.csv"}, "m.json: @context: it is missing"),
        ({"@context": "http://schema.org/", "url": "t.csv"}, "m.json: @context: it is not that of CSV on the Web"),
        ({"@context": CONTEXT}, "m.json: url: a table has no url"),
        ({"@context": CONTEXT, "tables": []}, "m.json: tables: a group of tables has none"),
        (table([column("a"), column("a")]), "m.json: tableSchema.columns[1]: the name 'a' is that of another column"),
        (table([column("a", datatype={"base": "string", "minimum": 1})]),
         "m.json: tableSchema.columns[0].datatype.minimum: a string has no order"),
        (table([], tableSchema="other.json"), "other.json: there is no such file"),
    ],
)  # fmt: skip
def test_metadata_that_cannot_be_used(metadata: Any, said: str) -> None:
    with pytest.raises(InputError) as caught:
        csvw.load(BASE + "m.json", fetch=Web({"m.json": metadata, "t.csv": "a\n1\n"}))
    assert str(caught.value).replace(BASE, "").startswith(said)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (table([column("a", tiltes="x")]),
         "m.json: tableSchema.columns[0].tiltes: 'tiltes' is no property of this object; it is passed over; "
         "did you mean titles?"),
        (table([column("a", datatype="integr")]),
         "m.json: tableSchema.columns[0].datatype: 'integr' is no built-in datatype; string is used; "
         "did you mean integer?"),
        (table([column("a")], primaryKey="b"),
         "m.json: tableSchema.primaryKey: there is no column 'b'; it is passed over; check its spelling"),
        (table([column("a", valueUrl="http://x/{b}")]),
         "m.json: tableSchema: the URI template 'http://x/{b}' uses 'b', which is no column; check its spelling"),
        (table([column("a", valueUrl="http://x/{a")]),
         "m.json: tableSchema.columns[0].valueUrl: 'http://x/{a' is no URI template of RFC 6570; check its braces"),
        (table([column("a", datatype={"base": "string", "format": "("})]),
         "m.json: tableSchema.columns[0].datatype.format: '(' is no format of a string"),
        (table([column("a", datatype={"base": "string", "@id": "http://a b"}, required="yes")]),
         "m.json: tableSchema.columns[0].required: it is 'yes', not true or false; it is passed over"),
    ],
)  # fmt: skip
def test_what_is_passed_over_in_metadata_is_said(metadata: dict[str, Any], said: str) -> None:
    _, found = convert(metadata, "a\n1\n")
    assert found[0].startswith(said)


def test_a_file_that_is_not_there_and_a_connection_that_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.json: there is no such file; check the name"):
        csvw.load(tmp_path / "no.json")
    with pytest.raises(InputError, match="no connection is opened"):
        csvw.load("http://example.org/t.csv")
    with pytest.raises(InputError, match="it cannot be read: Is a directory"):
        csvw.load(tmp_path)


def test_importing_is_light() -> None:
    heavy = ("rdflib", "pyoxigraph", "duckdb", "uritemplate")
    code = f"import sys, kzlod.csvw; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


SOURCES = st.sampled_from([
    "http://example.org/{a}/{b}", "#{a}", "{#a}", "{+a}", "schema:{a}", "{a}:{b}", "x/{a}/../{b}", "?q={a}{&b}",
    "http://{a}/", "{_row}-{_sourceRow}-{_column}-{_name}", "{?a,b}", "urn:x:{+b}", "{a}{nothere}", "", "%{a}%s",
])  # fmt: skip
VALUES = st.text(st.sampled_from('ab/:#?.é %"<0'), max_size=5)


@given(SOURCES, VALUES, VALUES)
def test_the_plan_makes_the_iris_that_the_standard_describes(source: str, a: str, b: str) -> None:
    """Expanded, prefixes replaced, resolved against the table's URL (Metadata Vocabulary, 5.1.3)."""
    out = io.StringIO()
    python_csv.writer(out, quoting=python_csv.QUOTE_ALL, lineterminator="\n").writerows([["a", "b"], [a, b]])
    columns = [column("a", suppressOutput=True), column("b", valueUrl=source, propertyUrl="http://p/", null=["-"])]
    metadata = table(columns, aboutUrl="http://s/", dialect={"trim": False})
    triples = convert(metadata, out.getvalue())[0]
    values = {"a": a or None, "b": b, "_row": "1", "_sourceRow": "2", "_column": "2", "_name": "b"}
    full = iri.resolve(BASE + "t.csv", expand(templates.Template(source).expand(values)))
    assert triples == ([f"<http://s/> <http://p/> <{full}>"] if iri.is_iri(full) else [])


RICH: dict[str, Any] = {
    "@context": [CONTEXT, {"@language": "en", "@base": "http://example.org/"}],
    "@id": "group", "@type": "TableGroup", "lang": "en", "null": ["", "-"], "tableDirection": "ltr",
    "dc:title": "Title", "dc:creator": {"@id": "#me", "@type": "foaf:Person", "foaf:name": ["A", {"@value": 1.5}]},
    "notes": [{"dc:date": {"@value": "2024-01-01", "@type": "date"}}],
    "dialect": {"delimiter": ",", "quoteChar": "\"", "trim": "true", "skipRows": 0, "lineTerminators": ["\n"],
                "encoding": "utf-8", "commentPrefix": "#", "headerRowCount": 1, "skipBlankRows": True},
    "transformations": [{"url": "t", "scriptFormat": "http://s/", "targetFormat": "http://t/", "titles": "x"}],
    "tables": [{
        "url": "t.csv", "@id": "table", "notes": ["a note"], "suppressOutput": False,
        "tableSchema": {
            "@id": "schema", "aboutUrl": "#{a}", "primaryKey": "a", "rowTitles": ["a", "b"],
            "foreignKeys": [{"columnReference": "b", "reference": {"resource": "t.csv", "columnReference": "a"}}],
            "columns": [
                {"name": "a", "titles": {"en": ["a"]}, "datatype": {"base": "integer", "format": {"pattern": "#0"},
                                                                    "minimum": 1, "maximum": "9"}},
                {"name": "b", "titles": "b", "datatype": {"base": "string", "format": "^.*$", "maxLength": 9,
                                                          "@id": "http://d/"}, "required": True, "default": "x"},
                {"titles": ["c"], "separator": ";", "ordered": True, "datatype": "date", "propertyUrl": "dc:{_name}"},
                {"name": "v", "virtual": True, "valueUrl": "{?a,b}", "propertyUrl": "rdf:type"},
            ],
        },
    }],
}  # fmt: skip
JSON = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.just(1e300), st.sampled_from([
        "", "a", "_:b", "#", "{", "http://a b", "http://example.org/x", "x:y", "xsd:date", "date", "string", "decimal",
        "yyyy-MM-dd", "Y|N", "#,##0.0#", "(", "\udc80", "en", "utf-16", "rtl", "schema", "@id", "t.csv", ",",
    ]),
    st.just([]), st.just({}), st.just([[]]), st.just(["a", 1]), st.just({"@value": "x"}), st.just({"a": 1}),
    st.just({"@id": "x", "@type": "Table", "@value": 1}), st.just({"base": "duration", "minInclusive": "P1Y"}),
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place within a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, item in items for place in places(item, (*path, key))]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_metadata_and_no_table_make_a_traceback(data: st.DataObject) -> None:
    metadata = deepcopy(RICH)
    for place in data.draw(st.lists(st.sampled_from(places(RICH)), max_size=3)):
        try:
            target = metadata
            for key in place[:-1]:
                target = target[key]
            target[place[-1]] = deepcopy(data.draw(JSON))
        except (LookupError, TypeError):
            continue
    rows = data.draw(
        st.sampled_from(["a,b,c\n1,1,2024-01-01;x\n", "a,b\n", "", '"', "a,b,c\n\0,\x7f,\r\n,,,\n", "\ufffe"])
    )
    encoded = json.dumps(metadata).encode()
    try:
        group = csvw.load(BASE + "m.json", fetch=Web({"m.json": encoded, "t.csv": rows}))
    except InputError:
        return
    for mode in ("standard", "minimal"):
        text = "".join(f"{' '.join(s[:3])} .\n" for s in csvw.statements(group, mode=mode))
        list(pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES))


def test_metadata_errors_are_input_errors() -> None:
    assert issubclass(MetadataError, InputError)
