"""Which observations are at the same point of a cube (IC-12, IC-17), by grouping.

The specification compares pairs of observations in the dimensions of which both have a value. So observations are first
put together that have values of the same dimensions: a *profile*. Two profiles of a data set, or one with itself, are
compared in the dimensions that they share, by grouping the observations by the values there. A sound cube has one
profile, and that is one grouping.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from kzlod.cube.observations import MEASURE_TYPE, Bits
from kzlod.cube.values import LITERAL, NAN, NODE, OPAQUE
from kzlod.cube.violations import Search, Violation, node


@dataclass(frozen=True, slots=True)
class Profile:
    """What observations have in common: their data sets, and dimensions (bits) …

    `held`: of which they have a value; `unequal`: of which not all values are equal; `differing`: of which two values
    differ; `opaque`: of which all values are opaque; `nodes`: of which some value is no literal.
    """

    id: int
    datasets: frozenset[int]
    held: int
    unequal: int
    differing: int
    opaque: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Structures:
    """The structures of the data sets, and each one's dimensions (bits) and number of measures."""

    of: dict[int, frozenset[str]]
    dimensions: dict[str, int]
    measures: dict[str, int]


def points(search: Search, bits: Bits) -> Iterator[Violation]:
    """The violations of IC-12 and IC-17."""
    profiles = _profiles(search, bits)
    structures = _structures(search, bits)
    beside = _beside(profiles)
    yield from _duplicates(search, beside, structures)
    if search.rows("SELECT 1 FROM measured LIMIT 1"):
        yield from _incomplete(search, beside, structures)


def _profiles(search: Search, bits: Bits) -> list[Profile]:
    """The profiles; makes `profiled` (obs, profile)."""
    search.run(
        f"CREATE TEMP TABLE held AS SELECT obs, {bits.of('prop')} AS bits, count(*) AS count, max(kind) AS kind"
        " FROM fact SEMI JOIN (FROM prop WHERE dim) k ON k.id = prop GROUP BY obs"
    )
    search.run(
        "CREATE TEMP TABLE odd AS SELECT obs, prop,"
        f" count(DISTINCT a) > 1 OR max(kind) = {NAN} AS unequal,"
        f" max(kind) = {NAN} OR (count(DISTINCT a) > 1 AND min(kind) = {NODE})"
        f" OR count(DISTINCT a) FILTER (kind = {LITERAL}) > 1 AS differing,"
        f" min(kind) = {OPAQUE} AND max(kind) = {OPAQUE} AS opaque"
        f" FROM fact SEMI JOIN (FROM held WHERE count > bit_count(bits) OR kind >= {OPAQUE}) h USING (obs)"
        " SEMI JOIN (FROM prop WHERE dim) k ON k.id = prop GROUP BY ALL"
    )
    states = ", ".join(f"{bits.of('prop', state)} AS {state}" for state in ("unequal", "differing", "opaque"))
    opaque = bool(search.rows("SELECT 1 FROM odd WHERE opaque LIMIT 1"))
    nodes = "SEMI JOIN (FROM prop WHERE dim) k ON k.id = prop" if opaque else "WHERE false"
    columns = ", ".join(
        f"coalesce({column}, none) AS {column}" for column in ("unequal", "differing", "opaque", "nodes")
    )
    search.run(
        "CREATE TEMP TABLE seen AS WITH"
        " sets AS (SELECT obs, string_agg(dataset, ' ' ORDER BY dataset) AS datasets FROM member"
        " SEMI JOIN several ON several.id = obs GROUP BY obs UNION ALL"
        " SELECT obs, dataset::VARCHAR FROM member ANTI JOIN several ON several.id = obs)"
        f" SELECT obs, datasets, coalesce(bits, none) AS held, {columns} FROM sets LEFT JOIN held USING (obs)"
        f" LEFT JOIN (SELECT obs, {states} FROM odd GROUP BY obs) o USING (obs)"
        f" LEFT JOIN (SELECT obs, {bits.of('prop', f'kind = {NODE}')} AS nodes FROM fact {nodes}"
        f" GROUP BY obs) n USING (obs) CROSS JOIN (SELECT {bits.none} AS none) z"
    )
    what = "datasets, held, unequal, differing, opaque, nodes"
    search.run(
        f"CREATE TEMP TABLE profile AS SELECT row_number() OVER (ORDER BY {what})::UINTEGER AS id, {what}"
        f" FROM seen GROUP BY {what}"
    )
    search.run(f"CREATE TEMP TABLE profiled AS SELECT obs, id AS profile FROM seen JOIN profile USING ({what})")
    return [
        Profile(id, frozenset(map(int, datasets.split())), *map(_number, states))
        for id, datasets, *states in search.rows("FROM profile ORDER BY id")
    ]


