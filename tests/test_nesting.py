"""How deep a query may be: what passes does not end the process of Oxigraph, and what is common passes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kzlod.errors import InputError
from kzlod.nesting import refuse_deep

ROOT = Path(__file__).parent.parent


def expression(text: str) -> str:
    return f"SELECT * {{ ?s ?p ?o FILTER({text}) }}"


# A group, a bracket or an operator for each that Oxigraph follows by recursion: n of them make a query.
DEEP = {
    "group": lambda n: "SELECT * { " + "{" * n + "?s ?p ?o" + "}" * n + " }",
    "exists": lambda n: "SELECT * { " + "FILTER EXISTS {" * n + "?s ?p ?o" + "}" * n + " }",
    "optional": lambda n: "SELECT * { " + "OPTIONAL {" * n + "?s ?p ?o" + "}" * n + " }",
    "subquery": lambda n: "SELECT * { " + "{SELECT * {" * n + "?s ?p ?o" + "}}" * n + " }",
    "brackets": lambda n: expression("(" * n + "1" + ")" * n),
    "call": lambda n: expression("IF(true," * n + "1" + ",1)" * n),
    "path brackets": lambda n: "SELECT * { ?s " + "^(" * n + "<a:b>" + ")" * n + " ?o }",
    "list": lambda n: "SELECT * { ?s ?p " + "(" * n + "1" + ")" * n + " }",
    "blank nodes": lambda n: "SELECT * { ?s ?p " + "[ <a:b> " * n + "1" + "]" * n + " }",
    "triple terms": lambda n: "SELECT * { ?s ?p " + "<< <a:b> <a:b> " * n + "1" + ">>" * n + " }",
    "not": lambda n: expression("!" * n + "true"),
    "or": lambda n: expression("||".join(["?s"] * n)),
    "sum": lambda n: expression("+".join(["?s"] * n)),
    "signs": lambda n: expression("?s" + " -1" * n),
    "product": lambda n: expression("*".join(["?s"] * n)),
    "path steps": lambda n: "SELECT * { ?s " + "|".join(["<a:b>"] * n) + " ?o }",
    "unions": lambda n: "SELECT * { " + " UNION ".join(["{?s ?p ?o}"] * n) + " }",
    "optionals": lambda n: "SELECT * { " + "OPTIONAL{?s ?p ?o}" * n + " }",
    "filters": lambda n: "SELECT * { ?s ?p ?o " + "FILTER(?s)" * n + " }",
    "assignments": lambda n: "SELECT * { " + "".join(f"BIND(1 AS ?x{i})" for i in range(n)) + " }",
    "selected": lambda n: "SELECT " + "".join(f"(1 AS ?x{i})" for i in range(n)) + " { ?s ?p ?o }",
    "in a comparison": lambda n: expression("1<((1))&&" + "(" * n + "1" + ")" * n + ">1"),
    "after a quote": lambda n: expression("1<'>'||" + "(" * n + "1" + ")" * n + "||'a'='a'"),
    "a comparison with a quote": lambda n: expression("1<<a:'>||" + "(" * n + "1" + ")" * n + "||'a'='a'"),
    "after a number sign": lambda n: expression("(" * n + "1<#>" + ")" * n + "\n2" + ")" * n),
    "after an escape": lambda n: "PREFIX e: <a:> " + expression("e:\\'||" + "(" * n + "1" + ")" * n),
    "in a name": lambda n: f"PREFIX VALUES: <a:> SELECT * {{ VALUES:a ?p ?o {'OPTIONAL{?s ?p ?o}' * n} }}",
}  # fmt: skip
RUN = (
    "import pyoxigraph as ox, sys, threading\n"
    + """
def run():
    for query in sys.stdin.read().split("\\0"):
        try:
            for row in ox.Store().query(query): break
        except (SyntaxError, TypeError): pass
threading.stack_size(2 << 20)
thread = threading.Thread(target=run)
thread.start()
thread.join()
print("alive")
"""
)


def deepest(kind: str) -> str:
    """The longest query of a kind that passes, to within a few."""
    low, high = 1, 5_000
    while high - low > 5:
        middle = (low + high) // 2
        try:
            refuse_deep(DEEP[kind](middle))
            low = middle
        except InputError:
            high = middle
    return DEEP[kind](low)


@pytest.mark.parametrize("kind", DEEP)
def test_too_deep(kind: str) -> None:
    refuse_deep(DEEP[kind](10))
    with pytest.raises(InputError, match=r"nested too deeply|may be an IRI or a comparison"):
        refuse_deep(DEEP[kind](3_000))


def test_what_passes_does_not_end_the_process() -> None:
    # In 2 MB of stack, as a thread of Oxigraph's server has.
    queries = "\0".join(deepest(kind) for kind in DEEP)
    done = subprocess.run([sys.executable, "-c", RUN], input=queries, capture_output=True, text=True, timeout=60)
    assert done.stdout == "alive\n", done.returncode


def test_what_is_long_but_not_deep_passes() -> None:
    row = '(<http://e/a-b/c> ex:d-e-f/g "((((" -1)'
    refuse_deep(f"SELECT * {{ VALUES (?a ?b) {{ {row * 3_000} }} ?s ?p ?o }} # {'(' * 5_000}")
    refuse_deep(expression(f"?o IN ({', '.join(['<http://e/a-b-c/d-e#(f)>'] * 5_000)})"))
    refuse_deep(expression(f"CONCAT({', '.join(['STR(?s)'] * 5_000)})"))
    refuse_deep("SELECT * { " + "?s <http://e/p/q-r> 'a{b', ex:c-d . " * 5_000 + " }")
    refuse_deep("INSERT DATA { " + "<http://e/s> <http://e/p> [ <http://e/q> 1 ] . " * 5_000 + " }")


def test_a_command_says_so(tmp_path: Path) -> None:
    file = tmp_path / "deep.rq"
    file.write_text("SELECT * " + "{" * 5_000 + "}" * 5_000, "utf-8")
    command = [Path(sys.executable).with_name("kzlod"), "sparql", file]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert "nested too deeply" in done.stderr
