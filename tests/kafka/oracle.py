"""What the jobs of crash.py must give, computed anew from the input alone; shares no code with Weir.

Rules (docs/semantics.md): the watermark `w` of a partition is the greatest event time read so far in it, less the delay. A record
counts in a window iff, just before it, w < end − 1 ms. It is late for sessions iff ts ≤ w. Records of a key at most the gap
apart share a session.
"""
import dataclasses
from collections.abc import Iterable

from events import DELAY_MS

MODULUS = 1_000_003
NEVER = -(1 << 62)


class Sums:
    """Of the records of a group: what a lost, a doubled or a misplaced one cannot leave as it is."""
    __slots__ = ("count", "ids", "squares", "least", "greatest")

    def __init__(self):
        self.count, self.ids, self.squares, self.least, self.greatest = 0, 0, 0, 1 << 62, -1

    def add(self, number: int) -> None:
        self.count += 1
        self.ids += number
        self.squares += number * number % MODULUS
        if number < self.least:
            self.least = number
        if number > self.greatest:
            self.greatest = number

    def values(self) -> tuple[int, int, int, int, int]:
        return (self.count, self.ids, self.squares, self.least, self.greatest)


@dataclasses.dataclass
class Windows:
    """TUMBLE and HOP."""
    size: int
    slide: int
    groups: dict = dataclasses.field(default_factory=dict)  # (start, end, key) -> Sums

    def add(self, number: int, key: str, ts: int, watermark: int) -> None:
        start = ts - ts % self.slide
        while start > ts - self.size:
            end = start + self.size
            if watermark < end - 1:
                group = (start, end, key)
                sums = self.groups.get(group)
                if sums is None:
                    sums = self.groups[group] = Sums()
                sums.add(number)
            start -= self.slide

    def rows(self, watermark: int | None) -> dict:
        """Of the windows that have fired when the watermark of the job is this; None: at the end of the input."""
        return {group: sums.values() for group, sums in self.groups.items()
                if watermark is None or watermark >= group[1] - 1}


@dataclasses.dataclass
class Sessions:
    gap: int
    keys: dict = dataclasses.field(default_factory=dict)  # key -> [(ts, id)]

    def add(self, number: int, key: str, ts: int, watermark: int) -> None:
        if ts > watermark:
            self.keys.setdefault(key, []).append((ts, number))

    def rows(self, watermark: int | None) -> dict:
        result = {}
        for key, records in self.keys.items():
            records.sort()
            first, last, sums = records[0][0], records[0][0], Sums()
            for ts, number in records:
                if ts > last + self.gap:
                    self._close(result, key, first, last, sums, watermark)
                    first, sums = ts, Sums()
                last = ts
                sums.add(number)
            self._close(result, key, first, last, sums, watermark)
        return result

    def _close(self, result: dict, key: str, first: int, last: int, sums: Sums, watermark: int | None) -> None:
        if watermark is None or watermark >= last + self.gap:
            result[first, last + self.gap, key] = sums.values()


@dataclasses.dataclass
class Groups:
    """GROUP BY without a window: lateness is nothing to it."""
    groups: dict = dataclasses.field(default_factory=dict)

    def add(self, number: int, key: str, ts: int, watermark: int) -> None:
        sums = self.groups.get(key)
        if sums is None:
            sums = self.groups[key] = Sums()
        sums.add(number)

    def rows(self, watermark: int | None) -> dict:
        return {key: sums.values() for key, sums in self.groups.items()}


@dataclasses.dataclass
class Copies:
    """Rows that a filter passes, as they are."""
    remainder: int
    divisor: int
    ids: dict = dataclasses.field(default_factory=dict)

    def add(self, number: int, key: str, ts: int, watermark: int) -> None:
        if number % self.divisor == self.remainder:
            self.ids[number] = (key, ts)

    def rows(self, watermark: int | None) -> dict:
        return self.ids


def run(records: Iterable[tuple[int, int, str, int]], expectations: list) -> int:
    """Feeds (partition, id, key, ts) to all expectations, in the order of each partition. The watermark that all partitions have."""
    watermarks: dict[int, int] = {}
    for partition, number, key, ts in records:
        watermark = watermarks.get(partition, NEVER)
        for expectation in expectations:
            expectation.add(number, key, ts, watermark)
        if ts - DELAY_MS > watermark:
            watermarks[partition] = ts - DELAY_MS
    return min(watermarks.values(), default=NEVER)
