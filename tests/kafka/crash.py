#!/usr/bin/env python3
"""Kills jobs over topics with SIGKILL, again and again, and compares what they have committed with an oracle.

All jobs read one topic of events (events.py) and run side by side, each under its own supervisor (supervised.py), which kills
most of them within a transaction. Two forms:
  live      events come while the jobs run; when all are consumed the jobs are told to stop
  bounded   all events are there; the jobs end by themselves at the end of the input, and every window has fired
A read_committed reader must see every row of every window once, with the right sums, and nothing may stay open. A run in which
no kill fell into a transaction has shown nothing and fails.
"""
import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

import broker
import events
import jobs
import oracle
from supervised import STILL_AFTER, Supervised

COMMIT_INTERVALS_MS = (20, 100, 500)
WAYS = ("jit", "executable", "both")


class Feed:
    """Produces the lines of a file in a thread of its own, so slowly that they last for `seconds_left()` more seconds."""

    def __init__(self, topic: str, path: pathlib.Path, count: int, seconds_left=lambda: 0.0):
        self.producer = subprocess.Popen([broker.BIN / "kafka_client", "produce", topic, "--partition-by", "id"],
                                         stdin=subprocess.PIPE)
        self.path, self.left, self.seconds_left = path, count, seconds_left
        self.thread = threading.Thread(target=self._run, name="feed")
        self.thread.start()

    def join(self) -> None:
        self.thread.join()
        if self.producer.returncode != 0:
            raise RuntimeError("the events could not be produced")

    def _run(self) -> None:
        tick = 0.05
        with open(self.path, "rb") as lines:
            while self.left > 0 and self.producer.poll() is None:
                seconds = self.seconds_left()
                now = min(self.left, 20_000 if seconds <= 0 else max(int(self.left * tick / max(seconds, 1)), 1))
                self.producer.stdin.write(b"".join(next(lines) for _ in range(now)))
                self.producer.stdin.flush()
                self.left -= now
                if seconds > 0:
                    time.sleep(tick)
        self.producer.stdin.close()
        self.producer.wait()


def commands(job: jobs.Job, source: str, target: str, folder: pathlib.Path, bounded: bool, way: str,
             seed: int) -> list[list[str]]:
    """What is started in turn. What the one form has committed the other goes on with."""
    text = folder / f"{job.name}.stream"
    interval = random.Random(f"{seed} {job.name} commits").choice(COMMIT_INTERVALS_MS)
    text.write_text(f"SET 'commit.interval' = '{interval} ms';\n" + job.over_topics(source, target, bounded))
    weir = str(broker.BIN / "weir")
    jit, executable = [weir, "run", "--quiet", str(text)], [str(folder / job.name), "--quiet"]
    if way != "jit":
        subprocess.run([weir, "compile", text, "-o", folder / job.name], check=True)
    return {"jit": [jit], "executable": [executable], "both": [jit, executable]}[way]


def wait_until_consumed(source: str, running: dict[str, Supervised], targets: dict[str, str]) -> None:
    """Until each job has committed the end of the input. A job that stands still has failed."""
    ends = tuple(at.end for at in broker.offsets(source).values())
    last: dict[str, tuple] = {}
    moved = dict.fromkeys(running, time.monotonic())
    waiting = list(running)
    watch = broker.Watch()
    while waiting:
        time.sleep(0.1)
        for name in list(waiting):
            positions = watch.positions(targets[name], source)
            if positions != last.get(name):
                last[name], moved[name] = positions, time.monotonic()
            if running[name].problem or positions == ends:
                waiting.remove(name)
            elif time.monotonic() - moved[name] > STILL_AFTER:
                running[name].problem = f"stands still at {positions} of {ends}:\n{running[name].tail()}"
                waiting.remove(name)
    watch.close()


def run(names: list[str], seed: int, count: int, kills: int, mean_seconds: float, bounded: bool, way: str,
        report=print) -> list[str]:
    """What is wrong; an empty list if nothing is."""
    # Not in memory, where /tmp may be: ten million events and their results are some gigabytes.
    with tempfile.TemporaryDirectory(prefix="crash-", dir=broker.scratch()) as name:
        return _run(pathlib.Path(name), names, seed, count, kills, mean_seconds, bounded, way, report)


