#!/usr/bin/env python3
"""Random queries over random rows: Weir and DuckDB must give the same rows.

    tests/equivalence/against_duckdb.py [--seed N] [--count N] [--weir PATH]

Each case draws rows (NULLs, disorder within the watermark's delay, escapes, non-ASCII text), a query of one of the kinds
below, and ways of running it (threads, passes off). A failing case prints its seed and its query and runs again alone with
--seed N --count 1.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent.parent

COLUMNS = [  # name, Weir's type, DuckDB's type
    ("id", "BIGINT NOT NULL", "BIGINT"),
    ("k", "STRING", "VARCHAR"),
    ("n", "INT", "INTEGER"),
    ("x", "BIGINT", "BIGINT"),
    ("d", "DECIMAL(10, 2)", "DECIMAL(10, 2)"),
    ("w", "DECIMAL(30, 8)", "DECIMAL(30, 8)"),
    ("f", "DOUBLE", "DOUBLE"),
    ("b", "BOOLEAN", "BOOLEAN"),
    ("s", "STRING", "VARCHAR"),
    ("ts", "TIMESTAMP(3)", "TIMESTAMP"),
]
START_MS = 1_767_225_600_000  # 2026-01-01
DELAY_MS = 5000
STRINGS = ["", "a", "Ab", "abc", "ABC", "a%c", "tab\t", 'quo"te', "back\\slash", "grün", "玩具", "line\nbreak", "zz top"]


def timestamp(ms):
    seconds, fraction = divmod(ms, 1000)
    days, of_day = divmod(seconds, 86400)
    date = duckdb_date(days)
    return f"{date} {of_day // 3600:02}:{of_day // 60 % 60:02}:{of_day % 60:02}.{fraction:03}"


def duckdb_date(days):
    from datetime import date, timedelta
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


class Rows:
    """Rows of one or several partitions; in each, no row is more than the watermark's delay behind."""

    def __init__(self, rng, folder):
        self.folder = folder
        step = rng.choice([10, 200, 3000])
        self.step = step
        count = rng.choice([0, 1, 50, 400])
        parts = rng.choice([1, 1, 2, 3])
        null = rng.choice([0, 0.1, 0.4])
        at = [START_MS] * parts
        files = [[] for _ in range(parts)]
        for i in range(count):
            part = rng.randrange(parts)
            at[part] += rng.randrange(1, 2 * step)
            row = {
                "id": i,
                "k": rng.choice(STRINGS[:6]),
                "n": rng.randrange(-5, 6),
                "x": rng.choice([0, 1, -1, rng.randrange(-10**6, 10**6), rng.randrange(-10**12, 10**12)]),
                "d": Decimal(rng.randrange(-10**6, 10**6)).scaleb(-2),
                "w": Decimal(rng.randrange(-10**20, 10**20)).scaleb(-8),
                "f": rng.choice([0.0, 1.5, -2.25, rng.uniform(-1e6, 1e6)]),
                "b": rng.random() < 0.5,
                "s": rng.choice(STRINGS),
                "ts": timestamp(at[part] - rng.randrange(0, DELAY_MS)),
            }
            for name in row:
                if name not in ("id", "ts") and rng.random() < null:
                    row[name] = None
            members = [f"{json.dumps(k)}:{self.value(v, rng)}" for k, v in row.items() if v is not None or rng.random() < 0.5]
            if rng.random() < 0.1:
                rng.shuffle(members)
            files[part].append("{" + rng.choice([",", ", "]).join(members) + "}\n")
        self.paths = []
        for part, lines in enumerate(files):
            path = folder / f"part-{part}.json"
            path.write_text("".join(lines), encoding="utf-8")
            self.paths.append(str(path))

    @staticmethod
    def value(value, rng):
        if isinstance(value, Decimal):
            return format(value, "f")
        return json.dumps(value, ensure_ascii=rng.random() < 0.5)


