"""`kzlod check`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import click

from kzlod.check import check
from kzlod.check.forms import FORMS, as_text, below
from kzlod.check.forms.text import SCREEN, counted, counts, summary
from kzlod.cli.options import progress, project_option
from kzlod.dataset import Dataset
from kzlod.findings import SEVERITIES, Finding, Severity
from kzlod.kinds import KINDS, explain
from kzlod.project import Project

_FORMS = ("text", "json", "html", "turtle", "github", "sarif")


@click.command("check")
@project_option
@click.option(
    "--corpus",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Prove the evidence against these documents.",
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(_FORMS),
    default="text",
    show_default=True,
    help="How findings are printed: turtle is a SHACL report; github and sarif show them at the lines of a change.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--info", is_flag=True, help="Tell also what is for information, such as checks that do not hold.")
@click.option(
    "--max-results",
    metavar="N",
    type=click.IntRange(min=0),
    default=SCREEN,
    show_default=True,
    help="From how many findings on text is grouped by kind, with the first of each; 0: never.",
)
@click.option(
    "--fail-on",
    type=click.Choice(get_args(Severity)),
    default="error",
    show_default=True,
    help="The least severe finding that makes the exit status 1.",
)
@click.option("--shape-coverage", is_flag=True, help="Say instead what no test shows of the shapes.")
@click.option(
    "--explain", "explained", metavar="CODE", help="Say what a kind of findings means, instead; all: list the kinds."
)
def command(
    project: Project,
    corpus: Path | None,
    form: str,
    as_json: bool,
    info: bool,
    max_results: int,
    fail_on: Severity,
    shape_coverage: bool,
    explained: str | None,
) -> int:
    """Check tables, evidence, shapes, data cubes, links, literals, labels, figures and formats.

    A finding says file, line, column, what is wrong and what to do. Exit status: 0 nothing found (or nothing as severe
    as --fail-on), 1 something found, 2 could not run.

    --shape-coverage runs the fixtures of shapes/NAME.ttl, which are tests/shapes/NAME/pass*.ttl and fail*.ttl, with the
    vocabularies and tests/shapes/base.ttl. It is an error if none of them violates a constraint, or one that is to pass
    does not; a warning if a shape is about nothing in the data.

    \b
    Examples:
      kzlod check
      kzlod check --corpus ../documents --fail-on warning
      kzlod check --format sarif > findings.sarif
      kzlod check --explain table.foreign-key
      kzlod check --shape-coverage
    """
    if explained is not None:
        click.echo("\n".join(_explained(explained)))
        return 0
    form = "json" if as_json else form
    with progress("Checking") as step, Dataset.open(project) as dataset:
        if shape_coverage:
            from kzlod.check.shape_coverage import shape_coverage as coverage_of

            coverage = coverage_of(dataset.sound(), step=step)
            found, whole = coverage.findings, json.dumps(asdict(coverage), ensure_ascii=False, indent=1)
            about = (
                f"{coverage.files:,} files, {coverage.shapes:,} shapes, {coverage.constraints:,} constraints:"
                f" fixtures violate {coverage.violated:,}, the data exercises {coverage.exercised:,}"
            )
        else:
            found, whole = check(dataset, corpus=corpus, step=step), ""
            about = f"{project.id} {project.version}: {len(dataset.table):,} triples"
    told = [finding for finding in found if info or fail_on == "info" or finding.severity != "info"]
    if form == "text":
        for line in as_text(told, most=max_results):
            click.echo(line)
        for line in _summary(told, about, hidden=len(found) - len(told)):
            click.echo(line, err=bool(told))
    else:
        click.echo(whole if whole and form == "json" else _formed(form, project, told))
    worst = SEVERITIES.index(fail_on)
    return 1 if any(SEVERITIES.index(finding.severity) <= worst for finding in found) else 0


def _formed(form: str, project: Project, findings: Sequence[Finding]) -> str:
    if form == "turtle":
        from kzlod.release.report import as_turtle

        return as_turtle(project, findings).rstrip("\n")
    if form in ("github", "sarif"):
        # A site knows files by their paths in the repository, at whose top the command is run there.
        root, here = project.root.resolve(), Path.cwd()
        findings = below(findings, root.relative_to(here).as_posix() if here in root.parents else "")
    return FORMS[form](findings, KINDS)


def _summary(findings: Sequence[Finding], about: str, *, hidden: int) -> Iterator[str]:
    """What was found, by kind where there are several."""
    kinds = counts(findings)
    if len(kinds) > 1:
        yield ""
        for (severity, code), count in kinds:
            yield f"{code:24} {counted(count, severity)}"
        yield "kzlod check --explain CODE says what a kind means and how it is mended"
    more = f"; {counted(hidden, 'info')} (--info)" if hidden else ""
    yield f"{about}, {summary(findings) or 'no findings'}{more}"


def _explained(code: str) -> Iterable[str]:
    """What is known of a kind of findings, or the list of all."""
    if code == "all":
        return [f"{kind.code:24} {kind.severity:8} {kind.meaning}" for kind in KINDS]
    kind = explain(code)
    return [f"{kind.code} ({kind.severity})", kind.meaning, kind.remedy, "", "Such as:", f"  {kind.example}"]
