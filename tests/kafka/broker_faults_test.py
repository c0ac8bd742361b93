"""The broker is away, or the job is away for longer than the broker waits for a transaction."""
import os
import signal
import subprocess
import time
import unittest

import broker
from scene import Scene, until


def brokers(what: str, *arguments: str) -> None:
    """tools/kafka kill, start or bounce of those of the tests."""
    subprocess.run([broker.ROOT / "tools" / "kafka", what, "--dir", os.environ["KAFKA_FOLDER"], *arguments], check=True,
                   stdout=subprocess.DEVNULL)


class BrokerFaults(Scene):
    def test_brokers_restart_under_load(self):
        self.open("tumbling", 300_000)
        feed = self.feed(0, 300_000, per_second=5_000)
        job = self.run_job()
        self.until_commit(job)
        for _ in range(2):
            brokers("bounce")
            self.until_commit(job)
        feed.join()
        self.until_consumed(job)
        self.assertEqual(job.stop(), 0, job.text())
        self.check_rows()

    @unittest.skipIf("," not in os.environ.get("KAFKA_BOOTSTRAP_SERVERS", ""), "needs three brokers")
    def test_one_of_three_brokers_is_killed(self):
        self.open("session", 70_000)
        self.produce(0, 10_000)
        job = self.run_job()
        self.until_consumed(job)
        done = 10_000
        for node in ("1", "2", "3"):  # among them the leaders of all partitions and the coordinators of the transactions
            for what in ("kill", "start"):
                brokers(what, "--broker", node)
                self.produce(done, done + 10_000)
                done += 10_000
                self.until_consumed(job)
        self.assertEqual(job.stop(), 0, job.text())
        self.check_rows()

    def test_brokers_are_away_for_longer_than_a_transaction_may_stay_open(self):
        self.open("session", 60_000)
        self.produce(0, 30_000)
        job = self.run_job()
        self.until_consumed(job)
        brokers("kill")
        time.sleep(45)
        self.assertTrue(job.running(), job.text())
        brokers("start")
        self.produce(30_000, 60_000)
        self.until_consumed(job)
        self.assertEqual(job.stop(), 0, job.text())
        self.check_rows()
        away = [line for line in job.text().splitlines() if "is away" in line]
        self.assertIn(len(away), range(1, 4), job.text())

    def test_a_transaction_times_out(self):
        self.open("copy", 150_000, settings={"commit.interval": "50 ms", "transaction.timeout": "2 s"})
        feed = self.feed(0, 150_000, per_second=10_000)
        job = self.run_job()
        self.until_commit(job)
        self.freeze_in_transaction(job)
        until("the broker gives the transaction up", lambda: not self.watch.open(self.target))
        time.sleep(1)
        job.send(signal.SIGCONT)
        self.until_commit(job)
        feed.join()
        self.until_consumed(job)
        self.assertEqual(job.stop(), 0, job.text())
        judge = self.check_rows()
        self.assertGreater(self.aborted(judge), 0)
