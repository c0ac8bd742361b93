"""To which partition of its topic a sink writes: `sink.partitioner`."""
import collections

import broker
from records import SERVERS
from scene import Folder


class Partitioner(Folder):
    def partitions(self, options: str, settings: str = "") -> collections.Counter:
        """Of 3 partitions, those that 200 records went to."""
        source = broker.create_topic(broker.fresh("source"), 2)
        target = broker.create_topic(broker.fresh("target"), 3)
        broker.produce(source, [f'{{"id":{n},"k":"k{n % 20}"}}' for n in range(200)], "--partition-by", "id")
        job = self.start(
            f"SET 'pipeline.name' = '{target}';\n{settings}"
            f"CREATE TABLE i (id BIGINT, k STRING) WITH ('connector' = 'kafka', 'topic' = '{source}', {SERVERS}, "
            "'format' = 'json', 'scan.bounded.mode' = 'latest-offset');\n"
            f"CREATE TABLE o (id BIGINT, k STRING) WITH ('connector' = 'kafka', 'topic' = '{target}', {SERVERS}, "
            f"'value.format' = 'json', {options});\nINSERT INTO o SELECT id, k FROM i;\n")
        self.assertEqual(job.wait(), 0, job.text())
        self.by_key = collections.defaultdict(set)
        found = collections.Counter()
        for message in broker.messages(target):
            found[message.partition] += 1
            self.by_key[message.key].add(message.partition)
        self.assertEqual(found.total(), 200)
        return found

    def test_fixed_is_one_partition(self):
        self.assertEqual(self.partitions("'sink.partitioner' = 'fixed'"), {0: 200})

    def test_fixed_goes_before_the_key(self):
        self.assertEqual(self.partitions("'sink.partitioner' = 'fixed', 'key.format' = 'json', 'key.fields' = 'k'"), {0: 200})

    def test_default_keeps_a_key_together(self):
        found = self.partitions("'key.format' = 'json', 'key.fields' = 'k'")
        self.assertEqual(len(found), 3)
        self.assertEqual(len(self.by_key), 20)
        self.assertTrue(all(len(partitions) == 1 for partitions in self.by_key.values()))

    def test_round_robin_needs_no_key(self):
        self.partitions("'sink.partitioner' = 'round-robin'")
