"""The integrity of data cubes: the constraints of the RDF Data Cube Vocabulary, as queries on the table of quads."""

from kzlod.cube.constraints import CONSTRAINTS, Constraint
from kzlod.cube.integrity import check
from kzlod.cube.violations import Violation

__all__ = ["CONSTRAINTS", "Constraint", "Violation", "check"]
