"""Each rule of the Metadata Vocabulary, kept and broken: whether that is fine, a warning, an error, or unusable.

The tests of W3C decide by the same four: a warning is passed over, an error is of the table, and what makes a document
unusable raises.
"""

from __future__ import annotations

from typing import Any

import pytest

from kzlod import csvw
from kzlod.errors import MetadataError
from tests.test_csvw import BASE, CONTEXT, Web, column

Json = Any
LINK = {"url": "a", "targetFormat": "http://example.org/format", "scriptFormat": "http://example.org/script"}


def outcome(metadata: Json, **files: str) -> tuple[str, list[str], list[str]]:
    """`fine`, `warning`, `error` or `fails`; what was said; the triples."""
    web = Web({"m.json": metadata} | {name.replace("_", "."): text for name, text in files.items()})
    try:
        group = csvw.load(BASE + "m.json", fetch=web)
        found = list(group.findings)
        triples = [" ".join(s[:3]) for s in csvw.statements(group, mode="minimal", report=found.append)]
    except MetadataError as error:
        return "fails", [str(error)], []
    worst = {finding.severity for finding in found}
    kind = "error" if "error" in worst else "warning" if worst else "fine"
    return kind, [str(finding) for finding in found], triples


def check(wanted: str, metadata: Json, rows: str = "a\n1\n", **files: str) -> list[str]:
    kind, said, triples = outcome(metadata, t_csv=rows, **files)
    assert kind == wanted, said
    return triples


def in_table(**properties: Json) -> Json:
    return {"@context": CONTEXT, "url": "t.csv", "tableSchema": {"columns": [column("a")]}} | properties


def in_group(**properties: Json) -> Json:
    return {"@context": CONTEXT, "tables": [{"url": "t.csv", "tableSchema": {"columns": [column("a")]}}]} | properties


def in_schema(**properties: Json) -> Json:
    return in_table(tableSchema={"columns": [column("a")]} | properties)


def in_column(**properties: Json) -> Json:
    return in_table(tableSchema={"columns": [column("a") | properties]})


def in_datatype(**properties: Json) -> Json:
    return in_column(datatype=properties)


def in_dialect(**properties: Json) -> Json:
    return in_table(dialect=properties)


def in_transformation(**properties: Json) -> Json:
    return in_table(transformations=[{n: v for n, v in (LINK | properties).items() if v is not None}])