def _run(folder: pathlib.Path, names: list[str], seed: int, count: int, kills: int, mean_seconds: float, bounded: bool,
         way: str, report) -> list[str]:
    report(f"crash: seed {seed}, {count} events, {kills} kills over {', '.join(names)}; "
           f"{'bounded' if bounded else 'live'}, {way}")
    begin = time.monotonic()
    source = broker.create_topic(broker.fresh("events"), events.PARTITIONS)
    targets = {name: broker.create_topic(broker.fresh(name), 2) for name in names}
    starts = {name: commands(jobs.JOBS[name], source, targets[name], folder, bounded, way, seed) for name in names}
    events.write(folder / "events", seed, count)
    if bounded:
        Feed(source, folder / "events", count).join()
    running: dict[str, Supervised] = {}
    try:
        prepared = time.monotonic()
        for name, share in shares(names, kills, seed).items():
            running[name] = Supervised(name, starts[name], str(folder / f"{name}.log"), seed, share, mean_seconds, source,
                                       targets[name])
        if not bounded:
            Feed(source, folder / "events", count,
                 lambda: max((job.seconds_left() for job in running.values() if not job.problem), default=0)).join()
            wait_until_consumed(source, running, targets)
    finally:
        if not bounded:
            for job in running.values():
                job.stop()
        for job in running.values():
            join_in_time(job)
    ran = time.monotonic()
    problems = [f"{name}: {job.problem}" for name, job in running.items() if job.problem]
    problems += compare(folder, source, targets, running, count, bounded, report)
    starts = sorted(seconds for job in running.values() for seconds in job.starts)
    if starts:
        report(f"  from a start to its first commit: {at_quantile(starts, 0.5):.2f} s (p50), {at_quantile(starts, 0.99):.2f} s "
               f"(p99) of {len(starts)}")
    report(f"  {ran - prepared:.0f} s of kills, {time.monotonic() - begin - (ran - prepared):.0f} s for the events and the oracle: "
           f"{'WRONG' if problems else '0 lost, 0 doubled, 0 wrong'}")
    return problems


def at_quantile(values: list[float], quantile: float) -> float:
    return values[min(int(quantile * len(values)), len(values) - 1)]


def shares(names: list[str], kills: int, seed: int) -> dict[str, int]:
    """Kills per job; the first ones get what does not divide evenly."""
    order = list(names)
    random.Random(seed).shuffle(order)
    return {name: kills // len(order) + (place < kills % len(order)) for place, name in enumerate(order)}


def join_in_time(job: Supervised) -> None:
    job.thread.join(STILL_AFTER + 60)
    if job.thread.is_alive():
        job.problem = f"does not end:\n{job.tail()}"
        job.process.kill()
        job.join()


def compare(folder: pathlib.Path, source: str, targets: dict[str, str], running: dict[str, Supervised], count: int, bounded: bool,
            report) -> list[str]:
    problems = []
    judge = oracle.Oracle(folder)
    broker.save_messages(folder / "messages", source)
    judge.read_events(folder / "messages")
    if judge.count() != count:
        problems.append(f"{judge.count()} events are in the topic instead of {count}")
    all_aborted = 0
    for name, target in targets.items():
        job, state = jobs.JOBS[name], running[name]
        broker.save_messages(folder / "messages", target)
        wrong = judge.differences(job.expected, job.rows, folder / "messages", bounded)
        broker.save_offsets(folder / "messages", target)
        transactions, rows = judge.aborted(folder / "messages")
        all_aborted += transactions
        problems += [f"{name}: {text}" for text in wrong]
        exits = ", ".join(f"{count} × {status}" for status, count in sorted(state.exits.items()))
        report(f"  {name}: {judge.expected} expected, {judge.committed} committed, {rows} in {transactions} aborted transactions; "
               f"{state.kills} kills, {state.kills_in_transaction} in a transaction, {state.kills_starting} while starting; "
               f"exits {exits}; {'WRONG' if wrong else 'equal'}")
    judge.close()
    problems += [f"transaction left open in {place}" for place in broker.open_transactions(*targets.values())]
    kills, inside = (sum(getattr(job, field) for job in running.values()) for field in ("kills", "kills_in_transaction"))
    report(f"  {count} events, {kills} kills, {inside} in a transaction, {all_aborted} aborted transactions")
    if inside == 0 or all_aborted == 0:
        problems.append("no kill fell into a transaction")
    if not bounded and any(job.kills_left > 0 and not job.problem for job in running.values()):
        problems.append("a job has ended before all its kills")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--mean", type=float, default=1.0,
                        help="seconds from the first commit of a job until it is killed, on average")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--bounded", action="store_true")
    parser.add_argument("--way", choices=WAYS, default="both",
                        help="`weir run`, a compiled executable, or both in turn (default)")
    parser.add_argument("jobs", nargs="*", default=list(jobs.JOBS), metavar="JOB", help=f"of {', '.join(jobs.JOBS)}")
    options = parser.parse_args()
    if "KAFKA_BOOTSTRAP_SERVERS" not in os.environ:
        parser.error("KAFKA_BOOTSTRAP_SERVERS is not set: `eval $(tools/kafka up)`")
    problems = run(options.jobs, options.seed, options.events, options.kills, options.mean, options.bounded, options.way)
    print("".join(f"{problem}\n" for problem in problems), end="")
    print(f"{len(options.jobs) if not problems else 0} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
