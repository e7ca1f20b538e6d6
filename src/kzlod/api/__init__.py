"""The dataset from Python: open it once, ask it many times.

>>> import kzlod
>>> dataset = kzlod.open()
>>> len(dataset.query("trade-by-year", year=2024))
4
"""

from kzlod.api.dataset import OpenDataset, open
from kzlod.api.rows import Rows
from kzlod.api.values import Iri

__all__ = ["Iri", "OpenDataset", "Rows", "open"]
