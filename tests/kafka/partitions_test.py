"""Partitions that are silent, and such as a topic gets while a job reads it."""
import json

import broker
import events
import oracle
from scene import Scene, free_port, metrics_of, until


def without_last(number: int) -> bool:
    return number % events.PARTITIONS != events.PARTITIONS - 1


class Partitions(Scene):
    marks = 0
    GAP = 40_000  # of the ids left out: what comes after it is later by far than what came before, and never late

    def mark(self, last: int, partitions: range) -> None:
        """A last event of the same time in each: whichever of them becomes idle first, the watermark ends where it would."""
        later = json.loads(self.lines[last])["ts"]
        self.marks += 1
        first = 10_000_000 * self.marks
        lines = [f'{{"id":{first + partition},"k":"mark","ts":"{later}"}}' for partition in partitions]
        broker.produce(self.source, lines, "--partition-by", "id")

    def test_a_silent_partition_holds_the_watermark_until_its_time_out(self):
        self.open("tumbling", 100_000, options={"scan.watermark.idle-timeout": "2 s"})
        self.produce(0, 30_000, without_last)
        self.mark(30_000, range(3))
        job = self.run_job()
        self.until_consumed(job)
        until("the windows of the others fire", lambda: not self.differences(), process=job)
        self.assertNotEqual(broker.values(self.target), [])
        # That it is idle is known after a restart, whatever the time-out is then. The others are woken by what comes first; none
        # of them falls silent again, however long it takes until they get the rest.
        job.kill()
        self.text = self.text.replace("'2 s'", "'1 h'")
        job = self.run_job()
        self.mark(30_000, range(3))
        self.until_consumed(job)
        self.produce(30_000, 40_000, without_last)
        self.mark(40_000, range(3))
        self.until_consumed(job)
        until("the windows of the others fire", lambda: not self.differences(), process=job)
        self.assertEqual(job.stop(), 0, job.text())
        # It comes back, and holds the watermark again.
        job = self.run_job()
        self.mark(40_000, range(4))
        self.until_consumed(job)
        self.produce(40_000 + self.GAP, 90_000)
        self.produce(90_000, 100_000, without_last)
        self.until_consumed(job)
        self.assertEqual(job.stop(), 0, job.text())
        self.check_rows()

    def test_a_silent_partition_without_time_out_holds_the_watermark(self):
        self.open("tumbling", 30_000)
        self.produce(0, 30_000, without_last)
        job = self.run_job()
        self.until_consumed(job)
        self.assertEqual(job.stop(), 0, job.text())
        self.assertEqual(broker.values(self.target), [])

    def test_a_partition_is_added(self):
        self.open("tumbling", 100_000, partitions=3, options={"scan.topic-partition-discovery.interval": "500 ms"})
        self.produce(0, 30_000)
        port = free_port()
        job = self.run_job("--metrics", f"127.0.0.1:{port}")
        self.until_consumed(job)
        broker.client("topic", "grow", self.source, "--partitions", "4")
        until("the new one is found", lambda: f'{self.source}",partition="3"' in metrics_of(port), process=job)
        self.produce(30_000 + self.GAP, 90_000)
        self.until_consumed(job)
        job.kill()
        job = self.run_job()
        self.produce(90_000, 100_000)
        self.until_consumed(job)
        self.assertEqual(job.stop(), 0, job.text())
        self.check_rows()

    def test_partitions_are_added_while_the_job_is_down(self):
        self.open("copy", 60_000, partitions=2)
        self.produce(0, 30_000)
        job = self.run_job()
        self.until_consumed(job)
        job.kill()
        broker.client("topic", "grow", self.source, "--partitions", "4")
        self.produce(30_000, 50_000)
        job = self.run_job()
        self.until_consumed(job)
        self.produce(50_000, 60_000)
        self.until_consumed(job)
        self.assertEqual(job.stop(), 0, job.text())
        # Ids of the two halves are in one partition; each half is in order.
        self.assertEqual(sorted(self.ids()), [number for number in range(60_000) if number % 3 == 1])

    def ids(self) -> list[int]:
        return [int(value[6:value.index(",")]) for value in broker.values(self.target)]

    def differences(self) -> list[str]:
        broker.save_messages(self.folder / "messages", self.source)
        judge = oracle.Oracle(self.folder)
        judge.read_events(self.folder / "messages")
        broker.save_messages(self.folder / "messages", self.target)
        found = judge.differences(self.job.expected, self.job.rows, self.folder / "messages", False)
        judge.close()
        return found
