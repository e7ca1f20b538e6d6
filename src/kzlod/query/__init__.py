"""Queries: the canned ones with their headers, the engine that runs them, the forms of their results."""

from kzlod.query.catalog import CannedQuery, Parameter, catalog, find
from kzlod.query.engine import Engine
from kzlod.query.results import FORMATS, Table

__all__ = ["FORMATS", "CannedQuery", "Engine", "Parameter", "Table", "catalog", "find"]
