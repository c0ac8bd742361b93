#!/usr/bin/env python3
"""The benchmarks, as ratios within one run: Weir against DuckDB, and Weir against itself.

    bench/run.py [--quick] [--rows N] [--runs N] [--only NAME ...]

Every ratio is the median over alternating pairs. Contestants with one thread are compared by CPU seconds, which others on the
machine disturb least: of the whole process for Weir, compilation included; for DuckDB from the query to its rows. Results are
compared as values. --quick runs the first benchmark on 2 million rows and fails if the executable falls below 0.6 x its bar.
"""

import argparse
import json
import os
import statistics
import sys
from decimal import ROUND_HALF_UP, Decimal

sys.dont_write_bytecode = True

from measure import DATA, QUERIES, WEIR, Failure, Report, Run, alternate, generate, rate, ratio, seconds, timed  # noqa: E402

DUCKDB_QUERY = """
import duckdb, json, sys, time
path, window = sys.argv[1:3]
connection = duckdb.connect(config={"threads": 1})
connection.execute("SET preserve_insertion_order = false")
connection.execute("SET enable_progress_bar = false")
start = time.process_time()
rows = connection.execute(f'''
    SELECT time_bucket(INTERVAL '{window}', event_time) AS window_start, category, count(*), sum(amount)
    FROM read_json(?, format = 'newline_delimited', columns = {{
        order_id: 'BIGINT', customer_id: 'BIGINT', amount: 'DECIMAL(10, 2)', category: 'VARCHAR',
        event_time: 'TIMESTAMP'}})
    GROUP BY ALL''', [path]).fetchall()
seconds = time.process_time() - start
print(json.dumps({"seconds": seconds, "rows": [[str(value) for value in row] for row in rows]}))
"""


def warm(*paths):
    """Reads the files, so that every contestant finds them in the page cache."""
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 22):
                pass


def weir(query, path, *arguments, threads=1):
    return timed([WEIR, "run", QUERIES / f"{query}.stream", "--set", f"orders.path={path}",
                  "--set", f"parallelism.default={threads}", *arguments])


def duckdb(path, window):
    run = timed([sys.executable, "-c", DUCKDB_QUERY, path, window])
    answer = json.loads(run.output)
    return Run(answer["seconds"], run.wall, answer["rows"], run.peak_bytes)


def compiled(query):
    executable = DATA / query
    timed([WEIR, "compile", QUERIES / f"{query}.stream", "-o", executable])
    return executable


