"""Figures compared: which do not agree, how closely their periods match, whether they add up."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.dataset import Dataset
from kzlod.figures import COMPUTED, derive, read_figure
from kzlod.figures.conflicts import GRADES, ConflictSet, comparison, conflict_sets, disagree
from kzlod.figures.consistency import RULES, Verdict, plain, verdict
from kzlod.figures.interval import Interval, exactly, interval
from kzlod.figures.observations import Observation, observations
from kzlod.project import Project
from kzlod.quads import QuadTable
from kzlod.terms import parse
from kzlod.vocab import KZ

D = Decimal
YEARS = {str(year): (f"{year}-01-01", f"{year}-12-31") for year in range(2000, 2030)}
PERIODS = {
    **YEARS,
    "2024q1": ("2024-01-01", "2024-03-31"),
    "2023-2024": ("2023-01-01", "2024-12-31"),
    "late 2024-2025": ("2024-07-01", "2025-06-30"),
    "": ("", ""),
}


def figure(
    written: str,
    period: str = "2024",
    *,
    value: str = "",
    id: str = "a",
    measurement: str = "flow",
    unit: str = "USD",
    about: str = "oslo",
    status: str = "actual",
) -> Observation:
    """A figure as a document might write it; `value` where it is not what the words say."""
    read = read_figure(written)
    assert read is not None
    number = D(value) if value else read.value
    start, end = PERIODS[period]
    return Observation(
        id=f"<http://e/{id}>",
        indicator="<http://e/trade>",
        about=f"<http://e/{about}>",
        counterpart="<http://e/none>",
        status=f"<http://e/{status}>",
        unit=f"<http://e/{unit}>",
        start=start,
        end=end,
        value=number,
        bounded=interval(number, D(0), read.bounds),
        allows=interval(number, read.step, read.bounds),
        measurement=frozenset({measurement}),
    )


# What a figure allows.


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("$30.05 billion", "30045000000", "30055000000"),
        ("62", "61.5", "62.5"),
        ("half", "50", "50"),
        ("more than $41 billion", "41000000000", "Infinity"),
        ("at least 20", "20", "Infinity"),
        ("up to 80 percent", "-Infinity", "80"),
        ("less than 7", "-Infinity", "7"),
        ("nearly 5,500 days", "4950", "5500"),
        ("around $66.5 billion", "59850000000", "73150000000"),
        ("about over 480 billion", "432000000000", "Infinity"),
        ("about 10 at most", "-Infinity", "11"),
    ],
)
def test_what_words_allow(written: str, low: str, high: str) -> None:
    assert figure(written).allows == Interval(D(low), D(high))


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=3),
    st.sampled_from([D(0), D("0.01"), D(1), D(1000)]),
    st.sets(st.sampled_from(["exact", "about", "nearly", "more-than", "at-least", "at-most", "less-than"]), min_size=1),
)
def test_what_is_allowed_holds_the_value_itself(value: Decimal, step: Decimal, bounds: set[str]) -> None:
    if not ({"more-than", "at-least"} & bounds and {"at-most", "less-than"} & bounds) and value >= 0:
        assert interval(value, step, bounds).meets(exactly(value))


_number = st.decimals(min_value=-1000, max_value=1000, places=2)
_interval = st.tuples(_number, _number).map(lambda pair: Interval(min(pair), max(pair)))


@given(_interval, _interval, st.data())
def test_arithmetic_of_intervals_keeps_every_result(one: Interval, other: Interval, data: st.DataObject) -> None:
    a = data.draw(st.decimals(min_value=one.low, max_value=one.high, places=2))
    b = data.draw(st.decimals(min_value=other.low, max_value=other.high, places=2))
    for result, found in ((a + b, one + other), (a - b, one - other), (a * b, one * other)):
        assert found.low <= result <= found.high
    if other.low <= 0 <= other.high:
        with pytest.raises(ZeroDivisionError):
            one / other
    else:
        assert (one / other).low <= a / b <= (one / other).high


def test_arithmetic_without_end() -> None:
    more, less = figure("more than 10").allows, figure("less than 4").allows
    assert more + less == Interval(D("-Infinity"), D("Infinity"))
    assert more - less == Interval(D(6), D("Infinity"))
    assert more * exactly(0) == exactly(0)
    assert exactly(30) / more == Interval(D(0), D(3))
    with pytest.raises(ZeroDivisionError):
        more / less


# Conflicts.


@pytest.mark.parametrize(
    ("one", "other", "grade"),
    [
        ("2024", "2024", "same"),
        ("", "", "same"),
        ("2024", "2023-2024", "overlapping"),
        ("2024", "late 2024-2025", "overlapping"),
        ("2024", "", "undated"),
        ("2023", "2024", ""),
    ],
)
def test_how_periods_compare(one: str, other: str, grade: str) -> None:
    assert comparison(figure("1", one), figure("1", other)) == grade
    assert comparison(figure("1", other), figure("1", one)) == grade


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("$8.7 billion", "$8.8 billion", True),  # 8.75 is rounded to the one or to the other
        ("62", "63", True),
        ("2013", "2014", True),
        ("$8.7 billion", "$8.72 billion", False),  # both can be 8.72
        ("$8.7 billion", "$8.75 billion", False),  # both can be 8.747
        ("$8.7 billion", "$8.76 billion", True),
        ("$9 billion", "$8.7 billion", False),
        ("more than $41 billion", "$43.8 billion", False),
        ("more than $41 billion", "$30.05 billion", True),
        ("up to 80 percent", "81.2 percent", True),
        ("nearly half", "approximately half", False),
        ("nearly half", "half", False),
        ("nearly 5,500 days", "more than 5,500 days", True),
        ("nearly half", "52 percent", True),
        ("approximately half", "52 percent", False),
        ("half", "50.1 percent", True),
        ("second", "main", True),
    ],
)
def test_when_figures_of_one_period_disagree(one: str, other: str, differ: bool) -> None:
    assert disagree(figure(one), figure(other)) is differ
    assert disagree(figure(other), figure(one)) is differ


@pytest.mark.parametrize(
    ("measurement", "one", "other", "differ"),
    [
        ("flow", ("10", "2024q1"), ("30", "2024"), False),  # a part is less than the whole
        ("flow", ("31", "2024q1"), ("30", "2024"), False),  # both can be 30.5
        ("flow", ("32", "2024q1"), ("30", "2024"), True),
        ("flow", ("more than 32", "2024q1"), ("30", "2024"), True),
        ("flow", ("32", "2024q1"), ("more than 30", "2024"), False),
        ("flow", ("90", "2024"), ("10", "late 2024-2025"), False),  # neither is part of the other
        ("flow", ("10", "2024"), ("30", "2024"), True),
        ("flow", ("10", ""), ("30", "2024"), True),
        ("cumulative", ("32", "2024q1"), ("30", "2024"), True),
        ("cumulative", ("10", "2024q1"), ("30", "2024"), False),
        ("stock", ("10", "2024q1"), ("30", "2024"), True),
        ("stock", ("30", "2024q1"), ("30", "2024"), False),
    ],
)
def test_a_flow_over_a_part_is_no_more_than_over_the_whole(
    measurement: str, one: tuple[str, str], other: tuple[str, str], differ: bool
) -> None:
    first, second = (figure(*pair, measurement=measurement) for pair in (one, other))
    assert disagree(first, second) is differ
    assert disagree(second, first) is differ


def found(*figures: Observation) -> list[tuple[str, str, str]]:
    """The conflict sets of figures: key, grade, and the last parts of the members' IRIs."""
    sets = conflict_sets(figures)
    return [(one.key, one.grade, "".join(member.id[-2] for member in one.members)) for one in sets]


