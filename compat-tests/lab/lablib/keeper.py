"""The first process of a host: keeps its namespaces alive, starts its engines and reaps what they orphan.

A machine's own init may be slow to reap (or, in a container, not there), and an engine that finds the zombie of its
old containerd waits for it in vain. Standard library only and no imports of ours: it may run in another tree.
Each connection to the socket carries one JSON request {"command": [...], "log": path, "env": {...}}; the answer is
the pid.
"""
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36


def reap(_signal, _frame):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def start(request):
    # Spawned with the handler off, else it could reap the child before Popen has looked at it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    try:
        with open(request["log"], "a") as log:
            child = subprocess.Popen(request["command"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                     start_new_session=True, env=request["env"],
                                     preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD}))
        child.returncode = 0  # Ours to reap, not Popen's.
        return child.pid
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def main(path):
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGCHLD, reap)
    listener = socket.socket(socket.AF_UNIX)
    # Renamed once it listens: whoever sees the path can connect.
    listener.bind(path + ".new")
    listener.listen()
    os.rename(path + ".new", path)
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw") as stream:
            try:
                answer = start(json.loads(stream.readline()))
            except (OSError, ValueError) as error:
                answer = f"{type(error).__name__}: {error}"
            stream.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
