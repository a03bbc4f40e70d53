#!/usr/bin/python3
"""Measures swarmward against the bare engine, haproxy and native swarm mode, all in one run on this machine.

Prints a table of ratios; every measurement goes to build/bench/results.jsonl. Needs root (it starts a lab).
"""
import argparse
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from benchlib import front, lists, services  # noqa: E402
from benchlib.process import load  # noqa: E402
from benchlib.report import Report  # noqa: E402
from benchlib.targets import ROOT, Bench, Results  # noqa: E402

PARTS = ("front", "services", "updates", "lists")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(PARTS), help=f"some of {','.join(PARTS)} (default: all)")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/release/bin/swarmward")
    parser.add_argument("--loader", type=pathlib.Path, help="the built ukload (default: beside the binary)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", default="1,10,20", help="replicas (default: %(default)s; the targets name 1,10,50)")
    parser.add_argument("--quick", action="store_true", help="two rounds, few replicas, small image")
    parser.add_argument("--no-native", action="store_true", help="leave native swarm mode out of services and updates")
    parser.add_argument("--debug", action="store_true", help="swarmward logs at debug level: its times, not its ratios")
    parser.add_argument("--lab", default="bench", help="name of the lab; one that is up is used and kept")
    args = parser.parse_args()
    args.parts = args.parts.split(",")
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"unknown parts: {', '.join(unknown)}")
    args.binary = args.binary.resolve()
    args.loader = args.loader or args.binary.with_name("ukload")
    for path in (args.binary, args.loader):
        if not path.exists():
            parser.error(f"{path} is not there; build it: cmake --workflow --preset release")
    args.sizes = [int(n) for n in args.sizes.split(",")]
    if args.quick:
        args.rounds, args.sizes = min(args.rounds, 2), [1, 5]
    return args


def measure(bench, report, args):
    swarms = [bench.ours] if args.no_native else [bench.ours, bench.native]
    seconds = 0.5 if args.quick else 2.0
    if "front" in args.parts:
        front.measure_front(bench, report, args.loader, args.rounds, seconds, 32 if args.quick else 256)
    if "services" in args.parts:
        services.measure_services(bench, report, args.sizes, args.rounds, swarms)
    if "updates" in args.parts:
        services.measure_updates(bench, report, 5 if args.quick else 20, args.rounds, swarms)
    if "lists" in args.parts:
        lists.measure_lists(report, args.loader, [bench.ours, bench.native], 5 if args.quick else 50, args.rounds,
                            seconds / 2)


def main():
    args = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # Leaves the lab as it shall.
    directory = ROOT / "build/bench"
    directory.mkdir(parents=True, exist_ok=True)
    results = Results(directory / "results.jsonl")
    report, began, first_load = Report(results), time.monotonic(), load()
    with Bench(args.lab, args.binary, directory, "debug" if args.debug else "info") as bench:
        results.add(kind="run", load=first_load, **bench.versions(),
                    args={key: str(value) for key, value in vars(args).items()})
        try:
            measure(bench, report, args)
        finally:
            report.show()
            print(f"\n{time.monotonic() - began:.0f} s; load average {first_load} at the start, {load()} at the end; "
                  f"medians; spread: middle half of the rounds ÷ median; everything is in {directory}/results.jsonl")
            for swarm in (bench.ours, bench.native):
                swarm.clear()
            bench.scrub()


if __name__ == "__main__":
    main()
