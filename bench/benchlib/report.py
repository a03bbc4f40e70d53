"""Collects measurements by (metric, who), prints medians, spreads and ratios against the targets."""
import collections
import statistics

from .process import load


class Target:
    """A bound on a ratio to the floor, or on what we add to it."""

    def __init__(self, text, met):
        self.text, self.met = text, met


def at_most(ratio):
    return Target(f"<= {ratio:.2f}x", lambda ours, floor: ours <= ratio * floor)


def at_least(ratio):
    return Target(f">= {ratio:.2f}x", lambda ours, floor: ours >= ratio * floor)


def plus_at_most(extra, unit):
    return Target(f"<= +{extra} {unit}", lambda ours, floor: ours <= floor + extra)


def spread(values):
    """Of the middle: (third quartile - first) / median, or all there is of few values."""
    ordered = sorted(values)
    low, high = (ordered[len(ordered) // 4], ordered[-1 - len(ordered) // 4])
    middle = statistics.median(ordered)
    return (high - low) / middle if middle else 0.0


class Report:
    # More than so much spread of a floor says that the machine was not quiet enough.
    NOISY = 0.30

    def __init__(self, results):
        self.results, self.values, self.rows = results, collections.defaultdict(list), []

    def measure(self, metric, who, value, **more):
        self.values[metric, who].append(value)
        self.results.add(kind="measurement", metric=metric, who=who, value=value, load=load(), **more)
        print(f"  {metric:34} {who:10} {value:10.2f}   load {load()}", flush=True)

    def median(self, metric, who):
        values = self.values.get((metric, who))
        return statistics.median(values) if values else None

    def best(self, metric, candidates):
        """The candidate with the lowest median."""
        present = [who for who in candidates if (metric, who) in self.values]
        return min(present, key=lambda who: self.median(metric, who), default=None)

    def row(self, metric, unit, floor, target, note=""):
        """One line of the table: ours against `floor` (one of the measured), native beside it if there is one."""
        ours, base, native = (self.median(metric, who) for who in ("ours", floor, "native"))
        if ours is None or base is None:
            return
        noisy = spread(self.values[metric, floor])
        row = {"metric": metric, "unit": unit, "floor_is": floor, "floor": base, "ours": ours, "native": native,
               "ours_ratio": ours / base if base else None, "native_ratio": native / base if native and base else None,
               "target": target.text if target else "", "met": target.met(ours, base) if target else None,
               "spread_floor": noisy, "spread_ours": spread(self.values[metric, "ours"]),
               "rounds": len(self.values[metric, "ours"]), "note": note + (" noisy" if noisy > self.NOISY else "")}
        self.rows.append(row)
        self.results.add(kind="summary", load=load(), **row)

    def show(self):
        print(f"\n{'metric':34} {'unit':4} {'floor':>9} {'(spread)':8} {'ours':>9} {'(spread)':8} {'native':>9} "
              f"{'ours/fl':>8} {'nat/fl':>8}  {'target':11} {'met':4} floor is")
        for row in self.rows:
            native = f"{row['native']:9.1f}" if row["native"] is not None else " " * 9
            ratios = [f"{row[key]:7.2f}x" if row[key] is not None else " " * 8 for key in ("ours_ratio", "native_ratio")]
            met = {True: "yes", False: "NO", None: ""}[row["met"]]
            print(f"{row['metric']:34} {row['unit']:4} {row['floor']:9.1f} {row['spread_floor']:7.0%}  {row['ours']:9.1f} "
                  f"{row['spread_ours']:7.0%}  {native} {' '.join(ratios)}  {row['target']:11} {met:4} "
                  f"{row['floor_is']} {row['note']}")
