"""The pieces of `kzlod.csvw` that work on text, against what does the same: pyoxigraph, uritemplate, csv."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyoxigraph
import pytest
import uritemplate
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kzlod import terms
from kzlod.csvw import context, dates, iri, numbers, templates
from kzlod.csvw.cells import CellParser
from kzlod.csvw.datatypes import BadValueError, compile_datatype, ecmascript
from kzlod.csvw.model import Column, Datatype, Dialect
from kzlod.csvw.tables import read

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SUBJECT = pyoxigraph.NamedNode("http://example.org/")


def parse(token: str) -> Any:
    line = f"<http://example.org/> <http://example.org/> {token} ."
    (quad,) = pyoxigraph.parse(line.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return quad.object


def accepted(token: str) -> bool:
    try:
        parse(token)
    except (SyntaxError, UnicodeEncodeError):
        return False
    return True


@given(TEXT, st.sampled_from(["", "en", "zh-Hans-CN"]))
@example("".join(map(chr, range(160))) + "\u2028\ufffe\uffff\U0001fffe", "")
def test_literals_are_canonical_as_pyoxigraph_writes_them(text: str, lang: str) -> None:
    literal = pyoxigraph.Literal(text, language=lang or None)
    triple = pyoxigraph.Triple(SUBJECT, SUBJECT, literal)
    line = pyoxigraph.serialize([triple], format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert line is not None
    assert line.decode() == f"{SUBJECT} {SUBJECT} {terms.literal(text, language=lang)} .\n"


IRIS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(
            ["http:", "http://", "urn:x:", "a1+.-:", "", "//", "1:", "file:///", "http://[::1]", "http://u@h:8/"]
        ),
        st.text(
            st.sampled_from("aZ0-._~:/?#[]@!$&'()*+,;=%41 <>\"{}|\\^`\x7f\x80\xa0é\ue000\ufffe\U0001f600\U000e0001"),
            max_size=12,
        ),
    ),
)


@given(IRIS)
@example("http://a:x/")
@example("http://[::1]@")
@example("http://a/%4g")
def test_an_iri_that_passes_is_one_for_pyoxigraph(text: str) -> None:
    if iri.is_iri(text):
        assert accepted(f"<{text}>")


@pytest.mark.parametrize(
    "text", ["http://a/é?\ue000#x", "urn:uuid:1", "http://[::1]:80/", "mailto:a@b", "x:", "http://a/%C3%A9"]
)
def test_iris_pass(text: str) -> None:
    assert iri.is_iri(text)
    assert accepted(f"<{text}>")


@given(st.from_regex(context._SUBTAGS, fullmatch=True))
def test_a_language_tag_that_passes_is_one_for_pyoxigraph(tag: str) -> None:
    assume(tag.isascii())
    assert accepted(terms.literal("x", language=tag))


@pytest.mark.parametrize(
    ("base", "reference", "result"),
    [
        ("http://a/b/c/d;p?q", "../g", "http://a/b/g"),
        ("http://a/b/c/d;p?q", "./", "http://a/b/c/"),
        ("http://a/b/c/d;p?q", "../../../g", "http://a/g"),
        ("http://a/b/c/d;p?q", "//g", "http://g"),
        ("http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"),
        ("http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y"),
        ("http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"),
        ("http://a/b/c/d;p?q", "..g", "http://a/b/c/..g"),
        ("http://a", "g", "http://a/g"),
        ("file:///a/b.csv", "#row=2", "file:///a/b.csv#row=2"),
    ],
)
def test_references_resolve_as_rfc_3986_says(base: str, reference: str, result: str) -> None:
    assert iri.resolve(base, reference) == result


def test_a_file_name_with_a_space_makes_a_url() -> None:
    assert iri.normalise("file:///a/my table 100%.csv") == "file:///a/my%20table%20100%25.csv"
    assert str(iri.to_path("file:///a/my%20table.csv")) == "/a/my table.csv"


NAMES = st.sampled_from(["a", "b", "On%20Street", "x.y"])
EXPRESSIONS = st.builds(lambda operator, name: f"{{{operator}{name}}}", st.sampled_from(["", "+", "#"]), NAMES)
PIECES = st.one_of(EXPRESSIONS, st.sampled_from(["http://example.org/", "#", "-", "a%20", "é", "?q="]))
VALUES = st.one_of(st.none(), TEXT, st.lists(TEXT, min_size=1, max_size=3))


@given(st.lists(PIECES, max_size=5).map("".join), st.dictionaries(NAMES, VALUES))
def test_simple_templates_expand_as_the_library_does(source: str, values: dict[str, Any]) -> None:
    # The library leaves a reserved value with a triplet in it as it is; RFC 6570 encodes the rest of it.
    reserved = [v for value in values.values() for v in (value if isinstance(value, list) else [value]) if v]
    assume(not any(templates._TRIPLET.search(value) for value in reserved))
    template = templates.Template(source)
    assert template.parts is not None
    assert template.well_formed
    assert template.expand(values) == uritemplate.expand(source, values)


@pytest.mark.parametrize("source", ["{a", "a}", "{}", "{a b}", "{=a}", "{a,}", "{a:x}"])
def test_malformed_templates_are_known(source: str) -> None:
    assert not templates.Template(source).well_formed


def rows(data: bytes, dialect: Dialect | None = None) -> tuple[list[tuple[int, int, list[str]]], list[str]]:
    problems: list[str] = []
    stream = io.BytesIO(data)
    found = [
        (row.line, row.number, row.cells)
        for row in read(
            stream, dialect or Dialect(trim="false"), lambda line, code, *rest: problems.append(f"{line} {code}")
        )
    ]
    return found, problems


CELLS = st.lists(
    st.lists(st.text(st.sampled_from('a,"\n\r é\t\\\x00'), max_size=6), min_size=1, max_size=4), max_size=5
)


@given(CELLS, st.sampled_from([",", "\t", ";;"[:1], "|"]), st.sampled_from(["\n", "\r\n"]))
def test_tables_are_read_as_python_writes_them(table: list[list[str]], delimiter: str, end: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    found, problems = rows(out.getvalue().encode(), Dialect(delimiter=delimiter, trim="false"))
    assert [cells for _, _, cells in found] == table
    assert [number for _, number, _ in found] == list(range(1, len(table) + 1))
    assert not problems


@given(CELLS)
def test_lines_count_as_an_editor_counts(table: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(table)
    found, _ = rows(out.getvalue().encode())
    line = 1
    for (start, _, _), cells in zip(found, table, strict=True):
        assert start == line
        line += 1 + sum(cell.count("\n") for cell in cells)


@given(st.lists(st.text(st.sampled_from("ab|; \r\n"), max_size=8), max_size=6))
def test_any_line_terminators(lines: list[str]) -> None:
    terminators = ("|;", "|")
    assume(not any("|" in line for line in lines))
    data = "".join(line + terminators[n % 2] for n, line in enumerate(lines))
    assume("|;" not in "".join(data.split("|;")))
    found, _ = rows(data.encode(), Dialect(line_terminators=terminators, trim="false", quote=None))
    text = data.replace("|;", "|")
    assert [cells for _, _, cells in found] == [line.split(",") for line in text.split("|")[:-1]]


@pytest.mark.parametrize(
    ("data", "dialect", "cells", "problems"),
    [
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n", Dialect(), [["a", "b"], ["1", "2"]], []),
        ("a,b\n1,é\n".encode("utf-16"), Dialect(encoding="utf-16"), [["a", "b"], ["1", "é"]], []),
        ("\ufeffa\n".encode("utf-16-le"), Dialect(encoding="utf-16le"), [["a"]], []),
        ("é\n".encode("cp1252"), Dialect(encoding="latin1"), [["é"]], []),
        (b"a\n\xe9,b\n\xe9\n", Dialect(), [["a"], ["\udce9", "b"], ["\udce9"]], ["2 table.encoding"]),
        (b'a\n"b\nc\n', Dialect(), [["a"], ["b\nc"]], ["2 table.quote"]),
        (b'a"b,c\n"d"e,f\n', Dialect(), [['a"b', "c"], ["de", "f"]], ["1 table.quote", "2 table.quote"]),
        (b'"a\\"b",c\\,d\n', Dialect(double_quote=False), [['a"b', "c,d"]], []),
        (b'"a\\\n\\\\",b\n', Dialect(double_quote=False), [["a\n\\", "b"]], []),
        (b' "a" , b \n', Dialect(), [["a", "b"]], []),
        (b" a , b \n", Dialect(trim="start"), [["a ", "b "]], []),
        (b" a , b \n", Dialect(trim="end"), [[" a", " b"]], []),
        (b'"a"\n', Dialect(quote=None), [['"a"']], []),
        (b"'a''b'\n", Dialect(quote="'"), [["a'b"]], []),
        (b"a||b\n", Dialect(delimiter="||"), [["a", "b"]], []),
        (b"#a,b\nc\n", Dialect(comment_prefix="#"), [[], ["c"]], []),
        (b"", Dialect(), [], []),
        (b"\n\n", Dialect(), [[""], [""]], []),
        (b"a\0b\n", Dialect(), [["a\0b"]], []),
    ],
)  # fmt: skip
def test_dialects(data: bytes, dialect: Dialect, cells: list[list[str]], problems: list[str]) -> None:
    found, said = rows(data, dialect)
    assert [row for _, _, row in found] == cells
    assert said == problems


def test_a_quote_that_is_never_closed_does_not_swallow_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kzlod.csvw.tables.LONGEST_ROW", 1000)
    found, problems = rows(b'a\n"b\n' + b"line\n" * 1000)
    assert found == [(1, 1, ["a"])]
    assert [problem.split()[1] for problem in problems] == ["table.size"]
    assert rows(b"x" * 2000)[1] == ["1 table.size"]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_numbers_with_groups(number: Decimal) -> None:
    text = f"{number:,}"
    assert Decimal(numbers.NumberFormat("#,##0.000").lexical(text)) == number
    indian = numbers.NumberFormat("#,##,##0.###")
    if abs(number) >= 1_000_000:
        with pytest.raises(ValueError, match=r"-?[0-9]"):
            indian.lexical(text)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("0", ["1", "12", "-3"], ["1.0", "", "1,0", "a"]),
        ("000", ["001", "1234"], ["01"]),
        ("#.##", ["1.5", ".25", "3"], ["1.255", ".", "1."]),
        ("#,##0", ["0", "999", "1,000", "1,000,000"], ["1000", "1,00", ",100", "0,1"]),
        ("#,##,##0", ["1,00,000", "12,345"], ["100,000", "1,234,567"]),
        ("0,000,000", ["1,234,567", "0,000,001"], ["1", "234,567"]),
        ("00,00,000", ["12,34,567", "1,12,34,567"], ["2,34,567"]),
        ("#0.0#,#", ["1.2", "1.23", "1.23,4"], ["1", "1.2,3", "1.23,45"]),
        ("0.0,00#", ["1.2,34", "1.2,345"], ["1.2", "1.23", "1.2,34,5"]),
        ("#0.###E#0", ["1.5E3", "1E-10"], ["1.5", "1.5E"]),
        ("0.0E+00", ["1.0E+05", "1.0E-05"], ["1.0E05", "1.0E+5"]),
        ("+0", ["+1", "-1"], ["1"]),
        ("-0", ["-1"], ["1", "+1"]),
        ("0%", ["1%", "-1%"], ["1", "1‰"]),
    ],
)
def test_number_patterns(pattern: str, good: list[str], bad: list[str]) -> None:
    form = numbers.NumberFormat(pattern)
    for text in good:
        assert Decimal(form.lexical(text)) is not None
    for text in bad:
        with pytest.raises(ValueError, match=r".*"):
            form.lexical(text)


@pytest.mark.parametrize(
    "pattern", ["", "x", "0#", "#0#", "0.#0", "0.0.0", "%0%", "0E", "#,,##0", "+-0", "#,##0,", "0.0,"]
)
def test_patterns_that_are_none(pattern: str) -> None:
    with pytest.raises(numbers.BadPatternError):
        numbers.NumberFormat(pattern)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_canonical_decimals(number: Decimal) -> None:
    assume(-1000 < number.adjusted() < 1000)
    text = f"{number:f}"
    canonical = numbers.canonical_decimal(text)
    assert Decimal(canonical) == number
    assert numbers.canonical_decimal(f"+00{canonical}" if number >= 0 else canonical) == canonical
    assert not canonical.endswith(".") and canonical != "-0"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_canonical_doubles(number: float) -> None:
    assert float(numbers.canonical_float(repr(number))) == number


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_canonical_floats(number: float) -> None:
    assert float(numbers.canonical_float(repr(number), single=True)) == pytest.approx(number, rel=1e-7)


DATES = st.dates()


@given(DATES, st.sampled_from(dates._DATE_FORMATS))
def test_dates_in_every_format(day: date, pattern: str) -> None:
    text = pattern.replace("yyyy", f"{day.year:04}")
    text = text.replace("MM", f"{day.month:02}").replace("dd", f"{day.day:02}")
    text = text.replace("M", str(day.month)).replace("d", str(day.day))
    assert dates.DateFormat("date", pattern).lexical(text) == day.isoformat()


@given(DATES, st.integers(-400, 400))
def test_dates_have_an_order(day: date, days: int) -> None:
    assume(date.min.toordinal() <= day.toordinal() + days <= date.max.toordinal())
    other = day + timedelta(days)
    assert dates.order("date", other.isoformat()) - dates.order("date", day.isoformat()) == days * 86400


@pytest.mark.parametrize(
    ("base", "pattern", "text", "lexical"),
    [
        ("time", "HHmm X", "0930 +0530", "09:30:00+05:30"),
        ("time", "HH:mm:ss.SSS", "09:30:15.5", "09:30:15.5"),
        ("dateTime", "d.M.yyyy HH:mm", "2.7.2024 09:30", "2024-07-02T09:30:00"),
        ("dateTime", "yyyy-MM-ddTHH:mm:ssXXX", "2024-07-02T09:30:00Z", "2024-07-02T09:30:00Z"),
        ("dateTimeStamp", "yyyy-MM-dd HH:mm:ss x", "2024-07-02 09:30:00 -08", "2024-07-02T09:30:00-08:00"),
    ],
)
def test_times(base: str, pattern: str, text: str, lexical: str) -> None:
    assert dates.DateFormat(base, pattern).lexical(text) == lexical


@pytest.mark.parametrize("pattern", ["yy-MM-dd", "yyyy", "dd MMM yyyy", "yyyy-MM-dd HH:mm", "", "HH:mm"])
def test_formats_that_are_none_of_a_date(pattern: str) -> None:
    with pytest.raises(dates.BadFormatError):
        dates.DateFormat("date", pattern)


@pytest.mark.parametrize(
    ("datatype", "text", "said"),
    [
        (Datatype("decimal"), "3o.05", "'3o.05' is not a decimal"),
        (Datatype("decimal"), "3,05", "'3,05' is not a decimal"),
        (Datatype("decimal"), "1e5", "'1e5' has an exponent, which a decimal cannot have"),
        (Datatype("integer"), "1.0", "'1.0' is not an integer"),
        (Datatype("integer", group_char=","), "50%", "'50%' is not an integer"),
        (Datatype("decimal"), "50%", "'50%' is not a decimal"),
        (Datatype("byte"), "128", "'128' is not a byte"),
        (Datatype("unsignedInt"), "-1", "'-1' is not an unsignedInt"),
        (Datatype("int"), "9" * 5000, f"'{'9' * 79}…' is not an int"),
        (Datatype("date"), "2023-02-29", "'2023-02-29' is not a date: there is no such day"),
        (Datatype("date", format="d/M/yyyy"), "2024-01-01",
         "'2024-01-01' is not a date: it is not in the format d/M/yyyy"),
        (Datatype("time"), "25:00:00", "'25:00:00' is not a time: there is no such time"),
        (Datatype("dateTimeStamp"), "2024-01-01T00:00:00",
         "'2024-01-01T00:00:00' is not a dateTimeStamp: it has no time zone"),
        (Datatype("gYear"), "12", "'12' is not a gYear: it is not in the form of XML Schema"),
        (Datatype("duration"), "P", "'P' is not a duration"),
        (Datatype("dayTimeDuration"), "P1Y", "'P1Y' is not a dayTimeDuration"),
        (Datatype("boolean"), "yes", "'yes' is not a boolean"),
        (Datatype("boolean", format="Y|N"), "true", "'true' is not a boolean"),
        (Datatype("hexBinary"), "ABC", "'ABC' is not a hexBinary"),
        (Datatype("base64Binary"), "a", "'a' is not a base64Binary"),
        (Datatype("language"), "not a tag", "'not a tag' is not a language"),
        (Datatype("string", format="^[0-9]{3}$"), "12", "'12' is not in the format of this column"),
        (Datatype("string", max_length=2), "abc", "'abc' has 3 characters"),
        (Datatype("hexBinary", length=2), "AB", "'AB' has 1 bytes"),
        (Datatype("integer", min_inclusive="5"), "4", "'4' is less than 5"),
        (Datatype("double", max_exclusive="5"), "NaN", "'NaN' is not less than 5"),
        (Datatype("date", max_inclusive="2024-01-01"), "2024-01-02", "'2024-01-02' is more than 2024-01-01"),
        (Datatype("duration", min_exclusive="P1M"), "P30D", "'P30D' is not more than P1M"),
    ],
)  # fmt: skip
def test_values_that_are_none(datatype: Datatype, text: str, said: str) -> None:
    with pytest.raises(BadValueError) as caught:
        compile_datatype(datatype).lexical(text)
    assert caught.value.message == said


@pytest.mark.parametrize(
    ("datatype", "text", "lexical", "canonical"),
    [
        (Datatype("decimal"), "+01.50", "+01.50", "1.5"),
        (Datatype("decimal"), "123,456.5", "123456.5", "123456.5"),
        (Datatype("decimal", decimal_char=",", group_char="."), "1.000,5", "1000.5", "1000.5"),
        (Datatype("decimal", group_char=","), "12.5%", "0.125", "0.125"),
        (Datatype("decimal"), ".5", ".5", "0.5"),
        (Datatype("decimal"), "-5.", "-5.", "-5"),
        (Datatype("integer"), "007", "007", "7"),
        (Datatype("double"), "1.5E3", "1.5e3", "1.5E3"),
        (Datatype("double"), "-INF", "-INF", "-INF"),
        (Datatype("boolean"), "1", "true", "true"),
        (Datatype("hexBinary"), "0fb7", "0fb7", "0FB7"),
        (Datatype("time"), "09:30:00.50+00:00", "09:30:00.50+00:00", "09:30:00.5Z"),
        (Datatype("duration"), "P1DT36H", "P1DT36H", "P2DT12H"),
        (Datatype("gMonthDay"), "--02-29", "--02-29", "--02-29"),
        (Datatype("token"), "a b", "a b", "a b"),
    ],
)  # fmt: skip
def test_values(datatype: Datatype, text: str, lexical: str, canonical: str) -> None:
    parser = compile_datatype(datatype)
    assert parser.lexical(text) == lexical
    assert parser.canonical(lexical) == canonical


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [(r"^\d+$", "12", True), (r"^\d+$", "١٢", False), (r"^a$", "a\n", False), (r"\u{1F600}", "😀", True),
     (r"(?<year>[0-9]{4})", "2024", True), ("a/b", "a/b", True), (r"[^]x", "\nx", True), ("[a--b]", "-", True)],
)  # fmt: skip
def test_regular_expressions_are_those_of_ecmascript(pattern: str, text: str, found: bool) -> None:
    assert bool(ecmascript(pattern).search(text)) == found


@pytest.mark.parametrize(
    ("column", "text", "value", "tokens"),
    [
        (Column("a", 1, 1), "", None, ()),
        (Column("a", 1, 1, default="x"), "", "x", ('"x"',)),
        (Column("a", 1, 1, null=("-", "")), "-", None, ()),
        (Column("a", 1, 1, null=("-",)), "", "", ('""',)),
        (Column("a", 1, 1, lang="kk"), "жол", "жол", ('"жол"@kk',)),
        (Column("a", 1, 1, lang="kk", datatype=Datatype("token")), " a  b ", "a b",
         ('"a b"^^<http://www.w3.org/2001/XMLSchema#token>',)),
        (Column("a", 1, 1, separator="|"), "x||y", ("x", "y"), ('"x"', '"y"')),
        (Column("a", 1, 1, separator="|"), "", (), ()),
        (Column("a", 1, 1, separator="|", null=("-",)), "-", None, ()),
        (Column("a", 1, 1, datatype=Datatype("any", id="http://example.org/d")), "x", "x", ('"x"^^<http://example.org/d>',)),
    ],
)  # fmt: skip
def test_cells(column: Column, text: str, value: object, tokens: tuple[str, ...]) -> None:
    cell = CellParser(column).parse(text)
    assert (cell.value, cell.tokens, cell.faults) == (value, tokens, ())


@given(TEXT)
def test_every_text_makes_a_literal_that_can_be_read(text: str) -> None:
    for base in ("string", "token", "decimal", "date", "json"):
        for token in CellParser(Column("a", 1, 1, datatype=Datatype(base), null=())).parse(text).tokens:
            assert parse(token) is not None
