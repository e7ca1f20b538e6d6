"""Queries in a process of their own, which the kernel ends when their time is up: Oxigraph cannot be told to stop.

This module is the process too (`python -m kzlod.query.limited`): it reads from standard input what data to open, then
queries, and writes what they give to standard output, each as a pickle. Only the process that started it speaks to it.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from kzlod.errors import KzlodError, QueryError
from kzlod.query.engine import Engine
from kzlod.query.results import Answer


class Limited:
    """Data that is asked in a process of its own, with a limit of seconds for each query."""

    def __init__(self, data: bytes | Path, prefixes: Mapping[str, str], *, timeout: float) -> None:
        """Open data as `Engine` does, without a limit for that; raises `InputError` as it does."""
        self._timeout = timeout
        command = [sys.executable, "-P", "-m", "kzlod.query.limited"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self._exchange((data, dict(prefixes), timeout))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def ask(self, sparql: str) -> Answer:
        """As `Engine.ask`; raises `QueryError` for a query that takes longer than the limit, and for all after it."""
        answer: Answer = self._exchange(sparql)
        return answer

    def _exchange(self, message: object) -> Any:
        assert self._process.stdin and self._process.stdout
        try:
            pickle.dump(message, self._process.stdin)
            self._process.stdin.flush()
            answer = pickle.load(self._process.stdout)
        except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
            if self._process.wait() == -signal.SIGALRM:
                said, remedy = f"was not answered within {self._timeout:g} s", "ask for less, or allow more time"
            else:
                said, remedy = "was not answered: its process was ended", "ask for less: it may have needed more memory"
            raise QueryError(said, remedy=remedy) from error
        if isinstance(answer, tuple):
            kind, said, where, remedy = answer
            raise kind(said, where=where, remedy=remedy)
        return answer


def main() -> None:
    """Open what standard input says, and answer the queries that come, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one hears it, and ends this one
    data, prefixes, timeout = pickle.load(sys.stdin.buffer)
    try:
        engine = Engine(data, prefixes)
        _tell(None)
        while True:
            sparql = pickle.load(sys.stdin.buffer)
            signal.setitimer(signal.ITIMER_REAL, timeout)
            try:
                answer: object = engine.ask(sparql)
            except KzlodError as error:
                answer = _told(error)
            signal.setitimer(signal.ITIMER_REAL, 0)
            _tell(answer)
    except KzlodError as error:
        _tell(_told(error))
    except (EOFError, BrokenPipeError):
        return


def _told(error: KzlodError) -> object:
    return type(error), error.message, error.where, error.remedy


def _tell(answer: object) -> None:
    pickle.dump(answer, sys.stdout.buffer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
