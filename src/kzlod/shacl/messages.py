"""What a result says where its shape has no message of its own."""

from __future__ import annotations

from kzlod.shacl.model import Constraint, Shape

_MOST = 12
"""How many terms a message names."""


def message(shape: Shape, constraint: Constraint) -> str:
    """The message of a result: the constraint's own, its shape's, or one made from the constraint."""
    own = constraint.messages or shape.messages
    return own[0] if own else default(constraint)


def default(constraint: Constraint) -> str:
    """A message that names what is asked for.

    >>> default(Constraint("MinCount", count=1))
    'has fewer values than 1'
    """
    terms = " ".join(constraint.terms[:_MOST])
    if len(constraint.terms) > _MOST:
        terms += f" and {len(constraint.terms) - _MOST:,} more"
    texts = {
        "Class": f"is no instance of {terms}",
        "Datatype": f"is no well-formed literal of {terms}",
        "NodeKind": f"is not of kind {terms}",
        "MinCount": f"has fewer values than {constraint.count}",
        "MaxCount": f"has more values than {constraint.count}",
        "MinExclusive": f"is not greater than {terms}",
        "MinInclusive": f"is not greater than or equal to {terms}",
        "MaxExclusive": f"is not less than {terms}",
        "MaxInclusive": f"is not less than or equal to {terms}",
        "MinLength": f"is shorter than {constraint.count} characters",
        "MaxLength": f"is longer than {constraint.count} characters",
        "Pattern": f"does not match {constraint.terms[0] if constraint.terms else ''}",
        "LanguageIn": f"is in none of the languages {terms}",
        "UniqueLang": "has two values in one language",
        "Equals": f"is not among both the values and those of {terms}",
        "Disjoint": f"is also a value of {terms}",
        "LessThan": f"is not less than each value of {terms}",
        "LessThanOrEquals": f"is not less than or equal to each value of {terms}",
        "Not": "conforms to a shape that it must not conform to",
        "And": "does not conform to all of the shapes",
        "Or": "conforms to none of the shapes",
        "Xone": "does not conform to exactly one of the shapes",
        "Node": "does not conform to the shape",
        "QualifiedMinCount": f"has fewer values of the shape than {constraint.count}",
        "QualifiedMaxCount": f"has more values of the shape than {constraint.count}",
        "Closed": "has a property that the shape does not allow",
        "HasValue": f"does not have the value {terms}",
        "In": f"is none of {terms}",
        "SPARQL": "is found by a query of the shape",
    }
    return texts.get(constraint.component, "does not satisfy the constraint")
