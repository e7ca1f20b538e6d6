"""Packages that only some need: imported where they are used, asked for where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from kzlod.errors import MissingError


def need(module: str, *, install: str) -> Any:
    """A package's module; raises `MissingError` with what to install where it is not there.

    >>> need("json", install="kzlod[plot]").dumps(1)
    '1'
    >>> need("nobody_has_this", install="kzlod[plot]")
    Traceback (most recent call last):
    kzlod.errors.MissingError: nobody_has_this is not installed; run: pip install 'kzlod[plot]'
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise MissingError(f"{name} is not installed", remedy=f"run: pip install '{install}'") from error
