"""The layers: a module imports only from layers below its own; read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "kzlod"
LAYERS = (
    {"findings", "htmlhead", "vocab", "terms"},
    {"errors", "lexical"},
    {"extras", "formats", "nesting"},
    {"remote"},
    {"quads"},
    {"project"},
    {"csvw", "shacl", "cube", "figures", "sssom"},
    {"places"},
    {"dataset"},
    {"evidence", "query", "info", "snapshot", "diff"},
    {"check", "init", "plot"},
    {"align", "load", "release"},
    {"api", "kinds"},
    {"web"},
    {"cli"},
)
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}


def unit(path: Path) -> str:
    """The package or module of the layer table that a file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The units that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kzlod":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("kzlod.")}
    return found & LAYER.keys()


FILES = sorted(path for path in SOURCE.rglob("*.py") if path.parent != SOURCE or path.name != "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_go_down(path: Path) -> None:
    own = unit(path)
    assert own in LAYER, f"{own} has no layer: give it one"
    above = {name for name in imported(path) - {own} if LAYER[name] >= LAYER[own]}
    assert not above, f"{path.name} (layer {LAYER[own]}) imports {above}"


def test_only_cli_imports_click() -> None:
    wrong = [path for path in FILES if unit(path) != "cli" and "click" in path.read_text("utf-8").split("import")[0]]
    assert not wrong
    code = "import sys, kzlod; print([m for m in ('click', 'rich', 'httpx', 'duckdb', 'rdflib') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_modules_can_be_read_in_one_go() -> None:
    long = {path.name: n for path in FILES if (n := len(path.read_text("utf-8").splitlines())) > 400}
    assert not long


def test_the_head_of_a_page_that_stands_alone_is_written_once() -> None:
    heads = [unit(path) for path in FILES if "color-scheme: light dark" in path.read_text("utf-8")]
    assert heads == ["htmlhead"]


def test_the_engine_knows_no_domain() -> None:
    words = ("kazakh", "china", "chinese", "khorgos", "astana", "tenge", "beijing", "usd", "eurasia")
    for path in FILES:
        text = path.read_text("utf-8").lower()
        assert not [word for word in words if word in text], path
