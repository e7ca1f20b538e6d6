"""`kzlod align`."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from kzlod.align import (
    ACCEPTED,
    REJECTED,
    URL,
    Asker,
    Links,
    Question,
    Review,
    Settings,
    Wikidata,
    align,
    check_writable,
    enrich,
    patch,
    propose,
    revisit,
)
from kzlod.cli.options import cache_folder, progress, project_option
from kzlod.dataset import Dataset
from kzlod.errors import InputError
from kzlod.project import Project
from kzlod.remote.credentials import find
from kzlod.remote.endpoint import Endpoint
from kzlod.sssom import CANDIDATES, save

_KEYS = {"a": "accept", "r": "reject", "s": "skip", "l": "later", "q": "quit"}


def _endpoint_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of the commands that ask an endpoint."""
    for option in (
        click.option("--refresh", is_flag=True, help="Ask again what has been answered before."),
        click.option(
            "--max-age",
            metavar="DAYS",
            type=click.FloatRange(min=0),
            default=7,
            show_default=True,
            help="How old an answer may be that is kept on disk.",
        ),
        click.option(
            "--pause",
            metavar="SECONDS",
            type=click.FloatRange(min=0),
            default=0.5,
            show_default=True,
            help="The least time between two questions.",
        ),
        click.option(
            "--timeout",
            metavar="SECONDS",
            type=click.FloatRange(min=0, min_open=True),
            default=60,
            show_default=True,
            help="How long an answer may take.",
        ),
        click.option("--user-agent", metavar="TEXT", help="Who asks. Default: kzlod and its version."),
        click.option(
            "--endpoint", metavar="URL", default=URL, show_default=True, help="Wikidata, a mirror, or one of your own."
        ),
        project_option,
    ):
        function = option(function)
    return function


@contextmanager
def _asking(doing: str, project: Project, options: dict[str, Any]) -> Iterator[tuple[Dataset, Settings, Wikidata]]:
    """The dataset, its settings, and Wikidata as an endpoint has it."""

    settings = Settings.of(project)
    url = options["endpoint"]
    credentials = None if url == URL else find(url, os.environ)
    endpoint = Endpoint(url, timeout=options["timeout"], user_agent=options["user_agent"], credentials=credentials)
    cache = cache_folder() / "align"
    age = options["max_age"] * 86400
    asker = Asker(endpoint, cache=cache, age=age, refresh=options["refresh"], pause=options["pause"])
    with progress(doing) as step, Dataset.open(project) as dataset:
        yield dataset.sound(), settings, Wikidata(asker, project.languages, step=step)


@click.group("align", invoke_without_command=True)
@_endpoint_options
@click.pass_context
def command(context: click.Context, /, project: Project, **options: Any) -> None:
    """Find candidates for links to Wikidata, for what has no link yet.

    They are looked for by identifiers, then by labels and aliases in all languages; type and place are evidence.
    data/links/candidates.sssom.tsv then has them, each with its confidence and an explanation. Nothing is published
    before a person accepts it: `kzlod align review`.

    The same search looks for what is linked already, and says how well it does. Answers are kept, so that a run that
    was broken off goes on where it ended.

    \b
    Examples:
      kzlod align
      kzlod align --endpoint http://127.0.0.1:7878/query
    """
    if context.invoked_subcommand:
        given = [name for name in context.params if context.get_parameter_source(name) == ParameterSource.COMMANDLINE]
        if given:
            raise click.UsageError(f"give the options behind {context.invoked_subcommand}, not before it")
        return

    # What is wrong with the files is said before the endpoint is asked.
    check_writable(project)
    Links.read(project, CANDIDATES)
    rejected = Links.read(project, REJECTED).pairs()
    with _asking("Aligning", project, options) as (dataset, settings, wikidata):
        found = align(dataset, settings, wikidata, rejected=rejected)
    path = propose(project, found.candidates)
    sure = sum(candidate.sure for candidate in found.candidates)
    proposed = len({candidate.thing.id for candidate in found.candidates})
    click.echo(
        f"{project.shown(path)}: {len(found.candidates):,} candidates for {proposed:,} of {found.things:,} things"
        f" without a link, {sure:,} sure"
    )
    report = found.report
    if report.known:
        click.echo(
            f"on the {report.known:,} links accepted before: precision {report.precision:.2f}"
            f" ({report.right:,} of {report.sure:,} sure), recall {report.recall:.2f}"
            f" ({report.right:,} of {report.known:,})"
        )
    for thing, item in report.wrong:
        click.echo(f"  {thing}: {item} is sure, and is not what was accepted")


