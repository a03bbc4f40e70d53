#!/usr/bin/env python3
"""Fails when a file under src/ includes what its room may not know, or a room is undocumented."""
import pathlib
import re
import sys

ALLOWED = {
    "base": set(),
    "model": {"base"},
    "wire": {"model", "base"},
    "state": {"model", "base"},
    "backends": {"wire", "model", "base"},
    "scheduler": {"state", "backends/engine.h", "model", "base"},
    "api": {"state", "wire", "backends/engine.h", "model", "base"},
    "mesh": {"wire", "model", "base"},
    "cli": {"wire", "model", "base"},
    "cluster": {"state", "wire", "model", "base"},
    "app": {"api", "backends", "cluster", "mesh", "scheduler", "state", "wire", "model", "base"},
}
# Folders that only `app` (and their own room) names.
PRIVATE = ("backends/docker/", "state/sqlite/", "state/etcd/", "mesh/apply/")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
# g++ 12 miscompiles a co_await inside a condition.
AWAIT_IN_CONDITION = re.compile(r"\b(if|while|switch|for)\s*\(.*co_await")
# ... and a capturing lambda that is itself a coroutine loses its captures.
LAMBDA_COROUTINE = re.compile(r"\[[^\]]+\]\s*\([^)]*\)\s*(mutable\s*)?->\s*(boost::)?(asio::)?awaitable")


def include_problem(room, target):
    if "/" not in target:
        return "include from src/: \"room/file.h\""
    other = target.split("/")[0]
    if other != room and room != "app" and target.startswith(PRIVATE):
        return f"{target} is private to its room"
    if other == room or other in ALLOWED[room] or target in ALLOWED[room]:
        return None
    return f"room {room} may not include {target}"


def problems(root):
    src = root / "src"
    architecture = (root / "ARCHITECTURE.md").read_text() if (root / "ARCHITECTURE.md").exists() else ""
    for room in sorted(p.name for p in src.iterdir() if p.is_dir() and any(p.iterdir())):
        if room not in ALLOWED:
            yield f"src/{room}: an unknown room; add it to tools/check_layers.py"
        if f"src/{room}" not in architecture:
            yield f"src/{room}: missing from ARCHITECTURE.md"
    for path in sorted([*src.rglob("*.h"), *src.rglob("*.cpp")]):
        room = path.relative_to(src).parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            where = f"{path.relative_to(root)}:{number}"
            match = INCLUDE.match(line)
            if match and (problem := include_problem(room, match.group(1))):
                yield f"{where}: {problem}"
            if AWAIT_IN_CONDITION.search(line):
                yield f"{where}: co_await in a condition (miscompiled by g++ 12)"
            if LAMBDA_COROUTINE.search(line):
                yield f"{where}: a capturing lambda coroutine (loses its captures)"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(problems(root))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
