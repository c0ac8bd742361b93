"""The oracle agrees with Weir over files: a file is a partition, as a partition of a topic is."""
import pathlib
import subprocess
import tempfile
import unittest

import broker
import events
import jobs
import oracle


class Oracle(unittest.TestCase):
    def test_agrees_with_weir_over_files(self):
        with tempfile.TemporaryDirectory() as folder:
            inputs = pathlib.Path(folder) / "events"
            inputs.mkdir()
            files = [open(inputs / f"{partition}.json", "w") for partition in range(events.PARTITIONS)]
            records = []
            for number, line in enumerate(events.lines(seed=7, count=60_000, keys=300)):
                files[number % events.PARTITIONS].write(line + "\n")
                records.append(jobs.parse_event(number % events.PARTITIONS, line))
            for file in files:
                file.close()
            for job in jobs.JOBS.values():
                with self.subTest(job=job.name):
                    expectation = job.expect()
                    oracle.run(records, [expectation])
                    expected = expectation.rows(None)
                    self.assertGreater(len(expected), 250)
                    text = pathlib.Path(folder) / f"{job.name}.stream"
                    text.write_text(job.over_files(str(inputs)))
                    done = subprocess.run([broker.BIN / "weir", "run", "--quiet", text], capture_output=True)
                    self.assertEqual(done.returncode, 0, done.stderr.decode())
                    rows = [jobs.parse(line) for line in done.stdout.splitlines()]
                    self.assertEqual(job.differences(expected, rows), [])
                    # And it would notice one record less, and one row twice.
                    if not job.upsert:
                        self.assertNotEqual(job.differences(expected, rows + rows[:1]), [])
                    oracle.run([(0, 1, "k0", events.START_MS + 10_000_000_000)], [expectation])
                    self.assertNotEqual(job.differences(expectation.rows(None), rows), [])


if __name__ == "__main__":
    unittest.main()
