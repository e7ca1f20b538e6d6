"""Cubes: the integrity constraints of the RDF Data Cube Vocabulary, which have their texts themselves."""

from __future__ import annotations

from kzlod.cube import CONSTRAINTS
from kzlod.findings import FindingKind

_EXAMPLES = (
    "data/cube.ttl: the observation http://example.org/obs1 is in no data set; give the observation one qb:dataSet",
    "data/cube.ttl: the data set rain has no structure; give the data set one qb:structure",
    "data/cube.ttl: the structure structure has no measure; give it a component with qb:measure",
    "data/cube.ttl: the dimension year has no range; give the dimension an rdfs:range",
    "data/cube.ttl: the values of the dimension area are concepts, of no code list; give the dimension a qb:codeList",
    "data/cube.ttl: year is optional, and is no attribute; take the qb:componentRequired false out, or make the component an attribute",
    "data/cube.ttl: the slice key by-area is of no data structure definition; name the key with qb:sliceKey in the data structure definition that it is of",
    "data/cube.ttl: the slice key by-area has colour, and structure has not; make the property a component of the data structure definition, or take it out of the key",
    "data/cube.ttl: the slice http://example.org/slice1 has no key; give the slice one qb:sliceStructure",
    "data/cube.ttl: the slice http://example.org/slice1 has no area, which its key fixes; give the slice a value of the dimension",
    "data/cube.ttl: the observation http://example.org/obs1 has no year, a dimension; give the observation a value of the dimension",
    "data/cube.ttl: no dimension tells the observation http://example.org/obs3 from http://example.org/obs2; take one of them out, or add the dimension in which they differ",
    "data/cube.ttl: the observation http://example.org/obs1 has no unit, a required attribute; give the observation a value of it, or make it optional (qb:componentRequired false)",
    "data/cube.ttl: the observation http://example.org/obs1 has no days, a measure; give the observation a value of the measure",
    "data/cube.ttl: the measure of the observation http://example.org/obs2 is days, and it has no value of it; give the observation a value of that measure, or correct its qb:measureType",
    "data/cube.ttl: the measure of the observation http://example.org/obs2 is days, and it has a value of depth too; make an observation of its own of the other measure",
    "data/cube.ttl: at the point of http://example.org/obs3 are observations of 1 of 2 measures; add the observations of the other measures, or take out those that are there twice",
    "data/cube.ttl: http://example.org/obs2 is in a slice of rain, and is not of that data set; give the observation the qb:dataSet of the slice, or take it out of the slice",
    "data/cube.ttl: the area west is no concept of areas; correct the code, or make it a skos:Concept of the list (skos:inScheme, or skos:member of a collection)",
    "data/cube.ttl: the area coast is not reached from a root of areas by has; correct the code, or put it under its parent (the list's qb:parentChildProperty)",
    "data/cube.ttl: the area coast is not reached from a root of areas by in; correct the code, or give it its parent (the inverse of the list's qb:parentChildProperty)",
)
KINDS = tuple(
    FindingKind(
        constraint.code,
        "error",
        f"{constraint.meaning.removesuffix('.')} (IC-{constraint.number}: {constraint.title}).",
        f"{constraint.remedy[0].upper()}{constraint.remedy[1:]}.",
        example,
    )
    for constraint, example in zip(CONSTRAINTS, _EXAMPLES, strict=True)
)