KEY = "trade-oslo-actual"
TWO_YEARS = [("1", "2001"), ("9", "2001"), ("2", "2005"), ("8", "2005")]


@pytest.mark.parametrize(
    ("figures", "sets"),
    [
        ([], []),
        ([figure("10", id="a")], []),
        ([figure("10", id="a"), figure("10", id="b")], []),
        ([figure("10", id="a"), figure("12", id="b")], [(KEY, "same", "ab")]),
        # Years that say different things do not disagree; a figure without a year may disagree with each.
        ([figure("10", "2023", id="a"), figure("12", "2024", id="b")], []),
        (
            [figure("10", "2023", id="a"), figure("12", "2024", id="b"), figure("12", "", id="c")],
            [(KEY, "undated", "abc")],
        ),
        # The grade is that of the closest two that disagree.
        ([figure("10", id="a"), figure("12", id="b"), figure("20", "", id="c")], [(KEY, "same", "abc")]),
        ([figure("10", id="a"), figure("10", id="b"), figure("20", "", id="c")], [(KEY, "undated", "abc")]),
        ([figure("40", "2024q1", id="a"), figure("30", id="b")], [(KEY, "overlapping", "ab")]),
        # What differs in a dimension or in the unit is not compared.
        ([figure("10", id="a"), figure("12", id="b", status="target")], []),
        ([figure("10", id="a"), figure("12", id="b", about="lima")], []),
        ([figure("10", id="a"), figure("12", id="b", unit="EUR")], []),
        # Two conflicts of one key: a year here, another there.
        (
            [figure(*said, id=id) for id, said in zip("abcd", TWO_YEARS, strict=True)],
            [(KEY, "same", "ab"), (f"{KEY}-2", "same", "cd")],
        ),
    ],
)  # fmt: skip
def test_conflict_sets(figures: list[Observation], sets: list[tuple[str, str, str]]) -> None:
    assert found(*figures) == sets


