"""Records of stacks: written so that people can read them, a line for each place, and compared place by place.

A place is the way to a value through mappings, as "services / app_web / Spec / Name". The first step is written in full,
of the others only the places that differ from it.
"""
import json

MISSING = "(not there)"
AGAIN = ("services", "networks", "secrets", "configs")  # What later steps show again.


def flat(value, place=""):
    """{place: value} of everything that is no mapping; lists count as one value, but for lists of mappings."""
    if isinstance(value, dict) and value:
        return {p: v for key, each in value.items() for p, v in flat(each, f"{place} / {key}" if place else key).items()}
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return {p: v for at, each in enumerate(value) for p, v in flat(each, f"{place} / {at}").items()}
    return {place: value}


def _shown_again(first):
    return {place: value for place, value in first.items() if place.split(" / ")[0] in AGAIN}


def dump(seen):
    """The text of a record."""
    steps = {step: flat(about) for step, about in seen.items()}
    first = steps["deployed"]
    before = _shown_again(first)
    texts = [_text("deployed", first)]
    for step in list(steps)[1:]:
        after = steps[step]
        changed = {place: after.get(place, MISSING) for place in before.keys() | after.keys()
                   if after.get(place, MISSING) != before.get(place, MISSING)}
        texts.append(_text(step, changed))
    return "{" + ",\n".join(texts) + "}\n"


def _text(step, places):
    lines = (json.dumps(place) + ": " + json.dumps(places[place], ensure_ascii=False) for place in sorted(places))
    return f'"{step}": {{\n' + ",\n".join(lines) + "\n}"


def load(text):
    """The contrary: {step: {place: value}}."""
    record = json.loads(text)
    kept = _shown_again(record["deployed"])
    return {"deployed": record["deployed"], **{
        step: {place: value for place, value in {**kept, **changed}.items() if value != MISSING}
        for step, changed in record.items() if step != "deployed"}}


def differences(expected, seen):
    """What differs from the record, one line a place. Fewer writes than native's are welcome."""
    wrong = []
    for step, about in seen.items():
        want, got = expected[step], flat(about)
        for place in sorted(want.keys() | got.keys()):
            native, here = want.get(place, MISSING), got.get(place, MISSING)
            if place.startswith("writes / ") and MISSING not in (native, here) and here <= native:
                continue
            if native != here:
                wrong.append(f"{step}: {place}: native {native!r}, here {here!r}")
    return wrong
