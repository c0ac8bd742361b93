"""A message that ends a transaction, or commits its positions, is lost or late, and librdkafka sends it again (KAFKA-17754).

The first message may then reach the broker after the second, and end the transaction that comes next, of which it knows nothing,
or move its positions back: its producer and epoch are the same. Weir gives up a producer that has sent one twice; the next has
another epoch.
"""
import asyncio
import struct

import broker
from proxy import ADD_OFFSETS_TO_TXN, END_TXN, INIT_PRODUCER_ID, TXN_OFFSET_COMMIT, Proxy, Request
from scene import Scene, until

INVALID_PRODUCER_EPOCH, PRODUCER_FENCED = 47, 90


class Ends:
    """What becomes of EndTxn. Until `armed` nothing happens to it."""

    def __init__(self):
        self.armed = False
        self.first: Request | None = None
        self.again = 0  # how often it was sent again
        self.new_producers = 0  # asked for since

    async def __call__(self, request: Request) -> None:
        if request.api == END_TXN and self.armed:
            if self.first is None:
                self.first = request
                request.drop()
                await self.hold(request)
            else:
                self.again += 1
        elif self.first is not None and request.api == INIT_PRODUCER_ID:
            self.new_producers += 1
        elif self.first is not None and self.again > 0 and request.api == ADD_OFFSETS_TO_TXN:
            await self.in_next_transaction()

    async def hold(self, request: Request) -> None:
        pass

    async def in_next_transaction(self) -> None:
        pass


class LateEnd(Ends):
    """It arrives in the middle of the next transaction, when its rows are stored and its positions are not; then the job dies."""

    def __init__(self):
        super().__init__()
        self.due = asyncio.Event()
        self.code: int | None = None
        self.job = None

    async def hold(self, request: Request) -> None:
        await self.due.wait()

    async def in_next_transaction(self) -> None:
        self.due.set()
        code = struct.unpack_from(">h", await self.first.answer, 4)[0]
        self.job.process.kill()
        self.code = code
        await asyncio.Event().wait()  # nothing comes after it


class LatePositions:
    """Positions are lost on the way and sent again; the first message arrives in the next transaction, between its own positions
    and its end; then the job dies."""

    def __init__(self):
        self.armed = False
        self.first: Request | None = None
        self.again = 0
        self.new_producers = 0
        self.due = asyncio.Event()
        self.code: int | None = None
        self.job = None

    async def __call__(self, request: Request) -> None:
        if request.api == TXN_OFFSET_COMMIT and self.armed:
            if self.first is None:
                self.first = request
                request.drop()
                await self.due.wait()
            else:
                self.again += 1
        elif request.api == INIT_PRODUCER_ID and self.first is not None:
            self.new_producers += 1
        elif request.api == END_TXN and self.again > 1 and self.code is None:
            self.due.set()
            answer = await self.first.answer
            self.job.process.kill()
            self.code = struct.unpack_from(">h", answer, len(answer) - 5)[0]  # of the last partition; three empty lists of tags follow
            await asyncio.Event().wait()


class EndOfTransactions(Scene):
    def begin(self, ends):
        proxy = Proxy(ends)
        self.addCleanup(proxy.close)
        self.open("copy", 100_000, settings={"commit.interval": "200 ms"})
        self.feed(0, 100_000, per_second=10_000)
        job = self.run_job(environment={"KAFKA_BOOTSTRAP_SERVERS": proxy.bootstrap})
        self.until_commit(job)
        return job

    def test_an_answer_that_is_lost(self):
        ends = Ends()
        job = self.begin(ends)
        ends.armed = True
        until("the end is sent again", lambda: ends.again > 0, process=job)
        until("another producer", lambda: ends.new_producers > 0, process=job)
        self.assertIn("its end had to be sent twice", job.text())
        self.until_commit(job)
        self.settle(job)
        self.assertEqual(self.check_rows().expected, 33_333)

    def test_one_that_arrives_in_the_next_transaction(self):
        ends = LateEnd()
        job = self.begin(ends)
        ends.job = job
        ends.armed = True
        until("the first message has arrived, late", lambda: ends.code is not None)
        job.wait()
        again = self.run_job()
        self.settle(again)
        self.assertEqual(self.check_rows().expected, 33_333)
        self.assertIn(ends.code, (INVALID_PRODUCER_EPOCH, PRODUCER_FENCED), "it has ended a transaction that is not its own")

    def test_positions_that_arrive_in_the_next_transaction(self):
        late = LatePositions()
        job = self.begin(late)
        late.job = job
        late.armed = True
        until("the first message has arrived, late", lambda: late.code is not None)
        job.wait()
        self.assertIn("its positions had to be sent twice", job.text())
        self.assertGreater(late.new_producers, 0)
        again = self.run_job()
        self.settle(again)
        self.assertEqual(self.check_rows().expected, 33_333)
        self.assertIn(late.code, (INVALID_PRODUCER_EPOCH, PRODUCER_FENCED), "it has moved positions that are not its own")

    def settle(self, job) -> None:
        until("all events are there", lambda: sum(at.end for at in broker.offsets(self.source).values()) == len(self.lines))
        self.until_consumed(job)
        self.assertEqual(job.stop(), 0, job.text())
