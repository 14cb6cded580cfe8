#!/usr/bin/python3
"""Ten thousand connections that are silent, half-way or gone, and others that ask: these are answered."""
import http.client
import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["JPKI_SOURCE"], "tests"))
from tap import Tap

NUM = 10000
SLOWEST = 0.5  # seconds that an answer may take on a machine that has other things to do
BEGINNINGS = (b"", b"GET /ocsp/ME", b"POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Length: 70\r\n\r\n0D")
tap = Tap()
folder = tempfile.mkdtemp(prefix="crowd-")
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 2 * NUM + 100), most))
world = subprocess.Popen([os.path.join(os.environ["JPKI_BUILD"], "tests", "status-world"), folder, "100", "2"],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
port = int(world.stdout.readline().split()[1])
assert world.stdout.readline() == "ready\n"


def memory():
    """Kilobytes that the process really holds, its maps left out."""
    text = open(f"/proc/{world.pid}/status").read()
    return int(text.split("RssAnon:")[1].split()[0])


def ask(num):
    """Seconds that the slowest of num requests took, each on a new connection; all are answered."""
    slowest = 0
    for _ in range(num):
        start = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/ca/signature.cer")
        answer = connection.getresponse()
        assert answer.status == 200 and len(answer.read()) > 500
        connection.close()
        slowest = max(slowest, time.monotonic() - start)
    return slowest


def crowd(num):
    crowded = []
    for number in range(num):
        one = socket.create_connection(("127.0.0.1", port), timeout=10)
        one.sendall(BEGINNINGS[number % len(BEGINNINGS)])
        crowded.append(one)
    return crowded


try:
    before = memory()
    tap.check(ask(100) < SLOWEST, "answers while it is quiet")
    start = time.monotonic()
    silent = crowd(NUM)
    took = time.monotonic() - start
    slowest = ask(100)
    tap.check(slowest < SLOWEST, f"answers beside {NUM} connections that came in {took:.1f} s (slowest {slowest * 1000:.0f} ms)")
    grown = memory() - before
    tap.check(grown < 3 * NUM, f"they cost {grown} kB")
    for one in crowd(1000):  # a reset, in the middle of a request
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()
    tap.check(ask(100) < SLOWEST, "answers after a thousand were reset")
    more = crowd(NUM - 2000)
    tap.check(ask(100) < SLOWEST, "answers when there is no room: the longest silent went")
    tap.check(world.poll() is None, "lives")
finally:
    world.stdin.close()
    world.wait(timeout=20)
    shutil.rmtree(folder)
tap.end()
