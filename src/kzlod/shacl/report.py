"""What validation says: results, each with all that the W3C report vocabulary has for it (SHACL, section 3.6)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Result:
    """One validation result; terms are canonical N-Quads tokens, empty where the report has none.

    `path` is a predicate's token, or a complex path as SPARQL writes it, with every nested path in brackets.
    """

    focus: str
    path: str
    value: str
    component: str
    severity: str
    shape: str
    message: str

    @property
    def predicate(self) -> str:
        """The path, where it is one predicate; empty for other paths.

        >>> Result("", "<http://e/p>", "", "", "", "", "").predicate
        '<http://e/p>'
        >>> Result("", "<http://e/p>/<http://e/q>", "", "", "", "", "").predicate
        ''
        """
        return self.path if self.path.startswith("<") and self.path.find(">") == len(self.path) - 1 else ""


@dataclass(frozen=True, slots=True)
class Report:
    """A validation report: whether the data conforms, every result in order, and what is odd about the shapes."""

    conforms: bool
    results: tuple[Result, ...]
    warnings: tuple[str, ...] = ()