_figures = st.lists(
    st.tuples(
        st.sampled_from(["10", "12", "about 11", "more than 11", "up to 9"]),
        st.sampled_from(list(PERIODS)[-6:]),
    ),
    min_size=2,
    max_size=5,
)


@given(_figures, st.sampled_from(["flow", "stock", "cumulative"]), st.randoms())
def test_conflict_sets_do_not_depend_on_the_order(drawn: list[tuple[str, str]], kind: str, random: Random) -> None:
    figures = [figure(words, period, measurement=kind, id=f"{n}") for n, (words, period) in enumerate(drawn)]
    shuffled = random.sample(figures, len(figures))
    assert found(*shuffled) == found(*figures)
    for one in conflict_sets(figures):
        pairs = [(a, b) for a, b in permutations(one.members, 2) if comparison(a, b) and disagree(a, b)]
        assert one.grade == min((comparison(a, b) for a, b in pairs), key=GRADES.index)


def test_spread_and_ratio() -> None:
    [one] = conflict_sets(
        [figure("$8.7 billion", id="a"), figure("$13.5 billion", id="b"), figure("$9 billion", id="c")]
    )
    assert one.spread == 4_800_000_000
    assert one.ratio == D("1.552")
    [other] = conflict_sets([figure("-2%", id="a"), figure("4%", id="b")])
    assert other.spread == 6
    assert other.ratio is None


# Consistency.


def judge(rule: str, result: str | Observation, *operands: str | Observation) -> Verdict:
    made = [figure(one) if isinstance(one, str) else one for one in (result, *operands)]
    return verdict(rule, made[0], made[1:])


HOLDS, ROUNDED, FAILS, CANNOT = "holds", "holds-within-rounding", "does-not-hold", "not-computable"


@pytest.mark.parametrize(
    ("rule", "result", "operands", "code", "expected"),
    [
        ("sum", "$30.05 billion", ("$14.90 billion", "$15.15 billion"), HOLDS, "30050000000"),
        ("sum", "$30.05 billion", ("$14.89 billion", "$15.15 billion"), ROUNDED, "30040000000"),
        ("sum", "$30.05 billion", ("$14.49 billion", "$15.15 billion"), FAILS, "29640000000"),
        ("sum", "more than 20", ("7", "8"), FAILS, "15"),
        ("sum", "20", ("more than 7", "8"), HOLDS, "15"),
        ("sum", "6", ("1", "2", "3"), HOLDS, "6"),
        ("difference", "$0.26 billion", ("$15.15 billion", "$14.89 billion"), HOLDS, "260000000"),
        ("difference", "3", ("10", "6"), ROUNDED, "4"),
        ("difference", "30", ("10", "6"), FAILS, "4"),
        ("product", "250", ("1,000", figure("25%", unit="PERCENT")), HOLDS, "250"),
        ("product", "250", (figure("25%", unit="PERCENT"), "1,000"), HOLDS, "250"),
        ("product", "12", ("3", "4"), HOLDS, "12"),
        ("product", "15", ("3", "4"), ROUNDED, "12"),
        ("product", "40", ("3", "4"), FAILS, "12"),
        ("share", "50%", ("1.5", "3"), HOLDS, "50"),
        ("share", "33.3%", ("10", "30"), ROUNDED, "33.333333"),
        ("share", "nearly one-third", ("10", "30"), HOLDS, "33.333333"),
        ("share", "nearly one-third", ("10", "31"), HOLDS, "32.258065"),
        ("share", "40%", ("10", "30"), FAILS, "33.333333"),
        ("half", "approximately half", (figure("100%"),), HOLDS, "50"),
        ("half", "$47.5 billion", ("$95 billion",), HOLDS, "47500000000"),
        ("half", "$40 billion", ("$95 billion",), FAILS, "47500000000"),
        ("growth", "25%", ("4", "5"), HOLDS, "25"),
        ("growth", "-20%", ("5", "4"), HOLDS, "-20"),
        ("growth", "16.4%", ("155.5", "181"), ROUNDED, "16.398714"),
        ("growth", "80%", ("4.00", "5.00"), FAILS, "25"),
        ("ratio", "tenfold", ("3", "30"), HOLDS, "10"),
        ("ratio", "about 100-fold", ("$400 million", "more than $41 billion"), HOLDS, "102.5"),
        ("ratio", "100-fold", ("$400 million", "$30.05 billion"), FAILS, "75.125"),
        ("duration", "10th anniversary", ("2014", "2024"), HOLDS, "10"),
        ("duration", "15 years", ("2009", "2014"), FAILS, "5"),
        ("duration", figure("nearly 5,500 days", unit="DAY"), (figure("15 years", unit="YR"),), HOLDS, "5478.75"),
        ("duration", figure("15 years", unit="YR"), (figure("5478.75 days", unit="DAY"),), HOLDS, "15"),
        ("within", "$3.53 billion", ("$8.57 billion",), HOLDS, "8570000000"),
        ("within", "9", ("4", "5"), HOLDS, "9"),
        ("within", "10", ("4", "5"), ROUNDED, "9"),
        ("within", "12", ("4", "5"), FAILS, "9"),
        ("within", "12", ("more than 4", "5"), HOLDS, "9"),
        ("sum", "1", ("100000000000000000000000000000000", "1"), FAILS, "100000000000000000000000000000000"),
    ],
)  # fmt: skip
def test_verdicts(
    rule: str,
    result: str | Observation,
    operands: tuple[str | Observation, ...],
    code: str,
    expected: str,
) -> None:
    judged = judge(rule, result, *operands)
    assert judged.expected is not None
    assert (judged.code, plain(judged.expected)) == (code, expected)
    assert judged.reason.startswith(f"expected {expected}, found ")


