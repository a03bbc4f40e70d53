"""What talk.py starts in a namespace: `serve`, `ask` or `keep`; see there. Standard library only."""
import json
import socket
import sys
import threading

KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


def serve(protocol, address, port, name):
    listening = socket.socket(socket.AF_INET, KINDS[protocol])
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((address, int(port)))

    def answer(client):
        return json.dumps({"server": name, "client": list(client)}).encode() + b"\n"

    if protocol == "udp":
        print("ready", flush=True)
        while True:
            _, client = listening.recvfrom(2000)
            listening.sendto(answer(client), client)
    listening.listen(100)
    print("ready", flush=True)

    def talk(connection, client):
        with connection:
            try:
                while connection.recv(1):
                    connection.sendall(answer(client))
            except OSError:
                pass  # The client went; the next one may come.
    while True:
        threading.Thread(target=talk, args=listening.accept(), daemon=True).start()


def request(talking):
    """One byte out, one line back; None if it does not come."""
    try:
        talking.send(b"?")
        text = b""
        while not text.endswith(b"\n"):
            part = talking.recv(2000)
            if not part:
                return None
            text += part
        return json.loads(text)
    except OSError:
        return None


def connect(protocol, address, port, timeout, source_port=0):
    talking = socket.socket(socket.AF_INET, KINDS[protocol])
    talking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    talking.settimeout(float(timeout))
    if int(source_port):
        talking.bind(("0.0.0.0", int(source_port)))
    talking.connect((address, int(port)))
    return talking


def ask(protocol, address, port, count, timeout, source_port):
    for _ in range(int(count)):
        try:
            with connect(protocol, address, port, timeout, source_port) as talking:
                answer = request(talking)
        except OSError:
            answer = None
        print(json.dumps(answer), flush=True)


def keep(protocol, address, port):
    with connect(protocol, address, port, 2) as talking:
        for _ in sys.stdin:
            print(json.dumps(request(talking)), flush=True)


if __name__ == "__main__":
    {"serve": serve, "ask": ask, "keep": keep}[sys.argv[1]](*sys.argv[2:])
