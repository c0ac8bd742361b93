"""Brokers that take their time to answer what a job asks beside its work."""
import asyncio
import time

from proxy import Proxy, Request
from scene import Scene

OFFSET_FETCH = 9


class SlowAnswers(Scene):
    def test_commits_do_not_wait_for_what_is_committed(self):
        armed = False
        held = 0

        async def hold(request: Request) -> None:
            nonlocal held
            if armed and request.api == OFFSET_FETCH:
                held += 1
                await asyncio.sleep(15)

        proxy = Proxy(hold)
        self.addCleanup(proxy.close)
        self.open("copy", 6_000)
        job = self.run_job(environment={"KAFKA_BOOTSTRAP_SERVERS": proxy.bootstrap})
        self.produce(0, 50)
        self.until_consumed(job)
        armed = True
        at = 50
        end = time.monotonic() + 20
        while held == 0 and time.monotonic() < end:  # it asks between two commits
            self.produce(at, at + 10)
            at += 10
            time.sleep(0.1)
        self.assertGreater(held, 0, job.text())
        for _ in range(5):
            begin = time.monotonic()
            self.produce(at, at + 10)
            at += 10
            self.until_consumed(job)
            self.assertLess(time.monotonic() - begin, 3, job.text())
        armed = False
        self.assertEqual(job.stop(), 0, job.text())
        self.check_rows()
