"""Brokers that ask who comes, and let everybody do only what he has the right to (tools/kafka_broker/settings.py)."""
import os
import pathlib
import subprocess
import sys

import broker
import rights
from rights import DESCRIBE, GROUP, LITERAL, PREFIXED, READ, TOPIC, TRANSACTIONAL_ID, WRITE
from scene import Folder, Process, until

sys.path.insert(0, str(broker.ROOT / "tools"))
from kafka_broker.settings import password  # noqa: E402

NAMED = "--add --allow-principal User:NAME"


class Secured(Folder):
    def setUp(self):
        super().setUp()
        self.source = broker.create_topic(broker.fresh("source"))
        self.target = broker.create_topic(broker.fresh("target"))
        broker.produce(self.source, ['{"id":1}'])
        self.read = (TOPIC, self.source, LITERAL, READ)
        self.write = (TOPIC, self.target, LITERAL, WRITE)
        self.group = (GROUP, self.target, PREFIXED, READ)
        self.transactions = (TRANSACTIONAL_ID, self.target, PREFIXED, WRITE)

    def query(self, user: str, tls: bool = False, more: str = "", bounded: bool = True) -> str:
        login = (f"'properties.bootstrap.servers' = '${{env:{'KAFKA_SASL_SSL' if tls else 'KAFKA_SASL'}}}', "
                 f"'properties.security.protocol' = '{'SASL_SSL' if tls else 'SASL_PLAINTEXT'}', "
                 f"'properties.sasl.mechanism' = 'PLAIN', 'properties.sasl.username' = '{user}', "
                 f"'properties.sasl.password' = '${{env:WEIR_TEST_PASSWORD}}'{more}")
        end = ", 'scan.bounded.mode' = 'latest-offset'" if bounded else ""
        return (f"SET 'pipeline.name' = '{self.target}';\nSET 'commit.interval' = '100 ms';\n"
                f"CREATE TABLE i (id BIGINT) WITH ('connector' = 'kafka', 'topic' = '{self.source}', {login}, 'format' = 'json'{end});\n"
                f"CREATE TABLE o (id BIGINT) WITH ('connector' = 'kafka', 'topic' = '{self.target}', {login}, 'format' = 'json');\n"
                "INSERT INTO o SELECT id FROM i;\n")

    def login(self, user: str, **query) -> Process:
        return self.start(self.query(user, **query), environment={"WEIR_TEST_PASSWORD": password(user)})

    def ends(self, job: Process, status: int, text: str) -> None:
        self.assertEqual(job.wait(30), status, job.text())
        self.assertIn(text, job.text())
        self.assertNotIn("secret-4711", job.text())
        self.assertEqual(broker.values(self.target), [])

    def test_the_password_is_used_and_never_shown(self):
        rights.allow("ann", self.read, self.write, self.group, self.transactions)
        job = self.login("ann", bounded=False)
        until("a result", lambda: broker.values(self.target) == ['{"id":1}'], process=job)
        environment = {**os.environ, "WEIR_TEST_PASSWORD": password("ann")}
        path = self.folder / "0.stream"
        for command in (["explain", path], ["explain", "--passes", path], ["explain", "--ir", path], ["check", path], ["job", "status", path],
                        ["compile", path, "-o", self.folder / "job"], [self.folder / "job", "--help"]):
            weir = [] if command[0] == self.folder / "job" else [broker.BIN / "weir"]
            ran = subprocess.run([*weir, *command], env=environment, capture_output=True, text=True, timeout=120)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertNotIn(password("ann"), ran.stdout + ran.stderr)
        self.assertNotIn(password("ann").encode(), (self.folder / "job").read_bytes())
        self.assertEqual(job.stop(), 0, job.text())
        self.assertNotIn(password("ann"), job.text())
        self.assertNotIn(password("ann"), "".join(metadata for _, metadata in broker.committed(self.target, self.source).values()))
        # The executable is given it when it starts.
        broker.produce(self.source, ['{"id":2}'])
        with open(self.folder / "job.log", "wb") as log:
            compiled = subprocess.Popen([self.folder / "job"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(lambda: compiled.poll() is None and (compiled.kill(), compiled.wait()))
        until("a result", lambda: broker.values(self.target) == ['{"id":1}', '{"id":2}'])
        compiled.terminate()
        self.assertEqual(compiled.wait(30), 0)
        self.assertNotIn(password("ann"), (self.folder / "job.log").read_text())

    def test_a_wrong_password_ends_the_job(self):
        job = self.start(self.query("ann"), environment={"WEIR_TEST_PASSWORD": "wrong-secret-4711"})
        self.ends(job, 3, f"error: the cluster: Kafka at `{os.environ['KAFKA_SASL']}` refuses the connection: SASL authentication error: "
                          "Authentication failed: Invalid username or password\n")

    def test_over_tls(self):
        rights.allow("ann", self.read, self.write, self.group, self.transactions)
        self.ends(self.login("ann", tls=True), 3, "certificate verify failed")
        authority = pathlib.Path(os.environ["KAFKA_FOLDER"]) / "ca.pem"
        job = self.login("ann", tls=True, more=f", 'properties.ssl.ca.pem' = '${{file:{authority}}}'")
        self.assertEqual(job.wait(), 0, job.text())
        self.assertEqual(broker.values(self.target), ['{"id":1}'])

    def test_topics_that_may_not_be_seen(self):
        """All of them are named before anything else is tried."""
        rights.allow("ben", self.group, self.transactions)
        self.ends(self.login("ben"), 2, f"error: topics `{self.target}`, `{self.source}` may not be used by this user\n")
        text = self.processes[-1].text()
        self.assertIn(f"{NAMED} --operation Write --topic {self.target}\n", text)
        self.assertIn(f"{NAMED} --operation Read --topic {self.source}\n", text)

    def test_an_input_that_may_not_be_read(self):
        rights.allow("cat", (TOPIC, self.source, LITERAL, DESCRIBE), self.write, self.group, self.transactions)
        self.ends(self.login("cat"), 3, f"{NAMED} --operation Read --topic TOPIC")

    def test_an_output_that_may_not_be_written(self):
        rights.allow("dan", self.read, (TOPIC, self.target, LITERAL, DESCRIBE), self.group, self.transactions)
        self.ends(self.login("dan"), 3, "--operation Write` for an output")

    def test_groups_that_may_not_be_joined(self):
        rights.allow("eve", self.read, self.write, self.transactions)
        self.ends(self.login("eve"), 3, f"{NAMED} --operation Read --group JOB --resource-pattern-type prefixed")

    def test_transactions_that_may_not_be_made(self):
        rights.allow("eve", self.read, self.write, self.group)
        self.ends(self.login("eve"), 3, f"{NAMED} --operation Write --operation Describe --transactional-id JOB")
