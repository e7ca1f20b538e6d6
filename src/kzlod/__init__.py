"""kzlod: a linked-open-data publishing toolkit."""

__version__ = "0.1.0"
