"""Several processes of one job: one works, the others wait; one that was away and comes back writes nothing that is visible."""
import signal
import time

import broker
from scene import Scene, until


class Fencing(Scene):
    def stand_by(self, *arguments):
        second = self.run_job("--instance", "second", *arguments)
        until("the second stands by", lambda: "standing by" in second.text(), process=second)
        return second

    def test_a_zombie_is_fenced(self):
        self.open("tumbling", 200_000, settings={"commit.interval": "50 ms"})
        feed = self.feed(0, 200_000, per_second=5_000)
        first = self.run_job("--instance", "first")
        self.until_commit(first)
        second = self.stand_by()
        self.freeze_in_transaction(first)
        before = self.positions()
        stopped = time.monotonic()
        # Its session ends after 10 s; its transaction ends when the other opens its own.
        until("the second takes over", lambda: self.positions() > before, process=second)
        self.assertLess(time.monotonic() - stopped, 30)
        first.send(signal.SIGCONT)
        self.assertEqual(first.wait(), 75, first.text())
        feed.join()
        self.until_consumed(second)
        self.assertEqual(second.stop(), 0, second.text())
        judge = self.check_rows()
        self.assertGreater(self.aborted(judge), 0)

    def test_a_zombie_whose_input_has_been_deleted_meanwhile(self):
        self.open("copy", 60_000)
        first = self.run_job("--instance", "first")
        self.produce(0, 10_000)
        self.until_consumed(first)
        second = self.run_job("--instance", "second")
        until("the second stands by", lambda: "standing by" in second.text(), process=second)
        first.send(signal.SIGSTOP)
        self.produce(10_000, 50_000)
        self.until_consumed(second)
        for partition, at in broker.offsets(self.source).items():
            broker.client("topic", "truncate", self.source, "--partition", str(partition), "--before", str(at.end))
        first.send(signal.SIGCONT)
        self.assertEqual(first.wait(), 75, first.text())
        # Whichever it notices first: that another has the lock, or that it has committed.
        self.assertRegex(first.text(), "another instance of the job has taken over|another process, of job `.*`, commits for the same")
        self.assertNotIn("--accept-data-loss", first.text())
        self.produce(50_000, 60_000)
        self.until_consumed(second)
        self.assertEqual(second.stop(), 0, second.text())
        self.assertEqual(len(broker.values(self.target)), 60_000 // 3)

    def test_a_standby_takes_over_from_one_that_is_killed(self):
        self.open("copy", 100_000)
        first = self.run_job("--instance", "first")
        self.produce(0, 50_000)
        self.until_consumed(first)
        second = self.stand_by()
        first.kill()
        self.produce(50_000, 100_000)
        self.until_consumed(second)
        self.assertEqual(second.stop(), 0, second.text())
        self.check_rows()

    def test_a_standby_takes_over_from_one_that_ends(self):
        self.open("copy", 100_000)
        first = self.run_job("--instance", "first")
        self.produce(0, 50_000)
        self.until_consumed(first)
        second = self.stand_by()
        self.assertEqual(first.stop(), 0, first.text())
        self.produce(50_000, 100_000)
        self.until_consumed(second)
        self.assertEqual(second.stop(), 0, second.text())
        self.check_rows()

    def test_a_standby_does_not_restart_what_another_has_done_meanwhile(self):
        self.open("copy", 100_000)
        first = self.run_job("--instance", "first", "--restart-from", "earliest")
        self.produce(0, 50_000)
        self.until_consumed(first)
        second = self.stand_by("--restart-from", "earliest")
        self.produce(50_000, 60_000)
        self.until_consumed(first)
        first.kill()
        self.produce(60_000, 100_000)
        self.until_consumed(second)
        self.assertEqual(second.stop(), 0, second.text())
        self.check_rows()

    def test_the_same_instance_twice(self):
        self.open("copy", 30_000)
        first = self.run_job("--instance", "one")
        self.produce(0, 10_000)
        self.until_commit(first)
        second = self.run_job("--instance", "one")
        self.assertEqual(second.wait(), 75, second.text())
        self.assertIn("instance `one`", second.text())
        self.produce(10_000, 30_000)
        self.until_consumed(first)
        self.assertEqual(first.stop(), 0, first.text())
        self.check_rows()

    def test_the_same_instance_on_two_machines(self):
        # What keeps them apart on one machine is a file in this folder.
        other = self.folder / "other"
        other.mkdir()
        self.open("copy", 30_000)
        first = self.run_job("--instance", "one")
        self.produce(0, 10_000)
        self.until_commit(first)
        second = self.run_job("--instance", "one", environment={"XDG_RUNTIME_DIR": str(other)})
        # Kafka gives the group to whoever asked last; one of the two ends, the other works.
        until("one of them ends", lambda: not (first.running() and second.running()))
        ended, works = (second, first) if first.running() else (first, second)
        self.assertEqual(ended.wait(), 75, ended.text())
        self.produce(10_000, 30_000)
        self.until_consumed(works)
        self.assertEqual(works.stop(), 0, works.text())
        self.check_rows()
