"""Aligning 1,000 names against 5,000 items in an Oxigraph server, with the pauses that a public one gets.

The items and the names are invented: towns in three languages, a third of them with a namesake that is a company.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Row, run
from tests.stores import oxigraph
from tests.towns import PREFIXES, fill, towns

_KZLOD = str(Path(sys.executable).with_name("kzlod"))
_NAMES, _ITEMS, _NAMESAKES = 1_000, 5_000, 1_250
_SECONDS = 30
_SYLLABLES = {
    "en": "al ber cor dun esk fal gar hol isk jor kel lun mor nor osk".split(),
    "ru": "ал бер кор дун эск фал гар хол иск йор кел лун мор нор оск".split(),
    "zh-hans": "阿 贝 科 顿 埃 法 加 霍 伊 约 凯 伦 莫 诺 奥".split(),
}


def bench() -> Iterator[Row]:
    """`kzlod align` as a whole process, its cache empty in each run."""
    picks = random.Random(7)
    numbers = [[picks.randrange(15) for _ in range(5)] for _ in range(_ITEMS - _NAMESAKES)]
    names = [
        {tag: "".join(parts[n] for n in each).capitalize() for tag, parts in _SYLLABLES.items()} for each in numbers
    ]
    lines = [PREFIXES]
    for number in range(_ITEMS):
        kind = "Q9001" if number < len(names) else "Q9003"
        labels = ", ".join(f'"{text}"@{tag}' for tag, text in names[number % len(names)].items())
        lines.append(f"wd:Q{1_000_000 + number} rdfs:label {labels} ; wdt:P31 wd:{kind} .")
    things = [
        {"id": f"town-{number}", "label": name["en"], "label_ru": name["ru"], "label_zh": name["zh-hans"]}
        for number, name in enumerate(names[:_NAMES])
    ]
    with TemporaryDirectory() as made, oxigraph(Path(made)) as store:
        folder = Path(made)
        fill(store, "\n".join(lines).encode())
        project = towns(folder / "towns", *things)
        command = [_KZLOD, "align", "--project", str(project.root), "--endpoint", store.query, "--refresh"]
        measured = run(command, runs=3, env={"XDG_CACHE_HOME": str(folder / "cache")})
    result = f"{measured.seconds:.1f} s ({measured.fastest:.1f} to {measured.slowest:.1f}), {measured.megabytes:.0f} MB"
    name = f"kzlod align, {_NAMES:,} things in three languages, {_ITEMS:,} items"
    yield Row(name, result, f"under {_SECONDS} s", measured.seconds < _SECONDS)
