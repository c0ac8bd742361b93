#!/usr/bin/env python3
"""The benchmarks over Kafka, as ratios against librdkafka alone (bench/kafka/) on the same broker in the same run.

    tools/dev bench --kafka [--rows N] [--runs N] [--only NAME ...]

The broker is the one of KAFKA_BOOTSTRAP_SERVERS, or one that is started on this machine and stopped at the end. Throughput is
compared by wall-clock seconds of whole processes, median of alternating pairs; CPU per record is of the client process, without
the broker's.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from measure import BUILD, QUERIES, ROOT, WEIR, Failure, Report, alternate, generate, rate, ratio, timed  # noqa: E402

CLIENT = BUILD / "bin/kafka_client"
BARE = BUILD / "bench/kafka_bare"
PARTITIONS = 4
COMMIT_INTERVAL_MS = 500
LOAD_PER_SECOND = 100_000
WINDOW_MS = 100

_names = 0


def fresh(stem):
    global _names
    _names += 1
    return f"{stem}-{os.getpid()}-{_names}"


def client(*arguments, **options):
    return subprocess.run([str(word) for word in (CLIENT, *arguments)], check=True, stdout=subprocess.PIPE, **options).stdout


def make_topic(stem, partitions=PARTITIONS):
    name = fresh(stem)
    client("topic", "create", name, "--partitions", partitions)
    return name


def orders_topic(rows):
    """Orders on all partitions in turn."""
    topic = make_topic("orders")
    with open(generate("plain", rows), "rb") as lines:
        client("produce", topic, "--partition-by", "order_id", stdin=lines)
    return topic


def job(query, source, target):
    """A job that has never run, as arguments of `weir`."""
    return [WEIR, "run", QUERIES / f"{query}.stream", "--set", f"orders.topic={source}", "--set", f"results.topic={target}",
            "--set", f"pipeline.name={target}", "--set", f"commit.interval={COMMIT_INTERVAL_MS} ms"]


def wall(run):
    return run.wall


def per_record(runs, rows):
    return f"{statistics.median(run.cpu for run in runs) / rows * 1e9:.0f} ns CPU"


def compare(report, options, name, query, bare, bar, check):
    source = options.source
    targets = []

    def mine():
        targets.append(make_topic("results"))
        return timed(job(query, source, targets[-1]))

    weir, peer = alternate(options.runs, mine, bare)
    check(targets[-1])
    report.line(name, ratio(peer, weir, wall), "x librdkafka", bar, True, None,
                f"{rate(options.rows, statistics.median(map(wall, weir)))}, {per_record(weir, options.rows)} a record; librdkafka "
                f"{rate(options.rows, statistics.median(map(wall, peer)))}, {per_record(peer, options.rows)}")


def values(topic):
    return [json.loads(line) for line in client("consume", topic, "--read-committed").decode().splitlines()]


def bench_tumble(report, options):
    def check(target):
        rows = values(target)
        if sum(row["orders"] for row in rows) != options.rows or len({(r["window_start"], r["category"]) for r in rows}) != len(rows):
            raise Failure("the windows do not hold every order once")

    compare(report, options, "kafka_tumble", "kafka_tumble", lambda: timed([BARE, "consume", options.source]), 0.8, check)


def bench_filter(report, options):
    def check(target):
        if not 0.9 * options.rows < int(client("consume", target, "--read-committed", "--count")) <= options.rows:
            raise Failure("the wrong number of rows")

    compare(report, options, "kafka_filter", "kafka_filter",
            lambda: timed([BARE, "copy", options.source, make_topic("copies")]), 0.7, check)


def bench_latency(report, options):
    source, target, scratch = make_topic("live"), make_topic("results", 1), make_topic("bare", 1)
    bare = json.loads(timed([BARE, "transactions", scratch, "100"]).output)
    running = subprocess.Popen([str(word) for word in job("kafka_latency", source, target)], stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        mine = json.loads(timed([BARE, "latency", source, target, LOAD_PER_SECOND, "30", WINDOW_MS]).output)
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=30)
    bar = COMMIT_INTERVAL_MS + 2 * bare["p99"]
    report.line("kafka_latency, p99", mine["p99"], "ms", round(bar), False, None,
                f"p50 {mine['p50']:.0f} ms of {mine['count']} windows at {LOAD_PER_SECOND} records/s; a bare transaction until it can be "
                f"read: p50 {bare['p50']:.0f}, p99 {bare['p99']:.0f} ms")


BENCHMARKS = {"tumble": bench_tumble, "filter": bench_filter, "latency": bench_latency}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000, help="of the topic (default: 5 million)")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each contestant")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, help="these benchmarks")
    options = parser.parse_args()
    subprocess.run(["ninja", "-C", BUILD, "kafka_bare"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as folder:
        own_broker = "KAFKA_BOOTSTRAP_SERVERS" not in os.environ
        kafka = [ROOT / "tools/kafka", "--dir", folder]
        if own_broker:
            words = subprocess.run([*kafka, "up"], check=True, stdout=subprocess.PIPE).stdout.decode().split()
            os.environ.update(word.split("=", 1) for word in words if "=" in word)
        try:
            run(options)
        finally:
            if own_broker:
                subprocess.run([*kafka, "down"], check=True)


def run(options):
    report = Report()
    names = options.only or list(BENCHMARKS)
    print(f"{options.rows} rows, {options.runs} runs, {os.cpu_count()} processors", flush=True)
    if {"tumble", "filter"} & set(names):
        options.source = orders_topic(options.rows)
    for name in names:
        try:
            BENCHMARKS[name](report, options)
        except Failure as failure:
            report.failed = True
            print(f"{name}: {failure}", flush=True)
    if report.failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
