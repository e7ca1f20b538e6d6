"""SHACL: shapes to findings."""

from kzlod.shacl.report import Report, Result

__all__ = ["Report", "Result"]
