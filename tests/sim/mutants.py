#!/usr/bin/env python3
"""Breaks commit and recovery on purpose, one way after the other: the simulation has to notice each.

  tests/sim/mutants.py [--seeds N] [--build DIR] [--check | --list] [NAME…]

A mutant is a piece of source that is replaced, wherever below runtime/ it stands; it has to stand there once, or the script
fails. The sources are put back afterwards, whatever happens; they must have no uncommitted change. Each costs an object
and a link. `--check` only looks whether all patches still apply. Exit status 1 if a mutant lives or does not apply.
"""

import argparse
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

# what is broken: what stands there, what stands there instead
MUTANTS = {
    # Replay.
    "watermark moves during replay": (
        "  if (run.replaying) {\n    return;", "  if (false) {\n    return;"),
    "replay is not stopped at the position": (
        "partition.log->stop_at(partition.record.position);", "partition.log->stop_at(partition.record.position + 3);"),
    "replay feeds sinks, LATE and REJECTED": (
        "  worker.lane->replay(run.replaying);\n", "  worker.lane->replay(false);\n"),
    "state in mode C is fed by replay too": (
        "takes_part = consumer.kernel == ConsumerKernel::PaneAggregate &&\n"
        "                            run.manifest.operators[consumer.target].recovery == commit::RecoveryMode::Replay;",
        "takes_part = consumer.kernel == ConsumerKernel::PaneAggregate ||\n"
        "                            consumer.kernel == ConsumerKernel::SessionAggregate;"),
    "reading goes on at the position, without replay": (
        "          .low_offset = low.offset,", "          .low_offset = position,"),
    "watermark at the low-water offset is left out": (
        "partition.watermark = start.record.low_watermark;", "partition.watermark = start.record.watermark;"),
    "low-water offset is the highest of the windows": (
        "std::ranges::min_element(first_", "std::ranges::max_element(first_"),
    "low-water offset is the highest of the operators": (
        "if (low && low->offset < lowest.offset) {",
        "if (low && (low->offset > lowest.offset || lowest.offset == position)) {"),
    "low-water offset passes windows that have not fired": (
        "low_water.forget_fired((*run.operators)[op.id].reached);",
        "low_water.forget_fired((*run.operators)[op.id].reached + 3'000);"),
    "how far operators have come is forgotten": (
        "    (*run.operators)[op.id].reached = found->of_operator[op.id]->reached;\n", ""),
    "one watermark for all operators": (
        "    (*run.operators)[op.id].reached = found->of_operator[op.id]->reached;\n",
        "    (*run.operators)[op.id].reached = found->of_operator[0]->reached;\n"),
    "a record is judged by its partition's watermark alone": (
        "    feed.state->watermark_floor = feed.op->reached;\n    state::forget_panes", "    state::forget_panes"),
    "LATE judges by the partition's watermark alone": (
        "feed.floor->watermark = feed.late->reached;", "feed.floor->watermark = abi::kNoWatermark;"),
    "LATE forgets over a restart how far its input had come": (
        "        late.reached = op->reached;\n", ""),
    "panes are not looked up again for each batch": (
        "    state::forget_panes(*feed.state);\n", ""),
    "a bounded run forgets where it ends": (
        "    partition.log->stop_at(partition.record.stop_offset);", "    partition.log->stop_at(-1);"),
    # Starting.
    "what was committed is read before earlier producers are fenced": (
        "    if (producer) {\n      if (auto done = (*producer)->open(); !done) {",
        "    if (producer) {\n      if (const Result<void> done = {}; !done) {"),
    "the producer is opened before the lock is held": (
        "    if (*acquired) {\n      if (stood_by", "    if (*acquired || true) {\n      if (stood_by"),
    "a restart that was asked for is repeated at each try": (
        "run.history->before_restart == name_of_commit(committed);",
        "run.history->before_restart == name_of_commit(committed) || run.history->before_restart.has_value();"),
    "a new partition is read from where the first start would begin": (
        "first_start(log, it.partition, any && (!fresh || from_committed))", "first_start(log, it.partition, any && from_committed)"),
    "a partition that is found later is read from its end": (
        "  auto start = first_start(log, place, true);",
        "  auto start = first_start(log, place, true);\n"
        "  if (start) start->record.position = start->record.low_offset = log.consumer->offsets(place)->end;"),
    "a first start commits nothing before its first results": (
        "  if (run_.commit->starts && !run_.stopping()) {", "  if (false) {"),
    "retention is not looked at": (
        "  if (record.low_offset >= range->first) {\n    return {};",
        "  if (record.low_offset >= range->first || true) {\n    return {};"),
    # Committing.
    "state is kept after a commit whose outcome is not known": (
        "      !done) {\n    fail(done.error());\n    return;\n  }\n  has_committed_",
        "      !done) {\n    if (!run_.commit->producer->open()) fail(done.error());\n    return;\n  }\n"
        "  run_.history->committed_tally"),
    "the producer is kept after an error": (
        "      !done) {\n    fail(done.error());\n    return;\n  }\n  has_committed_",
        "      !done) {\n    return;\n  }\n  has_committed_"),
    "positions go ahead of the records": (
        "  if (auto done = produce(producer, epoch); !done) {\n    return done;\n  }\n  if (auto done = produce_changelog",
        "  if (auto done = producer.commit(epoch.offsets); !done) {\n    return done;\n  }\n"
        "  if (auto done = producer.begin(); !done) return done;\n"
        "  if (auto done = produce(producer, epoch); !done) {\n    return done;\n  }\n  return producer.commit({});\n"
        "  if (auto done = produce_changelog"),
    "records go out in a transaction of their own": (
        "  if (auto done = produce(producer, epoch); !done) {\n    return done;\n  }\n  if (auto done = produce_changelog",
        "  if (auto done = produce(producer, epoch); !done) {\n    return done;\n  }\n"
        "  if (auto done = producer.commit({}); !done) {\n    return done;\n  }\n"
        "  if (auto done = producer.begin(); !done) return done;\n  if (auto done = produce_changelog"),
    "records of an epoch are dropped": (
        "    epoch = take_epoch(finished);",
        "    for (auto* sink : run_.commit->sinks) {\n"
        "      if (run_.commit->record.commit % 5 == 4) (void)sink->take();\n    }\n    epoch = take_epoch(finished);"),
    "rows stay in their buffers at a commit": (
        "    flush_everything(run_);\n    if (run_.outcome.failed()) {\n      return;", "    if (run_.outcome.failed()) {\n      return;"),
    "only the anchor's position is committed": (
        "      moved.push_back(&partition);\n      changed = true;",
        "      if (&partition == anchor) moved.push_back(&partition);\n      changed = true;"),
    "at least once: positions before records": (
        "  if (guarantee == Guarantee::AtMostOnce) {", "  if (guarantee != Guarantee::ExactlyOnce) {"),
    "at most once: records before positions": (
        "  if (guarantee == Guarantee::AtMostOnce) {", "  if (false) {"),
    "partitions that stand still are not committed again": (
        "        now_us - *partition.committed_us >= kCommitAgainUs) {", "        false) {"),
    "an upsert keeps the first record of a key": (
        "for (auto record = records.rbegin(); record != records.rend(); ++record) {",
        "for (auto record = std::make_reverse_iterator(records.end()); record != records.rend(); ++record) {\n"
        "    if (record->key && !seen.contains(*record->key) && records.size() > 1) { seen.insert(*record->key);\n"
        "      last.push_back(*std::ranges::find_if(records, [&](const Record& it) { return it.key == record->key; }));\n"
        "      continue; }"),
    # Changelog.
    "a missing record of the changelog is accepted": (
        "    if (record.commit != commit || record.index != index) {",
        "    if ((record.commit != commit || record.index != index) && false) {"),
    "the checksum of the changelog is not compared": (
        "  if (header.checksum != crc32c(bytes.substr(kUnchecked))) {", "  if (false) {"),
    "the checksum of the recovery record is not compared": (
        "      checksum != crc32c(text.substr(0, checksum_at))) {", "      false) {"),
    "the number of a commit is off by one in the changelog": (
        "  commit::ChangelogRecord record{.commit = epoch.number,", "  commit::ChangelogRecord record{.commit = epoch.number + 1,"),
    "a snapshot is taken to begin behind itself": (
        "coming_ = {.partition = 0, .snapshot_offset = range->end, .commit = 0};",
        "coming_ = {.partition = 0, .snapshot_offset = range->end + 1, .commit = 0};"),
    "reading begins with a snapshot before its last slice": (
        "  if (unsaved_.empty()) {\n    pointers_", "  if (true) {\n    pointers_"),
    "changes while a snapshot is under way are left out": (
        "      kept_[op]->save_changes(blobs);\n", "      kept_[op]->save_changes(blobs);\n      if (coming_ && !begins) blobs.clear();\n"),
    "changes of state are not saved": (
        "      kept_[op]->save_changes(blobs);\n", "      if (run_.commit->record.commit % 4 != 3) kept_[op]->save_changes(blobs);\n"),
    "what is still needed of the changelog is deleted": (
        "  const int64_t offset = pointers_.front().snapshot_offset;\n",
        "  const int64_t offset = pointers_.front().snapshot_offset + 1;\n"),
    "timers of sessions are not set after a restart": (
        "    if (auto done = kept->finish(context); !done) {",
        "    if (auto done = context != nullptr ? std::expected<void, std::string>() : kept->finish(context); !done) {"),
}

