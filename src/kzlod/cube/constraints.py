"""The integrity constraints of the RDF Data Cube Vocabulary (section 11.1), in a curator's words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constraint:
    """An integrity constraint: its number in the specification, its title (what holds), what is wrong, what to do.

    >>> CONSTRAINTS[11].code, CONSTRAINTS[11].title
    ('cube.ic-12', 'No duplicate observations')
    """

    number: int
    title: str
    meaning: str
    remedy: str

    @property
    def code(self) -> str:
        """The stable code."""
        return f"cube.ic-{self.number}"


_ALL = (
    (
        "Unique data set",
        "An observation belongs to no data set, or to several.",
        "give the observation one qb:dataSet",
    ),
    (
        "Unique structure",
        "A data set has no data structure definition, or several.",
        "give the data set one qb:structure",
    ),
    (
        "Structure includes a measure",
        "A data structure definition has no measure.",
        "give it a component with qb:measure",
    ),
    (
        "Dimensions have a range",
        "A dimension does not say with rdfs:range what its values are.",
        "give the dimension an rdfs:range",
    ),
    (
        "Concept dimensions have a code list",
        "The values of a dimension are SKOS concepts, and it does not say from which code list.",
        "give the dimension a qb:codeList",
    ),
    (
        "Only attributes may be optional",
        "A component that is not required is no attribute.",
        "take the qb:componentRequired false out, or make the component an attribute",
    ),
    (
        "Slice keys are declared",
        "A slice key belongs to no data structure definition.",
        "name the key with qb:sliceKey in the data structure definition that it is of",
    ),
    (
        "Slice keys fit the structure",
        "A slice key has a component that the data structure definition which has the key has not.",
        "make the property a component of the data structure definition, or take it out of the key",
    ),
    (
        "Unique slice structure",
        "A slice has no slice key, or several.",
        "give the slice one qb:sliceStructure",
    ),
    (
        "Slice dimensions are complete",
        "A slice has no value for a dimension of its key.",
        "give the slice a value of the dimension",
    ),
    (
        "All dimensions are there",
        "An observation has no value for a dimension of its data set's structure.",
        "give the observation a value of the dimension",
    ),
    (
        "No duplicate observations",
        "Two observations of a data set have the same values for all dimensions.",
        "take one of them out, or add the dimension in which they differ",
    ),
    (
        "Required attributes are there",
        "An observation has no value for an attribute that is marked as required.",
        "give the observation a value of it, or make it optional (qb:componentRequired false)",
    ),
    (
        "All measures are there",
        "Measures are no dimension, and an observation has no value for one of them.",
        "give the observation a value of the measure",
    ),
    (
        "Measure dimension is consistent",
        "Measures are a dimension, and an observation has no value of the measure that its qb:measureType names.",
        "give the observation a value of that measure, or correct its qb:measureType",
    ),
    (
        "One measure in each observation",
        "Measures are a dimension, and an observation has a value of another measure than its qb:measureType names.",
        "make an observation of its own of the other measure",
    ),
    (
        "All measures at each point",
        "Measures are a dimension, and at a point of the cube one has no observation, or several.",
        "add the observations of the other measures, or take out those that are there twice",
    ),
    (
        "Consistent links to data sets",
        "A slice of a data set names an observation that does not belong to that data set.",
        "give the observation the qb:dataSet of the slice, or take it out of the slice",
    ),
    (
        "Codes are from the code list",
        "The value of a dimension with a code list is no concept of that list.",
        "correct the code, or make it a skos:Concept of the list (skos:inScheme, or skos:member of a collection)",
    ),
    (
        "Codes are from the hierarchy",
        "The value of a dimension with a hierarchical code list is not reached from a root of the list,"
        " parent to child.",
        "correct the code, or put it under its parent (the list's qb:parentChildProperty)",
    ),
    (
        "Codes are from the hierarchy, child to parent",
        "The value of a dimension with a hierarchical code list whose property leads from child to parent is"
        " not reached from a root of the list.",
        "correct the code, or give it its parent (the inverse of the list's qb:parentChildProperty)",
    ),
)
CONSTRAINTS = tuple(Constraint(number, *texts) for number, texts in enumerate(_ALL, 1))
"""IC-1 to IC-21, in order."""
