"""What is wrong with brokers and topics is said before the first record. All checks: preflight_checks_test.cpp."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import broker

SERVERS = "'properties.bootstrap.servers' = '${env:KAFKA_BOOTSTRAP_SERVERS}'"


class Preflight(unittest.TestCase):
    def run_job(self, source: str, sink: str, settings: str = "", select: str = "SELECT k FROM events", columns: str = "k STRING"):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "job.stream"
            path.write_text(
                f"SET 'pipeline.name' = '{broker.fresh('preflight')}';\n{settings}"
                "CREATE TABLE events (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '30' MINUTE) WITH ('connector' = 'kafka', "
                f"'topic' = '{source}', {SERVERS}, 'format' = 'json', 'scan.bounded.mode' = 'latest-offset');\n"
                f"CREATE TABLE results ({columns}) WITH ({sink}, {SERVERS});\nINSERT INTO results {select};\n")
            return subprocess.run([broker.BIN / "weir", "run", "--quiet", path], capture_output=True, text=True, timeout=120)

    def test_missing_topics_are_named_together(self):
        source, target = broker.fresh("missing"), broker.fresh("missing")
        ran = self.run_job(source, f"'connector' = 'kafka', 'topic' = '{target}', 'format' = 'json'")
        servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
        replicas = min(len(servers.split(",")), 3)
        create = f"  kafka-topics.sh --bootstrap-server {servers} --create --topic "
        self.assertEqual(ran.stderr, f"error: topics `{target}`, `{source}` do not exist\n"
                                     "note: Weir makes no inputs and outputs: how many partitions they have is for you to decide\n"
                                     f"hint: make them with\n{create}{target} --partitions 1 --replication-factor {replicas}\n"
                                     f"{create}{source} --partitions 1 --replication-factor {replicas}\n")
        self.assertEqual(ran.returncode, 2)

    def test_replicas_and_time_out(self):
        source = broker.create_topic(broker.fresh("source"))
        target = broker.create_topic(broker.fresh("target"), 1, "min.insync.replicas=9")
        ran = self.run_job(source, f"'connector' = 'kafka', 'topic' = '{target}', 'format' = 'json'",
                           "SET 'transaction.timeout' = '30 min';\n")
        self.assertEqual(ran.returncode, 2)
        self.assertIn("error: a transaction may be open for 30 min, and the brokers allow 15 min\n", ran.stderr)
        self.assertRegex(ran.stderr, f"error: nothing can be written to topic `{target}`: it has [13] replicas?, and "
                                     "`min.insync.replicas` is 9\n")
        self.assertEqual(broker.values(target, committed=False), [])

    def test_warnings_do_not_stop_a_job(self):
        source = broker.create_topic(broker.fresh("source"), 1, "retention.ms=60000")
        target = broker.create_topic(broker.fresh("target"))
        broker.produce(source, ['{"k":"a","ts":"2026-01-01 08:00:00"}'])
        window = "window_start, window_end, k"
        ran = self.run_job(source, f"'connector' = 'upsert-kafka', 'topic' = '{target}', 'key.format' = 'json', "
                                   "'value.format' = 'json'", "",
                           f"SELECT {window} FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY {window}",
                           "s TIMESTAMP(3), e TIMESTAMP(3), k STRING, PRIMARY KEY (s, e, k) NOT ENFORCED")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        lines = ran.stderr.splitlines()
        self.assertRegex(lines[0], rf"^warning: topic `{source}` keeps its records for 1 min, and `.*TUMBLE.*` is rebuilt by "
                                   "reading 90 min of them again$")
        self.assertEqual(lines[3], f"warning: table `results` updates records by key, and topic `{target}` is not compacted")
        self.assertEqual(len(lines), 6)
        self.assertEqual(len(broker.values(target)), 1)
