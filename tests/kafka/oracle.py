"""What the jobs of crash.py must give, computed anew from the input alone: in DuckDB, which shares no code with Weir.

Rules (docs/semantics.md): the watermark `w` of a partition is the greatest event time read so far in it, less the delay. A record
counts in a window iff, just before it, w < end − 1 ms. It is late for sessions iff ts ≤ w. Records of a key at most the gap
apart share a session.
"""
import dataclasses
import pathlib

import duckdb

from events import DELAY_MS

END_OF_TIME = 1 << 62  # the watermark at the end of the input

# Of the records of a group: what a lost, a doubled or a misplaced one cannot leave as it is.
SUMS = """count(*) AS n, CAST(sum(id) AS BIGINT) AS ids, CAST(sum(id * id % 1000003) AS BIGINT) AS squares, min(id) AS least,
  max(id) AS greatest"""
WINDOW = "make_timestamp(1000 * ({})) AS window_start, make_timestamp(1000 * ({})) AS window_end"

# What `kafka_client consume --positions` prints.
MESSAGES = """read_csv('{}', delim = '\t', quote = '', escape = '', header = false, auto_detect = false,
  columns = {{'p': 'INTEGER', 'o': 'BIGINT', 'timestamp': 'BIGINT', 'key': 'VARCHAR', 'value': 'VARCHAR'}})"""


def windows(size: int, slide: int) -> str:
    """TUMBLE and HOP."""
    return f"""
      SELECT {WINDOW.format("start", f"start + {size}")}, k, {SUMS}
      FROM (SELECT *, ts - ts % {slide} - unnest(range(0, {size}, {slide})) AS start FROM events)
      WHERE w < start + {size} - 1 AND start + {size} - 1 <= getvariable('watermark')
      GROUP BY start, k"""


def sessions(gap: int) -> str:
    return f"""
      SELECT {WINDOW.format("min(ts)", f"max(ts) + {gap}")}, k, {SUMS}
      FROM (SELECT id, k, ts, sum(first) OVER (PARTITION BY k ORDER BY ts, id) AS session
            FROM (SELECT *, CASE WHEN ts - lag(ts) OVER (PARTITION BY k ORDER BY ts, id) > {gap} THEN 1 ELSE 0 END AS first
                  FROM events WHERE ts > w))
      GROUP BY k, session HAVING max(ts) + {gap} <= getvariable('watermark')"""


def groups() -> str:
    """Without a window: lateness is nothing to it."""
    return f"SELECT k, {SUMS} FROM events GROUP BY k"


def copies(condition: str) -> str:
    """Rows that a filter passes, as they are."""
    return f"SELECT id, k, make_timestamp(1000 * ts) AS ts FROM events WHERE {condition}"


@dataclasses.dataclass
class Rows:
    """How the rows of a job are read and told apart."""
    types: dict[str, str]  # of the members of a value
    keys: tuple[str, ...]  # one row for each …
    upsert: bool  # … or many, the last of which counts
    ordered: str  # rises among the rows of a partition …
    within: str  # … that have this in common


