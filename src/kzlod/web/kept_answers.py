"""Answers kept in memory: a release does not change, so the same request has the same answer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from kzlod.web.messages import Answer

_CACHEABLE = frozenset({200, 303, 410})
_LARGEST_PART = 16


Key = Sequence[str | bytes]
"""What is asked; it can be hashed."""


class KeptAnswers:
    """The answers that were last asked for, with what was asked, up to a number of bytes; the largest are not kept.

    >>> kept = KeptAnswers(most=1600)
    >>> kept.put("a", Answer(200, (), b"x" * 90)), kept.get("a").status, kept.get("b")
    (None, 200, None)
    """

    def __init__(self, *, most: int) -> None:
        self._most, self._size = most, 0
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    def get(self, key: Key) -> Answer | None:
        """The answer to a request, if it is kept."""
        found = self._answers.get(key)
        if found is not None:
            self._answers.move_to_end(key)
        return found

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer; the ones that were asked for longest ago make room."""
        size = _size(key, answer)
        if answer.status not in _CACHEABLE or size > self._most // _LARGEST_PART or key in self._answers:
            return
        self._answers[key] = answer
        self._size += size
        while self._size > self._most:
            self._size -= _size(*self._answers.popitem(last=False))


def _size(key: Key, answer: Answer) -> int:
    return sum(map(len, key)) + len(answer.body) + sum(len(name) + len(value) for name, value in answer.headers)
