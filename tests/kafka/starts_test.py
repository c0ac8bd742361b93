"""Where the first start of a job begins, where a bounded one ends, and that later starts go on from the last commit."""
import broker
from records import Records
from scene import until


class Starts(Records):
    def check_start(self, options: str, expected: list[int], later: str | None = None) -> None:
        """Records 0 to 4 are there at the start; 5 and 6 come later, and 7 after a restart."""
        job = self.copy(options=options)
        until("the first commit", lambda: self.positions()[0] >= 0, process=job)
        self.produce(5, 6)
        self.until_at(job, 7)
        self.assertEqual(job.stop(), 0, job.text())
        self.produce(7)
        job = self.copy(options=later or options)
        self.until_at(job, 8)
        self.assertEqual(job.stop(), 0, job.text())
        self.assertEqual(self.ids(), expected)

    def test_earliest_offset_is_the_default(self):
        self.open()
        self.produce(*range(5))
        self.check_start("", list(range(8)))

    def test_latest_offset(self):
        self.open()
        self.produce(*range(5))
        self.check_start(", 'scan.startup.mode' = 'latest-offset'", [5, 6, 7])

    def test_a_committed_position_counts_more_than_the_start_mode(self):
        self.open()
        self.produce(*range(5))
        self.check_start(", 'scan.startup.mode' = 'latest-offset'", [5, 6, 7], later=", 'scan.startup.mode' = 'earliest-offset'")

    def test_timestamp(self):
        self.open()
        broker.produce(self.source, [f'{{"id":{n},"at":{1_767_254_400_000 + 1000 * n}}}' for n in range(5)], "--timestamp", "at")
        self.check_start(", 'scan.startup.mode' = 'timestamp', 'scan.startup.timestamp-millis' = '1767254402500'",
                         [3, 4, 5, 6, 7])

    def test_specific_offsets(self):
        self.open()
        self.produce(*range(5))
        self.check_start(", 'scan.startup.mode' = 'specific-offsets', 'scan.startup.specific-offsets' = 'partition:0,offset:2'",
                         [2, 3, 4, 5, 6, 7])

    def test_group_offsets_of_a_group_that_has_none(self):
        self.open()
        self.produce(*range(5))
        job = self.copy(options=", 'scan.startup.mode' = 'group-offsets'")
        self.assertEqual(job.wait(), 2)
        self.assertIn(f"group `{self.target}` has committed no offset for partition 0 of topic `{self.source}`", job.text())

    def check_end(self, options: str, expected: list[int]) -> None:
        self.open()
        broker.produce(self.source, [f'{{"id":{n},"at":{1_767_254_400_000 + 1000 * n}}}' for n in range(5)], "--timestamp", "at")
        job = self.copy(options=options)
        self.assertEqual(job.wait(), 0, job.text())
        self.assertEqual(self.ids(), expected)
        job = self.copy(options=options)
        self.assertEqual(job.wait(), 2, job.text())
        self.assertIn("the job has finished: its bounded input was read to the end", job.text())

    def test_bounded_by_the_latest_offset(self):
        self.check_end(", 'scan.bounded.mode' = 'latest-offset'", [0, 1, 2, 3, 4])

    def test_bounded_by_a_timestamp(self):
        self.check_end(", 'scan.bounded.mode' = 'timestamp', 'scan.bounded.timestamp-millis' = '1767254402500'", [0, 1, 2])

    def test_bounded_by_specific_offsets(self):
        self.check_end(", 'scan.bounded.mode' = 'specific-offsets', 'scan.bounded.specific-offsets' = 'partition:0,offset:4'",
                       [0, 1, 2, 3])

    def test_an_empty_topic_is_at_its_end(self):
        self.open(partitions=2)
        job = self.copy(options=", 'scan.bounded.mode' = 'latest-offset'")
        self.assertEqual(job.wait(), 0, job.text())
        self.assertEqual(self.ids(), [])

    def test_records_that_are_needed_have_been_deleted(self):
        self.open()
        self.produce(*range(5))
        job = self.copy()
        self.until_at(job, 5)
        self.assertEqual(job.stop(), 0, job.text())
        self.produce(*range(5, 10))
        broker.client("topic", "truncate", self.source, "--partition", "0", "--before", "7")
        job = self.copy()
        self.assertEqual(job.wait(), 2, job.text())
        self.assertIn(f"partition 0 of topic `{self.source}` begins at offset 7, but the job has to read from 5: the records "
                      "between have been deleted (retention)", job.text())
        self.assertEqual(self.positions(), (5,))
        job = self.copy("--accept-data-loss")
        self.until_at(job, 10)
        self.assertEqual(job.stop(), 0, job.text())
        self.assertEqual(self.ids(), [0, 1, 2, 3, 4, 7, 8, 9])

    def test_a_run_that_has_to_go_on_from_an_earlier_one(self):
        self.open()
        self.produce(*range(5))
        job = self.copy("--resume")
        self.assertEqual(job.wait(), 2, job.text())
        self.assertIn(f"error: `--resume`: there is no earlier run of job `{self.target}` to go on from; group `{self.target}` has "
                      "committed nothing\n", job.text())
        self.assertEqual(self.positions(), (-1,))
        job = self.copy()
        self.until_at(job, 5)
        self.assertEqual(job.stop(), 0, job.text())
        self.produce(5)
        job = self.copy("--resume")
        self.until_at(job, 6)
        self.assertEqual(job.stop(), 0, job.text())
        self.assertEqual(self.ids(), list(range(6)))

    def test_an_offset_that_was_set_by_hand(self):
        self.open()
        self.produce(*range(5))
        job = self.copy()
        self.until_at(job, 5)
        self.assertEqual(job.stop(), 0, job.text())
        broker.client("set-offset", self.target, self.source, "--partition", "0", "--offset", "3")
        job = self.copy()
        self.assertEqual(job.wait(), 2, job.text())
        self.assertIn("its recovery record cannot be used", job.text())
        job = self.copy("--restart-from", "committed")
        self.until_at(job, 5)
        self.assertEqual(job.stop(), 0, job.text())
        self.assertEqual(self.ids(), [0, 1, 2, 3, 3, 4, 4])