def test_every_rule_has_a_verdict_of_each_kind() -> None:
    cases = test_verdicts.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {case[0] for case in cases} == set(RULES)
    for rule in RULES:
        assert {HOLDS, FAILS} <= {case[3] for case in cases if case[0] == rule}


@pytest.mark.parametrize(
    ("rule", "result", "operands", "reason"),
    [
        ("guess", "1", ["1"], "there is no rule 'guess'"),
        ("sum", "1", [], "a figure that it needs has no value"),
        ("sum", "1", ["1", None], "a figure that it needs has no value"),
        ("sum", None, ["1"], "a figure that it needs has no value"),
        ("share", "1", ["1"], "the rule takes two operands, not 1"),
        ("growth", "1", ["1", "2", "3"], "the rule takes two operands, not 3"),
        ("share", "1", ["1", "0"], "an operand may be zero"),
        ("ratio", "1", ["less than 4", "1"], "an operand may be zero"),
    ],
)
def test_what_cannot_be_computed(rule: str, result: str | None, operands: list[str | None], reason: str) -> None:
    made = [None if one is None else figure(one) for one in (result, *operands)]
    assert verdict(rule, made[0], made[1:]) == Verdict(CANNOT, None, reason)


_exact = st.decimals(min_value=1, max_value=1000, places=4)


def rounded(value: Decimal, places: str) -> Observation:
    return figure(f"{value.quantize(D(places), ROUND_HALF_EVEN)}")


@given(_exact, _exact, st.sampled_from(["1", "0.1", "0.01"]))
def test_rounding_alone_never_makes_a_sum_fail(one: Decimal, other: Decimal, places: str) -> None:
    for rule, true in (("sum", one + other), ("difference", one - other), ("product", one * other)):
        judged = verdict(rule, rounded(true, places), [rounded(one, places), rounded(other, places)])
        assert judged.code in (HOLDS, ROUNDED), rule


@given(_exact, _exact)
def test_rounding_alone_never_makes_a_share_fail(one: Decimal, other: Decimal) -> None:
    operands = [rounded(one, "0.01"), rounded(other, "0.01")]
    for rule, true in (("share", one / other * 100), ("ratio", other / one), ("growth", other / one * 100 - 100)):
        assert verdict(rule, rounded(true, "0.1"), operands).code in (HOLDS, ROUNDED), rule


# From a table of quads, and into it.

BASE = "https://e.org/"
XSD_DECIMAL = "^^<http://www.w3.org/2001/XMLSchema#decimal>"


