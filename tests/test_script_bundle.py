"""The bundle of scripts: what it is made of, and pages without it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.editing import ROOT
from tests.serving import serving

SCRIPT = ROOT / "src" / "kzlod" / "web" / "script"
SOURCES = sorted(SCRIPT.glob("*.js"))


def test_the_lock_file_names_no_host_and_every_checksum() -> None:
    packages = json.loads((SCRIPT / "package-lock.json").read_text("utf-8"))["packages"]
    names = {name: package for name, package in packages.items() if name}
    assert len(names) > 20
    for name, package in names.items():
        assert "resolved" not in package, name
        assert package["integrity"].startswith("sha512-"), name


def test_nothing_that_was_fetched_or_bundled_is_committed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone: there is no history to look into")
    listed = subprocess.run(["git", "ls-files", "src/kzlod/web"], cwd=ROOT, capture_output=True, check=True, text=True)
    assert "script/script.js" in listed.stdout
    assert "node_modules" not in listed.stdout
    assert "web/static" not in listed.stdout


def test_without_the_bundle_no_page_names_a_script(
    reference_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignored = shutil.ignore_patterns("static", "script", "__pycache__")
    shutil.copytree(ROOT / "src" / "kzlod", tmp_path / "src" / "kzlod", ignore=ignored)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "src"))
    with serving(reference_release, tmp_path) as served:
        for path in ("/", "/sparql.html", "/thing/kazakhstan.html", "/sparql?query=ASK{?s%20a%20kz:Source}"):
            answer = served.get(path, accept="text/html")
            assert answer.status_code == 200
            assert "<script" not in answer.text
        assert served.get("/-/script.js").status_code == 404


def _words() -> dict[str, list[str]]:
    text = (SCRIPT / "words.js").read_text("utf-8")
    found = re.findall(r"^  (\w+): (\[.*?\]),$", text, re.DOTALL | re.MULTILINE)
    return {key: json.loads(re.sub(r",\s*\]", "]", texts)) for key, texts in found}


def test_all_that_is_said_is_said_in_all_languages() -> None:
    words = _words()
    for key, texts in words.items():
        assert len(texts) == 4 and all(texts), key
        assert len({tuple(sorted(re.findall(r"\{\w+\}", text))) for text in texts}) == 1, key
    sources = "".join(path.read_text("utf-8") for path in SOURCES if path.name != "words.js")
    assert set(re.findall(r'\bsay\("(\w+)"', sources)) <= words.keys()
    assert not [key for key in words if f'"{key}"' not in sources]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_script_makes_no_markup_of_data(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert len(text.splitlines()) < 400
