#!/usr/bin/python3
"""A `status` that was taken over: this test holds the very control socket of the real one (pidfd_getfd) and
misuses it. `commit` answers its staff all the while, and signs no more than its pace."""
import ctypes
import os
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["JPKI_SOURCE"], "tests"))
import jpkid
from acts import frame
from tap import Tap

CONTROL_FD = 5  # ROLE_FD_SECOND
PIDFD_GETFD = 438
AT_ONCE = 8  # LIMIT_WISHES_AT_ONCE
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpkid-test-")
DATA = os.path.join(folder, "data")


def wait_for_status(service, other_than=None):
    for _ in range(150):
        pid = service.roles().get("status")
        if pid and pid != other_than:
            return pid
        time.sleep(0.1)
    return None


def stolen_socket(pid):
    """The control socket of that status, or None where this kernel or user cannot take it."""
    fd = ctypes.CDLL(None).syscall(PIDFD_GETFD, os.pidfd_open(pid), CONTROL_FD, 0)
    return socket.socket(fileno=fd) if fd >= 0 else None


def num_responders():
    with sqlite3.connect(f"file:{DATA}/database/jpki.db?mode=ro", uri=True) as database:
        return database.execute("SELECT COUNT(*) FROM signing WHERE what = 2").fetchone()[0]


def answer_time():
    """Seconds until an officer is answered."""
    start = time.monotonic()
    done = subprocess.run([os.path.join(jpkid.BUILD, "jpki"), "admin", "staff", "--as", "admin1", "--socket",
                           os.path.join(DATA, "run", "acts.sock")], capture_output=True, text=True, timeout=60)
    return time.monotonic() - start if done.returncode == 0 else 99


def wish():
    pem = subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"], capture_output=True).stdout
    key = subprocess.run(["openssl", "ec", "-pubout", "-outform", "DER"], input=pem, capture_output=True).stdout
    return frame(struct.pack(">I", len(key)) + key)


def is_closed(control):
    control.settimeout(65)  # when all wishes of this minute were served
    try:
        while control.recv(65536):
            continue
        return True
    except ConnectionError:
        return True
    except OSError:
        return False


def attack(service, name, content):
    """Takes over the running status, sends, and measures; then lets the parent start another."""
    pid = wait_for_status(service)
    time.sleep(0.5)  # its own wish is answered
    os.kill(pid, signal.SIGSTOP)
    control = stolen_socket(pid)
    control.setblocking(False)
    times = []
    for part in (content, b"\0", b"\0", b"\0"):
        try:
            control.sendall(part)
        except OSError:
            pass  # not read: as it should be
        times.append(answer_time())
    tap.check(min(times) < 0.9, f"{name}: staff is answered at once", times)  # the best: others work here too
    return pid, control


def end_attack(service, pid, control):
    control.close()
    os.kill(pid, signal.SIGKILL)
    wait_for_status(service, pid)


def main():
    status, errors = jpkid.init(DATA)
    tap.check(status == 0, "init", errors)
    service = jpkid.Service(DATA)
    if not stolen_socket(service.role("status")):
        tap.skip("a taken-over status", "this kernel or user cannot take its socket")
    else:
        pid, control = attack(service, "half a wish", struct.pack(">I", 100))
        end_attack(service, pid, control)
        for name, content in (("no frame", b"\xff" * 64), ("no wish", frame(b"abc") * 50),
                              ("another key", frame(struct.pack(">I", 8) + b"\x30\x06notkey"))):
            pid, control = attack(service, name, content)
            tap.check(is_closed(control), f"{name}: the connection is closed")
            end_attack(service, pid, control)
        before = num_responders()
        pid, control = attack(service, "a flood of wishes that reads nothing", wish() * 1000)
        time.sleep(2)
        tap.check(before <= num_responders() <= before + 2 * AT_ONCE, "a flood is served at its pace",
                  (before, num_responders()))
        end_attack(service, pid, control)
        tap.check(answer_time() < 0.9 and service.process.poll() is None, "and the service goes on")
    service.stop()
    shutil.rmtree(folder)
    tap.end()


main()