@command.command("review")
@project_option
@click.option("--by", metavar="NAME", help="Who decides: a name or an ORCID iD. Default: git's user.name, else $USER.")
def review_command(project: Project, by: str | None) -> None:
    """Decide on the candidates, one after the other, the surest first.

    One key each: a accepts (the link goes to data/links/wikidata.sssom.tsv, which is published), r rejects (it is not
    proposed again), s skips, l asks again at the end, q quits. Each decision is written at once, with who and when.

    \b
    Example:
      kzlod align review --by "Ada Lovelace"
    """

    check_writable(project)
    review = Review(project, reviewer=by or _who(), today=datetime.date.today())
    if not review.left:
        click.echo("there are no candidates; `kzlod align` looks for some")
        return
    while question := review.question:
        _show(question, review.left)
        key = _key()
        click.echo(f"{_KEYS[key]}\n")
        if key == "q":
            break
        getattr(review, _KEYS[key])()
    click.echo(f"{review.accepted} accepted, {review.rejected} rejected, {review.left} left")


def _show(question: Question, left: int) -> None:
    for id_, label, kind, place in question.sides:
        click.echo(f"{label}  {id_}")
        for name, value in (("type", kind), ("place", place)):
            if value:
                click.echo(f"  {name:5}  {value}")
    click.echo(f"  {question.row['confidence'] or '?'}: {question.row['comment']}")
    choices = ", ".join(f"{key} {name}" for key, name in _KEYS.items())
    click.echo(f"{left} left: {choices}? ", nl=False)


def _key() -> str:
    """One of the keys that mean something; the end of the input quits."""
    while True:
        key = click.getchar() if sys.stdin.isatty() else sys.stdin.read(1)
        if key.lower() in _KEYS:
            return key.lower()
        if key in ("", "\x04"):
            return "q"


def _who() -> str:
    try:
        found = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, timeout=10, check=False)
        name = found.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        name = ""
    name = name or os.environ.get("USER", "")
    if not name:
        raise InputError("nobody is named who decides", remedy='say who with --by "NAME"')
    return name


@command.command("check")
@_endpoint_options
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON list.")
def check_command(project: Project, as_json: bool, **options: Any) -> int:
    """Visit the accepted links again: deleted, merged into others, of another type, under another name.

    Exit status: 0 nothing found (or warnings only), 1 errors found, 2 could not run.

    \b
    Example:
      kzlod align check --refresh
    """

    links = Links.read(project, ACCEPTED)
    with _asking("Visiting links", project, options) as (dataset, settings, wikidata):
        findings = revisit(dataset, settings, wikidata)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"{len(links.rows):,} links, {len(findings):,} findings", err=bool(findings))
    return 1 if any(finding.severity == "error" for finding in findings) else 0


@command.command("enrich")
@_endpoint_options
@click.option("--json", "as_json", is_flag=True, help="Print the proposals as a JSON list.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write the diff there.")
def enrich_command(project: Project, as_json: bool, out: Path | None, **options: Any) -> None:
    """Propose labels and coordinates from the accepted links, as a diff to the tables; it changes no table itself.

    A line before the diff says of each proposal where it comes from. Look at it, take out what is wrong, then apply it
    with `git apply`.

    \b
    Examples:
      kzlod align enrich
      kzlod align enrich --out proposals.diff
    """

    with _asking("Enriching", project, options) as (dataset, settings, wikidata):
        proposals = enrich(dataset, settings, wikidata)
    text = (
        json.dumps([asdict(proposal) for proposal in proposals], ensure_ascii=False, indent=1) + "\n"
        if as_json
        else patch(project, proposals)
    )
    if out is None:
        click.echo(text, nl=False)
    else:
        save(out, text)
    click.echo(f"{len(proposals):,} proposals", err=True)
