"""Records that do not have the form of their table: what each value of `on-error` makes of them."""
import broker
from records import SERVERS, Records

GOOD = [f'{{"id":{number}}}' for number in range(10)]
MALFORMED, WRONG_TYPE, MISSING = '{"id":', '{"id":"five"}', "{}"


class Poison(Records):
    def check_fail(self, poison: str, expected: str) -> None:
        self.open()
        broker.produce(self.source, GOOD[:5])
        job = self.copy()
        self.until_at(job, 5)
        broker.produce(self.source, GOOD[5:7] + [poison] + GOOD[7:])
        # However often it is started: it stops at the same place, and nothing from there on is committed.
        for attempt in range(3):
            again = self.copy() if attempt else job
            self.assertEqual(again.wait(), 3, again.text())
            self.assertIn(f"`{self.source}[0]`, offset 7, {expected}", again.text())
            self.assertLessEqual(self.positions()[0], 7)
            self.assertEqual(self.ids(), list(range(self.positions()[0])))
        self.assertEqual(broker.open_transactions(self.target), [])
        job = self.copy(options=", 'on-error' = 'skip'")
        self.until_at(job, 11)
        self.assertEqual(job.stop(), 0, job.text())
        self.assertEqual(self.ids(), list(range(10)))

    def test_fail_at_malformed_json(self):
        self.check_fail(MALFORMED, "byte 7")

    def test_fail_at_a_wrong_type(self):
        self.check_fail(WRONG_TYPE, "field `id`")

    def test_fail_at_a_missing_member(self):
        self.check_fail(MISSING, "field `id`")

    def test_skip(self):
        self.open()
        broker.produce(self.source, [MALFORMED] + GOOD[:5] + [WRONG_TYPE, MISSING] + GOOD[5:] + [MALFORMED])
        job = self.copy(options=", 'on-error' = 'skip'")
        self.until_at(job, 14)
        self.assertEqual(job.stop(), 0, job.text())
        self.assertEqual(self.ids(), list(range(10)))

    def test_rejected_records_are_rows_of_another_topic(self):
        self.open()
        letters = broker.create_topic(broker.fresh("letters"))
        broker.produce(self.source, [MALFORMED] + GOOD[:5] + [WRONG_TYPE] + GOOD[5:])

        def run():
            return self.copy(
                more=f"CREATE TABLE letters (field STRING, `partition` INT, `offset` BIGINT) WITH ('connector' = 'kafka', 'topic' = '{letters}', "
                     f"{SERVERS}, 'format' = 'json');",
                query="INSERT INTO results SELECT id, `offset` FROM records; "
                      "INSERT INTO letters SELECT field, `partition`, `offset` FROM REJECTED(records);")
        job = run()
        self.until_at(job, 12)
        job.kill()
        broker.produce(self.source, [MISSING])
        job = run()
        self.until_at(job, 13)
        self.assertEqual(job.stop(), 0, job.text())
        self.assertEqual(self.ids(), list(range(10)))
        self.assertEqual(broker.values(letters), ['{"field":null,"partition":0,"offset":0}',
                                                  '{"field":"id","partition":0,"offset":6}',
                                                  '{"field":"id","partition":0,"offset":12}'])

    def test_a_record_without_value_is_no_record(self):
        self.open()
        broker.produce(self.source, GOOD[:5])
        broker.produce(self.source, ["k"], "--tombstone")
        broker.produce(self.source, GOOD[5:])
        job = self.copy()
        self.until_at(job, 11)
        self.assertEqual(job.stop(), 0, job.text())
        self.assertEqual(self.ids(), list(range(10)))
