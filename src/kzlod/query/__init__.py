"""Queries: the canned ones with their headers, the engine that runs them, the forms of their results."""

from kzlod.query.catalog import CannedQuery, Parameter, catalog, find
from kzlod.query.engine import Engine
from kzlod.query.forms import FORMATS, READABLE, render
from kzlod.query.labels import labelled
from kzlod.query.results import Answer, Graph, Table

__all__ = [
    "FORMATS",
    "READABLE",
    "Answer",
    "CannedQuery",
    "Engine",
    "Graph",
    "Parameter",
    "Table",
    "catalog",
    "find",
    "labelled",
    "render",
]
