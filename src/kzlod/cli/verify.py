"""`kzlod verify`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict

import click

from kzlod.cli.options import progress, web
from kzlod.release.verify import Verification, verify


@click.command("verify")
@click.argument("place", metavar="PATH|URL")
@click.option("--json", "as_json", is_flag=True, help="Print what was checked as JSON.")
def command(place: str, as_json: bool) -> int:
    """Compute again all that a release claims of itself: a folder, or an address on the web.

    Checksums, sizes, the canonical form and its hash, that all formats hold the same triples, that every figure is
    true. Each kind of claims is checked up to the first that is false. A release on the web is fetched first, into a
    temporary folder. Exit status: 0 all true, 1 something is false, 2 could not run.

    \b
    Examples:
      kzlod verify dist/towns/latest
      kzlod verify https://example.org/release/1.0.0/ --json
    """
    with progress("Verifying") as step, web(place) as client:
        verified = verify(place, client=client, processes=os.cpu_count() or 1, step=step)
    if as_json:
        click.echo(json.dumps(asdict(verified), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_lines(verified)))
    return 1 if verified.findings else 0


def _lines(verified: Verification) -> Iterable[str]:
    for kind in verified.kinds:
        verdict = f"FALSE  {kind.finding}" if kind.finding else kind.claim
        yield f"{kind.name:11} {kind.checked:>12,}  {verdict}"
    yield ""
    yield f"{verified.place}: {verified.triples:,} triples, sha256 {verified.digest or 'unknown'}"
    false = len(verified.findings)
    yield f"{false} of {len(verified.kinds)} kinds of claims are false" if false else "all of it is true"
