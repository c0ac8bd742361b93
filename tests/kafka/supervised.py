"""A job under a supervisor: it is killed at chosen instants and started again, as an orchestrator would."""
import collections
import itertools
import os
import random
import signal
import subprocess
import threading
import time

import broker

TRY_AGAIN = 75  # exit status with which a job asks to be started again
STILL_AFTER = 180  # seconds without progress after which a job hangs
STOP_SECONDS = 60
SETTLED_SECONDS = 5  # until then a process may not have begun to handle signals

WHILE_STARTING = 0.1  # of the kills come at any instant of a start: while state is read back
IN_TRANSACTION = 0.8  # of the others wait until a transaction is open …
INTO_TRANSACTION_SECONDS = 0.006  # … and for some instant of its first part
PATIENCE_SECONDS = 3  # that they wait at most


class Supervised:
    """A process of `commands`, of each in turn, runs in a thread of its own; `kills` times it dies by SIGKILL.

    The time until a kill counts from the first commit after a start, `mean_seconds` on average. Read the fields after `join`.
    """

    def __init__(self, name: str, commands: list[list[str]], log: str, seed: int, kills: int, mean_seconds: float,
                 source: str, target: str):
        self.name, self.log, self.source, self.target = name, log, source, target
        self.commands = itertools.cycle(commands)
        self.random = random.Random(f"{seed} {name}")
        self.kills_left, self.mean_seconds = kills, mean_seconds
        self.kills = self.kills_starting = self.kills_in_transaction = 0
        self.starts: list[float] = []  # seconds from each start to its first commit
        self.exits: collections.Counter = collections.Counter()
        self.problem = ""
        self.finished = False  # exit status 0
        self.stopping = threading.Event()
        self.process: subprocess.Popen | None = None
        self.watch = broker.Watch()
        self.thread = threading.Thread(target=self._run, name=name)
        self.thread.start()

    def calm(self) -> bool:
        """No more kills will come."""
        return self.kills_left == 0

    def stop(self) -> None:
        """SIGTERM: it has to commit what is processed and end well."""
        self.stopping.set()

    def join(self) -> None:
        self.thread.join()

    def seconds_left(self) -> float:
        """How long the kills that are to come will take, by those that have been."""
        start = sum(self.starts) / len(self.starts) if self.starts else 2.0
        return self.kills_left * (start + self.mean_seconds)

    def _run(self) -> None:
        try:
            while not self.problem and not self.finished:
                with open(self.log, "ab") as log:
                    self.process = subprocess.Popen(next(self.commands), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
                status = self._supervise(self.process)
                self.exits[status] += 1
                if status == 0:
                    self.finished = True
                elif status not in (TRY_AGAIN, -signal.SIGKILL):
                    self.problem = f"exit status {status}:\n{self.tail()}"
        except Exception as error:  # seen by `join`
            self.process.kill()
            self.problem = f"{error}\n{self.tail()}"
        finally:
            self.process.wait()
            self.watch.close()

    def _supervise(self, process: subprocess.Popen) -> int:
        begin = time.monotonic()
        before = self.watch.positions(self.target, self.source)
        kill_at = None
        killed_starting = self.kills_left > 0 and self.random.random() < WHILE_STARTING
        if killed_starting:
            kill_at = begin + self.random.uniform(0, 1.5 * sum(self.starts) / len(self.starts) if self.starts else 2.0)
        committed = False
        while True:
            try:
                return process.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
            now = time.monotonic()
            if not committed and self.watch.positions(self.target, self.source) != before:
                committed = True
                self.starts.append(now - begin)
                if self.kills_left > 0 and kill_at is None:
                    kill_at = now + self.random.expovariate(1 / self.mean_seconds)
            if kill_at is not None and now >= kill_at:
                return self._kill(process, starting=not committed)
            if self.stopping.is_set() and now - begin > SETTLED_SECONDS:
                return self._terminate(process)

    def _kill(self, process: subprocess.Popen, starting: bool) -> int:
        if not starting and self.random.random() < IN_TRANSACTION:
            patience = time.monotonic() + PATIENCE_SECONDS
            while not self.watch.open(self.target) and time.monotonic() < patience:
                pass
            time.sleep(self.random.uniform(0, INTO_TRANSACTION_SECONDS))
        process.kill()
        status = process.wait()
        if status != -signal.SIGKILL:  # it was faster
            return status
        self.kills += 1
        self.kills_left -= 1
        if starting:
            self.kills_starting += 1
        else:
            time.sleep(0.03)  # if it had asked for the end of its transaction, the end has come
            self.kills_in_transaction += self.watch.open(self.target)
        return status

    def _terminate(self, process: subprocess.Popen) -> int:
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self.problem = f"has not stopped {STOP_SECONDS} s after SIGTERM:\n{self.tail()}"
            return 0

    def tail(self) -> str:
        with open(self.log, "rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(log.tell() - 2_000, 0))
            return log.read().decode(errors="replace")
