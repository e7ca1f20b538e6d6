"""`kzlod align`: candidates, decisions, links visited again, what links bring in; against real `oxigraph` servers."""

from __future__ import annotations

import csv
import datetime
import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from kzlod import sssom
from kzlod.align import ACCEPTED, REJECTED, Alignment, Asker, Review, Settings, Wikidata, align
from kzlod.align.candidates import Report
from kzlod.align.names import likeness, normal, spellings
from kzlod.align.score import SURE
from kzlod.dataset import Dataset
from kzlod.errors import FindingsError, ProjectError, RemoteError
from kzlod.project import Project
from kzlod.query.results import Table
from kzlod.remote.endpoint import Endpoint
from kzlod.remote.patience import Patience
from kzlod.sssom import CANDIDATES
from tests.conftest import SHARED
from tests.editing import ROOT
from tests.stores import Store, oxigraph
from tests.towns import HEADER, PREFIXES, TOML, WD, fill, mapping_set, towns
from tests.web import served

Run = Callable[..., Result]
INVENTED = f"""{PREFIXES}
# All of it is invented: countries, towns and companies that are nowhere, under numbers that Wikidata has not reached.
wd:Q9001 rdfs:label "city"@en . wd:Q9002 rdfs:label "country"@en . wd:Q9003 rdfs:label "company"@en .
wd:Q9004 rdfs:label "river city"@en ; wdt:P279 wd:Q9005 . wd:Q9005 wdt:P279 wd:Q9001 .
wd:Q9010 rdfs:label "Northland"@en ; wdt:P31 wd:Q6256 . wd:Q9011 rdfs:label "Southland"@en ; wdt:P31 wd:Q6256 .
# A border town: one name, two sides.
wd:Q9020 rdfs:label "Gate"@en, "Ворота"@ru ; wdt:P31 wd:Q9001 ; wdt:P17 wd:Q9010 .
wd:Q9021 rdfs:label "Gate"@en, "Ворота"@ru ; wdt:P31 wd:Q9001 ; wdt:P17 wd:Q9011 .
# A company and a city of one name.
wd:Q9030 rdfs:label "Alder"@en, "Ольха"@ru ; wdt:P31 wd:Q9003 .
wd:Q9031 rdfs:label "Alder"@en, "Ольха"@ru ; wdt:P31 wd:Q9004 .
# Two cities that only where they lie tells apart.
wd:Q9040 rdfs:label "Twin"@en ; wdt:P31 wd:Q9001 ; wdt:P625 "Point(10.0 50.0)"^^geo:wktLiteral .
wd:Q9041 rdfs:label "Twin"@en ; wdt:P31 wd:Q9001 ; wdt:P625 "Point(10.0 55.0)"^^geo:wktLiteral .
# Two cities that nothing tells apart.
wd:Q9050 rdfs:label "Echo"@en, "Эхо"@ru ; wdt:P31 wd:Q9001 .
wd:Q9051 rdfs:label "Echo"@en, "Эхо"@ru ; wdt:P31 wd:Q9001 .
# A company that has another name, but the identifier; and one that has the name alone.
wd:Q9060 rdfs:label "Pine Holding"@en ; wdt:P31 wd:Q9003 ; wdt:P1278 "LEI-1" .
wd:Q9061 rdfs:label "Pine"@en ; wdt:P31 wd:Q9003 .
# Known by its description and an alias; a label in all languages at once.
wd:Q9070 rdfs:label "City of Millbrook"@en, "Милбрук"@ru ; skos:altLabel "Millbrook"@en ;
    schema:description "small city in Northland"@en .
wd:Q9080 rdfs:label "Xi'an–Upon-Stour"@mul ; wdt:P31 wd:Q9001 ; wdt:P17 wd:Q9010 .
# Merged into another one.
wd:Q9090 owl:sameAs wd:Q9091 . wd:Q9091 rdfs:label "Merged"@en ; wdt:P31 wd:Q9001 .
wd:Q9092 rdfs:label "Renamed Altogether"@en, "梅里"@zh-hans ; wdt:P31 wd:Q9001 .
wd:Q9093 rdfs:label "Full"@en, "Полный"@ru, "满"@zh-hans, "滿"@zh ; wdt:P31 wd:Q9001 ;
    wdt:P625 "Point(12.34567 51.5)"^^geo:wktLiteral .
wd:Q9094 rdfs:label "Nordique"@fr .
"""


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with oxigraph(tmp_path_factory.mktemp("invented")) as store:
        fill(store, INVENTED.encode())
        yield store


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def asker(store: Store, cache: Path | None = None, **options: object) -> Asker:
    return Asker(Endpoint(store.query), cache=cache, pause=0, **options)  # type: ignore[arg-type]


def aligned(project: Project, asked: Asker, **options: object) -> Alignment:
    with Dataset.open(project) as dataset:
        wikidata = Wikidata(asked, project.languages)
        return align(dataset.sound(), Settings.of(project), wikidata, **options)  # type: ignore[arg-type]


def found(project: Project, store: Store) -> dict[tuple[str, str], tuple[float, str]]:
    """By thing and item: the confidence, and the explanation."""
    return {
        (each.thing.id.rpartition("/")[2], each.item.id): (each.confidence, each.judgement.explanation)
        for each in aligned(project, asker(store)).candidates
    }


# --- real data -------------------------------------------------------------------------------------------------------


def verified() -> list[dict[str, str]]:
    path = SHARED / "wikidata" / "verified.csv"
    if not path.is_file():
        pytest.skip("the confirmed items are not here: ../shared/wikidata")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def published() -> dict[str, str]:
    mappings, findings = sssom.read(ROOT / ACCEPTED, shown=ACCEPTED)
    assert not findings
    assert {row["predicate_id"] for row in mappings.rows} == {"skos:exactMatch"}
    return {row["subject_id"]: row["object_id"].removeprefix("wd:") for row in mappings.rows}