# Faults that lie below the interface that is simulated, and who finds them.
ELSEWHERE = {
    "the EndTxn counter is ignored": "tests/kafka/end_txn_test.py test_one_that_arrives_in_the_next_transaction",
    "the TxnOffsetCommit counter is ignored": "tests/kafka/end_txn_test.py test_positions_that_arrive_in_the_next_transaction",
    "offsets are sent before outputs are flushed": "tests/kafka/crash_test.py",
    "inputs are read uncommitted": "tests/kafka/crash_test.py (isolation.level is fixed in kafka/config.cpp, unit test KafkaConfig)",
    "offsets that are not stable are taken (KIP-447)": "tests/kafka/fencing_test.py test_a_zombie_is_fenced",
    "a member that lost its session joins again by itself": "tests/kafka/fencing_test.py test_a_zombie_is_fenced",
    "a stale fetch of librdkafka before 2.4 is delivered": "nobody: it takes that version of the library",
}

# Faults that this design has no place for.
WITHOUT_COUNTERPART = {
    "group metadata is read at commit": "the producer's epoch fences, no generation is sent",
    "suspended state is used again without its token": "no state is suspended",
}


def sources():
    for path in sorted((ROOT / "runtime").rglob("*")):
        if path.suffix in (".cpp", ".h"):
            yield path


