"""Signals: what is processed is committed, and a second signal waits for nothing."""
import asyncio
import signal
import time

from proxy import END_TXN, Proxy, Request
from scene import Scene, free_port, metrics_of, until


def records_in(port: int) -> int:
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in metrics_of(port).splitlines()
               if line.startswith("weir_records_in_total{"))


class Stops(Scene):
    def check_signal(self, number: int) -> None:
        # What is processed is seen in the metrics: nothing of it is committed before the signal.
        self.open("copy", 100_000, settings={"commit.interval": "5 min"})
        metrics = free_port()
        read = 0
        for part in range(2):
            self.produce(50_000 * part, 50_000 * (part + 1))
            job = self.run_job("--metrics", f"127.0.0.1:{metrics}")
            until("all is read", lambda: records_in(metrics) == 50_000, process=job)
            self.assertLess(sum(self.positions()), read + 50_000)
            begin = time.monotonic()
            job.send(number)
            self.assertEqual(job.wait(), 0, job.text())
            self.assertLess(time.monotonic() - begin, 10)
            read += 50_000
            self.assertEqual(sum(self.positions()), read)
        self.check_rows()

    def test_sigterm_commits_what_is_processed(self):
        self.check_signal(signal.SIGTERM)

    def test_sigint_commits_what_is_processed(self):
        self.check_signal(signal.SIGINT)

    def test_a_second_signal_ends_the_process_at_once(self):
        never = asyncio.Event()
        held: list[Request] = []

        async def hold_ends(request: Request) -> None:
            if request.api == END_TXN and armed:
                held.append(request)
                await never.wait()

        armed: list[bool] = []
        proxy = Proxy(hold_ends)
        self.addCleanup(proxy.close)
        self.open("copy", 60_000)
        self.produce(0, 20_000)
        job = self.run_job(environment={"KAFKA_BOOTSTRAP_SERVERS": proxy.bootstrap})
        self.until_consumed(job)
        armed.append(True)
        self.produce(20_000, 40_000)
        until("a transaction is being ended", lambda: held, process=job)
        job.send(signal.SIGINT)
        time.sleep(1)
        self.assertTrue(job.running(), "it waits for the end of the transaction")
        begin = time.monotonic()
        job.send(signal.SIGINT)
        self.assertEqual(job.wait(), -signal.SIGINT)
        self.assertLess(time.monotonic() - begin, 2)
        job = self.run_job()
        self.produce(40_000, 60_000)
        self.until_consumed(job)
        self.assertEqual(job.stop(), 0, job.text())
        self.check_rows()
