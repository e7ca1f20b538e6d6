"""The command line: each command is a file that parses its arguments, makes one library call and prints the result."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

import click

from kzlod import __version__
from kzlod.errors import FindingsError, KzlodError

COMMANDS = (
    "align",
    "build",
    "check",
    "convert",
    "describe",
    "diff",
    "evidence",
    "get",
    "info",
    "init",
    "load",
    "query",
    "serve",
    "site",
    "sparql",
    "validate",
    "verify",
)


class _Commands(click.Group):
    """The commands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"kzlod.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_SUMMARIES.items()))


_INTERRUPTED = "Query interrupted"
"""What DuckDB says where a query is stopped from the keyboard."""
_SUMMARIES = {
    "align": "Link to Wikidata: find candidates, review them, revisit links, enrich.",
    "build": "Make a release: every dump of the dataset in one folder.",
    "check": "Check tables, evidence, shapes, links and labels; exit 1 on findings.",
    "convert": "Convert tables to RDF by CSV on the Web, every cell checked.",
    "describe": "Draft the metadata of a table, for a person to edit.",
    "diff": "Say what changed between two releases, projects or RDF files.",
    "evidence": "Make passages and mentions from the documents.",
    "get": "Fetch files of a published release, each whole and as its catalogue states.",
    "info": "Say what is in the dataset.",
    "init": "Start a dataset of your own.",
    "load": "Load a release into a store, and verify it.",
    "query": "Ask a canned query, or list them.",
    "serve": "Serve a release on the web: pages, RDF, SPARQL, an API, downloads.",
    "site": "Write a release as a static site, for any host of files.",
    "sparql": "Ask a question in SPARQL.",
    "validate": "Validate RDF files against SHACL shapes; exit 1 on violations.",
    "verify": "Compute again all that a release claims of itself; exit 1 on what is false.",
}


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kzlod")
def main_command() -> None:
    """Publish a folder of facts as linked open data: validated, versioned, queryable, each fact with its evidence.

    Every command works on --project DIR, else on the nearest folder upward that has a kzlod.toml, else on the dataset
    that comes with kzlod.

    \b
    Try:
      kzlod query                     the questions that have an answer ready
      kzlod query trade-by-year       one of them
      kzlod info                      what is in the dataset
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 1 findings, 2 could not run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # What is printed is UTF-8 under any locale: names come in four scripts.
            stream.reconfigure(encoding="utf-8")
    try:
        status = main_command.main(args=arguments, prog_name="kzlod", standalone_mode=False)
        sys.stdout.flush()
        raise SystemExit(status if isinstance(status, int) else 0)
    except FindingsError as error:
        from kzlod.check.forms import as_text

        for line in as_text(error.findings):
            click.echo(line, err=True)
        raise SystemExit(1) from None
    except KzlodError as error:
        click.echo(f"kzlod: {error}", err=True)
        raise SystemExit(2) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(2) from None
    except (click.Abort, KeyboardInterrupt, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not isinstance(error, click.Abort) and str(error) != _INTERRUPTED:
            raise
        click.echo("kzlod: stopped", err=True)
        raise SystemExit(130) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"kzlod: {where}{error.strerror or error}", err=True)
        raise SystemExit(2) from None
