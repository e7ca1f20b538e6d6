"""Answers kept in memory: a release does not change, so the same request has the same answer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from kzlod.web.messages import Answer

_CACHEABLE = frozenset({200, 303, 410})
_LARGEST_PART = 16


class KeptAnswers:
    """The answers that were last asked for, up to a number of bytes in all; the largest are not kept.

    >>> kept = KeptAnswers(most=1600)
    >>> kept.put("a", Answer(200, (), b"x" * 90)), kept.get("a").status, kept.get("b")
    (None, 200, None)
    """

    def __init__(self, *, most: int) -> None:
        self._most, self._size = most, 0
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()

    def get(self, key: Hashable) -> Answer | None:
        """The answer to a request, if it is kept."""
        found = self._answers.get(key)
        if found is not None:
            self._answers.move_to_end(key)
        return found

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer; the ones that were asked for longest ago make room."""
        size = _size(answer)
        if answer.status not in _CACHEABLE or size > self._most // _LARGEST_PART or key in self._answers:
            return
        self._answers[key] = answer
        self._size += size
        while self._size > self._most:
            _, old = self._answers.popitem(last=False)
            self._size -= _size(old)


def _size(answer: Answer) -> int:
    return len(answer.body) + sum(len(name) + len(value) for name, value in answer.headers)
