"""Loading a dataset into a store that others run: planned, done, and verified by reading it back."""

from kzlod.load.plan import COMPARE_UP_TO, Loaded, Mode, Plan, plan
from kzlod.load.source import Source, of_project, source
from kzlod.load.verify import Verification

__all__ = ["COMPARE_UP_TO", "Loaded", "Mode", "Plan", "Source", "Verification", "of_project", "plan", "source"]
