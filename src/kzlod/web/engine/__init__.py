"""The engine behind the endpoint: `oxigraph` servers in processes of their own, supervised, limited, ended at need."""

from kzlod.web.engine.lanes import Lanes, Question, Result
from kzlod.web.engine.process import Settings

__all__ = ["Lanes", "Question", "Result", "Settings"]
