"""How often to ask a server again, and how long to wait before: back-off, and what `Retry-After` says."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to try anew without getting on, and how long to wait before: twice as long each time.

    `total` is how many seconds may be spent waiting before one answer of a SPARQL endpoint, whatever it asks for.

    >>> [Patience().wait(failures) for failures in (1, 2, 3, 9)]
    [0.5, 1.0, 2.0, 30.0]
    """

    tries: int = 6
    first: float = 0.5
    longest: float = 30.0
    total: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def wait(self, failures: int, *, after: float = 0) -> float:
        """Seconds to wait after so many failures, at least `after`, never longer than `longest`."""
        return float(min(self.longest, max(after, self.first * 2 ** (failures - 1))))


def retry_after(value: str, *, now: datetime | None = None) -> float:
    """The seconds that a `Retry-After` field asks to wait: a number, or a date (RFC 9110, section 10.2.3); else 0.

    >>> retry_after("120"), retry_after("soon"), retry_after("")
    (120.0, 0.0, 0.0)
    >>> retry_after("Fri, 31 Dec 1999 23:59:59 GMT", now=datetime(1999, 12, 31, 23, 59, 29, tzinfo=UTC))
    30.0
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - (now or datetime.now(UTC))).total_seconds())