def table(*rows: tuple[str, str, str]) -> QuadTable:
    """A table of quads with figures of one indicator: id, value (a token) and words of each."""
    made = QuadTable()
    type_, indicator = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", f"<{BASE}code/indicator/trade>"
    triples = [(indicator, "<http://purl.org/dc/terms/type>", f"<{BASE}code/measurement/flow>")]
    for id, value, words in rows:
        node = f"<{BASE}observation/{id}>"
        bounds = read_figure(words).bounds  # type: ignore[union-attr]
        triples += [
            (node, type_, "<http://purl.org/linked-data/cube#Observation>"),
            (node, f"<{KZ}indicator>", indicator),
            (node, f"<{KZ}about>", f"<{BASE}thing/oslo>"),
            (node, f"<{KZ}status>", f"<{BASE}code/status/actual>"),
            (node, "<http://purl.org/linked-data/sdmx/2009/measure#obsValue>", value),
            (node, f"<{KZ}asWritten>", f'"{words}"'),
            *((node, f"<{KZ}bound>", f"<{BASE}code/bound/{bound}>") for bound in sorted(bounds)),
        ]
    check, operands = f"<{BASE}check/c>", [f"<{BASE}operand/{n}>" for n in (1, 2)]
    triples += [
        (check, type_, f"<{KZ}ConsistencyCheck>"),
        (check, "<http://purl.org/dc/terms/type>", f"<{BASE}code/check-rule/difference>"),
        (check, f"<{KZ}result>", f"<{BASE}observation/a>"),
    ]
    for operand, id, position in zip(operands, "cb", ('"1"', '"2"'), strict=True):
        triples += [
            (check, "<http://schema.org/itemListElement>", operand),
            (operand, "<http://schema.org/item>", f"<{BASE}observation/{id}>"),
            (operand, "<http://schema.org/position>", position),
        ]
    made.add(((s, p, o, "", 1) for s, p, o in triples), made.source("test"))
    derive(made, base=BASE, graph="<http://e/g>")
    return made


def told(made: QuadTable, node: str) -> dict[str, list[str]]:
    """What a node is said to be: the last part of each predicate, and its values."""
    said: dict[str, list[str]] = {}
    for p, o in made.rows("SELECT p, o FROM quads WHERE s = ? ORDER BY ALL", [f"<{BASE}{node}>"]):
        said.setdefault(p.rstrip(">").replace("#", "/").rpartition("/")[2], []).append(parse(o).value)
    return said


def test_what_is_computed() -> None:
    with table(
        ("a", f'"10"{XSD_DECIMAL}', "10"), ("b", f'"12"{XSD_DECIMAL}', "12"), ("c", f'"22.5"{XSD_DECIMAL}', "22.5")
    ) as made:
        assert told(made, "conflict/trade-oslo-actual") == {
            "type": [f"{BASE}code/grade/same", f"{KZ}ConflictSet"],
            "indicator": [f"{BASE}code/indicator/trade"],
            "about": [f"{BASE}thing/oslo"],
            "status": [f"{BASE}code/status/actual"],
            "spread": ["12.5"],
            "ratio": ["2.25"],
            "hadMember": [f"{BASE}observation/{id}" for id in "abc"],
        }
        check = told(made, "check/c")
        assert check["verdict"] == [f"{BASE}code/verdict/holds-within-rounding"]
        assert check["value"] == ["10.5"]
        assert check["description"] == ["expected 10.5, found 10"]
        assert made.where(f"<{BASE}conflict/trade-oslo-actual>") == (COMPUTED, 0)
        assert made.graphs() == ["", "<http://e/g>"]


@pytest.mark.parametrize("value", ['"ten"', f'"NaN"{XSD_DECIMAL}', '"Infinity"', "<http://e/ten>", '"1e999999999"'])
def test_a_figure_without_a_number_is_left_out(value: str) -> None:
    with table(("a", value, "10"), ("b", f'"12"{XSD_DECIMAL}', "12"), ("c", f'"12"{XSD_DECIMAL}', "12")) as made:
        known = observations(made)
        assert {one[-2] for one in known} >= {"b", "c"}
        assert told(made, "check/c")["verdict"] == [f"{BASE}code/verdict/not-computable"]
        assert told(made, "conflict/trade-oslo-actual") == {}


def test_nothing_is_computed_of_nothing() -> None:
    made = QuadTable()
    derive(made, base=BASE, graph="")
    assert len(made) == 0


def members(sets: Iterable[ConflictSet]) -> set[str]:
    return {member.id.rpartition("/")[2].rstrip(">") for one in sets for member in one.members}


def test_the_reference_dataset_keeps_what_disagrees() -> None:
    """Both values of trade in a year without a date stand beside the dated ones."""
    known = observations(Dataset.open(Project.reference()).table)
    kept = members(conflict_sets(known.values()))
    assert {"bilateral-trade-undated-002", "bilateral-trade-2024-002"} <= kept
