#!/usr/bin/python3
"""Prints the conformance table: row | native | swarmward, from what the last runs against each target wrote.

  rows.py [FOLDER]      FOLDER holds rows-native.json and rows-swarmward.json; without it: build/compat
A row passes when all of its cases do. Exit status 1 if a row failed.
"""
import json
import pathlib
import sys

TARGETS = ("native", "swarmward")


def verdict(cases):
    """One word for a row's cases; skipped ones count only when there are no others."""
    results = set((cases or {}).values())
    for word in ("failed", "passed", "skipped"):
        if word in results:
            return word
    return "-"


def main(folder):
    tables = {}
    for target in TARGETS:
        path = folder / f"rows-{target}.json"
        tables[target] = json.loads(path.read_text()) if path.exists() else {}
    verdicts = {row: [verdict(tables[target].get(row)) for target in TARGETS]
                for row in sorted(set().union(*tables.values()))}
    print("row | native  | swarmward")
    for row, words in verdicts.items():
        print(f"{row} | {words[0]:7} | {words[1]}")
    for column, target in enumerate(TARGETS):
        words = [both[column] for both in verdicts.values()]
        print(f"{target}: " + ", ".join(f"{words.count(word)} {word}" for word in ("passed", "failed", "skipped")))
    return any("failed" in both for both in verdicts.values())


if __name__ == "__main__":
    root = pathlib.Path(__file__).resolve().parent.parent
    sys.exit(main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "build/compat"))
