"""`weir job status|reset|drop` of a job that runs, has stopped, and is forgotten."""
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

import broker

PATIENCE_SECONDS = 60
TRY_AGAIN = 75


def weir(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([broker.BIN / "weir", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, **options)


class JobCommands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.source = broker.create_topic(broker.fresh("source"), 2)
        self.target = broker.create_topic(broker.fresh("target"))
        self.path = pathlib.Path(folder.name) / "job.stream"
        servers = "'properties.bootstrap.servers' = '${env:KAFKA_BOOTSTRAP_SERVERS}'"
        self.path.write_text(
            f"SET 'pipeline.name' = '{self.target}';\n"
            "CREATE TABLE events (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', "
            f"'topic' = '{self.source}', {servers}, 'format' = 'json');\n"
            "CREATE TABLE results (e TIMESTAMP(3), k STRING, n BIGINT) WITH ('connector' = 'kafka', "
            f"'topic' = '{self.target}', {servers}, 'format' = 'json');\n"
            "INSERT INTO results SELECT window_end, k, COUNT(*) FROM TABLE(SESSION(TABLE events PARTITION BY k, "
            "DESCRIPTOR(ts), INTERVAL '2' SECONDS)) GROUP BY window_start, window_end, k;\n")
        # One session of `a` in each partition that ends, one of `b` that does not.
        lines = [f'{{"p":{i % 2},"k":"a","ts":"2026-01-01 08:00:0{i % 2}"}}' for i in range(4)]
        lines += [f'{{"p":{i % 2},"k":"b","ts":"2026-01-01 08:00:30"}}' for i in range(2)]
        broker.produce(self.source, lines, "--partition-by", "p")

    def job(self, *arguments: str, status: int = 0) -> str:
        done = weir("job", *arguments[:1], str(self.path), *arguments[1:])
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr if status else done.stdout

    def wait_for(self, what):
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not (found := what()):
            self.assertLess(time.monotonic(), give_up)
            time.sleep(0.2)
        return found

    def start(self) -> subprocess.Popen:
        process = subprocess.Popen([broker.BIN / "weir", "run", "--quiet", self.path, "--instance", "one"],
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stderr.close)
        return process

    def run_until(self, rows: int) -> None:
        process = self.start()

        def written() -> bool:
            nonlocal process
            if process.poll() == TRY_AGAIN:
                process = self.start()
            return len(broker.values(self.target)) >= rows
        self.wait_for(written)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(PATIENCE_SECONDS), 0, process.stderr.read())
        self.wait_for(lambda: "not running" in self.job("status"))

    def test_life_of_a_job(self):
        self.assertEqual(self.job("status"),
                         f"job `{self.target}`: not running\nnothing is committed\n"
                         f"table `events`, group `{self.target}`\n"
                         f"  {'topic':{len(self.source)}}  partition  position  lag  watermark  low-water  to replay  idle\n"
                         f"  {self.source}  0          none      3\n"
                         f"  {self.source}  1          none      3\n")
        self.assertIn("has committed nothing", self.job("reset", "--to", "committed", status=2))

        process = self.start()
        self.wait_for(lambda: len(broker.values(self.target)) == 1)
        self.assertIn(f"job `{self.target}`: running, as `one`\n", self.job("status"))
        refused = f"error: job `{self.target}` is running, as `one`\nhint: stop it first; a process that was killed counts as " \
                  "running for 10 s\n"
        self.assertEqual(self.job("reset", "--to", "latest", status=2), refused)
        self.assertEqual(self.job("drop", "--yes", status=2), refused)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(PATIENCE_SECONDS), 0)
        self.wait_for(lambda: "not running" in self.job("status"))

        shown = self.job("status")
        self.assertRegex(shown, r"\ncommit \d+\n")
        for partition in range(2):
            self.assertRegex(shown, rf"{re.escape(self.source)} +{partition} +3 +0 +2026-01-01 08:00:30 +3 +0 +no\n")
        self.assertRegex(shown, r"SESSION.* C: changelog +2026-01-01 08:00:30\n")
        self.assertRegex(shown, rf"changelog `{re.escape(self.target)}-changelog`: read from offset \d+, which ends at \d+\n$")

        # What was committed goes on: nothing new is written. Reset, everything is read again.
        reset = self.job("reset", "--to", "earliest")
        self.assertEqual(reset, "".join(f"partition {p} of topic `{self.source}`, group `{self.target}`: offset 0\n"
                                        for p in range(2)) + "the next start begins there, with empty state\n")
        self.assertIn("reset: the next start begins at these positions, with empty state\n", self.job("status"))
        self.assertEqual(len(broker.values(self.target)), 1)
        self.run_until(2)
        self.assertEqual(len(set(broker.values(self.target))), 1)

        self.assertEqual(self.job("drop", status=2),
                         f"error: dropping job `{self.target}` deletes:\n"
                         f"what group `{self.target}` has committed for `{self.source}`\n"
                         f"group `{self.target}.lock`\ntopic `{self.target}-changelog`, with the state of the job\n"
                         "hint: `--yes` does it without asking\n")
        dropped = self.job("drop", "--yes")
        self.assertEqual(dropped, f"group `{self.target}.lock`: deleted\n"
                                  f"offsets of group `{self.target}`, table `events`: deleted\n"
                                  f"topic `{self.target}-changelog`: deleted\n")
        self.assertIn("nothing is committed\n", self.job("status"))
        self.run_until(3)

    def test_executables_show_and_reset_themselves(self):
        binary = self.path.with_suffix("")
        done = weir("compile", str(self.path), "-o", str(binary))
        self.assertEqual(done.returncode, 0, done.stderr)
        reset = subprocess.run([binary, "--reset", "latest"], capture_output=True, text=True)
        self.assertEqual((reset.returncode, reset.stderr), (0, ""))
        self.assertIn(f"partition 1 of topic `{self.source}`, group `{self.target}`: offset 3\n", reset.stdout)
        shown = subprocess.run([binary, "--status"], capture_output=True, text=True)
        self.assertEqual((shown.returncode, shown.stdout), (0, self.job("status")))