def _number(bits: str) -> int:
    """Bits as a number, the first one being the lowest."""
    return int(bits[::-1], 2)


def _structures(search: Search, bits: Bits) -> Structures:
    of: dict[int, frozenset[str]] = defaultdict(frozenset)
    for dataset, dsd in search.rows("SELECT DISTINCT dataset, dsd FROM structured"):
        of[dataset] |= {dsd}
    rows = search.rows(
        f"SELECT dsd, {bits.of('k.id', 'dim')}, count(*) FILTER (measure) FROM part JOIN prop k ON name = prop"
        " GROUP BY dsd"
    )
    return Structures(of, {dsd: _number(b) for dsd, b, _ in rows}, {dsd: measures for dsd, _, measures in rows})


def _beside(profiles: Iterable[Profile]) -> list[tuple[Profile, Profile]]:
    """Each pair of profiles that share a data set, and each profile with itself."""
    inside: dict[int, list[Profile]] = defaultdict(list)
    for profile in profiles:
        for dataset in profile.datasets:
            inside[dataset].append(profile)
    pairs = (pair for members in inside.values() for pair in combinations_with_replacement(members, 2))
    return list(dict.fromkeys(pairs))


def _duplicates(
    search: Search, beside: Iterable[tuple[Profile, Profile]], structures: Structures
) -> Iterator[Violation]:
    """IC-12: all values are equal in all dimensions of the shared data sets of which both observations have one."""
    pairs = []
    for one, other in beside:
        dimensions = 0
        for dataset in one.datasets & other.datasets:
            for dsd in structures.of.get(dataset, ()):
                dimensions |= structures.dimensions.get(dsd, 0)
        shared = dimensions & one.held & other.held
        if shared and not shared & (one.unequal | other.unequal):
            pairs.append((one.id, other.id, str(shared)))
    wanted = {(id, int(bits)) for *both, bits in pairs for id in both}
    _project(search, wanted, kinds="true")
    _fill(search, "pair", "one UINTEGER, other UINTEGER, bits VARCHAR", pairs)
    place = "profile, bits, x, y"
    spots = f"SELECT {place} FROM point GROUP BY {place}"
    search.run(
        f"CREATE OR REPLACE TEMP TABLE alike AS SELECT a.* FROM ({spots} HAVING count(*) > 1) a"
        " SEMI JOIN pair k ON k.one = a.profile AND k.other = a.profile AND k.bits = a.bits"
    )
    search.run(
        f"CREATE OR REPLACE TEMP TABLE twin AS SELECT s, min(s) OVER (PARTITION BY {place}) AS first"
        f" FROM point SEMI JOIN alike USING ({place}) JOIN obs ON id = obs"
    )
    found = "SELECT s, first FROM twin WHERE s <> first"
    if any(one != other for one, other, _ in pairs):
        search.run(
            f"CREATE OR REPLACE TEMP TABLE alike AS SELECT k.one, k.other, a.* FROM ({spots}) a"
            " JOIN pair k ON k.one = a.profile AND k.bits = a.bits AND k.other <> k.one"
            f" SEMI JOIN ({spots}) b ON b.profile = k.other AND b.bits = a.bits AND b.x = a.x AND b.y = a.y"
        )
        firsts = (
            "SELECT k.one, k.other, k.bits, k.x, k.y, min(s) AS first FROM alike k JOIN point p ON p.profile = k.{}"
            " AND p.bits = k.bits AND p.x = k.x AND p.y = k.y JOIN obs ON id = p.obs GROUP BY ALL"
        )
        found += (
            f" UNION ALL SELECT greatest(a.first, b.first), least(a.first, b.first) FROM ({firsts.format('one')}) a"
            f" JOIN ({firsts.format('other')}) b USING (one, other, bits, x, y)"
        )
    yield from search.found(
        12,
        found,
        lambda s, other: (s, "", other, f"no dimension tells the observation {node(s)} from {node(other)}"),
    )