def test_each_published_link_is_confirmed_and_each_confirmed_one_that_applies_is_published() -> None:
    confirmed = {row["qid"]: row for row in verified()}
    links = published()
    assert set(links.values()) <= set(confirmed)
    assert len(set(links.values())) == len(links)
    with (ROOT / "data" / "things.csv").open(encoding="utf-8", newline="") as file:
        things = {f"thing:{row['id']}": row for row in csv.DictReader(file)}
    by_name: dict[str, set[str]] = {}
    for id_, thing in things.items():
        for name in (thing["label_en"], *thing["alt_labels"].split("|")):
            by_name.setdefault(normal(name), set()).add(id_)
    for qid, row in confirmed.items():
        if qid not in links.values():
            assert not by_name.get(normal(row["label_en"])), row["label_en"]
    for id_, qid in links.items():
        names = [things[id_]["label_en"], *things[id_]["alt_labels"].split("|"), things[id_]["label_zh"]]
        theirs = [confirmed[qid]["label_en"], confirmed[qid]["label_zh"] or "?"]
        assert max(likeness(one, other) for one in names for other in theirs) == 1 or id_ == "thing:united-states"


@pytest.fixture(scope="module")
def wikidata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The real statements, and of confirmed items that these lack the labels and the type that were confirmed.

    What is called like them, and is something else, is there too: some of it real, the rest invented.
    """
    entities = SHARED / "wikidata" / "entities.nt"
    confirmed = verified()
    content = entities.read_bytes()
    with oxigraph(tmp_path_factory.mktemp("wikidata")) as store:
        fill(store, content, "application/n-triples")
        lines = [PREFIXES]
        for row in confirmed:
            if f"<{WD}{row['qid']}>".encode() not in content:
                names = {tag: row[f"label_{tag}"] for tag in ("en", "kk", "ru", "zh") if row[f"label_{tag}"]}
                lines += [f'wd:{row["qid"]} rdfs:label "{name}"@{tag} .' for tag, name in names.items()]
                lines.append(f'wd:{row["qid"]} schema:description "{row["type"]}"@en .')
        lines.append("""
wd:Q29520 rdfs:label "China"@en, "Қытай"@kk, "Китай"@ru, "中国"@zh ;
    schema:description "cultural region in East Asia"@en .
