#!/usr/bin/env python3
"""Placement, control loop and memory at scale: runs scale_bench case by case, prints medians."""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIZES = [(1000, 10_000, 1000), (1000, 100_000, 1000), (10_000, 100_000, 1000), (10_000, 1_000_000, 1000)]
# One event with the same tasks on few engines and on many.
EVENT_SIZES = [(100, 100_000, 1000), (10_000, 100_000, 1000)]
# What SwarmKit schedules and commits per CPU second, measured in process, and what the plain heap
# of floor.cpp took per task on that machine: the ratio of the floors scales the first to this one.
NATIVE_PER_CPU_SECOND = 3300
NATIVE_FLOOR_US = 0.342
COLUMNS = {
    "place": ["tasks_per_s", "us_per_task", "floor_us_per_task", "of_floor"],
    "loop": ["tasks_per_cpu_s", "of_native", "us_per_status", "bytes_per_assigned_task", "bytes_per_task"],
    "settled": ["us_per_death", "scale_ms", "idle_percent"],
}


def run(binary, case, size, rules):
    words = [binary, case, *map(str, size), rules]
    done = subprocess.run(words, capture_output=True, text=True, timeout=1800, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def cases(args):
    sizes = [size for size in SIZES if size[1] <= args.most_tasks]
    for rules in ("rules", "plain"):
        for case in ("place", "loop"):
            for size in sizes:
                yield case, size, rules
    for size in EVENT_SIZES:
        if size[1] <= args.most_tasks:
            yield "settled", size, "rules"


def medians(rounds):
    summary = {}
    for name in rounds[0]:
        values = [figures[name] for figures in rounds]
        summary[name] = statistics.median(values)
        summary[name + "_spread"] = (max(values) - min(values)) / summary[name] if summary[name] else 0
    return summary


def show(results, floor_us):
    for case, columns in COLUMNS.items():
        rows = [(size, rules, figures) for (kind, size, rules), figures in results.items() if kind == case]
        if not rows:
            continue
        print(f"\n{case:<26}" + "".join(f"{column:>26}" for column in columns))
        for size, rules, figures in rows:
            if case == "loop":
                native = NATIVE_PER_CPU_SECOND * NATIVE_FLOOR_US / floor_us
                figures["of_native"] = figures["tasks_per_cpu_s"] / native
            label = f"{size[0]} x {size[1]} {rules}"
            print(f"{label:<26}" + "".join(f"{figures[column]:>26,.2f}" for column in columns))


def ratio(results, case, name, large, small, rules="rules"):
    keys = (case, large, rules), (case, small, rules)
    if all(key in results for key in keys):
        return results[keys[0]][name] / results[keys[1]][name]
    return None


def growth(results):
    return {
        "loop: us_per_task at 10k nodes / 1k": ratio(results, "loop", "us_per_task", SIZES[2], SIZES[1]),
        "place: us_per_task at 10k nodes / 1k": ratio(results, "place", "us_per_task", SIZES[2], SIZES[1]),
        "us_per_death at 10k nodes / 100": ratio(results, "settled", "us_per_death", EVENT_SIZES[1], EVENT_SIZES[0]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=str(ROOT / "build/release/bin/scale_bench"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most-tasks", type=int, default=1_000_000)
    parser.add_argument("--json", type=pathlib.Path, help="also write all figures there")
    args = parser.parse_args()
    rounds = {}
    for _ in range(args.rounds):  # Interleaved: a slow minute of the machine hits all cases.
        for case in cases(args):
            rounds.setdefault(case, []).append(run(args.binary, *case))
    results = {case: medians(figures) for case, figures in rounds.items()}
    floors = [f["floor_us_per_task"] for (kind, _, rules), f in results.items() if (kind, rules) == ("place", "rules")]
    show(results, statistics.median(floors))
    print()
    for name, value in growth(results).items():
        if value is not None:
            print(f"{name}: {value:.2f}")
    if args.json:
        rows = [{"case": c, "nodes": s[0], "tasks": s[1], "services": s[2], "rules": r, **f} for (c, s, r), f in results.items()]
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps({"rounds": args.rounds, "results": rows, "growth": growth(results)}, indent=1))


if __name__ == "__main__":
    main()