def _incomplete(
    search: Search, beside: Iterable[tuple[Profile, Profile]], structures: Structures
) -> Iterator[Violation]:
    """IC-17: as many measure types as there are measures, among observations of which no dimension's values differ.

    What is counted are the specification's solutions: an observation of two data sets, or one with two measure types,
    counts as often as it is found.
    """
    measure_type = sum(1 << id for (id,) in search.rows(f"SELECT id FROM prop WHERE name = {MEASURE_TYPE}"))
    weights: dict[tuple[int, int, str, int], int] = defaultdict(int)
    for pair in beside:
        for one, other in {pair, pair[::-1]}:
            datasets = [structures.of.get(dataset, frozenset()) for dataset in one.datasets]
            for dsd in frozenset().union(*datasets):
                measures = structures.measures.get(dsd, 0)
                dimensions = structures.dimensions.get(dsd, 0) & ~measure_type
                compared = _compared(one, other, dimensions)
                if measures and compared is not None:
                    ways = sum(dsd in of for of in datasets) * len(one.datasets & other.datasets)
                    weights[one.id, other.id, str(compared), measures] += ways
    pairs = [(*key, weight) for key, weight in weights.items()]
    wanted = {(id, int(bits)) for *both, bits, _, _ in pairs for id in both}
    _project(search, wanted, kinds=f"kind <> {OPAQUE}")
    _fill(search, "pair", "one UINTEGER, other UINTEGER, bits VARCHAR, measures BIGINT, ways BIGINT", pairs)
    types = "SELECT obs, count(*) AS types FROM measured GROUP BY obs"
    yield from search.found(
        17,
        f"WITH types AS ({types}), spot AS (SELECT profile, bits, x, y, sum(types) AS types FROM point"
        " JOIN types USING (obs) GROUP BY ALL), counted AS (SELECT p.obs, k.measures,"
        " t.types * sum(k.ways * g.types) AS count FROM point p JOIN types t USING (obs) JOIN pair k"
        " ON k.one = p.profile AND k.bits = p.bits JOIN spot g ON g.profile = k.other AND g.bits = p.bits"
        " AND g.x = p.x AND g.y = p.y GROUP BY p.obs, k.measures, t.types)"
        " SELECT s, count, measures FROM counted JOIN obs ON id = obs WHERE count <> measures",
        lambda s, count, measures: (
            *(s, MEASURE_TYPE.strip("'"), ""),
            f"at the point of {node(s)} are observations of {count} of {measures} measures",
        ),
    )


def _compared(one: Profile, other: Profile, dimensions: int) -> int | None:
    """In which dimensions the values of two profiles' observations must not differ; None where some surely do.

    An opaque value differs from what is no literal alone.
    """
    both = dimensions & one.held & other.held
    if both & ((one.opaque & other.nodes) | (other.opaque & one.nodes)):
        return None
    if both & (one.differing & ~(other.opaque & ~one.nodes) | other.differing & ~(one.opaque & ~other.nodes)):
        return None
    return both & ~(one.opaque | other.opaque)


def _project(search: Search, wanted: Collection[tuple[int, int]], *, kinds: str) -> None:
    """Make `point` (obs, profile, bits: a number as text, x, y): where the observations are in some dimensions.

    `wanted` are profiles with dimensions, `kinds` is the condition on the kind of values that count. The values are
    summed up as 128 bits of hashes.
    """
    pairs = sorted(set(wanted))
    rows = [(profile, str(bits), place) for profile, bits in pairs for place in _places(bits)]
    _fill(search, "wanted", "profile UINTEGER, bits VARCHAR", [(profile, str(bits)) for profile, bits in pairs])
    _fill(search, "needed", "profile UINTEGER, bits VARCHAR, prop UINTEGER", rows)
    search.run(
        "CREATE OR REPLACE TEMP TABLE point AS SELECT obs, profile, bits, sum(a) AS x, sum(b) AS y FROM"
        f" (SELECT obs, prop, hash(prop, a) AS a, hash(prop, b) AS b FROM fact WHERE {kinds}) f"
        " JOIN profiled USING (obs) JOIN needed USING (profile, prop) GROUP BY ALL UNION ALL"
        " SELECT obs, profile, bits, 0, 0 FROM profiled JOIN wanted USING (profile) WHERE bits = '0'"
    )


def _places(bits: int) -> list[int]:
    return [place for place in range(bits.bit_length()) if bits >> place & 1]


def _fill(search: Search, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    search.run(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")
    if rows:
        places = ", ".join(f"unnest(${place})" for place in range(1, len(rows[0]) + 1))
        search.sql.execute(f"INSERT INTO {table} SELECT {places}", [list(column) for column in zip(*rows, strict=True)])