def place_of(old):
    places = [path for path in sources() if old in path.read_text()]
    if len(places) == 1 and places[0].read_text().count(old) == 1:
        return places[0], ""
    return None, f"does not apply: it stands in {len(places)} files"


def build_and_run(build, seeds):
    built = subprocess.run(["ninja", "-C", build, "-j2", "weir_sim"], capture_output=True, text=True, check=False)
    if built.returncode != 0:
        return "does not compile:\n" + built.stdout[-2000:]
    try:
        ran = subprocess.run([f"{build}/bin/weir_sim", "--seeds", str(seeds), "--failures", "1"], capture_output=True,
                             text=True, check=False, timeout=600)
    except subprocess.TimeoutExpired:
        return "found (it never ends)"
    if ran.returncode == 0:
        return "LIVES"
    return "found: " + next((line for line in ran.stdout.splitlines() if "FAILED" in line), f"status {ran.returncode}")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # sources are put back
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--build", default=str(ROOT / "build/release"))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    if arguments.list:
        for name in MUTANTS:
            print(name)
        for name, where in {**ELSEWHERE, **WITHOUT_COUNTERPART}.items():
            print(f"{name}: {where}")
        return 0
    wanted = {name: patch for name, patch in MUTANTS.items() if not arguments.names or name in arguments.names}
    bad = [name for name in arguments.names if name not in MUTANTS]
    for name in bad:
        print(f"{name}: no such mutant")
    found = 0
    for name, (old, new) in wanted.items():
        path, problem = place_of(old)
        if path is None:
            print(f"{name}: {problem}", flush=True)
            bad.append(name)
            continue
        if arguments.check:
            continue
        begin = time.monotonic()
        source = path.read_text()
        try:
            path.write_text(source.replace(old, new))
            verdict = build_and_run(arguments.build, arguments.seeds)
        finally:
            path.write_text(source)
        if verdict.startswith("found"):
            found += 1
        else:
            bad.append(name)
        print(f"{name} ({path.relative_to(ROOT)}): {verdict} [{time.monotonic() - begin:.0f} s]", flush=True)
    if not arguments.check:
        subprocess.run(["ninja", "-C", arguments.build, "weir_sim"], capture_output=True, check=False)
        print(f"{found} of {len(wanted)} found")
    else:
        print(f"{len(wanted) - len(bad)} of {len(wanted)} apply")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
