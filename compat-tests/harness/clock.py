"""Time stamps of the API."""
import datetime
import re


def parse(text):
    """A time as the API writes it, with up to nine digits of a second."""
    whole, part, zone = re.fullmatch(r"([\d\-T:]+)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", text).groups()
    micro = (part or "").ljust(6, "0")[:6]
    return datetime.datetime.fromisoformat(f"{whole}.{micro}{'+00:00' if zone == 'Z' else zone}")


def between(first, second, key="Timestamp"):
    """Seconds from one time to another; each is a text, or an object that has it as `key`."""
    times = [parse(each if isinstance(each, str) else each[key]) for each in (first, second)]
    return (times[1] - times[0]).total_seconds()