def compare_tumble(weir_output, duckdb_rows):
    """The rows of both as values; AVG, which DuckDB computes in DOUBLE, from its sum and count."""
    expected = {}
    for window_start, category, count, total in duckdb_rows:
        average = (Decimal(total) / int(count)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
        expected[(window_start, category)] = (int(count), Decimal(total), average)
    actual = {}
    for line in weir_output.splitlines():
        row = json.loads(line, parse_float=Decimal)
        key = (row["window_start"].removesuffix(".000"), row["category"])
        actual[key] = (row["orders"], Decimal(row["total"]), Decimal(row["average"]))
    if expected != actual:
        missing = sorted(set(expected.items()) ^ set(actual.items()))[:4]
        raise Failure(f"the results differ, {len(expected)} rows of DuckDB and {len(actual)} of Weir, such as {missing}")


def bench_tumble(report, options):
    path = generate("plain", options.rows)
    warm(path)
    executable = compiled("tumble_5min")
    mine, native, peer = alternate(options.runs, lambda: weir("tumble_5min", path),
                                   lambda: timed([executable, "--set", f"orders.path={path}", "--threads", "1"]),
                                   lambda: duckdb(path, "5 minutes"))
    compare_tumble(mine[0].output, peer[0].output)
    if native[0].output != mine[0].output:
        raise Failure("the executable and weir run give different bytes")
    report.line("tumble_5min", ratio(peer, mine), "x DuckDB", 4, True, None,
                f"{rate(options.rows, seconds(mine))}, DuckDB {rate(options.rows, seconds(peer))}")
    # On the few rows of --quick compiling is most of what `weir run` does, so the gate is the executable's.
    report.line("tumble_5min, executable", ratio(peer, native), "x DuckDB", 4, True, 2.4 if options.quick else None,
                rate(options.rows, seconds(native)))


def bench_shuffled(report, options):
    path = generate("shuffled", options.rows, "--shape", "shuffled")
    warm(path)
    mine, peer = alternate(options.runs, lambda: weir("tumble_5min", path), lambda: duckdb(path, "5 minutes"))
    compare_tumble(mine[0].output, peer[0].output)
    report.line("shuffled members", ratio(peer, mine), "x DuckDB", 1.5, True, None,
                f"{rate(options.rows, seconds(mine))}, DuckDB {rate(options.rows, seconds(peer))}")


def against_weir(report, options, name, query, other, bar, at_least=False, path=None, other_path=None):
    path = path or generate("plain", options.rows)
    other_path = other_path or path
    warm(path, other_path)
    mine, peer = alternate(options.runs, lambda: weir(query, path), lambda: weir(other, other_path))
    report.line(name, ratio(mine, peer), f"x {other}", bar, at_least, None,
                f"{rate(options.rows, seconds(mine))}, {rate(options.rows, seconds(peer))}")


def bench_dirty(report, options):
    against_weir(report, options, "dirty rows", "tumble_5min", "tumble_5min", 2,
                 path=generate("dirty", options.rows, "--shape", "dirty"), other_path=generate("plain", options.rows))


def bench_hop(report, options):
    against_weir(report, options, "hop_1min_10s", "hop_1min_10s", "tumble_1min", 1.3)
    against_weir(report, options, "hop_1h_1s", "hop_1h_1s", "tumble_1min", 3)


def bench_state(report, options):
    path = generate("plain", options.rows)
    warm(path)
    for query in ("session_5s", "session_60s", "updates"):
        mine, peer = alternate(options.runs, lambda query=query: weir(query, path), lambda: duckdb(path, "5 minutes"))
        report.line(query, ratio(peer, mine), "x DuckDB tumble", 0.8, True, None,
                    f"{rate(options.rows, seconds(mine))}, DuckDB {rate(options.rows, seconds(peer))}")


def bench_threads(report, options):
    folder = DATA / f"two-parts-{options.rows}"
    folder.mkdir(parents=True, exist_ok=True)
    for part in range(2):
        target = folder / f"part-{part}.ndjson"
        if not target.exists():
            made = generate(f"part{part}", options.rows, "--part", f"{part}/2")
            made.rename(target)
    warm(*folder.iterdir())
    two, one = alternate(options.runs, lambda: weir("tumble_5min", folder, threads=2),
                         lambda: weir("tumble_5min", folder, threads=1))
    report.line("two files, two threads", ratio(one, two, lambda run: run.wall), "x one thread", 1.7, True, None,
                f"wall-clock {statistics.median(run.wall for run in two):.2f} s, {statistics.median(run.wall for run in one):.2f} s")
    if one[0].output != two[0].output:
        raise Failure("one thread and two give different bytes")


def bench_keys(report, options):
    few = generate("keys-1000", options.rows, "--customers", 1000)
    many = generate("keys-10000000", options.rows, "--customers", 10_000_000)
    against_weir(report, options, "10 million keys", "keys", "keys", 4, path=many, other_path=few)


def bench_startup(report, options):
    path = generate("plain", 10)
    executable = compiled("tumble_5min")
    runs = max(options.runs, 9)
    jit, native = alternate(runs, lambda: weir("tumble_5min", path),
                            lambda: timed([executable, "--set", f"orders.path={path}"]))
    report.line("weir run, ten rows", 1000 * statistics.median(run.wall for run in jit), "ms", 120, False, None, "aim at 80")
    report.line("executable, ten rows", 1000 * statistics.median(run.wall for run in native), "ms", 15, False, None, "")


def bench_memory(report, options):
    path = generate("plain", options.rows)
    executable = compiled("tumble_5min")
    arguments = ["--set", f"orders.path={path}", "--set", "parallelism.default=1"]
    jit = timed([WEIR, "run", QUERIES / "tumble_5min.stream", *arguments], watch_memory=True)
    native = timed([executable, *arguments], watch_memory=True)
    report.line("memory of weir run", jit.peak_bytes / 1e6, "MB", 120, False, None, "")
    report.line("memory of the executable", native.peak_bytes / 1e6, "MB", 20, False, None, "")


BENCHMARKS = {
    "tumble": bench_tumble,
    "shuffled": bench_shuffled,
    "dirty": bench_dirty,
    "hop": bench_hop,
    "state": bench_state,
    "threads": bench_threads,
    "keys": bench_keys,
    "startup": bench_startup,
    "memory": bench_memory,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the first benchmark on 2 million rows, with a gate")
    parser.add_argument("--rows", type=int, help="of each data set (default: 20 million)")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each contestant")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, help="these benchmarks")
    options = parser.parse_args()
    options.rows = options.rows or (2_000_000 if options.quick else 20_000_000)
    names = options.only or (["tumble"] if options.quick else list(BENCHMARKS))
    report = Report()
    print(f"{options.rows} rows, {options.runs} runs, {os.cpu_count()} processors", flush=True)
    for name in names:
        try:
            BENCHMARKS[name](report, options)
        except Failure as failure:
            report.failed = True
            print(f"{name}: {failure}", flush=True)
    if options.quick:
        print(f"{report.passed} passed, {int(report.failed)} failed")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