wd:Q13426199 rdfs:label "Republic of China"@en ; schema:description "country in East Asia"@en .
# Invented from here on.
wd:Q99000001 rdfs:label "Astana"@en, "Астана"@ru, "Астана"@kk ; schema:description "football club"@en .
wd:Q99000002 rdfs:label "Almaty"@en, "Алматы"@ru, "Алматы"@kk ; wdt:P31 wd:Q11424 .
wd:Q99000003 rdfs:label "Khorgos"@en, "Хоргос"@ru ; schema:description "city"@en .
wd:Q99000004 rdfs:label "Khorgos"@en, "Хоргос"@ru ; schema:description "city"@en .
wd:Q99000005 rdfs:label "Turkey"@en ; schema:description "bird"@en .
wd:Q99000006 rdfs:label "Eurasia"@en ; schema:description "film about a region"@en .
wd:Q99000007 rdfs:label "Atasu"@en, "Атасу"@ru ; schema:description "river"@en .
""")
        fill(store, "\n".join(lines).encode())
        yield store


def test_precision_before_recall(wikidata: Store, tmp_path: Path, project: Path, kzlod: Run) -> None:
    """On all confirmed links, those in the store and those that are not: what is sure is right."""
    result = kzlod("align", "--project", project, "--endpoint", wikidata.query, "--pause", "0")
    assert result.exit_code == 0, result.output
    report = re.search(r"precision (\S+) \((\d+) of (\d+) sure\), recall (\S+) \((\d+) of (\d+)\)", result.stdout)
    assert report, result.stdout
    precision, right, sure, recall, _, known = report.groups()
    assert float(precision) == 1.0
    assert int(right) == int(sure)
    assert int(known) == len(published())
    assert float(recall) >= 0.55
    # With no link accepted yet, the same items are found, and no other is sure.
    (project / ACCEPTED).unlink()
    again = kzlod("align", "--project", project, "--endpoint", wikidata.query, "--pause", "0")
    assert again.exit_code == 0, again.output
    mappings, _ = sssom.read(project / CANDIDATES, shown=CANDIDATES)
    candidates = [row for row in mappings.rows if float(row["confidence"]) >= SURE]
    links = published()
    assert {row["subject_id"]: row["object_id"].removeprefix("wd:") for row in candidates}.items() <= links.items()
    assert len(candidates) == int(sure)


def test_what_is_not_confirmed_stays_unlinked(kzlod: Run) -> None:
    for name in ("khorgos", "altynkol", "china-studies-center", "universal-energy", "belt-and-road-initiative"):
        assert f"thing:{name}" not in published()
    question = "SELECT ?o { thing:astana skos:exactMatch ?o }"
    assert f"{WD}Q1520" in kzlod("sparql", question, "--project", ROOT, "--format", "csv").stdout


# --- evidence --------------------------------------------------------------------------------------------------------


def test_a_city_is_no_company(invented: Store, tmp_path: Path) -> None:
    alders = {"id": "alder", "label_ru": "Ольха"}, {"id": "alder-company", "label": "Alder", "kind": "company"}
    pairs = found(towns(tmp_path / "p", *alders), invented)
    assert set(pairs) == {("alder", "Q9031"), ("alder-company", "Q9030")}
    confidence, why = pairs["alder", "Q9031"]
    assert confidence >= SURE
    assert why == "Label “Alder” is its label (en, ru); its type fits: river city (Q9004)"


def test_the_side_of_a_border_town(invented: Store, tmp_path: Path) -> None:
    things = [
        {"id": "northland", "kind": "country"},
        {"id": "gate", "in": "northland", "label_ru": "Ворота"},
        {"id": "gate-2", "label": "Gate"},
    ]
    pairs = found(towns(tmp_path / "p", *things, links="northland Q9010"), invented)
    confidence, why = pairs["gate", "Q9020"]
    assert confidence >= SURE
    assert "it lies where ours does: Northland (Q9010)" in why
    assert ("gate", "Q9021") not in pairs, "the other side is no candidate"
    for item in ("Q9020", "Q9021"):
        confidence, why = pairs["gate-2", item]
        assert confidence < SURE, "where nothing is known of the side, none is sure"


def test_where_it_lies_tells_twins_apart(invented: Store, tmp_path: Path) -> None:
    points = [["twin", "50.01", "10.01", "POINT(10.01 50.01)", "a register"]]
    pairs = found(towns(tmp_path / "p", {"id": "twin"}, points=points), invented)
    assert set(pairs) == {("twin", "Q9040")}
    assert pairs["twin", "Q9040"][0] >= SURE
    assert "it lies 1 km away" in pairs["twin", "Q9040"][1]


def test_nothing_tells_them_apart(invented: Store, tmp_path: Path) -> None:
    pairs = found(towns(tmp_path / "p", {"id": "echo", "label_ru": "Эхо"}), invented)
    assert set(pairs) == {("echo", "Q9050"), ("echo", "Q9051")}
    for item, other in (("Q9050", "Q9051"), ("Q9051", "Q9050")):
        confidence, why = pairs["echo", item]
        assert confidence < SURE
        assert f"nothing tells it from another item with such a name: Echo ({other})" in why


def test_two_things_are_not_one_item(invented: Store, tmp_path: Path) -> None:
    things = [{"id": "alder", "label_ru": "Ольха"}, {"id": "alder-2", "label": "Alder", "label_ru": "Ольха"}]
    pairs = found(towns(tmp_path / "p", *things), invented)
    assert {confidence < SURE for confidence, _ in pairs.values()} == {True}
    assert "another thing with such a name: Alder (alder-2)" in pairs["alder", "Q9031"][1]


def test_identifiers_first(invented: Store, tmp_path: Path) -> None:
    pine = {"id": "pine", "kind": "company", "lei": "LEI-1", "alt": "Pine Holding"}
    project = towns(tmp_path / "p", pine)
    [candidate] = aligned(project, asker(invented)).candidates
    assert candidate.item.id == "Q9060", "the one that has the name alone is not looked for"
    assert candidate.confidence >= SURE
    assert candidate.judgement.explanation.startswith("Both have P1278 “LEI-1”; alias “Pine Holding” is its label")
    assert candidate.judgement.justification == "semapv:BackgroundKnowledgeBasedMatching"
    towns(tmp_path / "q", {**pine, "alt": "", "label": "Quite Another"})
    [candidate] = aligned(Project.read(tmp_path / "q"), asker(invented)).candidates
    assert candidate.confidence < SURE, "an identifier may be mistyped: a name must bear it out"


def test_descriptions_and_names_in_all_languages(invented: Store, tmp_path: Path) -> None:
    things = [
        {"id": "millbrook", "label_ru": "Милбрук"},
        {"id": "stour", "label": "Xi’an-upon-Stour", "alt": "Xi'an–Upon-Stour"},
    ]
    pairs = found(towns(tmp_path / "p", *things), invented)
    assert pairs["millbrook", "Q9070"][1].endswith("its description says “city”")
    assert ("stour", "Q9080") in pairs


def test_what_is_of_no_kind_listed_is_not_looked_for(invented: Store, tmp_path: Path) -> None:
    assert not found(towns(tmp_path / "p", {"id": "alder", "kind": "tree"}), invented)


def test_report() -> None:
    assert (Report(4, 0, 0, ()).precision, Report(4, 0, 0, ()).recall) == (1.0, 0.0)
    assert (Report(4, 2, 1, (("a", "Q1"),)).precision, Report(4, 2, 1, ()).recall) == (0.5, 0.25)


def test_a_wrong_link_lowers_the_precision(invented: Store, tmp_path: Path) -> None:
    project = towns(tmp_path / "p", {"id": "alder", "label_ru": "Ольха"}, links="alder Q9050")
    assert aligned(project, asker(invented)).report == Report(1, 1, 0, (("https://e.org/thing/alder", "Q9031"),))


@given(st.text(max_size=12), st.text(max_size=12))
def test_names(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert normal(normal(one)) == normal(one)
    assert one == "" or one in spellings(one)
    assert len(spellings(one)) <= 32


# --- asking ----------------------------------------------------------------------------------------------------------


class _Breaking(Asker):
    """Asks as the other does, notes the questions, and breaks off after some."""

    def __init__(self, *arguments: object, after: int = 1000, **options: object) -> None:
        super().__init__(*arguments, pause=0, **options)  # type: ignore[arg-type]
        self.questions: list[str] = []
        self._after = after

    def rows(self, query: str) -> Table:
        if len(self.questions) == self._after:
            raise KeyboardInterrupt
        self.questions.append(query)
        return super().rows(query)


def test_portable_queries_kept_and_resumed(invented: Store, tmp_path: Path) -> None:
    things = [{"id": "alder", "label_ru": "Ольха"}, {"id": "echo"}, {"id": "pine", "kind": "company", "lei": "LEI-1"}]
    project, cache = towns(tmp_path / "p", *things), tmp_path / "cache"
    whole = _Breaking(Endpoint(invented.query), cache=cache / "whole")
    expected = aligned(project, whole)
    assert whole.asked == len(whole.questions) > 3
    for question in whole.questions:
        assert not re.search(r"SERVICE|wikibase|bd:|hint|REGEX|LIMIT", question)
    for after in range(1, whole.asked):
        broken = _Breaking(Endpoint(invented.query), cache=cache / str(after), after=after)
        with pytest.raises(KeyboardInterrupt):
            aligned(project, broken)
        rest = _Breaking(Endpoint(invented.query), cache=cache / str(after))
        assert aligned(project, rest) == expected
        assert rest.asked == whole.asked - after
    again = asker(invented, cache / "whole")
    assert aligned(project, again) == expected
    assert again.asked == 0
    assert asker(invented, cache / "whole", refresh=True).rows(whole.questions[0])
    for kept in (cache / "whole").iterdir():
        os.utime(kept, (0, 0))
    old = asker(invented, cache / "whole")
    assert aligned(project, old) == expected
    assert old.asked == whole.asked


def test_pauses_and_retry_after(tmp_path: Path) -> None:
    slept: list[float] = []
    answer = b'{"head": {"vars": ["item"]}, "results": {"bindings": []}}'
    (tmp_path / "sparql").write_bytes(answer)
    with served(tmp_path) as site:
        site.behaviours["sparql"] = [
            lambda handler, _: handler.answer(429, b"", {"retry-after": "7"}),
            *[lambda handler, data: handler.answer(200, data, {"content-type": "application/sparql-results+json"})] * 2,
            lambda handler, _: handler.answer(200, b"<p>", {"content-type": "text/html"}),
        ]
        endpoint = Endpoint(f"{site.url}sparql", patience=Patience(sleep=slept.append))
        asked = Asker(endpoint, cache=tmp_path / "cache", pause=3, sleep=slept.append)
        assert asked.rows("SELECT ?item {}").rows == ()
        assert slept == [0, 7]
        asked.rows("SELECT ?item { }")
        assert 2 < slept[2] <= 3, "two questions are not asked at once"
        with pytest.raises(RemoteError, match="a page of HTML"):
            asked.rows("SELECT ?other {}")
        assert len(list((tmp_path / "cache").iterdir())) == 2, "what is no answer is not kept"
        assert all(headers["user-agent"].startswith("kzlod/") for _, headers in site.requests)


VALIDATE = """
import json, sys
from sssom.constants import DEFAULT_VALIDATION_TYPES
from sssom.parsers import parse_sssom_table
from sssom.validators import validate
said = []
for path in sys.argv[1:]:
    try:
        validate(parse_sssom_table(path), validation_types=DEFAULT_VALIDATION_TYPES)
        said.append("")
    except Exception as error:
        said.append(repr(error))
