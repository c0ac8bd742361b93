#!/usr/bin/env python3
"""Breaks recovery on purpose, one way after the other: the simulation has to notice each.

  tests/sim/mutants.py [--seeds N] [--build DIR] [NAME…]

Each mutant is a piece of source that is replaced. The sources are put back afterwards, whatever happens; the tree must have no
uncommitted change in them. Exit status 1 if a mutant lives.
"""

import argparse
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# name: what is broken; file; what stands there; what stands there instead
MUTANTS = {
    "watermark moves during replay": (
        "runtime/job/worker.cpp", "  if (run.replaying) {\n    return;", "  if (false) {\n    return;"),
    "replay is not stopped at the position": (
        "runtime/job/job.cpp", "partition.log->stop_at(partition.record.position);",
        "partition.log->stop_at(partition.record.position + 3);"),
    "replay feeds every consumer": (
        "runtime/job/lane.h", "on ? replay_consumers_.data() : consumers_.data()",
        "on && replay_consumers_.empty() ? replay_consumers_.data() : consumers_.data()"),
    "reading goes on at the position, without replay": (
        "runtime/job/committer.cpp", "          .low_offset = low.offset,", "          .low_offset = position,"),
    "watermark at the low-water offset is left out": (
        "runtime/job/log_run.cpp", "partition.watermark = start.record.low_watermark;",
        "partition.watermark = start.record.watermark;"),
    "low-water offset is the highest of the windows": (
        "runtime/state/low_water.cpp", "std::ranges::min_element(first_", "std::ranges::max_element(first_"),
    "how far operators have come is forgotten": (
        "runtime/job/log_run.cpp", "    (*run.operators)[op.id].reached = found->reached;\n", ""),
    "replay judges by the record's watermark alone": (
        "runtime/job/feeds.cpp", "    feed.state->watermark_floor = feed.op->reached;\n    state::forget_panes",
        "    state::forget_panes"),
    "what was committed is read before earlier producers are fenced": (
        "runtime/job/log_run.cpp", "if (auto done = commit.producer->open(); !done || !keeps",
        "if (auto done = Result<void>{}; !done || !keeps"),
    "state is kept after a commit whose outcome is not known": (
        "runtime/job/committer.cpp", "      !done) {\n    fail(done.error());\n  } else if",
        "      !done) {\n    if (!run_.commit->producer->open()) fail(done.error());\n  } else if"),
    "positions go ahead of the records": (
        "runtime/commit/epoch.cpp", "  if (auto done = produce(producer, epoch); !done) {\n    return done;\n  }\n  if (auto done = produce_changelog",
        "  if (auto done = producer.commit(epoch.offsets); !done) {\n    return done;\n  }\n  if (auto done = producer.begin(); !done) return done;\n  if (auto done = produce(producer, epoch); !done) {\n    return done;\n  }\n  return producer.commit({});\n  if (auto done = produce_changelog"),
    "records of an epoch are dropped": (
        "runtime/job/committer.cpp", "    epoch = take_epoch(finished);",
        "    for (auto* sink : run_.commit->sinks) {\n      if (run_.commit->record.commit % 5 == 4) (void)sink->take();\n    }\n    epoch = take_epoch(finished);"),
    "panes are not looked up again for each batch": (
        "runtime/job/feeds.cpp", "    state::forget_panes(*feed.state);\n", ""),
    "a restart that was asked for is repeated at each try": (
        "runtime/job/log_run.cpp", " && !committed_by(*committed, run.history->token)", " && (places.empty() || !committed_by({}, 0))"),
}


def build_and_run(build, seeds):
    built = subprocess.run(["ninja", "-C", build, "weir_sim"], capture_output=True, text=True, check=False)
    if built.returncode != 0:
        return "does not compile:\n" + built.stdout[-2000:]
    try:
        ran = subprocess.run([f"{build}/bin/weir_sim", "--seeds", str(seeds)], capture_output=True, text=True,
                             check=False, timeout=300)
    except subprocess.TimeoutExpired:
        return "found (it never ends)"
    if ran.returncode == 0:
        return "LIVES"
    return "found: " + (ran.stdout.splitlines() or ["crashed"])[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--build", default=str(ROOT / "build/release"))
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    alive = 0
    for name, (file, old, new) in MUTANTS.items():
        if arguments.names and name not in arguments.names:
            continue
        path = ROOT / file
        source = path.read_text()
        if source.count(old) != 1:
            print(f"{name}: {file} has {source.count(old)} places of it", flush=True)
            alive += 1
            continue
        try:
            path.write_text(source.replace(old, new))
            verdict = build_and_run(arguments.build, arguments.seeds)
        finally:
            path.write_text(source)
        alive += not verdict.startswith("found")
        print(f"{name}: {verdict}", flush=True)
    subprocess.run(["ninja", "-C", arguments.build, "weir_sim"], capture_output=True, check=False)
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
