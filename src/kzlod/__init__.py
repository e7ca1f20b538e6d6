"""kzlod: a linked-open-data publishing toolkit.

`kzlod.open()` opens a dataset; what it gives is in `kzlod.api`, which is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kzlod.api import Iri, OpenDataset, Rows, open
    from kzlod.errors import KzlodError

__version__ = "0.1.0"
__all__ = ["Iri", "KzlodError", "OpenDataset", "Rows", "open"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("kzlod.errors" if name == "KzlodError" else "kzlod.api"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
