"""The oracle agrees with Weir over files: a file is a partition, as a partition of a topic is."""
import pathlib
import subprocess
import tempfile
import unittest

import broker
import events
import jobs
import oracle


def as_messages(path: pathlib.Path, lines: list[str]) -> pathlib.Path:
    path.write_text("".join(f"0\t{number}\t0\tnull\t{line}\n" for number, line in enumerate(lines)))
    return path


class Oracle(unittest.TestCase):
    def test_agrees_with_weir_over_files(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            inputs = folder / "inputs"
            inputs.mkdir()
            events.write(folder / "events", seed=7, count=60_000, keys=300)
            files = [open(inputs / f"{partition}.json", "w") for partition in range(events.PARTITIONS)]
            with open(folder / "events") as lines, open(folder / "messages", "w") as messages:
                for number, line in enumerate(lines):
                    files[number % events.PARTITIONS].write(line)
                    messages.write(f"{number % events.PARTITIONS}\t{number // events.PARTITIONS}\t0\tnull\t{line}")
            for file in files:
                file.close()
            judge = oracle.Oracle(folder)
            judge.read_events(folder / "messages")
            self.assertEqual(judge.count(), 60_000)
            for job in jobs.JOBS.values():
                with self.subTest(job=job.name):
                    self.check(folder, judge, job)
            judge.close()

    def check(self, folder: pathlib.Path, judge: oracle.Oracle, job: jobs.Job):
        text = folder / f"{job.name}.stream"
        text.write_text(job.over_files(str(folder / "inputs")))
        done = subprocess.run([broker.BIN / "weir", "run", "--quiet", text], capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        lines = [line for line in done.stdout.decode().splitlines() if '"-U"' not in line]

        def problems(lines: list[str]) -> list[str]:
            messages = as_messages(folder / "rows", lines)
            return judge.differences(job.expected, job.rows, messages, bounded=True)

        found = problems(lines)
        # Files are read side by side: their rows are mixed anew in each run.
        self.assertEqual([problem for problem in found if job.name != "copy" or "out of order" not in problem], [])
        self.assertGreater(judge.expected, 250)
        # And it notices a row less, a row twice, a wrong one and one that should not be.
        self.assertTrue(any("lost" in problem for problem in problems([line for line in lines if '"k0"' not in line])))
        if not job.rows.upsert:
            self.assertTrue(any(problem.startswith("1 doubled") for problem in problems(lines + lines[:1])))
        self.assertTrue(any("wrong" in problem or "lost" in problem for problem in problems(
            [line.replace('"id":', '"id":9') if job.name == "copy" else line.replace('"ids":', '"ids":9') for line in lines])))
        self.assertTrue(any("not expected" in problem for problem in problems(
            lines + [lines[0].replace('"k":"k', '"k":"kk').replace('"id":', '"id":900000')])))


if __name__ == "__main__":
    unittest.main()
