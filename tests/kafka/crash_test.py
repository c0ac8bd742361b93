"""Jobs that are killed at random instants commit what an undisturbed run would. `tools/dev crash` is the long form."""
import random
import unittest

import crash
import jobs


class Crash(unittest.TestCase):
    def check(self, **options):
        seed = random.SystemRandom().randrange(1 << 32)
        problems = crash.run(list(jobs.JOBS), seed, count=250_000, kills=15, mean_seconds=2, **options)
        self.assertEqual(problems, [], f"seed {seed}")

    def test_jobs_survive_kills_while_events_come(self):
        self.check(bounded=False, executable=False)

    def test_executables_over_bounded_topics_survive_kills(self):
        self.check(bounded=True, executable=True)
