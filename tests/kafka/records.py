"""Jobs over topics of a few records that a test writes itself."""
import broker
from scene import Folder, until

SERVERS = "'properties.bootstrap.servers' = '${env:KAFKA_BOOTSTRAP_SERVERS}'"


class Records(Folder):
    """Copies topic `source` with its positions to `target`."""

    def open(self, partitions: int = 1) -> None:
        self.source = broker.create_topic(broker.fresh("source"), partitions)
        self.target = broker.create_topic(broker.fresh("target"))

    def copy(self, *arguments: str, options: str = "", query: str | None = None, more: str = ""):
        """`options`: of the source, each with a comma before it."""
        query = query or 'INSERT INTO results SELECT id, "offset" FROM records;'
        return self.start(f"""
          SET 'pipeline.name' = '{self.target}';
          SET 'commit.interval' = '50 ms';
          CREATE TABLE records (id BIGINT NOT NULL, "offset" BIGINT METADATA VIRTUAL) WITH ('connector' = 'kafka',
            'topic' = '{self.source}', {SERVERS}, 'format' = 'json'{options});
          CREATE TABLE results (id BIGINT, "offset" BIGINT) WITH ('connector' = 'kafka', 'topic' = '{self.target}', {SERVERS},
            'format' = 'json');
          {more}
          {query}""".replace('"offset"', "`offset`"), *arguments)

    def produce(self, *ids: int, partition: int = 0) -> None:
        broker.produce(self.source, [f'{{"id":{number}}}' for number in ids], "--partition", str(partition))

    def positions(self) -> tuple[int, ...]:
        return self.watch.positions(self.target, self.source)

    def until_at(self, process, *positions: int) -> None:
        until(f"positions {positions}", lambda: self.positions() == positions, process=process)

    def ids(self) -> list[int]:
        """Of what has been committed."""
        return sorted(int(value.split(":")[1].split(",")[0]) for value in broker.values(self.target))
