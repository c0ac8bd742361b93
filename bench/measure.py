"""What benchmarks share: running a command and its cost, contestants in turn, ratios pair by pair, and the lines they print."""

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/release"
WEIR = BUILD / "bin/weir"
GENERATE = BUILD / "bin/generate_orders"
QUERIES = ROOT / "bench/queries"
DATA = ROOT / "build/bench-data"


class Failure(Exception):
    pass


def generate(name, rows, *arguments):
    """A data file, made once per set of arguments."""
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / f"{name}-{rows}.ndjson"
    if not path.exists():
        with open(path.with_suffix(".part"), "wb") as out:
            subprocess.run([GENERATE, str(rows), *map(str, arguments)], stdout=out, check=True)
        path.with_suffix(".part").rename(path)
    return path


class Run:
    """CPU and wall-clock seconds, standard output, peak of resident memory in bytes."""

    def __init__(self, cpu, wall, output, peak_bytes):
        self.cpu, self.wall, self.output, self.peak_bytes = cpu, wall, output, peak_bytes


def watch(pid):
    """The peak of a process's resident memory, seen every 5 ms until it ends. (Its rusage would count this process's own, since
    the child is forked from it.)"""
    peak = 0
    while True:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return peak
        high = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        if not high:  # a zombie
            return peak
        if "python" not in status.splitlines()[0]:  # not before exec
            peak = max(peak, int(high[0].split()[1]) * 1024)
        time.sleep(0.005)


def timed(command, watch_memory=False):
    """Runs a command; its standard output goes through a pipe, as to a consumer."""
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdout=out if watch_memory else subprocess.PIPE, stderr=errors)
        peak_bytes = watch(process.pid) if watch_memory else 0
        output = b"" if watch_memory else process.stdout.read()
        if process.stdout:
            process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            text = errors.read().decode(errors="replace")
            raise Failure(f"{' '.join(map(str, command))} exited {process.returncode}:\n{text}")
    return Run(usage.ru_utime + usage.ru_stime, wall, output, peak_bytes)


def alternate(runs, *contestants):
    """One warm-up each, then the contestants in turn; the runs of each."""
    results = [[] for _ in contestants]
    for round_number in range(runs + 1):
        for contestant, result in zip(contestants, results):
            run = contestant()
            if round_number > 0:
                result.append(run)
    return results


def seconds(runs):
    return statistics.median(run.cpu for run in runs)


def ratio(numerator, denominator, of=lambda run: run.cpu):
    """The median of the ratios pair by pair, which holds when the machine's speed drifts."""
    return statistics.median(of(a) / of(b) for a, b in zip(numerator, denominator))


class Report:
    def __init__(self):
        self.failed = False
        self.passed = 0

    def line(self, name, value, unit, bar, at_least, gate, detail):
        reached = value >= bar if at_least else value <= bar
        sign = "≥" if at_least else "≤"
        print(f"{name:<34} {value:8.2f} {unit:<14} bar {sign} {bar:<6g} {'reached' if reached else 'MISSED':<8} {detail}",
              flush=True)
        if gate is not None:
            if value < gate:
                self.failed = True
                print(f"  below the gate of {gate:.2f}")
            else:
                self.passed += 1


def rate(rows, run_seconds):
    return f"{rows / run_seconds / 1e6:.1f} M rows/s"
