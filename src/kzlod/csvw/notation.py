"""How a statement is written: as a line of N-Triples, or as a record that the table of quads takes as it is.

Both executors write: `rows` what `Notation.written` gives, SQL the same pieces (`sqlrow`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kzlod.csvw.rows import Statement


@dataclass(frozen=True, slots=True)
class Notation:
    """What stands between subject, predicate, object and what comes last, and after the whole.

    `last` is the same in every statement; where it is empty, it is the line of the file.

    >>> statement = "<http://e/s>", "<http://e/p>", '"1"', 0, 7
    >>> list(N_TRIPLES.written([statement])), list(RECORDS.written([statement]))
    (['<http://e/s> <http://e/p> "1" .\\n'], ['<http://e/s>\\x1f<http://e/p>\\x1f"1"\\x1f7\\x1e'])
    """

    between: str
    last: str
    after: str

    def written(self, statements: Iterable[Statement]) -> Iterator[str]:
        """Statements, one after the other."""
        between, last, after = self.between, self.last, self.after
        for s, p, o, _, line in statements:
            yield f"{s}{between}{p}{between}{o}{between}{last or line}{after}"


N_TRIPLES = Notation(" ", ".", "\n")
RECORDS = Notation("\x1f", "", "\x1e")
"""See `QuadTable.add_records`: tokens hold no control character, so the separators of ASCII can stand between them."""
