"""Runs tests/kafka/*_test.py against the broker of KAFKA_BOOTSTRAP_SERVERS. Arguments: parts of the names of tests."""
import pathlib
import sys
import unittest

folder = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(folder))
sys.dont_write_bytecode = True


def chosen(suite, names: list[str]):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from chosen(test, names)
        elif not names or any(name in test.id() for name in names):
            yield test


def main() -> int:
    found = unittest.defaultTestLoader.discover(str(folder), pattern="*_test.py")
    tests = unittest.TestSuite(chosen(found, sys.argv[1:]))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(tests)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    passed = result.testsRun - failed - len(result.skipped)
    print(f"{max(passed, 0)} passed, {failed} failed")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