class Oracle:
    """A database in `folder`; what does not fit into memory lies there."""

    def __init__(self, folder: pathlib.Path, memory: str = "1GB"):
        config = {"threads": 2, "memory_limit": memory, "temp_directory": str(folder / "spilled")}
        self.database = duckdb.connect(str(folder / "oracle.duckdb"), config=config)
        self.expected = self.committed = 0

    def close(self) -> None:
        self.database.close()

    def read_events(self, messages: pathlib.Path) -> None:
        self.database.execute(f"""
          CREATE OR REPLACE TABLE events AS
          SELECT p, o, event.id AS id, event.k AS k, epoch_ms(event.ts) AS ts,
                 coalesce(max(epoch_ms(event.ts)) OVER (PARTITION BY p ORDER BY o ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                          - {DELAY_MS}, -{END_OF_TIME}) AS w
          FROM (SELECT p, o, from_json(value, '{{"id":"BIGINT","k":"VARCHAR","ts":"TIMESTAMP"}}') AS event
                FROM {MESSAGES.format(messages)})""")

    def count(self) -> int:
        """Of events, by their ids."""
        return self.one("SELECT count(DISTINCT id) FROM events")[0]

    def differences(self, expected: str, rows: Rows, messages: pathlib.Path, bounded: bool) -> list[str]:
        """What is wrong with the rows, in words, with examples. `bounded`: at the end of the input every window has fired."""
        self.database.execute(f"""
          SET VARIABLE watermark = {END_OF_TIME if bounded else
          f"(SELECT min(latest) FROM (SELECT max(ts) - {DELAY_MS} AS latest FROM events GROUP BY p))"}""")
        types = ", ".join(f'"{name}":"{kind}"' for name, kind in rows.types.items())
        names = ", ".join(rows.types)
        keys = ", ".join(rows.keys)
        self.database.execute(f"CREATE OR REPLACE TABLE expected AS SELECT {names} FROM ({expected})")
        self.database.execute(f"""
          CREATE OR REPLACE TABLE found AS SELECT p, o, unnest(row)
          FROM (SELECT p, o, from_json(value, '{{{types}}}') AS row FROM {MESSAGES.format(messages)})""")
        self.expected, self.committed = (self.one(f"SELECT count(*) FROM {table}")[0] for table in ("expected", "found"))
        last = f"(SELECT * FROM found QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY o DESC) = 1)"
        result = last if rows.upsert else "found"
        report = []

        def look(what: str, query: str) -> None:
            if examples := self.database.execute(f"{query} LIMIT 3").fetchall():
                shown = "; ".join(", ".join(map(str, example)) for example in examples)
                report.append(f"{self.one(f'SELECT count(*) FROM ({query})')[0]} {what}, for example {shown}")

        look("lost", f"SELECT {keys} FROM expected ANTI JOIN {result} AS found USING ({keys})")
        look("not expected", f"SELECT {names} FROM found ANTI JOIN expected USING ({keys})")
        look("doubled", f"SELECT {keys} FROM {result} AS found GROUP BY ALL HAVING count(*) > 1")
        values = [name for name in rows.types if name not in rows.keys]
        unlike = " OR ".join(f"expected.{name} IS DISTINCT FROM found.{name}" for name in values)
        look("wrong", f"SELECT {', '.join(f'found.{name}' for name in rows.keys)}, "
                      f"{', '.join(f'found.{name}, expected.{name}' for name in values)} "
                      f"FROM expected JOIN {result} AS found USING ({keys}) WHERE {unlike}")
        look("out of order", f"""
          SELECT p, o, {keys} FROM found
          QUALIFY {rows.ordered} <= lag({rows.ordered}) OVER (PARTITION BY p, {rows.within} ORDER BY o)""")
        return report

    def aborted(self, offsets: pathlib.Path) -> tuple[int, int]:
        """Transactions and rows that are in the topic (`consume --offsets`) and not among those found by `differences`.

        A transaction ends with a marker in each partition that it wrote to, which takes an offset. So this counts those with rows
        in one partition: there may have been more.
        """
        return self.one(f"""
          WITH every AS (
            SELECT p, o, o - row_number() OVER (PARTITION BY p ORDER BY o) AS markers
            FROM read_csv('{offsets}', delim = '\t', header = false, auto_detect = false,
                          columns = {{'p': 'INTEGER', 'o': 'BIGINT'}}))
          SELECT coalesce(max(transactions), 0), coalesce(CAST(sum(records) AS BIGINT), 0)
          FROM (SELECT count(DISTINCT markers) AS transactions, count(*) AS records
                FROM every ANTI JOIN found USING (p, o) GROUP BY p)""")

    def one(self, query: str) -> tuple:
        return self.database.execute(query).fetchone()
