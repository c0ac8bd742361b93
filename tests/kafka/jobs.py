"""The jobs that are crashed: their SQL, what an oracle expects of them, and how their rows are read back.

One text serves topics and files, so that the oracle itself is tested without a broker (oracle_test.py).
"""
import dataclasses
import json
from collections.abc import Callable, Iterable

import events
import oracle

SUMS = "COUNT(*) AS n, SUM(id) AS ids, SUM(id * id % CAST(1000003 AS BIGINT)) AS squares, MIN(id) AS least, MAX(id) AS greatest"
SUMS_COLUMNS = "n BIGINT, ids BIGINT, squares BIGINT, least BIGINT, greatest BIGINT"
WINDOW_COLUMNS = f"window_start TIMESTAMP(3), window_end TIMESTAMP(3), k STRING, {SUMS_COLUMNS}"


def windowed(function: str) -> str:
    return f"SELECT window_start, window_end, k, {SUMS} FROM TABLE({function}) GROUP BY window_start, window_end, k"


@dataclasses.dataclass
class Job:
    name: str
    columns: str  # of the sink
    select: str
    expect: Callable[[], object]
    upsert: bool = False
    changelog: bool = False  # its state is kept in a topic of its own

    def over_topics(self, source: str, target: str, bounded: bool) -> str:
        end = ", 'scan.bounded.mode' = 'latest-offset'" if bounded else ""
        servers = "'properties.bootstrap.servers' = '${env:KAFKA_BOOTSTRAP_SERVERS}'"
        if self.upsert:
            sink = "'connector' = 'upsert-kafka', 'key.format' = 'json', 'value.format' = 'json'"
        else:
            sink = "'connector' = 'kafka', 'key.format' = 'json', 'key.fields' = 'k', 'value.format' = 'json'"
        return (f"CREATE TABLE events ({events.COLUMNS}) WITH ('connector' = 'kafka', 'topic' = '{source}', {servers}, "
                f"'properties.group.id' = '{target}', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json'{end});\n"
                f"CREATE TABLE results ({self.columns}) WITH ({sink}, 'topic' = '{target}', {servers}, "
                f"'sink.transactional-id-prefix' = '{target}');\n"
                f"INSERT INTO results {self.select};\n")

    def over_files(self, folder: str) -> str:
        return (f"CREATE TABLE events ({events.COLUMNS}) WITH ('connector' = 'filesystem', 'path' = '{folder}', "
                f"'format' = 'json');\n{self.select};\n")

    def differences(self, expected: dict, rows: Iterable[dict]) -> list[str]:
        """What is wrong with the rows, in words; at most some of each kind."""
        found: dict = {}
        doubled = []
        for row in rows:
            group, values = self.read(row)
            if group in found and not self.upsert:
                doubled.append(group)
            found[group] = values
        lost = [group for group in expected if group not in found]
        added = [group for group in found if group not in expected]
        wrong = [group for group, values in found.items() if group in expected and expected[group] != values]
        report = []
        for what, groups in (("lost", lost), ("doubled", doubled), ("not expected", added)):
            if groups:
                report.append(f"{len(groups)} {what}, for example {groups[:3]}")
        if wrong:
            shown = [f"{group}: {found[group]} instead of {expected[group]}" for group in wrong[:3]]
            report.append(f"{len(wrong)} wrong, for example {'; '.join(shown)}")
        return report

    def read(self, row: dict) -> tuple:
        sums = lambda: tuple(row[name] for name in ("n", "ids", "squares", "least", "greatest"))
        if "window_start" in row:
            return (events.ms_of(row["window_start"]), events.ms_of(row["window_end"]), row["k"]), sums()
        if "n" in row:
            return row["k"], sums()
        return row["id"], (row["k"], events.ms_of(row["ts"]))


JOBS = {job.name: job for job in (
    Job("tumbling", WINDOW_COLUMNS, windowed("TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECONDS)"),
        lambda: oracle.Windows(10_000, 10_000)),
    Job("hopping", WINDOW_COLUMNS, windowed("HOP(TABLE events, DESCRIPTOR(ts), INTERVAL '4' SECONDS, INTERVAL '12' SECONDS)"),
        lambda: oracle.Windows(12_000, 4_000)),
    Job("session", WINDOW_COLUMNS,
        windowed("SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECONDS)"),
        lambda: oracle.Sessions(3_000), changelog=True),
    Job("unwindowed", f"k STRING, {SUMS_COLUMNS}, PRIMARY KEY (k) NOT ENFORCED", f"SELECT k, {SUMS} FROM events GROUP BY k",
        oracle.Groups, upsert=True, changelog=True),
    Job("copy", "id BIGINT, k STRING, ts TIMESTAMP(3)", "SELECT id, k, ts FROM events WHERE id % 3 = 1",
        lambda: oracle.Copies(1, 3)),
)}


def parse(line: bytes | str) -> dict:
    return json.loads(line)


def parse_event(partition: int, line: bytes | str) -> tuple[int, int, str, int]:
    event = json.loads(line)
    return partition, event["id"], event["k"], events.ms_of(event["ts"])
