#!/usr/bin/env python3
"""Writes N orders as NDJSON to standard output, out of order by less than 4 seconds: generate_orders.py N [SEED]."""

import random
import sys
from datetime import datetime, timedelta

CATEGORIES = ["books", "clothing", "electronics", "food", "garden", "music", "sports", "toys"]
START = datetime(2026, 1, 1, 8, 0, 0)
STEP_MS = 120  # between two orders, on average
DISORDER_MS = 4000


def main():
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    count = int(sys.argv[1])
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) == 3 else 1)
    arrival_ms = 0.0
    lines = []
    for order_id in range(1, count + 1):
        arrival_ms += rng.expovariate(1 / STEP_MS)
        event_ms = max(0, int(arrival_ms) - rng.randrange(DISORDER_MS))
        event_time = START + timedelta(milliseconds=event_ms)
        cents = rng.randrange(100, 20000)
        lines.append(
            f'{{"order_id":{order_id},"customer_id":{rng.randrange(1, 1001)},"amount":{cents // 100}.{cents % 100:02},'
            f'"category":"{rng.choice(CATEGORIES)}","event_time":"{event_time:%Y-%m-%d %H:%M:%S}.{event_ms % 1000:03}"}}\n'
        )
        if len(lines) == 10000:
            sys.stdout.write("".join(lines))
            lines.clear()
    sys.stdout.write("".join(lines))


if __name__ == "__main__":
    main()
