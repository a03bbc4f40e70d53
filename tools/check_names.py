#!/usr/bin/env python3
"""Fails when a name in an unnamed namespace is also another file's of the room, or a header's.

The sanitizer and fuzz builds compile several files of a room as one (SWARMWARD_UNITY), where such names
clash. Functions may share a name if their parameters differ; aliases and using-declarations if they are
the same. Reads text as clang-format leaves it: definitions of a namespace start in the first column.
Tests are programs of their own, compiled file by file, and are not looked at.
"""
import collections
import pathlib
import re
import sys

OPENS = re.compile(r"^(?:inline )?namespace (?:(\S+) )?\{$")
CLOSES = re.compile(r"^\}  // namespace\b")
TYPE = re.compile(r"^(?:template <.*?> )?(?:struct|class|enum class|enum|union) (\w+)[^()]*[{;]$")
ALIAS = re.compile(r"^(?:template <.*?> )?(?:using (\w+) =|namespace (\w+) =|using [\w:]*?(\w+);)")
VARIABLE = re.compile(r"^[^(={]*?[\s&*](\w+)(?:\[[^\]]*\])*\s*(?:=|\{|;)")
FUNCTION = re.compile(r"^[^(]*?[\s&*](\w+)\((.*?)\)[^()]*[{;]")


def statements(text):
    """(namespaces, line, start of the statement on one line) of all that stands in namespaces."""
    namespaces, parts, first = [], [], 0
    for number, line in enumerate(text.splitlines(), 1):
        if opened := OPENS.match(line):
            namespaces.append(opened.group(1) or "")
            parts = []
        elif CLOSES.match(line):
            if namespaces:
                namespaces.pop()
            parts = []
        elif namespaces:
            if line and line[0] not in " }/#*":
                # A template's head stands on a line of its own.
                parts, first = ([*parts, line], first) if is_head(parts) else ([line], number)
            elif parts and line.startswith(" "):
                parts.append(line.strip())
            else:
                parts = []
            if parts and parts[-1].endswith(("{", ";", "{}", "}")):
                yield tuple(namespaces), first, " ".join(parts)
                parts = []


def is_head(parts):
    return len(parts) > 0 and parts[0].startswith("template <") and "{" not in parts[-1]


def without_arguments(text):
    """Without what is in angle brackets, so that commas and parentheses there mislead nobody."""
    before = None
    while before != text:
        before, text = text, re.sub(r"<[^<>()=]*>", "", text)
    return text


def parameter_types(text):
    """The parameters without their names and defaults."""
    types = []
    for parameter in re.split(r",(?![^<]*>)", text):  # Not the commas in angle brackets.
        words = parameter.split("=")[0].replace("/*", " /*").split()
        named = len(words) > 1 and re.fullmatch(r"\w+|/\*.*\*/", words[-1])
        types.append(" ".join(words[:-1] if named else words))
    return tuple(types)


def definition(statement):
    """(name, what must differ from others of the name: None if nothing can make up for it)."""
    if alias := ALIAS.match(statement):
        return next(filter(None, alias.groups())), ("alias", statement)
    if kind := TYPE.match(statement):
        return kind.group(1), None
    plain = without_arguments(re.sub(r"^template <.*?> (?=[a-z\[])", "", statement))
    if variable := VARIABLE.match(plain):
        return variable.group(1), None
    if function := FUNCTION.match(plain):
        name = function.group(1)
        parameters = re.search(rf"\b{name}\((.*)\)", statement)
        if parameters:  # Else a template is only instantiated.
            return name, ("function", parameter_types(parameters.group(1)))
    return None, None


def problems(root):
    src = root / "src"
    known = collections.defaultdict(list)
    for path in [*sorted(src.rglob("*.h")), *sorted(src.rglob("*.cpp"))]:
        if path.name.endswith("_test.cpp") or "testing" in path.parts:
            continue
        room = path.relative_to(src).parts[0]
        for namespaces, line, statement in statements(path.read_text()):
            name, kind = definition(statement)
            if name and ("" in namespaces or path.suffix == ".h"):
                place = (path.relative_to(root), line, kind)
                known[room, *filter(None, namespaces), name].append(place)
    for (*_, name), places in sorted(known.items()):
        for index, (path, line, kind) in enumerate(places):
            for other, other_line, other_kind in places[:index]:
                if path != other and path.suffix == ".cpp" and clash(kind, other_kind):
                    yield f"{path}:{line}: {name} is also at {other}:{other_line}; share it or rename one"


def clash(one, other):
    if one is None or other is None or one[0] != other[0]:
        return True
    # Aliases must be the same; functions must not.
    return one != other if one[0] == "alias" else one == other


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(problems(root))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