PASSED_OVER: list[tuple[Any, list[tuple[str, Json]]]] = [
    (in_column, [
        ("null", 1), ("null", ["x", 1]), ("lang", "no tag"), ("lang", 1), ("textDirection", "up"), ("separator", 1),
        ("ordered", "yes"), ("default", 1), ("datatype", 1), ("datatype", "integr"), ("aboutUrl", 1),
        ("propertyUrl", True), ("valueUrl", []), ("required", 1), ("name", 1), ("name", "_a"), ("name", "a b"),
        ("virtual", "x"), ("suppressOutput", 1), ("titles", {"en": ["a", 1], "de": "a"}), ("titles", ["a", 1]),
        ("tableSchema", {}), ("notes", []), ("url", "x"), ("unknown", 1), ("@id", 1),
    ]),
    (in_group, [
        ("null", 1), ("lang", "no tag"), ("datatype", "integr"), ("aboutUrl", 1), ("tableDirection", "up"),
        ("notes", 1), ("transformations", {}), ("dialect", 1), ("titles", "x"), ("url", "x"), ("unknown", 1),
    ]),
    (in_table, [
        ("tableDirection", 1), ("suppressOutput", "x"), ("notes", {}), ("transformations", 1), ("dialect", 1),
        ("titles", "x"), ("name", "x"), ("columns", []), ("primaryKey", "a"), ("unknown", 1), ("@id", 1),
    ]),
    (in_schema, [
        ("foreignKeys", 1), ("foreignKeys", [1]), ("primaryKey", "b"), ("primaryKey", 1), ("primaryKey", []),
        ("rowTitles", "b"), ("url", "x"), ("titles", "x"), ("unknown", 1), ("columns", [1, column("a")]),
    ]),
    (in_dialect, [
        ("commentPrefix", 1), ("delimiter", 1), ("delimiter", ""), ("doubleQuote", 1), ("encoding", "no-such"),
        ("header", "true"), ("headerRowCount", -1), ("headerColumnCount", "1"), ("lineTerminators", 1),
        ("lineTerminators", [1]), ("quoteChar", "ab"), ("skipBlankRows", 1), ("skipColumns", -1), ("skipRows", 1.5),
        ("skipInitialSpace", "x"), ("trim", "middle"), ("unknown", 1), ("dc:title", "x"),
    ]),
    (in_transformation, [("unknown", 1), ("source", "xml"), ("titles", 1)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "name", "value"),
    [
        pytest.param(place, name, value, id=f"{place.__name__}-{name}-{value}")
        for place, properties in PASSED_OVER
        for name, value in properties
    ],
)
def test_a_wrong_value_is_passed_over_with_a_warning(place: Any, name: str, value: Json) -> None:
    triples = check("warning", place(**{name: value}))
    if name in ("null", "lang", "datatype", "separator", "ordered", "required", "default"):
        assert [triple.split()[-1] for triple in triples] == ['"1"']


@pytest.mark.parametrize("name", ["@id", "@type"])
@pytest.mark.parametrize(
    "place",
    [in_group, in_table, in_schema, in_column, in_dialect, in_transformation, in_datatype],
)
def test_a_blank_node_or_another_type_makes_a_document_unusable(place: Any, name: str) -> None:
    check("fails", place(**{name: "_:x" if name == "@id" else "Thing"}))


@pytest.mark.parametrize(
    "metadata",
    [
        {"@context": CONTEXT, "tables": [{"tableSchema": {}}]},
        {"@context": CONTEXT, "url": 1},
        *({"@context": CONTEXT, "tables": tables} for tables in (1, {}, [], [1])),
        *(in_transformation(**{name: None}) for name in LINK),
        in_table(tableSchema={"columns": [{"name": "v", "virtual": True}, column("a")]}),
        in_table(tableSchema={"columns": [column("a"), column("a")]}),
        *(in_table(**{"@context": context}) for context in (
            "x", {"@language": "en"}, [CONTEXT, {"dc": "http://x/"}], [{"@language": "en"}, CONTEXT], [CONTEXT, "x"],
        )),
    ],
)  # fmt: skip
def test_documents_that_are_unusable(metadata: Json) -> None:
    check("fails", metadata)


@pytest.mark.parametrize(
    ("context", "wanted"),
    [
        ([CONTEXT], "fine"), ([CONTEXT, {}], "fine"), ([CONTEXT, {"@language": "en"}], "fine"),
        ([CONTEXT, {"@base": "./"}], "fine"), ([CONTEXT, {"@language": "no tag"}], "warning"),
        ([CONTEXT, {"@base": 1}], "warning"),
    ],
)  # fmt: skip
def test_contexts(context: Json, wanted: str) -> None:
    check(wanted, in_table(**{"@context": context}))


def test_the_base_of_a_context_moves_what_is_linked_to() -> None:
    metadata = in_table(**{"@context": [CONTEXT, {"@base": "http://example.org/sub/"}]})
    web = Web({"m.json": metadata, "sub/t.csv": "a\n1\n"})
    group = csvw.load(BASE + "m.json", fetch=web)
    assert [s[1] for s in csvw.statements(group, mode="minimal")] == ["<http://example.org/sub/t.csv#a>"]


def test_columns_that_are_none_do_not_fit_the_header() -> None:
    for schema in ({"columns": {}}, {"columns": [1]}, 5):
        check("error", in_table(tableSchema=schema))
    for titles in (1, {"en": 1}, {"no tag": "a"}):
        check("error", in_column(titles=titles))


VALUES: list[Json] = [
    "x", 1, 1.5, True, None, [], ["x", 1], {"@value": "x", "@language": "en"}, {"@value": "1", "@type": "integer"},
    {"@value": "1", "@type": "xsd:integer"}, {"@value": 1}, {"@type": "Table"}, {"@type": "string"},
    {"@type": ["schema:Person", "http://example.org/Type"]}, {"@id": "schema:x", "schema:name": {"@value": "x"}},
]  # fmt: skip
NO_VALUES: list[Json] = [
    {"@list": ["x"]}, {"@set": [1]}, {"@context": {}}, {"@reverse": {}}, {"@index": "x"}, {"@unknown": "x"},
    {"@value": "x", "@type": "thing"}, {"@value": "x", "@type": 1}, {"@type": "thing"}, {"@type": 1},
    {"@type": "_:x"}, {"@id": "_:x"}, {"@id": 1}, {"@value": "x", "@language": "en", "@type": "xsd:string"},
    {"@value": "x", "other": 1}, {"@value": "x", "@id": "http://example.org/"}, {"@value": ["x"]},
    {"@value": "x", "@language": "no tag"}, {"@value": "x", "@language": 1}, {"@language": "en"},
    [{"@list": []}], {"dc:title": {"@set": []}},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_common_properties(value: Json) -> None:
    for place in (in_group, in_table, in_schema, in_column, in_transformation, in_datatype):
        check("fine", place(**{"dc:source": value}))
    check("fine", in_table(notes=[value]))


@pytest.mark.parametrize("value", NO_VALUES)
def test_what_no_common_property_may_be(value: Json) -> None:
    for place in (in_group, in_table, in_schema, in_column, in_transformation, in_datatype):
        check("fails", place(**{"dc:source": value}))
    check("fails", in_table(notes=[{"dc:source": value}]))


@pytest.mark.parametrize(
    ("datatype", "wanted"),
    [
        ({"format": "[0-9]"}, "fine"), ({"dc:title": "x"}, "fine"), ({"base": "any"}, "fine"),
        ({"base": "integer", "@id": "http://example.org/d"}, "fine"), ({"unknown": 1}, "warning"),
        ({"base": "thing"}, "warning"), ({"base": 1}, "warning"), ({"base": "string", "format": "["}, "warning"),
        ({"base": "integer", "format": "0#"}, "warning"),
        ({"base": "integer", "format": {"pattern": "0.0.0"}}, "warning"),
        ({"base": "integer", "format": 1}, "warning"), ({"base": "boolean", "format": "YN"}, "warning"),
        ({"base": "date", "format": "yy-M-d"}, "error"), ({"base": "string", "length": "1"}, "warning"),
        ({"base": "string", "length": -1}, "warning"), ({"base": "integer", "minimum": "x"}, "warning"),
        ({"@id": "http://www.w3.org/2001/XMLSchema#string"}, "fails"),
        ({"@id": "http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML"}, "fails"),
        ({"base": "string", "length": 1, "minLength": 2}, "fails"),
        ({"base": "string", "length": 2, "maxLength": 1}, "fails"),
        ({"base": "string", "minLength": 2, "maxLength": 1}, "fails"), ({"base": "integer", "length": 1}, "fails"),
        *(({"base": "string", name: 1}, "fails") for name in (
            "minimum", "maximum", "minInclusive", "maxInclusive", "minExclusive", "maxExclusive",
        )),
        *(({"base": "integer", low: 2, high: 1}, "fails")
          for low in ("minimum", "minInclusive", "minExclusive")
          for high in ("maximum", "maxInclusive", "maxExclusive")),
        ({"base": "integer", "minInclusive": 1, "minExclusive": 1}, "fails"),
        ({"base": "integer", "maxInclusive": 1, "maxExclusive": 1}, "fails"),
        ({"base": "integer", "minInclusive": 1, "maxExclusive": 1}, "fails"),
        ({"base": "integer", "minExclusive": 1, "maxInclusive": 1}, "fails"),
        ({"base": "integer", "minInclusive": 1, "maxInclusive": 1}, "fine"),
        ({"base": "integer", "minExclusive": 0, "maxExclusive": 2}, "fine"),
        ({"base": "string", "minLength": 2}, "error"), ({"base": "integer", "maximum": 0}, "error"),
    ],
)  # fmt: skip
def test_datatypes(datatype: Json, wanted: str) -> None:
    check(wanted, in_column(datatype=datatype))


KEYED = "a,b\n1,2\n"
OTHER = "x,y\n1,2\n3,4\n"


def foreign(key: Json) -> Json:
    tables = [
        {"url": "t.csv", "tableSchema": {"@id": "one", "columns": [column("a"), column("b")], "foreignKeys": [key]}},
        {"url": "u.csv", "tableSchema": {"@id": "two", "columns": [column("x"), column("y")]}},
    ]
    return {"@context": CONTEXT, "tables": tables}


def key(columns: Json, referenced: Json, **reference: Json) -> Json:
    target = {"columnReference": referenced} | (reference or {"resource": "u.csv"})
    return {"columnReference": columns, "reference": target}


@pytest.mark.parametrize(
    ("foreign_key", "wanted"),
    [
        (key("a", "x"), "fine"), (key(["a", "b"], ["x", "y"]), "fine"), (key("a", "x", schemaReference="two"), "fine"),
        (key("a", "a", resource="t.csv"), "fine"), (key(["a", "b"], ["y", "x"]), "error"), (key("a", "y"), "error"),
        (key("zz", "x"), "fails"), (key("a", "zz"), "fails"), (key("a", ["x", "y"]), "fails"),
        (key("a", "x", resource="v.csv"), "fails"), (key("a", "x", schemaReference="three"), "fails"),
        (key("a", "x", resource="u.csv", schemaReference="two"), "fails"), (key("a", "x", unknown=1), "fails"),
        (key("a", "x") | {"dc:title": "x"}, "fails"), (key("a", "x", resource="u.csv", other=1), "fails"),
        ({"columnReference": "a"}, "fails"), ({"reference": {"resource": "u.csv", "columnReference": "x"}}, "fails"),
    ],
)  # fmt: skip
def test_foreign_keys(foreign_key: Json, wanted: str) -> None:
    check(wanted, foreign(foreign_key), KEYED, u_csv=OTHER)


def test_a_reference_to_two_rows_is_an_error() -> None:
    check("error", foreign(key("a", "x")), KEYED, u_csv="x,y\n1,2\n1,3\n")


@pytest.mark.parametrize(
    ("columns", "more", "rows", "wanted"),
    [
        ([column("a"), column("b")], {"primaryKey": ["a", "b"]}, "a,b\n1,2\n1,3\n", "fine"),
        ([column("a"), column("b")], {"primaryKey": ["a", "b"]}, "a,b\n1,2\n1,2\n", "error"),
        ([{"titles": "A"}], {}, "a\n1\n", "error"),
        ([{"titles": {"en": "a"}, "lang": "en-GB"}], {}, "a\n1\n", "fine"),
        ([{"titles": {"de": "a"}, "lang": "en"}], {}, "a\n1\n", "error"),
        ([{"titles": {"en": "a"}}], {}, "a\n1\n", "fine"),
        ([{"titles": ["z", "a"]}], {}, "a\n1\n", "fine"),
        ([{"name": "a"}], {}, "a\n1\n", "error"),
        ([{}], {}, "a\n1\n", "fine"),
        ([column("a", required=True)], {}, 'a\n""\n', "error"),
        ([column("a", required=True, null="-")], {}, "a\n-\n", "error"),
        ([column("a", required=True, null="-")], {}, 'a\n""\n', "fine"),
        ([column("a", separator=",", datatype={"length": 2})], {}, 'a\n"ab,cd"\n', "fine"),
        ([column("a", separator=",", datatype={"length": 2})], {}, 'a\n"ab,c"\n', "error"),
    ],
)  # fmt: skip
def test_tables(columns: list[Json], more: Json, rows: str, wanted: str) -> None:
    check(wanted, in_table(tableSchema={"columns": columns} | more), rows)


@pytest.mark.parametrize(
    ("dialect", "rows"),
    [
        ({"header": False}, "1\n"), ({"headerRowCount": 0}, "1\n"), ({"header": False, "headerRowCount": 1}, "a\n1\n"),
        ({"headerRowCount": 2}, "z\na\n1\n"), ({"skipRows": 2}, "x\ny\na\n1\n"), ({"skipColumns": 1}, "x,a\ny,1\n"),
        ({"commentPrefix": "#"}, "#x\na\n#y\n1\n"), ({"skipBlankRows": True}, "a\n\n1\n\n"),
        ({"quoteChar": "'"}, "'a'\n'1'\n"), ({"quoteChar": None}, "a\n1\n"), ({"lineTerminators": ";"}, "a;1;"),
        ({"delimiter": "\t", "skipColumns": 1}, "x\ta\ny\t1\n"), ({"doubleQuote": False}, 'a\n"\\1"\n'),
        ({"skipInitialSpace": True}, "a\n  1\n"), ({"trim": "start"}, "a\n  1\n"), ({"trim": "end"}, "a\n1  \n"),
    ],
)  # fmt: skip
def test_dialects(dialect: Json, rows: str) -> None:
    triples = check("fine", in_dialect(**dialect), rows)
    assert [triple.split()[-1] for triple in triples] == ['"1"']


def test_what_a_document_refers_to_is_another() -> None:
    for place, name in ((in_table, "tableSchema"), (in_table, "dialect"), (in_group, "dialect"), (in_table, "url")):
        kind, said, _ = outcome(place(**{name: "m.json"}), t_csv="a\n1\n")
        assert kind == "fails" and f"m.json: {name}: it " in said[0], said
