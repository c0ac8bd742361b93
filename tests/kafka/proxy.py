"""A TCP proxy between a client and the brokers that understands enough of Kafka's protocol to single out requests.

The brokers have a second listener whose advertised address is the proxy's (tools/kafka up: KAFKA_PROXIED), so a client that
begins here stays here. `on_request` is a coroutine that is called with each Request before it is forwarded. It may wait, which
holds up the connection's later requests, and may `drop` the client: the request still reaches the broker, its answer nobody.
"""
import asyncio
import dataclasses
import os
import struct
import threading
from collections.abc import Awaitable, Callable

INIT_PRODUCER_ID, ADD_OFFSETS_TO_TXN, END_TXN, TXN_OFFSET_COMMIT = 22, 25, 26, 28


@dataclasses.dataclass
class Request:
    api: int
    version: int
    body: bytes  # behind the client's id
    drop: Callable[[], None]  # of the connection of the client
    answer: asyncio.Future  # of the broker; bytes, behind the correlation id


async def pass_on(_: Request) -> None:
    pass


class Proxy:
    def __init__(self, on_request: Callable[[Request], Awaitable[None]] = pass_on):
        self.on_request = on_request
        self.loop = asyncio.new_event_loop()
        self.servers: list[asyncio.Server] = []
        places = [place.split("=") for place in os.environ["KAFKA_PROXIED"].split(",")]
        self.bootstrap = ",".join(here for here, _ in places)
        self.loop.run_until_complete(self._listen(places))
        self.thread = threading.Thread(target=self.loop.run_forever, name="proxy")
        self.thread.start()

    def close(self) -> None:
        async def stop():
            for server in self.servers:
                server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()
            await asyncio.sleep(0)
        asyncio.run_coroutine_threadsafe(stop(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _listen(self, places: list[list[str]]) -> None:
        for here, there in places:
            async def serve(reader, writer, there=there):
                try:
                    await Connection(self, reader, writer).run(there)
                except asyncio.CancelledError:  # by `close`
                    writer.close()
            host, port = here.rsplit(":", 1)
            self.servers.append(await asyncio.start_server(serve, host, int(port)))


class Connection:
    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.proxy, self.reader, self.writer = proxy, reader, writer
        self.waiting: list[Request] = []  # answers come in the order of requests

    async def run(self, there: str) -> None:
        host, port = there.rsplit(":", 1)
        try:
            broker_reader, broker_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            self.writer.close()
            return
        answers = asyncio.create_task(self._answers(broker_reader))
        try:
            while True:
                await self._request(await frame(self.reader), broker_writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        # A client that is gone leaves requests behind, which the broker is still to have.
        while self.waiting and not answers.done():
            await asyncio.sleep(0.01)
        broker_writer.close()
        answers.cancel()

    async def _request(self, data: bytes, broker: asyncio.StreamWriter) -> None:
        api, version, _, size = struct.unpack_from(">hhih", data, 0)
        request = Request(api, version, data[10 + max(size, 0):], self.writer.close, asyncio.get_running_loop().create_future())
        await self.proxy.on_request(request)
        self.waiting.append(request)
        broker.write(struct.pack(">i", len(data)) + data)
        await broker.drain()

    async def _answers(self, broker: asyncio.StreamReader) -> None:
        try:
            while True:
                data = await frame(broker)
                request = self.waiting.pop(0)
                request.answer.set_result(data[4:])
                if not self.writer.is_closing():
                    self.writer.write(struct.pack(">i", len(data)) + data)
                    await self.writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            self.writer.close()


async def frame(reader: asyncio.StreamReader) -> bytes:
    size = struct.unpack(">i", await reader.readexactly(4))[0]
    return await reader.readexactly(size)
