"""Jobs that are killed again and again commit what an undisturbed run would. `tools/dev crash` is the long form."""
import random
import unittest

import crash
import jobs


class Crash(unittest.TestCase):
    def check(self, **options):
        seed = random.SystemRandom().randrange(1 << 32)
        problems = crash.run(list(jobs.JOBS), seed, way="both", **options)
        self.assertEqual(problems, [], f"seed {seed}")

    def test_jobs_survive_kills_while_events_come(self):
        self.check(count=2_000_000, kills=30, mean_seconds=1.0, bounded=False)

    def test_jobs_over_bounded_topics_survive_kills(self):
        self.check(count=400_000, kills=10, mean_seconds=0.2, bounded=True)
