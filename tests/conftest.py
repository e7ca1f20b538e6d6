"""What all tests share: the project's folders, and the rule that CI skips nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.editing import ROOT, copy_reference
from tests.serving import live, reference_release, strange, tiny_release
from tests.sparks import spark
from tests.stores import oxigraph_store, virtuoso_store

__all__ = ["live", "oxigraph_store", "reference_release", "spark", "strange", "tiny_release", "virtuoso_store"]

SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The documents of the reference dataset, where they are on this machine."""
    folder = SHARED / "sources"
    if not folder.is_dir():
        pytest.skip("the documents are not here: ../shared/sources")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the reference dataset, to break."""
    return copy_reference(tmp_path / "project")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A dataset as `kzlod init` starts it: all layers, a few rows, checked in a moment."""
    from kzlod.init import init

    return init(tmp_path / "tiny").root


@pytest.fixture(scope="session")
def kzlod() -> Callable[..., Result]:
    """Runs the command line inside the process; the result has `exit_code`, `stdout`, `stderr`, `output`."""
    from kzlod.cli import main

    class _Entry:
        name = "kzlod"

        def main(self, args: list[str], **_: object) -> None:
            main(args)

    def run(*arguments: object, input: str | bytes | None = None) -> Result:
        texts = [str(argument) for argument in arguments]
        return CliRunner().invoke(_Entry(), texts, input=input)  # type: ignore[arg-type]

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
