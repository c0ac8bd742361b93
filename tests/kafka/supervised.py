"""A job under a supervisor: it is killed at random instants and started again, as an orchestrator would."""
import collections
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable

TRY_AGAIN = 75  # exit status with which a job asks to be started again
STILL_AFTER = 180  # seconds without progress after which a job hangs
STOP_SECONDS = 60
SETTLED_SECONDS = 5  # until then a process may not have begun to handle signals


class Supervised:
    """`command` runs in a thread of its own; `kills` times it dies by SIGKILL. Read its fields after `join`.

    `in_transaction` is asked after each kill, before the job is started again.
    """

    def __init__(self, name: str, command: list[str], log: str, seed: int, kills: int, mean_seconds: float,
                 in_transaction: Callable[[], bool]):
        self.name, self.command, self.log, self.in_transaction = name, command, log, in_transaction
        self.random = random.Random(f"{seed} {name}")
        self.kills_left, self.mean_seconds = kills, mean_seconds
        self.kills = self.kills_in_transaction = 0
        self.exits: collections.Counter = collections.Counter()
        self.problem = ""
        self.finished = False  # exit status 0
        self.stopping = threading.Event()
        self.process: subprocess.Popen | None = None
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

    def _run(self) -> None:
        while not self.problem and not self.finished:
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            status = self._watch(self.process)
            self.exits[status] += 1
            if status == 0:
                self.finished = True
            elif status not in (TRY_AGAIN, -signal.SIGKILL):
                self.problem = f"exit status {status}:\n{self.tail()}"

    def _watch(self, process: subprocess.Popen) -> int:
        begin = time.monotonic()
        end = begin + self.random.expovariate(1 / self.mean_seconds) if self.kills_left > 0 else None
        while True:
            try:
                return process.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
            if end is not None and time.monotonic() >= end:
                process.kill()
                status = process.wait()
                self.kills += 1
                self.kills_left -= 1
                self.kills_in_transaction += self.in_transaction()
                return status
            if self.stopping.is_set() and time.monotonic() - begin > SETTLED_SECONDS:
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
