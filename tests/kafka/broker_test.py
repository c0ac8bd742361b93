"""The broker and the client commands do what the other tests rely on."""
import unittest

import broker


class Transactions(unittest.TestCase):
    def test_thousand_messages_in_one_transaction(self):
        topic = broker.create_topic(broker.fresh("smoke"), 4)
        sent = [f'{{"id":{i},"key":"k{i % 7}"}}' for i in range(1000)]
        broker.produce(topic, sent, "--key", "key", "--transactional-id", topic)
        self.assertEqual(sorted(broker.values(topic)), sorted(sent))
        self.assertEqual(broker.open_transactions(topic), [])
        # A key is always in the same partition, in the order in which it was sent.
        partitions, numbers = {}, {}
        for message in broker.messages(topic):
            self.assertEqual(partitions.setdefault(message.key, message.partition), message.partition)
            numbers.setdefault(message.key, []).append(int(message.value[6:message.value.index(b",")]))
        self.assertEqual(len(partitions), 7)
        self.assertTrue(all(order == sorted(order) for order in numbers.values()))

    def test_aborted_and_open_transactions_are_not_read(self):
        topic = broker.create_topic(broker.fresh("smoke"))
        broker.produce(topic, ["1", "2"], "--transactional-id", topic, "--abort")
        broker.produce(topic, ["3"], "--transactional-id", topic)
        broker.produce(topic, ["4"], "--transactional-id", topic, "--leave-open")
        self.assertEqual(broker.values(topic), ["3"])
        self.assertEqual(broker.values(topic, committed=False), ["1", "2", "3", "4"])
        self.assertEqual(broker.open_transactions(topic), [f"{topic}[0]"])
        watch = broker.Watch()
        self.addCleanup(watch.close)
        self.assertTrue(watch.open(topic))
        broker.produce(topic, [], "--transactional-id", topic)  # the next producer aborts what the last has left
        self.assertFalse(watch.open(topic))
        self.assertEqual(watch.positions("nobody", topic), (-1,))

    def test_topics_grow_and_lose_their_beginning(self):
        topic = broker.create_topic(broker.fresh("smoke"))
        broker.produce(topic, [f'{{"p":{i % 3}}}' for i in range(9)])
        broker.client("topic", "grow", topic, "--partitions", "3")
        broker.produce(topic, [f'{{"p":{i % 3}}}' for i in range(9)], "--partition-by", "p")
        broker.client("topic", "truncate", topic, "--partition", "0", "--before", "5")
        at = broker.offsets(topic)
        self.assertEqual([(at[p].first, at[p].end) for p in range(3)], [(5, 12), (0, 3), (0, 3)])
        self.assertEqual(broker.committed("nobody", topic), {p: (-1, "") for p in range(3)})