# An expression: Weir's SQL and DuckDB's (None: the same).
class Draw:
    def __init__(self, rng):
        self.rng = rng

    def boolean(self, depth=2):
        rng = self.rng
        if depth == 0:
            return rng.choice(["b", "n > 0", "x IS NULL", "k = 'abc'", "d < 100.5", "s LIKE '%a%'", "f >= 0",
                               "n IN (1, 2, -3)", "n BETWEEN -2 AND 3", "k IS NOT NULL", "b IS TRUE", "k <> s",
                               "x IS DISTINCT FROM 1", "CHAR_LENGTH(s) > 2", "w > 0", "s LIKE 'a_c'", "n NOT IN (0, 5)",
                               "b IS NOT FALSE", "d = 0 OR d > 50.25", "NOT b", "TRUE", "1 > 2", "CAST(NULL AS BOOLEAN)", "f = 1e0",
                               "1e0 = 1e0"])
        kind = rng.randrange(5)
        a, b = self.boolean(depth - 1), self.boolean(depth - 1)
        return [f"({a} AND {b})", f"({a} OR {b})", f"NOT ({a})", f"COALESCE({a}, {b})", a][kind]

    def integer(self, depth=2):
        rng = self.rng
        if depth == 0:
            return rng.choice(["n", "id", "7", "CHAR_LENGTH(s)", "EXTRACT(MINUTE FROM ts)", "EXTRACT(YEAR FROM ts)", "-3"])
        a, b = self.integer(depth - 1), self.integer(depth - 1)
        return rng.choice([f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"ABS({a})", f"COALESCE({a}, {b})",
                           f"CASE WHEN {self.boolean(1)} THEN {a} ELSE {b} END", f"CAST({a} AS BIGINT)",
                           f"NULLIF({a}, {b})", f"MOD({a}, 7)"])

    def decimal(self):
        rng = self.rng
        return rng.choice(["d", "d + 1.25", "d - n", "d * 3", "-d", "ABS(d)", "CAST(n AS DECIMAL(10, 2))", "w", "w + d", "w * 2",
                           "COALESCE(d, 0.5)", "CASE WHEN b THEN d ELSE w END", "CAST(w AS DECIMAL(34, 2))", "d * d"])

    def text(self):
        rng = self.rng
        return rng.choice(["k", "s", "UPPER(k)", "LOWER(k)", "k || s", "SUBSTRING(s, 2)", "SUBSTRING(s, 1, 2)",
                           "COALESCE(k, s, '-')", "CAST(n AS STRING)", "CAST(x AS STRING)", "CAST(d AS STRING)",
                           "CASE WHEN n > 0 THEN 'p' WHEN n < 0 THEN 'm' ELSE k END"])

    def scalar(self):
        return self.rng.choice([self.boolean, self.integer, self.decimal, self.text, lambda: "f", lambda: "f * 2.0e0 + 1.0e0",
                                lambda: "ts"])()

    def aggregate(self):
        """(Weir, DuckDB)"""
        rng = self.rng
        column = rng.choice(["n", "x", "d", "w"])
        choices = [
            ("COUNT(*)", "count(*)"), ("COUNT(k)", "count(k)"), ("COUNT(DISTINCT n)", "count(DISTINCT n)"),
            ("COUNT(DISTINCT k)", "count(DISTINCT k)"), (f"SUM({column})", f"sum({column})"),
            (f"MIN({column})", f"min({column})"), (f"MAX({column})", f"max({column})"), ("MIN(s)", "min(s)"), ("MAX(k)", "max(k)"),
            ("MAX(ts)", "max(ts)"), ("MIN(f)", "min(f)"), ("SUM(f)", "fsum(f)"), ("SUM(DISTINCT n)", "sum(DISTINCT n)"),
            ("AVG(x)", None), ("AVG(d)", None), ("AVG(w)", None),
        ]
        weir, duck = rng.choice(choices)
        clause = f" FILTER (WHERE {self.boolean(1)})" if rng.random() < 0.3 else ""
        if duck is None:
            column = weir[4:-1]
            total, count = f"sum({column}){clause}", f"count({column}){clause}"
            if column == "x":
                duck = f"CAST(trunc(CAST({total} AS DOUBLE) / {count}) AS BIGINT)"
            else:  # the quotient is taken in plain()
                duck = f"concat('avg{column}:', {total}, ':', {count})"
        else:
            duck += clause
        return weir + clause, duck


def dialect(expression):
    """DuckDB's words for what the two spell differently."""
    return expression.replace("CHAR_LENGTH(", "length(").replace(" AS STRING)", " AS VARCHAR)")


