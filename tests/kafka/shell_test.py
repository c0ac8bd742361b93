"""The shell over topics: rows as they come, Ctrl-C ends a query or a job and not the shell."""
import os
import pty
import select
import time

import broker
from records import SERVERS
from scene import PATIENCE, Folder


class Shell(Folder):
    def open_shell(self) -> None:
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execve(broker.BIN / "weir", ["weir", "repl"], {**os.environ, "TERM": "dumb"})
        self.addCleanup(os.close, self.terminal)
        self.text = ""
        self.read_until("weir> ")

    def type(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def read_until(self, expected: str) -> str:
        """What the terminal has shown since the last call, up to and with `expected`."""
        give_up = time.monotonic() + PATIENCE
        while expected not in self.text:
            self.assertLess(time.monotonic(), give_up, f"{expected!r} is not in {self.text!r}")
            if select.select([self.terminal], [], [], 0.2)[0]:
                self.text += os.read(self.terminal, 65536).decode(errors="replace")
        at = self.text.index(expected) + len(expected)
        shown, self.text = self.text[:at], self.text[at:]
        return shown

    def test_select_and_insert_until_interrupted(self):
        source = broker.create_topic(broker.fresh("source"))
        target = broker.create_topic(broker.fresh("target"))
        broker.produce(source, ['{"id":1}'])
        self.open_shell()
        for name, topic in (("i", source), ("o", target)):
            self.type(f"CREATE TABLE {name} (id BIGINT) WITH ('connector' = 'kafka', 'topic' = '{topic}', {SERVERS}, "
                      "'format' = 'json');\n")
            self.read_until("weir> ")

        self.type("SELECT id + 4710 AS shown FROM i;\n")
        self.read_until("4711\r\n")
        broker.produce(source, ['{"id":2}'])
        self.read_until("4712\r\n")
        self.type("\x03")
        self.assertIn("2 rows out", self.read_until("weir> "))

        self.type("INSERT INTO o SELECT id FROM i;\n")
        self.assertIn("error: the job has no name\r\n", self.read_until("weir> "))
        self.type(f"SET 'pipeline.name' = '{target}';\n")
        self.read_until("weir> ")
        self.type("INSERT INTO o SELECT id FROM i;\n")
        give_up = time.monotonic() + PATIENCE
        while broker.values(target) != ['{"id":1}', '{"id":2}']:
            self.assertLess(time.monotonic(), give_up, self.text)
            time.sleep(0.1)
        self.type("\x03")
        self.assertIn("stopped before the input ended", self.read_until("weir> "))

        self.type("SHOW TABLES;\n")
        self.read_until("weir> ")
        self.type("\x04")
        self.assertEqual(os.waitpid(self.process, 0)[1], 0)
