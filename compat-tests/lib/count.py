"""Counts test results in XML reports: the first line is "passed failed skipped", then one reason a line.

  count.py gtest CTEST_JUNIT GTEST_FOLDER     cases of GoogleTest programs run by ctest
  count.py pytest JUNIT STATUS                cases of one pytest run and its exit status
"""
import collections
import pathlib
import sys
import xml.etree.ElementTree as tree


class Tally:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], collections.Counter()

    def add(self, case, skipped):
        name = f"{case.get('classname', '')}.{case.get('name')}".lstrip(".")
        if skipped is not None:
            self.skipped[first_line(skipped)] += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            self.failed.append(f"{name}{why(case)}")
        else:
            self.passed += 1

    def show(self):
        print(self.passed, len(self.failed), sum(self.skipped.values()))
        for name in self.failed:
            print("failed:", name)
        for reason, count in self.skipped.items():
            print(f"{count} skipped: {reason}")


def why(case):
    """The message of a failed case, for a log that is all that is left of a run."""
    failure = case.find("failure") if case.find("failure") is not None else case.find("error")
    text = failure.get("message") or failure.text or ""
    return "".join(f"\n    {line[:300]}" for line in text.strip().splitlines()[:12])


def first_line(text):
    lines = [line for line in (text or "").strip().splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def gtest(tally, ctest_report, folder):
    reported = set()
    for path in pathlib.Path(folder).glob("*.xml"):
        try:
            root = tree.parse(path).getroot()
        except tree.ParseError:
            continue  # The program died while writing; ctest's report tells.
        reported.add(path.stem)
        for case in root.iter("testcase"):
            skipped = case.find("skipped")
            tally.add(case, None if skipped is None else skipped.get("message", ""))
    if not pathlib.Path(ctest_report).exists():
        tally.failed.append("ctest wrote no report")
        return
    known = bool(tally.failed)
    for case in tree.parse(ctest_report).getroot().iter("testcase"):
        failed = case.get("status") == "fail" or case.find("failure") is not None
        # A program that crashed, timed out or failed at exit (a leak) has no failed case of its own.
        if failed and not known:
            tally.failed.append(f"{case.get('name')} (the program failed outside a case)")
        if not failed and not any(name.startswith(case.get("name")) for name in reported):
            tally.passed += 1  # Not a GoogleTest program.


def pytest(tally, report, status):
    if not pathlib.Path(report).exists():
        tally.failed.append(f"pytest ended with status {status} and no report"
                            + (" (it took too long)" if status in ("124", "137") else ""))
        return
    for case in tree.parse(report).getroot().iter("testcase"):
        skipped = case.find("skipped")
        tally.add(case, None if skipped is None else skipped.get("message", ""))
    if int(status) > 1 and not tally.failed:
        tally.failed.append(f"pytest ended with status {status}")


if __name__ == "__main__":
    counted = Tally()
    {"gtest": gtest, "pytest": pytest}[sys.argv[1]](counted, *sys.argv[2:])
    counted.show()
