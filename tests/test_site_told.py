"""Figures, periods and mentions as pages of the reference dataset tell them, in each language."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.query import CannedQuery, Parameter, Table
from kzlod.web.opened import OpenRelease
from kzlod.web.pages import Outcome, Site, query_page
from tests.serving import Served


def _panel(page: str, caption: str) -> str:
    """The table of figures whose caption has some words."""
    [found] = [table for table in re.findall("<table.*?</table>", page, re.DOTALL) if caption in _plain(table)]
    return found


def _plain(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def test_a_rank_is_no_length(live: Served) -> None:
    page = live.get("/thing/kazakhstan.html").text
    ranks = _panel(page, "Rank as buyer of exports")
    assert ranks.count("<tr>") > 2
    assert "<svg" not in ranks
    assert _panel(page, "Exports of crop products").count("<svg") == 2


def test_what_all_figures_are_about_is_said_once(live: Served) -> None:
    trade = _plain(_panel(live.get("/thing/kazakhstan.html").text, "Bilateral trade Kazakhstan – China"))
    assert trade.count("Kazakhstan") == trade.count("China-Kazakhstan") + 1


def test_a_counterpart_that_is_none_is_not_told(live: Served) -> None:
    page = live.get("/ru/thing/first-central-asia-china-summit.html").text
    assert "Порядковый номер" in page
    assert "– <a" not in page
    assert ">нет<" not in page


@pytest.mark.parametrize(
    ("language", "number", "period", "undated"),
    [
        ("", "41,000,000,000", "January to April 2024", "undated"),
        ("kk/", "41\u202f000\u202f000\u202f000", "2024-01 – 2024-04", "мерзімі көрсетілмеген"),
        ("ru/", "41\u202f000\u202f000\u202f000", "2024-01 – 2024-04", "без даты"),
        ("zh/", "41,000,000,000", "2024-01 – 2024-04", "未注明日期"),
    ],
)
def test_numbers_and_periods_are_written_in_the_language(
    live: Served, language: str, number: str, period: str, undated: str
) -> None:
    page = live.get(f"/{language}thing/kazakhstan.html").text
    assert f'<td class="number">{number}</td>' in page
    assert f">{period}</a>" in page
    assert f">{undated}</a>" in page


def test_a_year_is_not_taken_apart(live: Served) -> None:
    page = live.get("/thing/first-central-asia-china-summit.html").text
    assert '<td class="number">2023</td>' in page


def test_units_have_names(live: Served) -> None:
    assert "Volume of cargo Kazakhstan – China tonnes" in _plain(live.get("/thing/kazakhstan.html").text)
    assert ">吨</a>" in live.get("/zh/thing/kazakhstan.html").text


def test_a_conflict_is_called_by_what_it_is_about(live: Served) -> None:
    page = live.get("/code/indicator/bilateral-trade.html").text
    assert ">Bilateral trade: Kazakhstan – China</a></dd>" in page
    assert "unit:CCY_USD" not in page


@pytest.mark.parametrize(
    ("address", "class_", "pages"),
    [
        ("disputes", "ConflictSet", 1),
        ("disputes/disagreements", "Disagreement", 2),
        ("disputes/checks", "ConsistencyCheck", 1),
    ],
)
def test_each_dispute_is_once_in_the_list_of_its_sort(live: Served, address: str, class_: str, pages: int) -> None:
    answer = live.sparql(f"SELECT ?it {{ ?it a kz:{class_} }}", accept="text/csv")
    wanted = [iri.removeprefix(live.base) for iri in answer.text.split()[1:]]
    texts = [live.get(f"/{address}.html").text]
    texts += [live.get(f"/{address}.page-{number}.html").text for number in range(2, pages + 1)]
    assert len(wanted) > 0
    for path in wanted:
        assert [bool(re.search(f'<(h3|td)><a href="[./]*{path}.html"', text)) for text in texts].count(True) == 1, path
    counted = re.findall(r'<li><a href="[./]*disputes[^"]*"( aria-current="true")?>[^<]*</a> <b>(\d+)</b>', texts[0])
    assert len(counted) == 3
    assert [count for current, count in counted if current] == [str(len(wanted))]
    assert live.get(f"/{address}.page-{pages + 1}.html").status_code == 404


def test_the_first_list_has_the_others_beside_it(live: Served) -> None:
    page = live.get("/ru/disputes.html").text
    beside = page.partition('<div class="beside">')[2]
    assert beside.count("/disagreement/") == 20
    assert 'disagreements.page-2.html"' in beside
    assert beside.count("/check/") == 34
    assert '<span class="fails">не сходится</span>: <a href="./check/' in beside
    assert "beside" not in live.get("/ru/disputes/checks.html").text


def test_a_check_that_holds_within_rounding_is_no_failure(live: Served) -> None:
    page = live.get("/disputes/checks.html").text
    assert 'class="fails">does not hold<' in page
    assert 'class="holds">holds within rounding<' in page
    assert "expected 47,500,000,000, found 30,050,000,000" in page


def test_a_mention_is_called_by_its_words(live: Served) -> None:
    page = live.get("/passage/002-19.html").text
    assert "mention:" not in page
    assert "¶\u00a019: $30.05 billion</a>" in page


def test_a_claim_says_its_summary_once(live: Served) -> None:
    page = live.get("/claim/altynkol-crossing-implements-belt-and-road-002.html").text
    assert page.count("it is named right after that initiative") == 2  # the title and the heading
    assert "Said by: the author of document 002" in _plain(page)


def test_queries_speak_the_language_of_the_page(live: Served) -> None:
    assert '<h1><span lang="en">' not in live.get("/queries/trade-by-year.html").text
    page = live.get("/ru/queries/trade-by-year.html").text
    assert "<h1>Двусторонняя торговля во времени, по каждому источнику</h1>" in page
    assert '<th scope="col">период</th>' in page
    assert '<th scope="col">основание периода</th>' in page
    assert '<th scope="col" lang="en">' not in page
    assert "#+ summary" not in page
    assert "双边贸易随时间的变化" in live.get("/zh/queries.html").text
    assert '"summary": "Bilateral trade over time, with every source"' in live.get("/openapi.json").text


@pytest.mark.parametrize(
    ("language", "description", "parameter"),
    [
        ("", "Every figure of trade between two partners", "Only periods that touch this year"),
        ("kk/", "Екі серіктес арасындағы сауданың әр көрсеткіші", "Тек осы жылға қатысты кезеңдер"),
        ("ru/", "Каждый показатель торговли двух партнёров", "Только периоды, которые затрагивают этот год"),
        ("zh/", "两个伙伴之间贸易的每个数字", "仅限涉及该年的时期"),
    ],
)
def test_descriptions_are_in_the_language_of_the_page(
    live: Served, language: str, description: str, parameter: str
) -> None:
    page = live.get(f"/{language}queries/trade-by-year.html").text
    assert f'<p class="lead">{description}' in page
    assert f'<span id="d-year">{parameter}</span>' in page
    assert f"<code>year</code> (integer) {parameter}</dd>" in live.get(f"/{language}api.html").text


def test_programs_are_told_of_queries_in_english(live: Served) -> None:
    asked = live.get("/openapi.json").json()["paths"]["/api/trade-by-year"]["get"]
    assert asked["description"].startswith("Every figure of trade between two partners as each document gives it, ")
    assert asked["parameters"][0]["description"] == "Only periods that touch this year"


def test_a_description_in_another_language_says_so(reference_release: Path, tmp_path: Path) -> None:
    parameters = {
        "day": Parameter("day", "date", {"zh": "日期", "kk": "Күні"}),
        "place": Parameter("place", "iri", {"en": "Where", "zh": "地点"}),
        "plain": Parameter("plain", "decimal"),
    }
    query = CannedQuery("q", {"en": "Days"}, {"ru": "Дни", "en": "All days"}, "ASK {}", parameters)
    site = Site(OpenRelease.open(reference_release, cache=tmp_path / "cache"))
    page = query_page(site, query, {}, Outcome(), "kk").decode()
    assert '<p class="lead"><span lang="en">All days</span></p>' in page
    assert '<span id="d-day">Күні</span>' in page
    assert '<span id="d-place"><span lang="en">Where</span></span>' in page
    assert '<span id="d-plain"><span lang="en">decimal</span></span>' in page
    page = query_page(site, query, {}, Outcome(), "ru").decode()
    assert '<p class="lead">Дни</p>' in page
    assert '<span id="d-day"><span lang="zh">日期</span></span>' in page


def test_the_dataset_says_what_columns_and_parameters_are_called(tiny_release: Path, tmp_path: Path) -> None:
    """Before any vocabulary; what neither has a word for is in English, and says so."""
    release = shutil.copytree(tiny_release, tmp_path / "release")
    (release / "queries/columns.toml").write_text(
        '[period]\nru = "когда"\n[who]\nen = "author"\n[speaker]\nen = "who says so"\nru = "кто"\n', "utf-8"
    )
    names = ("period", "status", "who", "speaker_label", "old_bridges")
    query = CannedQuery("q", {"en": "Bridges"}, {}, "ASK {}", {name: Parameter(name) for name in names})
    answer = Table(names, (tuple(ox.Literal(name) for name in names),), {})
    site = Site(OpenRelease.open(release, cache=tmp_path / "cache"))

    def called(language: str) -> list[tuple[str, str]]:
        page = query_page(site, query, {}, Outcome(answer), language).decode()
        heads = re.findall(r'<th scope="col"(?: lang="(\w+)")?>(.*?)</th>', page)
        assert re.findall(r'<label for="p-\w+"(?: lang="(\w+)")?>(.*?)</label>', page) == heads
        return heads

    russian = [("", "когда"), ("", "статус"), ("", "автор"), ("", "кто"), ("en", "old bridges")]
    assert called("ru") == russian
    english = ["period", "status", "author", "who says so", "old bridges"]
    assert called("en") == [("", text) for text in english]