class Query:
    """A query of Weir, one of DuckDB that gives the same rows, and whether Weir's is an update stream."""

    def __init__(self, rng, step):
        draw = Draw(rng)
        self.updates = False
        keys = rng.sample(["k", "n", "b", "UPPER(k)", "n * 2"], rng.randrange(0, 3))
        where = f" WHERE {draw.boolean()}" if rng.random() < 0.5 else ""
        aggregates = [draw.aggregate() for _ in range(rng.randrange(1, 5))]
        having = rng.choice(["", "", " HAVING COUNT(*) > 1", " HAVING SUM(n) > 0 OR MIN(k) IS NULL"])
        kind = rng.choice(["project", "tumble", "hop", "cumulate", "session", "group", "distinct", "nested", "fan-out"])
        self.kind = kind
        unit = step * 20
        size = unit * rng.choice([1, 2, 6])
        weir_aggregates = ", ".join(f"{w} AS a{i}" for i, (w, _) in enumerate(aggregates))
        duck_aggregates = ", ".join(f"{d} AS a{i}" for i, (_, d) in enumerate(aggregates))
        key_list = "".join(f", {key} AS k{i}" for i, key in enumerate(keys))
        group = "".join(f", {key}" for key in keys)
        start = "window_start, window_end"
        if kind == "project":
            items = [draw.scalar() for _ in range(rng.randrange(1, 5))]
            text = ", ".join(f"{item} AS c{i}" for i, item in enumerate(items))
            self.weir = f"SELECT id, {text} FROM t{where}"
            self.duck = self.weir
        elif kind == "distinct":
            items = ", ".join(f"{item} AS c{i}" for i, item in enumerate(rng.sample(["k", "n", "b", "MOD(n, 3)", "s"], 2)))
            self.weir = self.duck = f"SELECT DISTINCT {items} FROM t{where}"
        elif kind == "group":
            self.updates = True
            if keys:
                self.weir = f"SELECT {key_list[2:]}, {weir_aggregates} FROM t{where} GROUP BY {group[2:]}{having}"
                self.duck = f"SELECT {key_list[2:]}, {duck_aggregates} FROM t{where} GROUP BY {group[2:]}{having}"
            else:
                self.weir = f"SELECT {weir_aggregates} FROM t{where}"
                self.duck = f"SELECT {duck_aggregates} FROM t{where} HAVING count(*) > 0"  # no input: no row
        elif kind == "session":
            gap = step * rng.choice([2, 10])
            partition = [key for key in keys if key in ("k", "n", "b")]
            by = f" PARTITION BY {', '.join(partition)}" if partition else ""
            names = "".join(f", {key}" for key in partition)
            self.weir = (f"SELECT window_start, window_end{names}, {weir_aggregates} FROM TABLE(SESSION(TABLE t{by}, "
                         f"DESCRIPTOR(ts), INTERVAL '{gap / 1000:.3f}' SECOND)) GROUP BY window_start, window_end{names}{having}")
            over = f"OVER ({'PARTITION BY ' + ', '.join(partition) if partition else ''} ORDER BY ts"
            self.duck = (
                f"WITH marked AS (SELECT *, coalesce(ts - lag(ts) {over}) > INTERVAL {gap} MILLISECOND, true) AS opens FROM t), "
                f"numbered AS (SELECT *, sum(CAST(opens AS INT)) {over} ROWS UNBOUNDED PRECEDING) AS session FROM marked) "
                f"SELECT min(ts), max(ts) + INTERVAL {gap} MILLISECOND{names}, {duck_aggregates} FROM numbered "
                f"GROUP BY session{names}{having}")
        else:
            function, starts = self.window(rng, kind, unit, size)
            fan_out = f"SELECT *, make_timestamp(1000 * from_ms) AS window_start, make_timestamp(1000 * to_ms) AS window_end FROM ({starts})"
            if kind == "fan-out":
                self.weir = f"SELECT id, {start} FROM TABLE({function}){where}"
                self.duck = f"SELECT id, {start} FROM ({fan_out}){where}"
            elif kind == "nested":
                self.weir = (f"SELECT {start}, COUNT(*) AS c, SUM(total) AS total FROM (SELECT {start}, k, SUM(n) AS total "
                             f"FROM TABLE({function}){where} GROUP BY {start}, k) GROUP BY {start}")
                self.duck = (f"SELECT {start}, count(*), sum(total) FROM (SELECT {start}, k, sum(n) AS total "
                             f"FROM ({fan_out}){where} GROUP BY {start}, k) GROUP BY {start}")
            else:
                self.weir = (f"SELECT {start}{key_list}, {weir_aggregates} FROM TABLE({function}){where} "
                             f"GROUP BY {start}{group}{having}")
                self.duck = f"SELECT {start}{key_list}, {duck_aggregates} FROM ({fan_out}){where} GROUP BY {start}{group}{having}"
        self.duck = dialect(self.duck)

    @staticmethod
    def window(rng, kind, unit, size):
        """The table function and, for DuckDB, the rows with `from_ms` and `to_ms` of each of their windows."""
        def interval(ms):
            return f"INTERVAL '{ms / 1000:.3f}' SECOND"
        ms = "epoch_ms(ts)"
        kind = rng.choice(["tumble", "hop", "cumulate"]) if kind in ("fan-out", "nested") else kind
        if kind == "tumble":
            return (f"TUMBLE(TABLE t, DESCRIPTOR(ts), {interval(size)})",
                    f"SELECT *, {ms} - {ms} % {size} AS from_ms, from_ms + {size} AS to_ms FROM t")
        if kind == "hop":
            slide = rng.choice([unit, size, max(1, size * 2 // 3), size * 2])
            return (f"HOP(TABLE t, DESCRIPTOR(ts), {interval(slide)}, {interval(size)})",
                    f"SELECT *, from_ms + {size} AS to_ms FROM (SELECT *, unnest(range({ms} - {ms} % {slide}, {ms} - {size}, -{slide})) "
                    f"AS from_ms FROM t)")
        step = unit
        size = unit * rng.choice([1, 2, 6])
        return (f"CUMULATE(TABLE t, DESCRIPTOR(ts), {interval(step)}, {interval(size)})",
                f"SELECT *, {ms} - {ms} % {size} AS from_ms, unnest(range({ms} - {ms} % {step} + {step}, from_ms + {size} + 1, {step})) AS to_ms "
                f"FROM t")


class Approximate(Decimal):
    """A DOUBLE of DuckDB's, whose last digits depend on the order of a sum."""


def plain(value):
    """A value of either side in one form."""
    if isinstance(value, str):
        if value.startswith(("avgd:", "avgw:")):
            head, total, count = value.split(":")
            if count == "0" or total == "":
                return None
            digits = Decimal("0.000001") if head == "avgd" else Decimal("0.00000001")
            return (Decimal(total) / int(count)).quantize(digits, ROUND_HALF_UP).normalize()
        return value
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return Decimal(value).normalize()
    if isinstance(value, Decimal):
        return value.normalize() + 0
    if isinstance(value, float):
        return Approximate(repr(value)) if math.isfinite(value) else str(value)
    if hasattr(value, "isoformat"):
        text = value.isoformat(sep=" ")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value


def same(a, b):
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        # DuckDB reads JSON numbers as DOUBLE: of a DECIMAL it keeps some 16 digits.
        tolerance = Decimal("1e-9" if Approximate in (type(a), type(b)) else "1e-14")
        return a == b or abs(a - b) <= tolerance * max(abs(a), abs(b))
    return a == b


def order_key(row):
    return [(value is not None, type(value).__name__, str(value)[:9] if isinstance(value, Decimal) else str(value)) for value in row]


def weir_rows(output, updates):
    rows = Counter()
    for line in output.splitlines():
        row = json.loads(line, parse_float=Decimal)
        op = row.pop("op", "+I") if updates else "+I"
        values = tuple(
            plain(v.rstrip("0").rstrip(".") if isinstance(v, str) and len(v) > 19 and v[4:5] == "-" and v[19:20] == "." else v)
            for v in row.values())
        rows[values] += 1 if op in ("+I", "+U") else -1
        if rows[values] == 0:
            del rows[values]
    return rows


def run_case(seed, options, folder):
    rng = random.Random(seed)
    rows = Rows(rng, folder)
    query = Query(rng, rows.step)
    columns = ",\n  ".join(f"{name} {kind}" for name, kind, _ in COLUMNS)
    text = (f"CREATE TABLE t (\n  {columns},\n  WATERMARK FOR ts AS ts - INTERVAL '{DELAY_MS // 1000}' SECOND\n) WITH "
            f"('connector' = 'filesystem', 'path' = '{folder}/part-*.json', 'format' = 'json');\n{query.weir};\n")
    (folder / "query.stream").write_text(text, encoding="utf-8")
    command = [options.weir, "run", str(folder / "query.stream"), "--set", f"parallelism.default={rng.choice([1, 1, 2, 4])}"]
    for name in ("slice_panes", "slide_windows", "push_filter", "fold_constants", "share_nodes", "prune_columns"):
        if rng.random() < 0.15:
            command += ["--without", name]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    context = f"seed {seed}, {query.kind}: {' '.join(command)}\n{query.weir}\n{query.duck}\n"
    if run.returncode != 0:
        return context + f"weir exited {run.returncode}: {run.stderr}"
    connection = duckdb.connect()
    types = "{" + ", ".join(f"{name}: '{kind}'" for name, _, kind in COLUMNS) + "}"
    connection.execute(f"CREATE TABLE t AS SELECT * FROM read_json({rows.paths}, format = 'newline_delimited', columns = {types})")
    expected = Counter(tuple(plain(v) for v in row) for row in connection.execute(query.duck).fetchall())
    actual = weir_rows(run.stdout, query.updates)
    left = sorted((expected - actual).elements(), key=order_key)
    right = sorted((actual - expected).elements(), key=order_key)
    if len(left) == len(right) and all(all(map(same, a, b)) for a, b in zip(left, right)):
        return None
    return context + f"only DuckDB ({len(left)}): {left[:3]}\nonly Weir ({len(right)}): {right[:3]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--weir", default=str(ROOT / "build/release/bin/weir"))
    options = parser.parse_args()
    passed = 0
    failures = []
    for seed in range(options.seed, options.seed + options.count):
        with tempfile.TemporaryDirectory() as folder:
            problem = run_case(seed, options, Path(folder))
        if problem:
            failures.append(problem)
            print(problem, end="\n\n", flush=True)
        else:
            passed += 1
    print(f"{passed} passed, {len(failures)} failed")
    sys.exit(1 if failures or not passed else 0)


if __name__ == "__main__":
    main()
