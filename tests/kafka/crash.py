#!/usr/bin/env python3
"""Kills jobs over topics with SIGKILL at random instants, again and again, and compares what they have committed with an oracle.

All jobs read one topic of events (events.py) and run side by side, each under its own supervisor. Two forms:
  bounded   all events are there; the jobs end by themselves at the end of the input, and every window has fired
  live      events come while the jobs run; when all are consumed the jobs are told to stop
A read_committed reader must see every row of every window once, with the right sums; nothing may stay open. Intervals of
commits are drawn too: with short ones most kills come in the middle of a transaction.
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


class Feed:
    """Produces the events in a thread of its own; `per_second` 0: as fast as can be."""

    def __init__(self, topic: str, seed: int, count: int, per_second: float):
        self.producer = subprocess.Popen([broker.BIN / "kafka_client", "produce", topic, "--partition-by", "id"],
                                         stdin=subprocess.PIPE)
        self.lines, self.count = events.lines(seed, count), count
        self.per_second = per_second
        self.thread = threading.Thread(target=self._run, name="feed")
        self.thread.start()

    def hurry(self) -> None:
        self.per_second = 0

    def join(self) -> None:
        self.thread.join()
        if self.producer.returncode != 0:
            raise RuntimeError("the events could not be produced")

    def _run(self) -> None:
        at_once = 2_000
        for first in range(0, self.count, at_once):
            if self.producer.poll() is not None:
                return
            part = [line for line, _ in zip(self.lines, range(min(at_once, self.count - first)))]
            self.producer.stdin.write(("\n".join(part) + "\n").encode())
            self.producer.stdin.flush()
            if self.per_second > 0:
                time.sleep(at_once / self.per_second)
        self.producer.stdin.close()
        self.producer.wait()


COMMIT_INTERVALS_MS = (20, 100, 500)


def command(job: jobs.Job, source: str, target: str, folder: pathlib.Path, bounded: bool, executable: bool,
            seed: int) -> list[str]:
    text = folder / f"{job.name}.stream"
    interval = random.Random(f"{seed} {job.name} commits").choice(COMMIT_INTERVALS_MS)
    text.write_text(f"SET 'commit.interval' = '{interval} ms';\n" + job.over_topics(source, target, bounded))
    weir = str(broker.BIN / "weir")
    if not executable:
        return [weir, "run", "--quiet", str(text)]
    subprocess.run([weir, "compile", text, "-o", folder / job.name], check=True)
    return [str(folder / job.name), "--quiet"]


def wait_until_consumed(source: str, running: dict[str, Supervised], targets: dict[str, str]) -> None:
    """Until each job has committed the end of the input. A job that stands still has failed."""
    ends = {partition: at.end for partition, at in broker.offsets(source).items()}
    last: dict[str, tuple] = {}
    moved = dict.fromkeys(running, time.monotonic())
    waiting = list(running)
    while waiting:
        time.sleep(0.3)
        for name in list(waiting):
            positions = tuple(offset for offset, _ in broker.committed(targets[name], source).values())
            if positions != last.get(name):
                last[name], moved[name] = positions, time.monotonic()
            if running[name].problem or dict(enumerate(positions)) == ends:
                waiting.remove(name)
            elif time.monotonic() - moved[name] > STILL_AFTER:
                running[name].problem = f"stands still at {positions} of {tuple(ends.values())}:\n{running[name].tail()}"
                waiting.remove(name)


def run(names: list[str], seed: int, count: int, kills: int, mean_seconds: float, bounded: bool, executable: bool,
        report=print) -> list[str]:
    """What is wrong; an empty list if nothing is."""
    with tempfile.TemporaryDirectory(prefix="weir-crash-") as name:
        return _run(pathlib.Path(name), names, seed, count, kills, mean_seconds, bounded, executable, report)


def _run(folder: pathlib.Path, names: list[str], seed: int, count: int, kills: int, mean_seconds: float, bounded: bool,
         executable: bool, report) -> list[str]:
    report(f"crash: seed {seed}, {count} events, {kills} kills over {', '.join(names)}; "
           f"{'bounded' if bounded else 'live'}, {'executables' if executable else 'JIT'}")
    source = broker.create_topic(broker.fresh("events"), events.PARTITIONS)
    targets = {name: broker.create_topic(broker.fresh(name), 2) for name in names}
    for name in names:
        if jobs.JOBS[name].changelog:
            broker.create_topic(targets[name] + "-changelog", 1, "retention.ms=-1")
    commands = {name: command(jobs.JOBS[name], source, targets[name], folder, bounded, executable, seed)
                for name in names}
    begin = time.monotonic()
    # Live: the feed lasts about as long as the kills do.
    feed = Feed(source, seed, count, 0 if bounded else count / (1.5 * mean_seconds * max(kills / len(names), 1) + 1))
    if bounded:
        feed.join()
    running = {name: Supervised(name, commands[name], str(folder / f"{name}.log"), seed, share, mean_seconds,
                                lambda target=targets[name]: bool(broker.open_transactions(target)))
               for name, share in shares(names, kills, seed).items()}
    try:
        while not all(job.calm() or job.finished or job.problem for job in running.values()):
            time.sleep(0.1)
        feed.hurry()
        feed.join()
        if not bounded:
            wait_until_consumed(source, running, targets)
    finally:
        if not bounded:
            for job in running.values():
                job.stop()
        for job in running.values():
            join_in_time(job)
    seconds = time.monotonic() - begin
    problems = [f"{name}: {job.problem}" for name, job in running.items() if job.problem]
    return problems + compare(source, targets, running, count, bounded, seconds, report)


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


def compare(source: str, targets: dict[str, str], running: dict[str, Supervised], count: int, bounded: bool, seconds: float,
            report) -> list[str]:
    problems = []
    expectations = {name: jobs.JOBS[name].expect() for name in targets}
    records = (jobs.parse_event(message.partition, message.value) for message in broker.messages(source))
    watermark = oracle.run(records, list(expectations.values()))
    all_aborted = 0
    for name, target in targets.items():
        job, state = jobs.JOBS[name], running[name]
        committed = list(broker.messages(target))
        aborted = int(broker.client("consume", target, "--count")) - len(committed)
        all_aborted += aborted
        rows = [jobs.parse(message.value) for message in committed]
        expected = expectations[name].rows(None if bounded else watermark)
        wrong = job.differences(expected, rows) + order_of(name, committed, rows)
        problems += [f"{name}: {text}" for text in wrong]
        exits = ", ".join(f"{count} × {status}" for status, count in sorted(state.exits.items()))
        report(f"  {name}: {len(expected)} expected, {len(rows)} committed, {aborted} aborted rows; {state.kills} kills, "
               f"{state.kills_in_transaction} in a transaction; exits {exits}; {'WRONG' if wrong else 'equal'}")
    problems += [f"transaction left open in {place}" for place in broker.open_transactions(*targets.values())]
    kills, inside = (sum(getattr(job, name) for job in running.values()) for name in ("kills", "kills_in_transaction"))
    report(f"  {count} events, {kills} kills, {inside} in a transaction, {all_aborted} aborted rows in {seconds:.0f} s: "
           f"{'WRONG' if problems else '0 lost, 0 doubled, 0 wrong'}")
    return problems


def order_of(name: str, committed: list[broker.Message], rows: list[dict]) -> list[str]:
    """Within a partition of the output: windows of a key in order; counts of a group rise; copies keep the order of their input."""
    last: dict = {}
    for message, row in zip(committed, rows):
        if name == "copy":
            place, value = (message.partition, row["id"] % events.PARTITIONS), row["id"]
        elif name == "unwindowed":
            place, value = (message.partition, row["k"]), row["n"]
        else:
            place, value = (message.partition, row["k"]), (row["window_end"], row["window_start"])
        if place in last and not last[place] < value:
            return [f"order in {place}: {value} after {last[place]}"]
        last[place] = value
    return []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--mean", type=float, default=1.5, help="seconds a job runs until it is killed, on average")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--bounded", action="store_true")
    parser.add_argument("--executable", action="store_true", help="compiled jobs instead of `weir run`")
    parser.add_argument("jobs", nargs="*", default=list(jobs.JOBS), metavar="JOB", help=f"of {', '.join(jobs.JOBS)}")
    options = parser.parse_args()
    if "KAFKA_BOOTSTRAP_SERVERS" not in os.environ:
        parser.error("KAFKA_BOOTSTRAP_SERVERS is not set: `eval $(tools/kafka up)`")
    problems = run(options.jobs, options.seed, options.events, options.kills, options.mean, options.bounded, options.executable)
    print("".join(f"{problem}\n" for problem in problems), end="")
    print(f"{len(options.jobs) if not problems else 0} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
