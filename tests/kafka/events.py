"""Events with unique ids over four partitions: out of order by up to the delay of the watermark, some later than that.

The partition of an event is its id modulo PARTITIONS, and events of a partition lie in it in the order of their ids.
"""
import pathlib

import duckdb

PARTITIONS = 4
DELAY_MS = 4_000  # of the watermark, in the query
START_MS = 1_767_254_400_000  # 2026-01-01 08:00:00 UTC

COLUMNS = "id BIGINT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND"

# A pause now and then: sessions end, windows stay empty. Some keys are frequent, most are rare.
EVENTS = """
WITH
  drawn AS (
    SELECT id, (hash(id, {seed}, 1) % 1000000) / 1e6 AS pause, (hash(id, {seed}, 2) % 1000000) / 1e6 AS kind,
           (hash(id, {seed}, 3) % 1000000) / 1e6 AS lag, (hash(id, {seed}, 4) % 1000000) / 1e6 AS key
    FROM range({count}) AS numbers(id)),
  timed AS (
    SELECT id, key,
           {start} + {step_ms} * id + sum(CASE WHEN pause < 2e-5 THEN pause / 2e-5 * 15000 ELSE 0 END) OVER (ORDER BY id) AS now,
           CASE WHEN kind < 0.7 THEN 300 * lag WHEN kind < 0.99 THEN {delay} * lag ELSE {delay} + 30000 * lag * lag END AS lag
    FROM drawn)
SELECT id, 'k' || CAST(floor({keys} * key * key * key) AS INTEGER) AS k,
       strftime(make_timestamp(1000 * CAST(floor(now - lag) AS BIGINT)), '%Y-%m-%d %H:%M:%S.%g') AS ts
FROM timed ORDER BY id
"""


def write(path: pathlib.Path, seed: int, count: int, keys: int = 1_000, step_ms: float = 2.0) -> None:
    """One event a line. `step_ms`: how far event time goes on with each."""
    text = EVENTS.format(seed=seed, count=count, keys=keys, step_ms=step_ms, start=START_MS, delay=DELAY_MS)
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB", "temp_directory": f"{path}.tmp"}) as database:
        database.execute(f"COPY ({text}) TO '{path}' (FORMAT json)")
