"""What all tests share: the project's folders, and the rule that CI skips nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture
def root() -> Path:
    """The project's top folder."""
    return ROOT


@pytest.fixture
def corpus() -> Path:
    """The documents of the reference dataset, where they are on this machine."""
    folder = SHARED / "sources"
    if not folder.is_dir():
        pytest.skip("the documents are not here: ../shared/sources")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the reference dataset, to break."""
    target = tmp_path / "project"
    target.mkdir()
    for name in ("ontology", "data", "shapes", "queries"):
        shutil.copytree(ROOT / name, target / name)
    shutil.copy(ROOT / "kzlod.toml", target)
    return target


@pytest.fixture
def kzlod() -> Callable[..., Result]:
    """Runs the command line inside the process; the result has `exit_code`, `stdout`, `stderr`, `output`."""
    from kzlod.cli import main

    class _Entry:
        name = "kzlod"

        def main(self, args: list[str], **_: object) -> None:
            main(args)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(_Entry(), [str(argument) for argument in arguments])  # type: ignore[arg-type]

    return run


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say why CI fails where a test was skipped."""
    if os.environ.get("CI") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("CI runs every test: the skipped ones above are failures here", red=True)
    yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: it hides a missing server, browser or document."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
