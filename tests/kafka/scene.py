"""What tests of a job under faults begin with: a topic of events, the job over it as processes, and its oracle."""
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

import broker
import events
import jobs
import oracle

PATIENCE = 60.0  # seconds for what takes far less on a machine that is idle


class Process:
    """A run of a job; its messages are in `log`."""

    def __init__(self, command: list[str], log: pathlib.Path, environment: dict[str, str]):
        self.log = log
        with open(log, "wb") as file:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                            env={**os.environ, **environment})

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def running(self) -> bool:
        return self.process.poll() is None

    def wait(self, seconds: float = PATIENCE) -> int:
        return self.process.wait(seconds)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.send(signal.SIGTERM)
        return self.wait()


def until(what: str, condition, seconds: float = PATIENCE, process: Process | None = None) -> None:
    """Waits for it; a process that has ended will not bring it about."""
    end = time.monotonic() + seconds
    while not condition():
        if process is not None and not process.running():
            raise AssertionError(f"{what}: the job has ended with {process.wait()}:\n{process.text()}")
        if time.monotonic() > end:
            raise AssertionError(f"not in time: {what}\n{process.text() if process else ''}")
        time.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def metrics_of(port: int) -> str:
    """Of a job with `--metrics 127.0.0.1:PORT`; empty as long as it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


class Folder(unittest.TestCase):
    """Tests with a folder and processes of their own, of which nothing is left."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=broker.scratch())
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.watch = broker.Watch()
        self.addCleanup(self.watch.close)
        self.processes: list[Process] = []

    def start(self, text: str, *arguments: str, environment: dict[str, str] | None = None) -> Process:
        """`weir run` of a query."""
        number = len(self.processes)
        path = self.folder / f"{number}.stream"
        path.write_text(text)
        process = Process([str(broker.BIN / "weir"), "run", "--quiet", *arguments, str(path)], self.folder / f"{number}.log",
                          environment or {})
        self.processes.append(process)
        self.addCleanup(lambda: process.kill() if process.running() else None)
        return process


class Scene(Folder):
    """One job of jobs.py over a topic of events."""

    def open(self, name: str, count: int, partitions: int = events.PARTITIONS, settings: dict[str, str] | None = None,
             options: dict[str, str] | None = None) -> None:
        """`count`: of events that there can be. `options`: of the source."""
        self.job = jobs.JOBS[name]
        self.source = broker.create_topic(broker.fresh("events"), partitions)
        self.target = broker.create_topic(broker.fresh(name), 2)
        events.write(self.folder / "events", seed=11, count=count)
        self.lines = (self.folder / "events").read_text().splitlines()
        text = "".join(f"SET '{key}' = '{value}';\n" for key, value in (settings or {"commit.interval": "100 ms"}).items())
        self.text = text + self.job.over_topics(self.source, self.target, bounded=False, options=options)

    def run_job(self, *arguments: str, environment: dict[str, str] | None = None) -> Process:
        return self.start(self.text, *arguments, environment=environment)

    def produce(self, first: int, last: int, only=lambda number: True) -> None:
        broker.produce(self.source, [self.lines[number] for number in range(first, last) if only(number)], "--partition-by", "id")

    def feed(self, first: int, last: int, per_second: int) -> threading.Thread:
        """Produces while something else happens."""
        def run():
            step = max(per_second // 20, 1)
            for at in range(first, last, step):
                producer.stdin.write(("\n".join(self.lines[at:min(at + step, last)]) + "\n").encode())
                producer.stdin.flush()
                time.sleep(1 / 20)
            producer.stdin.close()
            producer.wait()
        producer = subprocess.Popen([broker.BIN / "kafka_client", "produce", self.source, "--partition-by", "id"],
                                    stdin=subprocess.PIPE)
        thread = threading.Thread(target=run, name="feed")
        thread.start()
        self.addCleanup(thread.join)
        return thread

    def positions(self) -> tuple[int, ...]:
        return self.watch.positions(self.target, self.source)

    def until_commit(self, process: Process, beyond: tuple[int, ...] | None = None) -> None:
        before = beyond or self.positions()
        until("a commit", lambda: self.positions() != before, process=process)

    def until_consumed(self, process: Process) -> None:
        ends = tuple(at.end for at in broker.offsets(self.source).values())
        until(f"all of {ends} is committed", lambda: self.positions() == ends, process=process)

    def freeze_in_transaction(self, process: Process) -> None:
        """SIGSTOP while a transaction is open."""
        for _ in range(200):
            until("a transaction", lambda: self.watch.open(self.target), process=process)
            process.send(signal.SIGSTOP)
            time.sleep(0.1)
            if self.watch.open(self.target):
                return
            process.send(signal.SIGCONT)
        self.fail("no instant within a transaction was found")

    def check_rows(self, bounded: bool = False) -> oracle.Oracle:
        """A read_committed reader sees what the oracle expects; nothing is open."""
        broker.save_messages(self.folder / "messages", self.source)
        judge = oracle.Oracle(self.folder)
        self.addCleanup(judge.close)
        judge.read_events(self.folder / "messages")
        broker.save_messages(self.folder / "messages", self.target)
        self.assertEqual(judge.differences(self.job.expected, self.job.rows, self.folder / "messages", bounded), [])
        self.assertGreater(judge.expected, 0)
        self.assertEqual(broker.open_transactions(self.target), [])
        return judge

    def aborted(self, judge: oracle.Oracle) -> int:
        """Transactions that were aborted; after `check_rows`."""
        broker.save_offsets(self.folder / "messages", self.target)
        return judge.aborted(self.folder / "messages")[0]
