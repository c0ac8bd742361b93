#!/usr/bin/env python3
"""How long a job needs after kill -9 until it commits again: with state in a changelog, and with state that is read again.

    eval $(tools/kafka up --dir DIR); bench/kafka/restart.py [--groups N] [--records N] [--only changelog|replay] [--runs N]

changelog: a count per key over N groups, kept in mode C. replay: a count per key and day over N records, all windows open, against a
bare read of the same records. Bars: 5 s; 1.3 times the bare read and 3 s. Exit status 1 if one is missed.
"""
import argparse
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("WEIR_BIN") or ROOT / "build/release/bin")
PARTITIONS = 4
SERVERS = "'properties.bootstrap.servers' = '${env:KAFKA_BOOTSTRAP_SERVERS}'"
EVENTS = "id BIGINT, k BIGINT, v BIGINT, ts TIMESTAMP(3)"


def client(*arguments: str) -> str:
    return subprocess.run([BIN / "kafka_client", *arguments], check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          text=True).stdout


def fill(topic: str, records: int, keys: str) -> None:
    client("topic", "create", topic, "--partitions", str(PARTITIONS))
    text = (f"SET 'pipeline.name' = 'fill-{topic}';\nCREATE TABLE made ({EVENTS}) WITH ('connector' = 'datagen', 'number-of-rows' = '{records}', "
            f"'rows-per-second' = '100000000', 'fields.id.kind' = 'sequence', 'fields.id.start' = '1', "
            f"'fields.id.end' = '{records}', {keys}, 'fields.v.min' = '0', 'fields.v.max' = '1000');\n"
            f"CREATE TABLE events ({EVENTS}) WITH ('connector' = 'kafka', 'topic' = '{topic}', {SERVERS}, 'format' = 'json', "
            f"'sink.delivery-guarantee' = 'at-least-once');\nINSERT INTO events SELECT * FROM made;\n")
    subprocess.run([BIN / "weir", "-c", text, "-q"], check=True)


class Job:
    """A compiled job; its positions and its last commit are read from what its group has committed."""

    def __init__(self, folder: pathlib.Path, topic: str, name: str, watermark: str, sink: str, select: str):
        self.topic, self.name, self.executable = topic, name, folder / name
        self.log = open(folder / f"{name}.log", "wb")
        client("topic", "create", f"{name}-results", "--partitions", str(PARTITIONS))
        text = (f"CREATE TABLE events ({EVENTS}{watermark}) WITH ('connector' = 'kafka', 'topic' = '{topic}', {SERVERS}, "
                f"'properties.group.id' = '{name}', 'format' = 'json');\n"
                f"CREATE TABLE results ({sink}, 'topic' = '{name}-results', {SERVERS}, 'sink.transactional-id-prefix' = '{name}');\n"
                f"INSERT INTO results {select};\n")
        source = folder / f"{name}.stream"
        source.write_text(text)
        subprocess.run([BIN / "weir", "compile", source, "-o", self.executable], check=True)

    def start(self) -> None:
        self.process = subprocess.Popen([self.executable, "-q"], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def committed(self) -> tuple[int, str]:
        """Records that were read, and what names the process and the commit."""
        total, job = 0, ""
        for line in client("committed", self.name, self.topic).splitlines():
            _, offset, metadata = line.split("\t", 2)
            total += max(int(offset), 0)
            job = next((field for field in metadata.split(";") if field.startswith("j=")), job)
        return total, job

    def wait_until_read(self, records: int) -> None:
        while self.committed()[0] < records:
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended: see {self.log.name}")
            time.sleep(0.3)

    def restart_seconds(self) -> float:
        """From kill -9 to the first commit of the next process; asking for it takes some hundredths of a second."""
        before = self.committed()[1].split(",")[1]
        begin = time.monotonic()
        self.kill()
        self.start()
        while self.committed()[1].split(",")[1] == before:
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended: see {self.log.name}")
        return time.monotonic() - begin


def report(name: str, seconds: list[float], bar: float) -> bool:
    median = statistics.median(seconds)
    print(f"{name}: {median:.2f} s of {', '.join(f'{it:.2f}' for it in seconds)}; bar {bar:.2f} s: "
          f"{'held' if median <= bar else 'MISSED'}", flush=True)
    return median <= bar


def changelog(folder: pathlib.Path, unique: str, groups: int, runs: int) -> bool:
    topic = f"restart-groups-{unique}"
    fill(topic, groups, f"'fields.k.kind' = 'sequence', 'fields.k.start' = '1', 'fields.k.end' = '{groups}'")
    job = Job(folder, topic, f"restart-c-{unique}", "",
              "k BIGINT NOT NULL, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', "
              "'key.format' = 'json', 'value.format' = 'json'", "SELECT k, COUNT(*), SUM(v) FROM events GROUP BY k")
    job.start()
    job.wait_until_read(groups)
    seconds = [job.restart_seconds() for _ in range(runs)]
    job.stop()
    return report(f"changelog, {groups} groups", seconds, 5)


def replay(folder: pathlib.Path, unique: str, groups: int, records: int, runs: int) -> bool:
    topic = f"restart-records-{unique}"
    fill(topic, records, f"'fields.k.min' = '1', 'fields.k.max' = '{groups}'")
    job = Job(folder, topic, f"restart-r-{unique}", ", WATERMARK FOR ts AS ts - INTERVAL '4' SECOND",
              "k BIGINT, n BIGINT, s BIGINT) WITH ('connector' = 'kafka', 'format' = 'json'",
              "SELECT k, COUNT(*), SUM(v) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '7' DAY)) "
              "GROUP BY window_start, window_end, k")
    job.start()
    job.wait_until_read(records)
    bare = []
    seconds = []
    for _ in range(runs):
        begin = time.monotonic()
        client("consume", topic, "--count", "--read-committed")
        bare.append(time.monotonic() - begin)
        seconds.append(job.restart_seconds())
    job.stop()
    print(f"bare read of {records} records: {statistics.median(bare):.2f} s", flush=True)
    return report(f"replay, {records} records, {groups} groups", seconds, 1.3 * statistics.median(bare) + 3)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--only", choices=("changelog", "replay"))
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    if "KAFKA_BOOTSTRAP_SERVERS" not in os.environ:
        parser.error("KAFKA_BOOTSTRAP_SERVERS is not set")
    unique = f"{os.getpid()}-{int(time.time())}"
    held = True
    with tempfile.TemporaryDirectory(prefix="weir-restart-") as folder:
        if arguments.only != "replay":
            held &= changelog(pathlib.Path(folder), unique, arguments.groups, arguments.runs)
        if arguments.only != "changelog":
            held &= replay(pathlib.Path(folder), unique, arguments.groups, arguments.records, arguments.runs)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
