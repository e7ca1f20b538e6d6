"""The wheel: it carries the reference dataset, and answers in an empty folder with no step before it."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import Result

from tests.editing import ROOT

Run = Callable[..., Result]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
REFERENCE = ("ontology", "data", "shapes", "queries", "tests/shapes")


def bytes_below(folder: Path) -> dict[str, bytes]:
    """The files below a folder, but for what Python compiles."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, by the build backend that is installed, or by one that pip fetches."""
    folder = tmp_path_factory.mktemp("wheel")
    alone = ["--no-build-isolation", "--no-index"] if find_spec("hatchling") else []
    subprocess.run([*PIP, "wheel", "--no-deps", *alone, "--wheel-dir", folder, ROOT], check=True)
    [wheel] = folder.iterdir()
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Runs the installed wheel's command in an empty folder, and gives what it prints."""
    site, empty = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("empty")
    subprocess.run([*PIP, "install", "--no-deps", "--no-index", "--target", site, wheel], check=True)
    environment = os.environ | {"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*arguments: str, code: str = "from kzlod.cli import main; main()") -> str:
        command = [sys.executable, "-P", "-c", code, *arguments]
        result = subprocess.run(command, cwd=empty, env=environment, capture_output=True, check=False)
        assert result.returncode == 0, result.stderr.decode()
        return result.stdout.decode()

    where = run(code="import kzlod; print(kzlod.__file__)").strip()
    assert Path(where) == site / "kzlod" / "__init__.py"
    return run


def test_it_holds_the_reference_dataset(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    prefix = "kzlod/reference/"
    carried = {name.removeprefix(prefix): content for name, content in packed.items() if name.startswith(prefix)}
    expected = {
        f"{folder}/{name}": content for folder in REFERENCE for name, content in bytes_below(ROOT / folder).items()
    }
    expected["kzlod.toml"] = (ROOT / "kzlod.toml").read_bytes()
    assert carried.keys() == expected.keys()
    assert carried == expected
    assert {name.partition("/")[0] for name in carried} == {
        "ontology",
        "data",
        "shapes",
        "queries",
        "tests",
        "kzlod.toml",
    }


def test_it_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        [entry_points] = [name for name in names if name.endswith(".dist-info/entry_points.txt")]
        scripts = configparser.ConfigParser()
        scripts.read_string(archive.read(entry_points).decode())
    assert dict(scripts["console_scripts"]) == {"kzlod": "kzlod.cli:main"}
    package = {f"kzlod/{name}" for name in bytes_below(ROOT / "src" / "kzlod")}
    package -= {name for name in package if name.startswith("kzlod/web/script/")}
    assert package <= names
    assert {"kzlod/web/static/script.js", "kzlod/web/static/worker.js"} <= names
    rest = {name for name in names - package if not name.startswith("kzlod/reference/")}
    assert {name.partition("/")[0] for name in rest} == {f"kzlod-{wheel.name.split('-')[1]}.dist-info"}
    assert any("LICENSE" in name for name in rest)


def test_it_answers_in_an_empty_folder(installed: Callable[..., str], kzlod: Run) -> None:
    arguments = ("query", "trade-by-year", "--format", "csv")
    answer = installed(*arguments)
    assert len(answer.splitlines()) > 1
    assert answer == kzlod(*arguments, "--project", ROOT).stdout_bytes.decode()


def test_every_layer_works_from_it(installed: Callable[..., str], tmp_path: Path) -> None:
    assert "Examples:" in installed("build", "--help")
    made = tmp_path / "tiny"
    installed("init", str(made))
    assert "no findings" in installed("check", "--project", str(made))
    assert "tiny.nq" in installed("build", "--project", str(made), "--out", str(tmp_path / "dist"))
