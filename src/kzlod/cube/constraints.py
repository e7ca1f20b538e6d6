"""The integrity constraints of the RDF Data Cube Vocabulary (section 11.1), in a curator's words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constraint:
    """An integrity constraint: its number in the specification, what holds, what to do where it does not, an example
    of what is wrong.

    >>> CONSTRAINTS[11].code, CONSTRAINTS[11].title
    ('cube.ic-12', 'No duplicate observations')
    """

    number: int
    title: str
    meaning: str
    remedy: str
    example: str

    @property
    def code(self) -> str:
        """The stable code."""
        return f"cube.ic-{self.number}"


_ALL = (
    (
        "Unique data set",
        "An observation belongs to exactly one data set.",
        "give the observation one qb:dataSet",
        "<obs/1> a qb:Observation .",
    ),
    (
        "Unique structure",
        "A data set has exactly one data structure definition.",
        "give the data set one qb:structure",
        "<trade> a qb:DataSet .",
    ),
    (
        "Structure includes a measure",
        "A data structure definition has at least one measure.",
        "give it a component with qb:measure",
        "<structure> a qb:DataStructureDefinition .",
    ),
    (
        "Dimensions have a range",
        "A dimension says with rdfs:range what its values are.",
        "give the dimension an rdfs:range",
        "<area> a qb:DimensionProperty .",
    ),
    (
        "Concept dimensions have a code list",
        "A dimension whose values are SKOS concepts says from which code list they are.",
        "give the dimension a qb:codeList",
        "<area> a qb:DimensionProperty ; rdfs:range skos:Concept .",
    ),
    (
        "Only attributes may be optional",
        "A component that is not required is an attribute.",
        "take the qb:componentRequired false out, or make the component an attribute",
        "<part> qb:dimension <area> ; qb:componentRequired false .",
    ),
    (
        "Slice keys are declared",
        "A slice key belongs to a data structure definition.",
        "name the key with qb:sliceKey in the data structure definition that it is of",
        "<by-area> a qb:SliceKey .",
    ),
    (
        "Slice keys fit the structure",
        "The components of a slice key are components of the data structure definition that has it.",
        "make the property a component of the data structure definition, or take it out of the key",
        "<by-area> a qb:SliceKey ; qb:dimension <colour> .",
    ),
    (
        "Unique slice structure",
        "A slice has exactly one slice key.",
        "give the slice one qb:sliceStructure",
        "<slice/1> a qb:Slice .",
    ),
    (
        "Slice dimensions are complete",
        "A slice has a value for each dimension of its key.",
        "give the slice a value of the dimension",
        "<slice/1> qb:sliceStructure <by-area> .",
    ),
    (
        "All dimensions are there",
        "An observation has a value for each dimension of its data set's structure.",
        "give the observation a value of the dimension",
        "<obs/1> qb:dataSet <trade> ; <year> 2024 .",
    ),
    (
        "No duplicate observations",
        "No two observations of a data set have the same value for all dimensions.",
        "take one of them out, or add the dimension in which they differ",
        "<obs/1> <area> <oslo> . <obs/2> <area> <oslo> .",
    ),
    (
        "Required attributes are there",
        "An observation has a value for each component that is marked as required.",
        "give the observation a value of it, or make it optional (qb:componentRequired false)",
        "<part> qb:attribute <unit> ; qb:componentRequired true .",
    ),
    (
        "All measures are there",
        "Where measures are no dimension, an observation has a value for each of them.",
        "give the observation a value of the measure",
        "<obs/1> qb:dataSet <trade> ; <weight> 2.5 .",
    ),
    (
        "Measure dimension is consistent",
        "Where measures are a dimension, an observation has a value of the measure that its qb:measureType names.",
        "give the observation a value of that measure, or correct its qb:measureType",
        "<obs/1> qb:measureType <weight> ; <value> 7 .",
    ),
    (
        "One measure in each observation",
        "Where measures are a dimension, an observation has no measure but that which its qb:measureType names.",
        "make an observation of its own of the other measure",
        "<obs/1> qb:measureType <weight> ; <weight> 2.5 ; <value> 7 .",
    ),
    (
        "All measures at each point",
        "Where measures are a dimension, there is an observation of each measure at each point of the cube.",
        "add the observations of the other measures, or take out those that are there twice",
        "<obs/1> qb:measureType <weight> ; <weight> 2.5 .",
    ),
    (
        "Consistent links to data sets",
        "An observation that a slice of a data set names belongs to that data set.",
        "give the observation the qb:dataSet of the slice, or take it out of the slice",
        "<trade> qb:slice <slice/1> . <slice/1> qb:observation <obs/1> .",
    ),
    (
        "Codes are from the code list",
        "The value of a dimension with a code list is a concept of that list.",
        "correct the code, or make it a skos:Concept of the list (skos:inScheme, or skos:member of a collection)",
        "<obs/1> <area> <atlantis> .",
    ),
    (
        "Codes are from the hierarchy",
        "The value of a dimension with a hierarchical code list is reached from a root of the list, parent to child.",
        "correct the code, or put it under its parent (the list's qb:parentChildProperty)",
        "<obs/1> <area> <atlantis> .",
    ),
    (
        "Codes are from the hierarchy, child to parent",
        "The value of a dimension with a hierarchical code list whose property leads from child to parent is reached"
        " from a root of the list.",
        "correct the code, or give it its parent (the inverse of the list's qb:parentChildProperty)",
        "<obs/1> <area> <atlantis> .",
    ),
)
CONSTRAINTS = tuple(Constraint(number, *texts) for number, texts in enumerate(_ALL, 1))
"""IC-1 to IC-21, in order."""
