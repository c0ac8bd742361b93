"""The jobs that are crashed: their SQL, and what an oracle expects of them.

One text serves topics and files, so that the oracle itself is tested without a broker (oracle_test.py).
"""
import dataclasses

import events
import oracle

SUMS = "COUNT(*) AS n, SUM(id) AS ids, SUM(id * id % CAST(1000003 AS BIGINT)) AS squares, MIN(id) AS least, MAX(id) AS greatest"
SUMS_COLUMNS = {name: "BIGINT" for name in ("n", "ids", "squares", "least", "greatest")}
WINDOW_COLUMNS = {"window_start": "TIMESTAMP", "window_end": "TIMESTAMP", "k": "VARCHAR", **SUMS_COLUMNS}
SQL_TYPES = {"TIMESTAMP": "TIMESTAMP(3)", "VARCHAR": "STRING", "BIGINT": "BIGINT"}


@dataclasses.dataclass
class Job:
    name: str
    select: str
    expected: str
    rows: oracle.Rows
    primary_key: str = ""
    changelog: bool = False  # its state is kept in a topic of its own

    def over_topics(self, source: str, target: str, bounded: bool, options: dict[str, str] | None = None) -> str:
        """`options`: further ones of the source."""
        end = "".join(f", '{key}' = '{value}'" for key, value in (options or {}).items())
        if bounded:
            end += ", 'scan.bounded.mode' = 'latest-offset'"
        servers = "'properties.bootstrap.servers' = '${env:KAFKA_BOOTSTRAP_SERVERS}'"
        if self.rows.upsert:
            sink = "'connector' = 'upsert-kafka', 'key.format' = 'json', 'value.format' = 'json'"
        else:
            sink = "'connector' = 'kafka', 'key.format' = 'json', 'key.fields' = 'k', 'value.format' = 'json'"
        columns = ", ".join(f"{name} {SQL_TYPES[kind]}" for name, kind in self.rows.types.items())
        key = f", PRIMARY KEY ({self.primary_key}) NOT ENFORCED" if self.primary_key else ""
        return (f"SET 'pipeline.name' = '{target}';\n"
                f"CREATE TABLE events ({events.COLUMNS}) WITH ('connector' = 'kafka', 'topic' = '{source}', {servers}, "
                f"'scan.startup.mode' = 'earliest-offset', 'format' = 'json'{end});\n"
                f"CREATE TABLE results ({columns}{key}) WITH ({sink}, 'topic' = '{target}', {servers});\n"
                f"INSERT INTO results {self.select};\n")

    def over_files(self, folder: str) -> str:
        return (f"CREATE TABLE events ({events.COLUMNS}) WITH ('connector' = 'filesystem', 'path' = '{folder}', "
                f"'format' = 'json');\n{self.select};\n")


def windowed(name: str, function: str, expected: str, changelog: bool = False) -> Job:
    return Job(name, f"SELECT window_start, window_end, k, {SUMS} FROM TABLE({function}) GROUP BY window_start, window_end, k",
               expected, oracle.Rows(WINDOW_COLUMNS, keys=("window_start", "window_end", "k"), upsert=False,
                                     ordered="(window_end, window_start)", within="k"), changelog=changelog)


JOBS = {job.name: job for job in (
    windowed("tumbling", "TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECONDS)", oracle.windows(10_000, 10_000)),
    windowed("hopping", "HOP(TABLE events, DESCRIPTOR(ts), INTERVAL '4' SECONDS, INTERVAL '12' SECONDS)",
             oracle.windows(12_000, 4_000)),
    windowed("session", "SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECONDS)", oracle.sessions(3_000),
             changelog=True),
    Job("unwindowed", f"SELECT k, {SUMS} FROM events GROUP BY k", oracle.groups(),
        oracle.Rows({"k": "VARCHAR", **SUMS_COLUMNS}, keys=("k",), upsert=True, ordered="n", within="k"),
        primary_key="k", changelog=True),
    Job("copy", "SELECT id, k, ts FROM events WHERE id % 3 = 1", oracle.copies("id % 3 = 1"),
        oracle.Rows({"id": "BIGINT", "k": "VARCHAR", "ts": "TIMESTAMP"}, keys=("id",), upsert=False, ordered="id",
                    within=f"id % {events.PARTITIONS}")),
)}
