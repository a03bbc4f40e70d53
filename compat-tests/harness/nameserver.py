"""A name server for the lab's LAN that knows a few IPv4 addresses; standard library only.

Usage: nameserver.py ADDRESS NAME=IP…   Other names do not exist, other types of known ones are empty.
"""
import socket
import struct
import sys

ADDRESS_RECORD = 1


def answer(query, names):
    """The reply to a query of one question."""
    end, labels = 12, []
    while query[end]:
        labels.append(query[end + 1:end + 1 + query[end]].decode().lower())
        end += 1 + query[end]
    question = query[12:end + 5]
    kind, = struct.unpack("!H", question[-4:-2])
    ip = names.get(".".join(labels))
    found = ip is not None and kind == ADDRESS_RECORD
    flags = 0x8180 if ip is not None else 0x8183  # No error, or no such name.
    head = query[:2] + struct.pack("!HHHHH", flags, 1, int(found), 0, 0)
    record = b"\xc0\x0c" + struct.pack("!HHIH", ADDRESS_RECORD, 1, 5, 4) + socket.inet_aton(ip) if found else b""
    return head + question + record


def main(address, *pairs):
    names = dict(pair.split("=") for pair in pairs)
    serving = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    serving.bind((address, 53))
    print("ready", flush=True)
    while True:
        query, client = serving.recvfrom(2000)
        serving.sendto(answer(query, names), client)


if __name__ == "__main__":
    main(*sys.argv[1:])
