"""A project with a cube of trade statistics, nine triples an observation, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import duckdb

_BASE = "http://example.org/trade/"
_QB = "http://purl.org/linked-data/cube#"
_SDMX = "http://purl.org/linked-data/sdmx/2009/dimension#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
TOML = f"""[dataset]
id = "trade"
version = "VERSION"
date = 2026-01-01
base = "{_BASE}"
license = "https://creativecommons.org/licenses/by/4.0/"
title = {{ en = "Trade statistics made for benchmarks" }}
"""
# A letter of the alphabet, a code and a number from the bits of a row's hash.
_ROWS = """
SELECT chr(65 + (h % 26)::INT) || chr(65 + (h // 26 % 26)::INT) || chr(65 + (h // 676 % 5)::INT) AS reporter,
    chr(65 + (h // 3380 % 26)::INT) || chr(65 + (h // 87880 % 26)::INT) || chr(65 + (h // 2284880 % 5)::INT) AS partner,
    lpad((10000 + h // 11424400 % 960000)::VARCHAR, 6, '0') AS hs6, 2000 + (k % 24) AS year,
    ['M', 'X', 'RM', 'RX'][1 + (k // 24 % 4)::INT] AS flow,
    (CASE WHEN i % CHANGED = 1 THEN 1 ELSE 0 END + k // 96 % 100000000)::DECIMAL(18, 2) / 100 AS value,
    (k // 9600000000 % 1000000)::DECIMAL(18, 3) / 1000 AS weight
FROM (SELECT i, hash(i)::UBIGINT AS h, hash(i + 1000000007)::UBIGINT AS k FROM range(COUNT) t(i))
"""


def rows(count: int, *, every: int = 0) -> str:
    """SQL of so many observations; with `every`, one of so many has another value."""
    return _ROWS.replace("COUNT", str(count)).replace("CHANGED", str(every or count + 2))


def make(folder: Path, count: int, *, version: str = "1.0.0", changed: int = 0) -> Path:
    """Write a project with a cube of so many observations; `changed` of them have another value than without."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "kzlod.toml").write_text(TOML.replace("VERSION", version), "utf-8")
    every = count // changed if changed else 0
    subject = f"'<{_BASE}obs/' || year || '/' || reporter || '/' || partner || '/' || hs6 || '/' || flow || '>'"
    triples = (
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", f"'<{_QB}Observation>'"),
        (_QB + "dataSet", f"'<{_BASE}dataset>'"),
        (_SDMX + "refArea", f"'<{_BASE}code/area/' || reporter || '>'"),
        (_BASE + "dim/partner", f"'<{_BASE}code/area/' || partner || '>'"),
        (_BASE + "dim/product", f"'<{_BASE}code/hs6/' || hs6 || '>'"),
        (_SDMX + "refPeriod", f"'\"' || year || '\"^^<{_XSD}gYear>'"),
        (_BASE + "dim/flow", f"'<{_BASE}code/flow/' || flow || '>'"),
        (_BASE + "dim/value", f"'\"' || value || '\"^^<{_XSD}decimal>'"),
        (_BASE + "dim/weight", f"'\"' || weight || '\"^^<{_XSD}decimal>'"),
    )
    lines = " || chr(10) || ".join(f"s || ' <{p}> ' || {o} || ' .'" for p, o in triples)
    source = rows(count, every=every)
    with duckdb.connect() as sql:
        sql.execute("SET threads = 1")
        sql.execute(
            f"COPY (SELECT {lines} FROM (SELECT *, {subject} AS s FROM ({source}))) TO '{folder / 'data' / 'cube.nt'}'"
            " (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
        )
    return folder
