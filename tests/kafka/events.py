"""Events with unique ids over four partitions: out of order by up to the delay of the watermark, some later than that.

The partition of an event is its id modulo PARTITIONS, and events of a partition lie in it in the order of their ids.
"""
import random
from collections.abc import Iterator

PARTITIONS = 4
DELAY_MS = 4_000  # of the watermark, in the query
START_MS = 1_767_254_400_000  # 2026-01-01 08:00:00 UTC
DAY_MS = 86_400_000

COLUMNS = "id BIGINT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND"


def lines(seed: int, count: int, keys: int = 1_000, step_ms: float = 2.0) -> Iterator[str]:
    """`step_ms`: how far event time goes on with each event."""
    draw = random.Random(seed).random
    now = float(START_MS)
    for number in range(count):
        now += step_ms
        if draw() < 2e-5:  # nothing happens for a while: sessions end, windows stay empty
            now += 15_000 * draw()
        kind = draw()
        if kind < 0.7:
            lag = 300 * draw()
        elif kind < 0.99:
            lag = DELAY_MS * draw()
        else:
            lag = DELAY_MS + 30_000 * draw() ** 2
        key = int(keys * draw() ** 3)  # some keys are frequent, most are rare
        yield f'{{"id":{number},"k":"k{key}","ts":"{text_of(int(now - lag))}"}}'


_seconds: dict[int, str] = {}


def text_of(ms: int) -> str:
    """As SQL writes a TIMESTAMP(3); within the few days that tests need."""
    second, fraction = divmod(ms, 1000)
    text = _seconds.get(second)
    if text is None:
        day, rest = divmod(second - START_MS // 1000 + 8 * 3600, 86_400)
        text = f"2026-01-{1 + day:02d} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
        _seconds[second] = text
    return f"{text}.{fraction:03d}"


def ms_of(text: str) -> int:
    """Of what `text_of` makes, with any number of digits of a second."""
    day, hour, minute, second = int(text[8:10]), int(text[11:13]), int(text[14:16]), int(text[17:19])
    fraction = int((text[20:] + "000")[:3])
    return START_MS - 8 * 3_600_000 + (((day - 1) * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction
