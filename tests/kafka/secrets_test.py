"""A job that runs with secrets shows them nowhere."""
import broker
from records import SERVERS
from scene import Folder, free_port, metrics_of, until

SECRET = "hunter2-4711"


class Secrets(Folder):
    def test_metrics_and_messages(self):
        source = broker.create_topic(broker.fresh("source"))
        target = broker.create_topic(broker.fresh("target"))
        broker.produce(source, ['{"id":1}'])
        (self.folder / "client.properties").write_text("# of this machine\nsasl.password=${env:WEIR_TEST_SECRET}\n")
        secret = "'properties.ssl.key.password' = '${env:WEIR_TEST_SECRET}'"
        port = free_port()
        job = self.start(
            f"SET 'pipeline.name' = '{target}';\n"
            f"CREATE TABLE i (id BIGINT) WITH ('connector' = 'kafka', 'topic' = '{source}', {SERVERS}, {secret}, "
            "'format' = 'json');\n"
            f"CREATE TABLE o (id BIGINT) WITH ('connector' = 'kafka', 'topic' = '{target}', {SERVERS}, {secret}, "
            "'format' = 'json');\nINSERT INTO o SELECT id FROM i;\n",
            "--metrics", f"127.0.0.1:{port}", "--kafka-config", str(self.folder / "client.properties"),
            environment={"WEIR_TEST_SECRET": SECRET})
        until("a result", lambda: broker.values(target) == ['{"id":1}'], process=job)
        metrics = metrics_of(port)
        self.assertIn(f'weir_records_in_total{{table="i",topic="{source}",partition="0"}} 1', metrics)
        self.assertNotIn(SECRET, metrics)
        with open(f"/proc/{job.process.pid}/cmdline", "rb") as arguments:
            self.assertNotIn(SECRET.encode(), arguments.read())
        self.assertEqual(job.stop(), 0, job.text())
        self.assertNotIn(SECRET, job.text())
        self.assertNotIn(SECRET, "".join(metadata for _, metadata in broker.committed(target, source).values()))

    def test_errors_of_a_client_that_is_refused(self):
        """The broker speaks plain text, so that the client's first word fails."""
        target = broker.create_topic(broker.fresh("target"))
        login = ("'properties.security.protocol' = 'SASL_PLAINTEXT', 'properties.sasl.mechanism' = 'PLAIN', "
                 "'properties.sasl.jaas.config' = 'x.PlainLoginModule required username=\"ann\" "
                 "password=\"${env:WEIR_TEST_SECRET}\";', 'properties.socket.connection.setup.timeout.ms' = '2000'")
        job = self.start(
            f"CREATE TABLE i (id BIGINT) WITH ('connector' = 'kafka', 'topic' = '{target}', {SERVERS}, {login}, "
            "'format' = 'json', 'scan.bounded.mode' = 'latest-offset');\nSELECT id FROM i;\n",
            environment={"WEIR_TEST_SECRET": SECRET})
        self.assertNotEqual(job.wait(), 0)
        self.assertNotEqual(job.text(), "")
        self.assertNotIn(SECRET, job.text())
