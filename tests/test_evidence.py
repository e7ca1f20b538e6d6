"""Evidence: paragraphs, `kzlod evidence lock`, the proof against the documents, and what figures' words say."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from kzlod.dataset import Dataset
from kzlod.errors import FindingsError
from kzlod.evidence import Change, Lock, lock
from kzlod.evidence.passages import Document, Paragraph, paragraphs
from kzlod.evidence.prove import check_corpus
from kzlod.figures import read_figure
from kzlod.project import Project
from tests.editing import put, repeat, replace

NOTICE, GUIDE = "documents/001-town-notice.txt", "documents/002-walking-guide.txt"
OBSERVATIONS = "data/observations.csv"
MADE = ("data/sources.csv", "data/passages.csv", "data/mentions.csv")
ANEW = "make the passages and mentions anew with `kzlod evidence lock`, after a look at what changed"

# Paragraphs.


@pytest.mark.parametrize(
    ("document", "places"),
    [
        ("", []),
        ("\n\n", []),
        ("One", [(1, 0, 3)]),
        ("One\n", [(1, 0, 3)]),
        ("One\nTwo", [(1, 0, 3), (2, 4, 7)]),
        ("\n\nOne\n \t\nTwo\n", [(1, 2, 5), (2, 9, 12)]),
        ("\u00a0\nOne", [(1, 2, 5)]),  # a no-break space is white space
        ("\u00a0One", [(1, 0, 4)]),  # and belongs to its paragraph
        ("One\r\nTwo", [(1, 0, 4), (2, 5, 8)]),  # only line feeds part
        ("One\u2028Two\x0bThree\x85Four", [(1, 0, 18)]),
        ("\U0001f4c8\n哈萨克", [(1, 0, 1), (2, 2, 5)]),  # code points, not bytes
        ("\ufeffOne", [(1, 0, 4)]),
    ],
)
def test_paragraphs(document: str, places: list[tuple[int, int, int]]) -> None:
    assert [(p.number, p.start, p.end) for p in paragraphs(document)] == places


@given(st.text(st.sampled_from("ab \n\r\t\u00a0\u2028é\U0001f4c8"), max_size=40))
def test_paragraphs_are_the_lines_that_say_something(document: str) -> None:
    found = list(paragraphs(document))
    assert [p.text for p in found] == [line for line in document.split("\n") if line.strip()]
    assert [document[p.start : p.end] for p in found] == [p.text for p in found]
    assert [p.number for p in found] == list(range(1, len(found) + 1))


def test_digests_are_those_of_sha256sum(tmp_path: Path) -> None:
    content = "Один\n\nTwo\n".encode()
    (tmp_path / "a.txt").write_bytes(content)
    document = Document.read(tmp_path / "a.txt")
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert [p.sha256 for p in document.paragraphs()] == [
        hashlib.sha256(t.encode()).hexdigest() for t in ("Один", "Two")
    ]
    assert document.paragraphs()[0] == Paragraph(1, 0, 4, "Один")


# Locking.


def locked(folder: Path) -> Lock:
    return lock(Project.read(folder), folder / "documents")


def test_locking_twice_changes_nothing(tiny: Path) -> None:
    before = [(tiny / file).read_bytes() for file in MADE]
    assert locked(tiny) == Lock(passages=4, mentions=4, changes=())
    assert [(tiny / file).read_bytes() for file in MADE] == before
    assert {path.name for path in (tiny / "data").iterdir() if path.name.startswith(".")} == set()


def test_what_moved_and_what_changed(tiny: Path) -> None:
    replace(tiny, NOTICE, "in Millbrook. It", "in the town of Millbrook. It")
    text = (tiny / NOTICE).read_text("utf-8")
    changes = locked(tiny).changes
    year, length, end = text.index("1931"), text.index("182 meters"), len(text.rstrip("\n"))
    assert changes == (
        Change("001-02", "changed", "30-162", f"30-{end}"),
        Change("001-02-1", "moved", "89-93", f"{year}-{year + 4}"),
        Change("001-02-2", "moved", "146-156", f"{length}-{length + 10}"),
    )
    assert locked(tiny).changes == ()
    assert hashlib.sha256(text.encode()).hexdigest() in (tiny / "data/sources.csv").read_text("utf-8")


def test_what_is_added_and_removed(tiny: Path) -> None:
    with (tiny / GUIDE).open("a", encoding="utf-8") as guide:
        guide.write("\n\nA bench stands beside it, 12 meters off.\n")
    put(tiny, OBSERVATIONS, "length-alder-footbridge-002", mention="002-03-1", as_written="12 meters")
    assert [(change.id, change.what) for change in locked(tiny).changes] == [
        ("002-03", "added"),
        ("002-02-2", "removed"),
        ("002-03-1", "added"),
    ]


def test_a_passage_of_the_same_text_elsewhere_has_moved(tiny: Path) -> None:
    replace(tiny, GUIDE, "\n\n", "\n\n\n")
    assert locked(tiny).changes == (
        Change("002-02", "moved", "24-99", "25-100"),
        Change("002-02-1", "moved", "64-68", "65-69"),
        Change("002-02-2", "moved", "73-93", "74-94"),
    )


def test_the_command_shows_the_changes(tiny: Path, kzlod: Callable[..., Result]) -> None:
    replace(tiny, GUIDE, "\n\n", "\n\n\n")
    result = kzlod("evidence", "lock", "--project", tiny, "--corpus", tiny / "documents")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "moved    002-02  24-99 -> 25-100",
        "moved    002-02-1  64-68 -> 65-69",
        "moved    002-02-2  73-93 -> 74-94",
        "4 passages, 4 mentions, 3 changes",
    ]


def test_made_from_nothing_they_are_the_same(tiny: Path) -> None:
    before = [(tiny / file).read_bytes() for file in MADE]
    for table in MADE[1:]:
        (tiny / table).unlink()
    assert [change.what for change in locked(tiny).changes] == ["added"] * 8
    assert [(tiny / file).read_bytes() for file in MADE] == before


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"as_written": "183 meters"},
            "'183 meters' is not in passage 001-02; write the figure exactly as the document",
        ),
        ({"mention": "001-09-1"}, "there is no passage '001-09'; a mention is <passage>-<ordinal>, such as 002-19-1"),
        ({"mention": "here"}, "there is no passage ''; a mention is <passage>-<ordinal>, such as 002-19-1"),
        ({"as_written": ""}, "'' is not in passage 001-02; write the figure exactly as the document has it"),
        ({"mention": "001-02-1"}, "001-02-1 has two wordings: "),
    ],
)
def test_a_figure_that_is_not_there_stops_it(cells: dict[str, str], message: str, tiny: Path) -> None:
    put(tiny, OBSERVATIONS, "length-alder-footbridge-001", **cells)
    replace(tiny, NOTICE, "Notice", "A notice")  # else there would be nothing to write
    before = [(tiny / file).read_bytes() for file in MADE]
    with pytest.raises(FindingsError) as caught:
        locked(tiny)
    [finding] = caught.value.findings
    assert (finding.file, finding.column) == (OBSERVATIONS, "mention")
    assert f"{finding.message}; {finding.remedy}".startswith(message)
    assert [(tiny / file).read_bytes() for file in MADE] == before


def test_the_same_words_twice_in_a_passage_are_two_mentions(tiny: Path) -> None:
    replace(tiny, NOTICE, "182 meters long", "182 meters long, as in 1931")
    repeat(tiny, OBSERVATIONS, "opening-year-alder-footbridge-001", id="zz", mention="001-02-3")
    text = (tiny / NOTICE).read_text("utf-8")
    assert locked(tiny).mentions == 5
    rows = (tiny / "data/mentions.csv").read_text("utf-8").splitlines()
    first, second = text.index("1931"), text.rindex("1931")
    assert rows[1] == f"001-02-1,001-02,{first},{first + 4}"
    assert rows[3] == f"001-02-3,001-02,{second},{second + 4}"


def test_the_same_words_once_are_no_two_mentions(tiny: Path) -> None:
    repeat(tiny, OBSERVATIONS, "opening-year-alder-footbridge-001", id="zz", mention="001-02-3")
    with pytest.raises(FindingsError, match="'1931' is not in passage 001-02 once more"):
        locked(tiny)


def test_two_figures_may_share_a_mention(tiny: Path) -> None:
    repeat(tiny, OBSERVATIONS, "opening-year-alder-footbridge-001", id="zz")
    assert locked(tiny).changes == ()


def test_a_figure_within_another(tiny: Path) -> None:
    repeat(tiny, OBSERVATIONS, "length-alder-footbridge-001", id="zz", mention="001-02-3", as_written="182")
    assert [(change.id, change.after) for change in locked(tiny).changes] == [("001-02-3", "146-149")]


def test_a_disk_that_fills_up_leaves_the_tables_whole(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in (tiny / "data").iterdir()}
    whole = Path.write_bytes

    def half(path: Path, content: bytes) -> int:
        whole(path, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    replace(tiny, NOTICE, "Notice", "A notice")
    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="No space left"):
        locked(tiny)
    assert {path: path.read_bytes() for path in (tiny / "data").iterdir()} == before


def test_the_reference_dataset_is_locked(corpus: Path, project: Path) -> None:
    assert lock(Project.read(project), corpus).changes == ()


# The proof against the documents.


@pytest.fixture(scope="module")
def reference() -> Dataset:
    return Dataset.open(Project.reference())


@pytest.fixture
def copied(corpus: Path, tmp_path: Path) -> Path:
    """A copy of the documents, to alter."""
    return shutil.copytree(corpus, tmp_path / "copied")


def proof(dataset: Dataset, folder: Path) -> list[str]:
    return sorted(str(finding) for finding in dataset.placed(check_corpus(dataset, folder)))


def file_of(folder: Path, source: str) -> Path:
    [path] = folder.glob(f"{source}_*")
    return path


def test_every_figure_is_in_the_documents(reference: Dataset, corpus: Path) -> None:
    assert proof(reference, corpus) == []


def test_a_figure_changed_in_a_document(reference: Dataset, copied: Path) -> None:
    path = file_of(copied, "002")
    replace(copied, path.name, "$30.05 billion", "$30.06 billion")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    told = proof(reference, copied)
    assert [line.partition(":")[0] for line in told] == [OBSERVATIONS, "data/passages.csv", "data/sources.csv"]
    assert told[0].endswith(f": as_written: '$30.05 billion' is not in the passage any more; {ANEW}")
    assert told[1].endswith(f": sha256: the paragraph's text is another; {ANEW}")
    assert told[2].endswith(f": sha256: {path.name} is not the document whose digest this is; it has {digest}; {ANEW}")


@pytest.mark.parametrize("source", ["000", "001", "002", "003", "004"])
def test_a_document_whose_paragraphs_only_moved(source: str, reference: Dataset, copied: Path) -> None:
    path = file_of(copied, source)
    path.write_bytes(b"\n" + path.read_bytes())
    [told] = proof(reference, copied)
    assert f"{path.name} is not the document whose digest this is" in told


def test_a_paragraph_more_and_one_less(reference: Dataset, copied: Path) -> None:
    path = file_of(copied, "000")
    text = path.read_text("utf-8").rstrip("\n")
    last = len(list(paragraphs(text)))
    path.write_text(text + "\nOne more.\n", "utf-8")
    assert any(f"paragraph {last + 1} of the document is no passage here" in line for line in proof(reference, copied))
    path.write_text(text[: list(paragraphs(text))[-1].start], "utf-8")
    assert any(f"number: the document has no paragraph {last}" in line for line in proof(reference, copied))


def test_documents_that_changed_places(reference: Dataset, copied: Path) -> None:
    one, other = file_of(copied, "000"), file_of(copied, "004")
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    told = proof(reference, copied)
    assert sum(" is not the document whose digest this is" in line for line in told) == 2


def test_a_document_that_is_not_there(reference: Dataset, copied: Path) -> None:
    path = file_of(copied, "003")
    path.unlink()
    remedy = "name the folder that holds the documents with --corpus"
    message = f"{path.name}: cannot be read: No such file or directory; {remedy}"
    assert proof(reference, copied) == [f"data/sources.csv:5: file: {message}"]


@pytest.mark.parametrize(
    ("table", "key", "cells", "told"),
    [
        (
            "data/mentions.csv", "001-02-2", {"start": "147", "end": "157"},
            f"{OBSERVATIONS}:2: as_written: '182 meters' is not what the document has at 147 to 157; {ANEW}",
        ),
        (
            "data/mentions.csv", "001-02-2", {"passage": "001-01"},
            f"data/mentions.csv:3: start: stands outside its passage, which is at 0 to 28; {ANEW}",
        ),
        (
            "data/passages.csv", "001-02", {"start": "29"},
            f"data/passages.csv:3: start: the paragraph stands at 30 to 162 in the document; {ANEW}",
        ),
        (
            "data/passages.csv", "002-01", {"sha256": "0" * 64},
            f"data/passages.csv:4: sha256: the paragraph's text is another; {ANEW}",
        ),
        (
            "data/sources.csv", "002", {"file": "002.txt"},
            "data/sources.csv:3: file: 002.txt: cannot be read: No such file or directory; "
            "name the folder that holds the documents with --corpus",
        ),
        (
            OBSERVATIONS, "length-alder-footbridge-001", {"as_written": "182 metres"},
            f"{OBSERVATIONS}:2: as_written: '182 metres' is not what the document has at 146 to 156; {ANEW}",
        ),
    ],
)  # fmt: skip
def test_tables_that_the_documents_do_not_bear_out(
    table: str, key: str, cells: dict[str, str], told: str, tiny: Path
) -> None:
    put(tiny, table, key, **cells)
    assert proof(Dataset.open(Project.read(tiny)), tiny / "documents") == [told]


# Words.


@pytest.mark.parametrize(
    ("words", "value", "step", "bounds"),
    [
        # digits
        ("62", "62", "1", "exact"),
        ("5,000", "5000", "1", "exact"),
        ("1\u00a0300 km", "1300", "1", "exact"),
        ("1,234,567.80", "1234567.8", "0.01", "exact"),
        ("84%", "84", "1", "exact"),
        ("28.3%", "28.3", "0.1", "exact"),
        ("-2.5%", "-2.5", "0.1", "exact"),
        ("minus 2.5 percent", "-2.5", "0.1", "exact"),
        ("100-fold", "100", "1", "exact"),
        ("100-megawatt", "100", "1", "exact"),
        ("10th anniversary", "10", "1", "exact"),
        # scales
        ("$30.05 billion", "30050000000", "10000000", "exact"),
        ("$400 million", "400000000", "1000000", "exact"),
        ("3.5 million tons", "3500000", "100000", "exact"),
        ("750,000 tons", "750000", "1", "exact"),
        ("1.2-trillion", "1200000000000", "100000000000", "exact"),
        ("$1.8bn", "1800000000", "100000000", "exact"),
        ("12 thousand", "12000", "1000", "exact"),
        ("2 decades", "20", "10", "exact"),
        # bounds
        ("more than $41 billion", "41000000000", "1000000000", "more-than"),
        ("over 5,000", "5000", "1", "more-than"),
        ("exceeding 40 billion cubic meters per year", "40000000000", "1000000000", "more-than"),
        ("above $26 billion", "26000000000", "1000000000", "more-than"),
        ("at least 20", "20", "1", "at-least"),
        ("no less than 20", "20", "1", "at-least"),
        ("not fewer than 20", "20", "1", "at-least"),
        ("up to 80 percent", "80", "1", "at-most"),
        ("no more than 80 percent", "80", "1", "at-most"),
        ("not exceeding 80 percent", "80", "1", "at-most"),
        ("a maximum of 80", "80", "1", "at-most"),
        ("by 2030", "2030", "1", "at-most"),
        ("less than 7", "7", "1", "less-than"),
        ("fewer than 7", "7", "1", "less-than"),
        ("nearly 5,500 days", "5500", "1", "nearly"),
        ("almost 10", "10", "1", "nearly"),
        ("around $66.5 billion", "66500000000", "100000000", "about"),
        ("approximately 50,000", "50000", "1", "about"),
        ("roughly 5", "5", "1", "about"),
        ("about over 480 billion cubic meters", "480000000000", "1000000000", "about more-than"),
        # words
        ("two", "2", "0", "exact"),
        ("twenty-five", "25", "0", "exact"),
        ("Thirty Years", "30", "0", "exact"),
        ("one hundred and twenty", "120", "0", "exact"),
        ("two hundred million", "200000000", "0", "exact"),
        ("two hundred and fifty thousand", "250000", "0", "exact"),
        ("three decades", "30", "0", "exact"),
        ("a decade", "10", "0", "exact"),
        ("two dozen", "24", "0", "exact"),
        ("five or six", "5", "0", "exact"),
        ("five and six", "5", "0", "exact"),
        ("tenfold", "10", "0", "exact"),
        # ranks
        ("first", "1", "0", "exact"),
        ("second-largest", "2", "0", "exact"),
        ("coming in second", "2", "0", "exact"),
        ("main trading partner", "1", "0", "exact"),
        ("third", "3", "0", "exact"),
        # fractions
        ("half", "50", "0", "exact"),
        ("approximately half", "50", "0", "about"),
        ("more than half", "50", "0", "more-than"),
        ("a quarter", "25", "0", "exact"),
        ("three quarters", "75", "0", "exact"),
        ("half a million", "500000", "0", "exact"),
        ("one and a half billion", "1500000000", "0", "exact"),
        ("two and a half years", "2.5", "0", "exact"),
        # dates
        ("2023", "2023", "1", "exact"),
        ("July 2025", "2025", "1", "exact"),
        ("15-16 Sept. in 2022", "2022", "1", "exact"),
        ("years 2025", "2025", "1", "exact"),
    ],
)
def test_what_words_say(words: str, value: str, step: str, bounds: str) -> None:
    figure = read_figure(words)
    assert figure is not None
    assert (figure.value, figure.step, " ".join(sorted(figure.bounds))) == (Decimal(value), Decimal(step), bounds)
    assert figure.says(Decimal(value))
    assert not figure.says(Decimal(value) + 1)


@pytest.mark.parametrize("words", ["", "many", "a large number of", "this year", "hundreds", "$", "more than"])
def test_words_without_a_number(words: str) -> None:
    assert read_figure(words) is None


@pytest.mark.parametrize(
    ("words", "value", "says"),
    [
        ("nearly one-third", "33.33", True),
        ("nearly one-third", "33.333333333333333333333333333333333", False),  # more digits than are reckoned with
        ("nearly one-third", "33.34", False),
        ("two-thirds", "66.7", True),
        ("two-thirds", "66.6", False),
        ("nearly one-third", "33", False),
        ("$30.05 billion", "30050000000.00", True),
        ("$30.05 billion", "30.05", False),
        ("$30.05 billion", "30050000000.01", False),
    ],
)
def test_a_fraction_in_words_may_be_stored_rounded(words: str, value: str, says: bool) -> None:
    figure = read_figure(words)
    assert figure is not None
    assert figure.says(Decimal(value)) is says


@pytest.mark.parametrize(
    ("words", "value", "admits"),
    [
        ("nearly one-third", "28.3", True),
        ("nearly one-third", "26", False),
        ("about half", "47.4", True),
        ("half", "39", False),
        ("dozens", "36", None),
    ],
)
def test_what_words_can_be_said_of(words: str, value: str, admits: bool | None) -> None:
    figure = read_figure(words)
    assert (figure and figure.admits(Decimal(value))) is admits


@given(
    st.integers(0, 999_999_999),
    st.integers(0, 4),
    st.sampled_from([("", 1), (" million", 10**6), (" billion", 10**9), ("-trillion", 10**12)]),
    st.sampled_from(["$", "", "€"]),
    st.sampled_from([(" ", "exact"), ("more than ", "more-than"), ("about ", "about"), ("up to ", "at-most")]),
)
def test_any_number_is_read_as_it_is_written(
    digits: int, places: int, scale: tuple[str, int], currency: str, bound: tuple[str, str]
) -> None:
    number = Decimal(digits).scaleb(-places)
    figure = read_figure(f"{bound[0]}{currency}{number:,}{scale[0]}")
    assert figure is not None
    assert figure.value == number * scale[1]
    assert figure.step == Decimal(1).scaleb(-places) * scale[1]
    assert figure.bounds == {bound[1]}
