"""README is true: its examples run, and print what it shows.

A block of ```` ```console ```` holds commands after `$ ` and their output. A line `…` stands for any lines. `python -m
tests.test_readme` writes the outputs anew, as far as they are not cut by a `…`.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from kzlod.cli import COMMANDS, main

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
CUT = "…"


def examples(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a text and the output that it shows."""
    for block in _BLOCK.findall(text):
        for command, output in _COMMAND.findall(block):
            if command.startswith("kzlod "):
                yield command, output


def output_of(command: str) -> str:
    """What a command prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), contextlib.suppress(SystemExit):
        main(shlex.split(command)[1:])
    return printed.getvalue().replace("\r\n", "\n")


def fits(shown: str, real: str) -> bool:
    """Whether an output is what is shown, where a line `…` stands for any lines."""
    parts = [re.escape(part) for part in re.split(rf"^{CUT}\n", shown, flags=re.MULTILINE)]
    return re.fullmatch("(?:.*\n)*".join(parts), real) is not None


EXAMPLES = list(examples(README.read_text("utf-8")))


@pytest.fixture(scope="module", autouse=True)
def somewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty folder to run in, so that the examples are those of somebody who just installed the package."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("readme"))
    yield
    os.chdir(before)


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_example(command: str, shown: str) -> None:
    real = output_of(command)
    assert fits(shown, real), f"README shows\n{shown}\nbut it prints\n{real}"


def test_python() -> None:
    """The lines of Python run, and their values are those of the comments behind them."""
    for code in re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL):
        known: dict[str, object] = {}
        exec(code, known)
        for expression, shown in re.findall(r"^([^=\n]*?) +# (.*)$", code, re.MULTILINE):
            assert repr(eval(expression, known)) == shown


def test_every_command_has_a_heading_and_an_example() -> None:
    text = README.read_text("utf-8")
    run = " ".join(command for command, _ in EXAMPLES)
    missing = [name for name in COMMANDS if f"### kzlod {name}" not in text or f"kzlod {name}" not in run]
    assert not missing


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", README.read_text("utf-8"))
    local = [target for pair in targets for target in pair if target and "://" not in target]
    assert local
    assert not [target for target in local if not (README.parent / target).exists()]


if __name__ == "__main__":
    import tempfile

    text = README.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for command, shown in examples(text):
            real = output_of(command)
            if CUT not in shown.splitlines():
                text = text.replace(f"$ {command}\n{shown}", f"$ {command}\n{real}")
            elif not fits(shown, real):
                print(f"look at it by hand: {command}\n{real}")  # noqa: T201
    README.write_text(text, "utf-8")
