"""`kzlod check`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from kzlod.check import check
from kzlod.cli.options import progress, project_option
from kzlod.dataset import Dataset
from kzlod.project import Project


@click.command("check")
@project_option
@click.option(
    "--corpus",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Prove the evidence against these documents.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON list.")
def command(project: Project, corpus: Path | None, as_json: bool) -> int:
    """Check tables, evidence, shapes, links and formats.

    A finding says file, line, column, what is wrong and what to do. Exit status: 0 nothing found (or warnings only),
    1 errors found, 2 could not run.

    \b
    Examples:
      kzlod check
      kzlod check --corpus ../documents
    """
    with progress("Checking") as step, Dataset.open(project) as dataset:
        findings = check(dataset, corpus=corpus, step=step)
        triples = len(dataset.table)
    counts = Counter(finding.severity for finding in findings)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(str(finding))
        counted = [f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in sorted(counts.items())]
        verdict = ", ".join(counted) or "no findings"
        click.echo(f"{project.id} {project.version}: {triples:,} triples, {verdict}", err=bool(findings))
    return 1 if counts["error"] else 0