print(json.dumps(said))
"""


# --- the files -------------------------------------------------------------------------------------------------------


def run_align(kzlod: Run, project: Project, store: Store, *more: object) -> Result:
    return kzlod("align", *more, "--project", project.root, "--endpoint", store.query, "--pause", "0")


def rows(project: Project, file: str) -> list[dict[str, str]]:
    mappings, findings = sssom.read(project.root / file, shown=file)
    assert not findings
    return [dict(row.cells) for row in mappings.rows]


@pytest.fixture(scope="session")
def validate() -> Callable[..., list[str]]:
    """Runs the `sssom` package's own validation, in a process of its own; returns what it has to say of each file."""
    python = Path(sys.prefix) / "sssom" / "bin" / "python"
    assert python.is_file(), "sssom is not installed; run `make dev`"

    def run(*paths: Path) -> list[str]:
        done = subprocess.run([python, "-c", VALIDATE, *paths], capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr[-2000:]
        said: list[str] = json.loads(done.stdout.splitlines()[-1])
        return said

    return run


def test_sssom_says_that_the_files_are_valid(
    invented: Store, tmp_path: Path, kzlod: Run, validate: Callable[..., list[str]]
) -> None:
    project = towns(tmp_path / "p", {"id": "alder", "label_ru": "Ольха"}, {"id": "echo"}, {"id": "twin"})
    assert run_align(kzlod, project, invented).exit_code == 0
    assert len(rows(project, CANDIDATES)) == 5
    review = kzlod("align", "review", "--project", project.root, "--by", "0000-0002-1825-0097", input="arl")
    assert review.exit_code == 0, review.output
    bad = tmp_path / "bad.sssom.tsv"
    bad.write_text(mapping_set("a Q1").replace("ManualMapping", "Mumble"), "utf-8")
    made = [project.root / file for file in (CANDIDATES, ACCEPTED, REJECTED)]
    *good, wrong = validate(*made, ROOT / ACCEPTED, bad)
    assert good == [""] * 4
    assert "validation errors" in wrong


def test_rows_of_persons_stay(invented: Store, tmp_path: Path, kzlod: Run) -> None:
    project = towns(tmp_path / "p", {"id": "alder", "label_ru": "Ольха"}, {"id": "echo"})
    path = project.root / CANDIDATES
    own = "thing:echo\tskos:closeMatch\twd:Q9051\tsemapv:ManualMappingCuration\tlooks right\tmine"
    header = HEADER + "# see_also: [https://e.org/notes]\n"
    columns = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tcomment\tmy_column"
    path.write_text(mapping_set(own, header=header, columns=columns), "utf-8")
    result = run_align(kzlod, project, invented)
    assert result.stdout == "data/links/candidates.sssom.tsv: 3 candidates for 2 of 2 things without a link, 1 sure\n"
    text = path.read_text("utf-8")
    assert text.startswith(header)
    written = rows(project, CANDIDATES)
    assert [(row["subject_id"], row["object_id"], row.get("my_column")) for row in written] == [
        ("thing:alder", "wd:Q9031", None),
        ("thing:echo", "wd:Q9051", "mine"),
        ("thing:echo", "wd:Q9050", None),
    ]
    assert written[0]["mapping_date"] == "2026-01-31", "the project's date, not the clock's"
    assert run_align(kzlod, project, invented, "--refresh").exit_code == 0
    assert path.read_text("utf-8") == text, "the same candidates make the same bytes"


BAD = {
    "an unknown predicate": (
        mapping_set("thing:echo\tskos:perfectMatch\twd:Q9050\tsemapv:ManualMappingCuration"),
        "7: predicate_id: skos:perfectMatch is no predicate of a link; use skos:exactMatch, closeMatch, broadMatch,"
        " narrowMatch, relatedMatch or owl:sameAs",
    ),
    "a doubled row": (
        mapping_set("echo Q9050\nalder Q9031\necho Q9050"),
        "9: says what line 7 says: thing:echo skos:exactMatch wd:Q9050; take one of the two out",
    ),
    "no header": (
        mapping_set("echo Q9050", header=""),
        "1: has no header: no line of metadata that begins with #; begin it with lines such as `# mapping_set_id: …`,"
        " `# license: …` and `# curie_map:`",
    ),
    "a header that is no YAML": (mapping_set("a Q1", header="# a: [\n"), "2: its header is no YAML"),
    "a header without a licence": (
        mapping_set("a Q1", header=HEADER.replace("license", "licence")),
        "1: its header has no license; add a line `# license: https://…`",
    ),
    "an unknown prefix": (
        mapping_set("thing:echo\tskos:exactMatch\twikidata:Q9050\tsemapv:ManualMappingCuration"),
        "7: object_id: the header declares no prefix 'wikidata'; add a line `#   wikidata: https://…` below"
        " `# curie_map:`, or correct the prefix",
    ),
    "an IRI in place of a CURIE": (
        mapping_set(f"thing:echo\tskos:exactMatch\t{WD}Q9050\tsemapv:ManualMappingCuration"),
        f"7: object_id: '{WD}Q9050' is no CURIE; write PREFIX:NAME, with a prefix that the header declares",
    ),
    "a CURIE that makes no IRI": (
        mapping_set("thing:echo\tskos:exactMatch\twd:Q1>\tsemapv:ManualMappingCuration"),
        f"7: object_id: wd:Q1> stands for {WD}Q1>, which is no IRI; correct the name, or the prefix in the header",
    ),
    "a header with a date that is none": (mapping_set("a Q1", header="# a: 2026-13-45\n"), "1: its header is no YAML"),
    "an empty cell": (
        mapping_set("thing:echo\tskos:exactMatch\t\tsemapv:ManualMappingCuration"),
        "7: object_id: is empty; fill it in, or take the row out",
    ),
    "commas": (
        mapping_set("", columns="subject_id,predicate_id,object_id,mapping_justification"),
        "6: has no column subject_id, predicate_id, object_id, mapping_justification; add it; tabs stand between the"
        " columns, not commas or spaces",
    ),
    "too many cells": (
        mapping_set("thing:echo\tskos:exactMatch\twd:Q9050\tsemapv:ManualMappingCuration\tx"),
        "7: has 5 cells, and there are 4 columns; take out a tab, or name the column",
    ),
    "an open quotation mark": (
        mapping_set('thing:echo\tskos:exactMatch\twd:Q9050\t"semapv:ManualMappingCuration\nalder Q9031'),
        "7: has a quotation mark that is not closed in its line; close it, or write it twice where it is part of the"
        " text",
    ),
    "another justification": (
        mapping_set("thing:echo\tskos:exactMatch\twd:Q9050\tsemapv:Guess"),
        "7: mapping_justification: semapv:Guess is none; use semapv:ManualMappingCuration for a link made by hand",
    ),
    "a confidence in percent": (
        mapping_set(
            "thing:echo\tskos:exactMatch\twd:Q9050\tsemapv:LexicalMatching\t90%",
            columns="subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence",
        ),
        "7: confidence: '90%' is no number from 0 to 1; correct it, or leave it empty",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_edited_by_hand(name: str, invented: Store, tmp_path: Path, kzlod: Run) -> None:
    text, message = BAD[name]
    project = towns(tmp_path / "p", {"id": "echo"}, {"id": "alder"})
    for file in (CANDIDATES, ACCEPTED):
        path = project.root / file
        path.write_text(text, "utf-8")
        for command in (
            ["align"],
            ["align", "review", "--by", "me"],
            ["align", "check"],
            ["align", "enrich"],
            ["check"],
        ):
            if file == CANDIDATES and command[1:] not in ([], ["review", "--by", "me"]):
                continue
            endpoint = ["--endpoint", invented.query] if command[0] == "align" and "--by" not in command else []
            result = kzlod(*command, *endpoint, "--project", project.root, input="a")
            if command == ["align"] and file == ACCEPTED:
                continue
            if command == ["check"] and file == CANDIDATES:
                assert result.exit_code == 0
                continue
            assert result.exit_code == 1, (command, result.output)
            assert f"{file}:{message}" in result.output, command
            assert path.read_text("utf-8") == text, "nothing is written over it"
        path.unlink()


@given(st.lists(st.tuples(*[st.text(alphabet='ab\t"#\n:é', max_size=4)] * 4), max_size=5))
def test_no_text_breaks_the_reader(cells: list[tuple[str, ...]]) -> None:
    text = mapping_set("a Q1") + "\n".join("\t".join(row) for row in cells)
    reader = sssom._Reader("x")
    for row in reader.read(text).rows:
        assert set(sssom.REQUIRED) <= set(row.cells)


@given(
    st.dictionaries(
        st.sampled_from(["comment", "other", "mine"]),
        st.text(alphabet='ab "é,|=', min_size=1).map(str.strip).filter(bool),
    )
)
def test_what_is_written_is_read_again(more: dict[str, str]) -> None:
    row = dict(zip(sssom.REQUIRED, ["e:a", "skos:exactMatch", "e:b", "semapv:LexicalMatching"], strict=True)) | more
    header = {"mapping_set_id": "https://e/s", "license": "https://e/l", "curie_map": {"e": "https://e/"}}
    reader = sssom._Reader("x")
    [again] = reader.read(sssom.dump(header, [row])).rows
    assert (dict(again.cells), reader.findings) == (row, [])


# --- review ----------------------------------------------------------------------------------------------------------

CANDIDATE = (
    "subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tmapping_justification\tconfidence\tcomment"
)


def proposed(folder: Path) -> Project:
    """A project with four candidates, of confidence 0.9 to 0.6."""
    project = towns(folder, *({"id": name} for name in ("alder", "echo", "gate", "twin")))
    pairs = [("alder", "Q9031"), ("echo", "Q9050"), ("gate", "Q9020"), ("twin", "Q9040")]
    lines = [
        f"thing:{name}\t{name}\tskos:exactMatch\twd:{item}\t{name}\tsemapv:LexicalMatching\t0.{9 - number}\tAlike"
        for number, (name, item) in enumerate(pairs)
    ]
    (folder / CANDIDATES).write_text(mapping_set("\n".join(lines), columns=CANDIDATE), "utf-8")
    return project


def test_review(tmp_path: Path, kzlod: Run, invented: Store) -> None:
    project = proposed(tmp_path / "p")
    before = datetime.date.today()
    result = kzlod("align", "review", "--project", project.root, "--by", "Ada", input="a?r\nls" + "q")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("1 accepted, 1 rejected, 1 left\n")
    assert re.findall(r"\d left: .*\? (\w+)", result.stdout) == ["accept", "reject", "later", "skip", "quit"]
    [link] = rows(project, ACCEPTED)
    assert (link["subject_id"], link["object_id"], link["reviewer_label"]) == ("thing:alder", "wd:Q9031", "Ada")
    assert before.isoformat() <= link["review_date"] <= datetime.date.today().isoformat()
    assert link["mapping_justification"] == "semapv:MappingReview"
    [no] = rows(project, REJECTED)
    assert (no["subject_id"], no["predicate_modifier"], no["object_id"]) == ("thing:echo", "Not", "wd:Q9050")
    assert [row["subject_id"] for row in rows(project, CANDIDATES)] == ["thing:gate", "thing:twin"]
    # What was accepted is published, what was rejected is not, and neither is proposed again.
    with Dataset.open(Project.read(project.root)) as dataset:
        links = dataset.table.rows("SELECT s, o FROM quads WHERE p LIKE '%exactMatch>'")
    assert links == [("<https://e.org/thing/alder>", f"<{WD}Q9031>")]
    assert run_align(kzlod, project, invented).exit_code == 0
    assert not {("thing:alder", "wd:Q9031"), ("thing:echo", "wd:Q9050")} & {
        (row["subject_id"], row["object_id"]) for row in rows(project, CANDIDATES)
    }


def test_accepting_one_answers_for_its_rivals(tmp_path: Path) -> None:
    project = towns(tmp_path / "p", {"id": "echo"})
    lines = [f"thing:echo\techo\tskos:exactMatch\twd:Q{n}\techo\tsemapv:LexicalMatching\t0.5\tx" for n in (9050, 9051)]
    (project.root / CANDIDATES).write_text(mapping_set("\n".join(lines), columns=CANDIDATE), "utf-8")
    review = Review(project, reviewer="Ada", today=datetime.date(2026, 1, 1))
    review.accept()
    assert review.question is None
    assert [row["object_id"] for row in rows(project, ACCEPTED)] == ["wd:Q9050"]


def test_review_without_candidates(tmp_path: Path, kzlod: Run) -> None:
    project = towns(tmp_path / "p", {"id": "echo"})
    result = kzlod("align", "review", "--project", project.root, "--by", "Ada")
    assert (result.exit_code, result.stdout) == (0, "there are no candidates; `kzlod align` looks for some\n")


@contextmanager
def terminal(*arguments: object) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The command line on a terminal of its own."""
    ours, theirs = pty.openpty()
    command = [Path(sys.executable).with_name("kzlod"), *map(str, arguments)]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def until(terminal: int, text: str, *, seconds: float = 30) -> str:
    """What a terminal shows until some text is there."""
    shown = b""
    while text.encode() not in shown:
        assert select.select([terminal], [], [], seconds)[0], shown.decode("utf-8", "replace")
        shown += os.read(terminal, 4096)
    return shown.decode("utf-8", "replace")


def press(terminal: int, key: bytes) -> None:
    """Press a key when the program waits for one: before that, a terminal waits for a whole line."""
    while termios.tcgetattr(terminal)[3] & termios.ICANON:
        time.sleep(0.01)
    os.write(terminal, key)


def test_review_on_a_terminal(tmp_path: Path) -> None:
    """One key each, without the return key."""
    project = proposed(tmp_path / "p")
    with terminal("align", "review", "--project", project.root, "--by", "Ada") as (process, keyboard):
        shown = until(keyboard, "4 left: a accept, r reject, s skip, l later, q quit? ")
        assert "alder  thing:alder" in shown
        assert "alder  wd:Q9031" in shown
        assert "0.9: Alike" in shown
        press(keyboard, b"a")
        until(keyboard, "3 left: ")
        assert rows(project, ACCEPTED), "each decision is written at once"
        press(keyboard, b"q")
        until(keyboard, "1 accepted, 0 rejected, 3 left")
        assert process.wait(10) == 0


# --- check and enrich ------------------------------------------------------------------------------------------------


def test_check(invented: Store, tmp_path: Path, kzlod: Run) -> None:
    things = [
        {"id": "gone"},
        {"id": "merged"},
        {"id": "alder", "label_ru": "Ольха"},
        {"id": "mirny", "label_zh": "和平"},
        {"id": "full"},
        {"id": "northern"},
        {"id": "property"},
    ]
    links = "gone Q9999\nmerged Q9090\nalder Q9030\nmirny Q9092\nfull Q9093\nnorthern Q9094\nproperty P31"
    project = towns(tmp_path / "p", *things, links=links)
    result = run_align(kzlod, project, invented, "check")
    assert result.exit_code == 1, result.output
    assert result.stdout.splitlines() == [
        f"{ACCEPTED}:7: object_id: Q9999: {invented.query} has no such item: it was deleted, or never was; take the"
        " link out, or link to what is there",
        f"{ACCEPTED}:8: object_id: Q9090: was merged into Q9091; write wd:Q9091, if that is still the same",
        f"{ACCEPTED}:9: object_id: Q9030: is company (Q9003) now, and the thing is city; look whether it is still the"
        " same; if it is, add the type to [align.types]",
        f"{ACCEPTED}:10: object_id: Q9092: is called “Renamed Altogether” now, which is not like “Mirny”; look whether"
        " it is still the same",
        f"{ACCEPTED}:13: object_id: P31: is no item: its id would be Q and digits; correct it, or take the link out",
    ]
    assert result.stderr == "7 links, 5 findings\n"
    as_json = json.loads(run_align(kzlod, project, invented, "check", "--json").stdout)
    assert [(each["code"], each["severity"], each["row"]) for each in as_json] == [
        ("align.deleted", "error", 7),
        ("align.redirected", "error", 8),
        ("align.type", "error", 9),
        ("align.label", "warning", 10),
        ("align.item", "error", 13),
    ]
    fine = towns(tmp_path / "q", {"id": "full"}, links="full Q9093")
    assert run_align(kzlod, fine, invented, "check").stdout == "1 links, 0 findings\n"


def test_enrich(invented: Store, tmp_path: Path, kzlod: Run) -> None:
    things = [{"id": "alder", "alt": 'a "quoted", one'}, {"id": "full"}, {"id": "twin", "label_ru": "Двойник"}]
    points = [["twin", "50.01", "10.01", "POINT(10.01 50.01)", "a register"]]
    project = towns(tmp_path / "p", *things, points=points, links="full Q9093\ntwin Q9040")
    before = {path: path.read_bytes() for path in (project.root / "data").glob("*.csv")}
    result = run_align(kzlod, project, invented, "enrich")
    assert result.exit_code == 0, result.output
    assert {path: path.read_bytes() for path in before} == before, "nothing is written silently"
    assert result.stdout == (
        "# data/points.csv: thing “full”, lat “51.5”, lon “12.3457”, wkt “POINT(12.3457 51.5)”, source"
        " “Wikidata Q9093, CC0 1.0”, from Wikidata Q9093, CC0 1.0\n"
        "--- a/data/points.csv\n+++ b/data/points.csv\n@@ -1,2 +1,3 @@\n thing,lat,lon,wkt,source\n"
        '+full,51.5,12.3457,POINT(12.3457 51.5),"Wikidata Q9093, CC0 1.0"\n'
        " twin,50.01,10.01,POINT(10.01 50.01),a register\n"
        "# data/things.csv:3: label_ru “Полный”, from wd:Q9093 rdfs:label@ru, CC0 1.0\n"
        "# data/things.csv:3: label_zh “满”, from wd:Q9093 rdfs:label@zh-hans, CC0 1.0\n"
        "--- a/data/things.csv\n+++ b/data/things.csv\n@@ -1,4 +1,4 @@\n"
        " id,kind,label,label_ru,label_zh,alt,in,lei\n"
        ' alder,city,Alder,,,"a ""quoted"", one",,\n'
        "-full,city,Full,,,,,\n+full,city,Full,Полный,满,,,\n"
        " twin,city,Twin,Двойник,,,,\n"
    )
    patch = tmp_path / "proposals.diff"
    assert run_align(kzlod, project, invented, "enrich", "--out", patch).stderr == "3 proposals\n"
    subprocess.run(["git", "apply", patch], cwd=project.root, check=True, capture_output=True)
    with Dataset.open(Project.read(project.root)) as dataset:
        assert dataset.findings == ()
    nothing = run_align(kzlod, project, invented, "enrich", "--json")
    assert (nothing.stdout, nothing.stderr) == ("[]\n", "0 proposals\n")


def test_the_gate_looks_at_links(tmp_path: Path, kzlod: Run) -> None:
    project = towns(tmp_path / "p", {"id": "alder"}, {"id": "echo"}, links="alder Q1\nalder Q2\necho Q2\nnowhere Q3")
    result = kzlod("check", "--project", project.root)
    assert result.exit_code == 1
    lines = [line for line in result.stdout.splitlines() if line.startswith(ACCEPTED)]
    assert lines == [
        f"{ACCEPTED}:8: alder is said to be the same as both Q1 and Q2; keep the link that is right, or make the"
        " others closeMatch",
        f"{ACCEPTED}:9: Q2 is said to be the same as both alder and echo; keep the link that is right, or make the"
        " others closeMatch",
        f"{ACCEPTED}:10: https://e.org/thing/nowhere is not there; correct the name, or take it out",
    ]


def test_the_linkset_is_a_file_of_its_own(tmp_path: Path, kzlod: Run) -> None:
    project = towns(tmp_path / "p", {"id": "alder"}, {"id": "echo"}, links="alder Q1\necho Q2")
    built = kzlod("build", "--project", project.root, "--out", tmp_path / "out")
    assert built.exit_code == 0, built.output
    release = tmp_path / "out" / "towns" / "1.0.0"
    file = "subsets/links-exactMatch-www.wikidata.org-entity.nt"
    assert [line.split()[2] for line in (release / file).read_text().splitlines()] == [f"<{WD}Q1>", f"<{WD}Q2>"]
    assert (release / "links/wikidata.sssom.tsv").read_bytes() == (project.root / ACCEPTED).read_bytes()
    void = (release / "void.ttl").read_text("utf-8")
    linkset = next(part for part in void.split(" .\n") if "void:Linkset" in part)
    assert f"void:dataDump <https://e.org/release/towns/1.0.0/{file}>" in linkset
    assert 'void:triples "2"^^xsd:integer' in linkset
    verified = kzlod("verify", release)
    assert verified.exit_code == 0, verified.output


# --- settings and options --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"kind:city" = ["Q9001"]', '"kind:city" = "Q9001"', "align.types.kind:city: 'Q9001' is no list of"),
        ('"kind:city" = ["Q9001"]', '"town" = ["Q9001"]', "align.types: 'town' is no name"),
        ('"e:lei" = "P1278"', '"e:lei" = "LEI"', "align.identifiers.e:lei: 'LEI' is no property of Wikidata"),
        ('places = ["e:in"]', 'places = "e:in"', "align.places: 'e:in' is no list"),
        ('places = ["e:in"]', "place = []", "align.place: is not known; the keys are types, identifiers and places"),
        (TOML[TOML.index("[align]") :], "", "align.types: is missing, so nothing says what to look for"),
    ],
)
def test_wrong_settings(old: str, new: str, message: str, tmp_path: Path) -> None:
    project = towns(tmp_path / "p", {"id": "alder"})
    assert old in TOML
    (project.root / "kzlod.toml").write_text(TOML.replace(old, new), "utf-8")
    with pytest.raises(ProjectError, match=re.escape(message)):
        Settings.of(Project.read(project.root))


def test_options_stand_behind_the_subcommand(tmp_path: Path, kzlod: Run) -> None:
    result = kzlod("align", "--project", ROOT, "review")
    assert result.exit_code == 2
    assert "give the options behind review, not before it" in result.stderr


def test_an_endpoint_that_is_down_leaves_all_as_it_was(tmp_path: Path, kzlod: Run) -> None:
    project = towns(tmp_path / "p", {"id": "alder"})
    result = kzlod("align", "--project", project.root, "--endpoint", "http://127.0.0.1:9/sparql")
    assert result.exit_code == 2
    assert "http://127.0.0.1:9/sparql: cannot be reached" in result.stderr
    assert not (project.root / CANDIDATES).exists()


def test_prefixes_mean_the_same_everywhere(tmp_path: Path, kzlod: Run) -> None:
    project = proposed(tmp_path / "p")
    path = project.root / CANDIDATES
    text = path.read_text("utf-8").replace(f"wd: {WD}", "wd: https://www.wikidata.org/wiki/")
    path.write_text(text, "utf-8")
    result = kzlod("align", "review", "--by", "Ada", "--project", project.root, input="a")
    assert result.exit_code == 1
    assert f"{CANDIDATES}:1: its prefix wd stands for https://www.wikidata.org/wiki/, and elsewhere for {WD}" in (
        result.stderr
    )
    lines = text.replace("wd: https://www.wikidata.org/wiki/", f"wd: {WD}\n#   gn: https://sws.geonames.org/")
    path.write_text(lines.replace("wd:Q9031", "gn:42"), "utf-8")
    assert kzlod("align", "review", "--by", "Ada", "--project", project.root, input="a").exit_code == 0
    with Dataset.open(Project.read(project.root)) as dataset:
        assert dataset.findings == ()
        links = dataset.table.rows("SELECT o FROM quads WHERE p LIKE '%exactMatch>'")
    assert links == [("<https://sws.geonames.org/42>",)]
    other = path.read_text("utf-8").replace("sws.geonames.org", "www.geonames.org").replace("wd:Q9050", "gn:43")
    path.write_text(other, "utf-8")
    refused = kzlod("align", "review", "--by", "Ada", "--project", project.root, input="a")
    assert refused.exit_code == 2
    assert "its prefix gn stands for https://sws.geonames.org/, and in the candidates for https://www.geonames" in (
        refused.stderr
    )
    assert path.read_text("utf-8") == other


ROWS = "application/sparql-results+json"
BINDING = '{"%s": {"type": "uri", "value": "http://www.wikidata.org/entity/Q1"}}'


@pytest.mark.parametrize(
    ("status", "media_type", "body", "message"),
    [
        (200, "text/html", "<p>", "answers with a page of HTML"),
        (200, ROWS, "{", "answers with what is not application/sparql-results+json"),
        (200, ROWS, '{"head": {"vars": ["x"]}, "results": {"bindings": [%s]}}' % (BINDING % "x"), "was asked for"),
        (
            200,
            ROWS,
            '{"head": {"vars": ["item", "name"]}, "results": {"bindings": [%s]}}' % (BINDING % "item"),
            "was asked",
        ),
        (200, ROWS, '{"head": {}, "boolean": true}', "was asked for item, name, and answers with something else"),
        (400, "text/plain", "no", "says that the query is wrong: no"),
    ],
)
def test_an_endpoint_that_answers_wrongly(
    status: int, media_type: str, body: str, message: str, tmp_path: Path, kzlod: Run
) -> None:
    project = towns(tmp_path / "p", {"id": "alder", "label": 'a "b" \\ } > \x07'})
    with served(tmp_path) as site:
        site.behaviours["sparql"] = [
            lambda handler, _: handler.answer(status, body.encode(), {"content-type": media_type})
        ]
        result = kzlod("align", "--project", project.root, "--endpoint", f"{site.url}sparql")
    assert result.exit_code == 2, result.output
    assert f"{site.url}sparql: {message}" in result.stderr
    assert not (project.root / CANDIDATES).exists()


def test_links_that_are_wrong_are_not_decided_on(tmp_path: Path) -> None:
    project = proposed(tmp_path / "p")
    (project.root / REJECTED).write_text(mapping_set("a Q1\na Q1"), "utf-8")
    with pytest.raises(FindingsError, match="says what line 7 says"):
        Review(project, reviewer="Ada", today=datetime.date(2026, 1, 1))
