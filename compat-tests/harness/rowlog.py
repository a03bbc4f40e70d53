"""Writes which rows of the conformance table pass: a file per target, for rows.py to lay side by side."""
import fcntl
import json
import os
import re

# Rows of the list of orchestration have three digits, those of the list of networks an n and two.
ROWS = re.compile(r"^test_row((?:_(?:\d{3}|n\d{2}))+)_")


class RowLog:
    """A pytest plugin. Collects the results of cases named test_row_005_…, test_row_n05_…; merges them into `path`.

    The file is an object: row -> case -> passed, failed or skipped. Cases that did not run keep their last result.
    """

    def __init__(self, path):
        self.path, self.results = path, {}

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.rsplit("::", 1)[-1]
        found = ROWS.match(name)
        if found is None or (report.when != "call" and report.passed):
            return
        for row in found[1].strip("_").split("_"):
            cases = self.results.setdefault(row, {})
            # A case can fail twice, in the call and when tidying up; the first word is the one that counts.
            if cases.get(name) != "failed":
                cases[name] = report.outcome

    def pytest_sessionfinish(self):
        if not self.results:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # Suites may run at the same time.
            file.seek(0)
            text = file.read()
            known = json.loads(text) if text else {}
            for row, cases in self.results.items():
                known.setdefault(row, {}).update(cases)
            file.seek(0)
            file.truncate()
            file.write(json.dumps(known, indent=1, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
