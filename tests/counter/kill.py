#!/usr/bin/python3
"""kill -9 during issuance, with real processes: jpkid with its four roles, jpki counter at a reader of
pcscd, the card. Whoever dies, and wherever, the same application ends with exactly one live certificate
of each kind: in the database, in the card, in OCSP."""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
import pcscd  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

gone = pcscd.missing("pkcs15-tool", "openssl")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

PINS = ["1357", "KILL2026"]  # authentication, then signature: as they are asked for
KINDS = {"signature": 0, "authentication": 1}
CARDS = {1001: "0003720000000013137220340514", 1002: "0003720000000023137220330302",
         1005: "0003720000000053137220340130", 1006: "0003720000000063137220360615",
         1009: "0003720000000093137220321103", 1011: "0003720000000113137220350721"}
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-kill-")
DATA = f"{folder}/data"
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=f"{DATA}/run/acts.sock")


def begin(*words, lines=(), **more):
    """Starts jpki; {fd} in its words is a descriptor with the lines."""
    fd = jpkid.lines_fd(*lines)
    words = [f"{jpkid.BUILD}/jpki"] + [str(word).replace("{fd}", str(fd)) for word in words]
    process = subprocess.Popen(words, pass_fds=[fd], text=True, env=ENVIRONMENT, **more)
    os.close(fd)
    return process


def run(*words):
    process = begin(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, errors = process.communicate(timeout=120)
    if process.returncode:
        raise RuntimeError(f"{words}: {process.returncode} {errors}{out}")
    return out


def serve():
    service = jpkid.Service(DATA)
    if not service.is_ready:
        raise RuntimeError(f"jpkid does not start: {service.said()}")
    return service


def database(sql, *values):
    path = next(f"{DATA}/database/{name}" for name in os.listdir(f"{DATA}/database")
                if name.endswith(".db"))
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as connection:
        return connection.execute(sql, values).fetchall()


def open_application(readers, resident):
    image = f"{folder}/{resident}.card"
    run("card", "make", image, "--permit-key", f"{DATA}/published/permit-key.pem",
        "--card-id", CARDS[resident])
    readers.insert(0, image)
    parked = json.loads(run("admin", "card-register", image + ".pub", "--as", "card1",
                            "--json"))["parked"]
    run("counter", "approve", parked, "--as", "card2")
    return json.loads(run("counter", "open", "--procedure", "new", "--resident", resident,
                          "--kind", "both", "--pin", "never-set", "--as", "daiei1", "--json"))["number"]


def go_on(number, **more):
    return begin("counter", "run", number, "--yes", "--as", "daiei1", "--pin-fd", "{fd}",
                 lines=PINS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


def wait_for_step(number, step):
    """Until the step that the name says is done, or is the next and waits for the card."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if database("SELECT 1 FROM step WHERE application = ? AND name = ? AND done IS NOT NULL",
                    number, step):
            return
        time.sleep(0.01)


def ocsp(kind, serial, url):
    authority = f"{folder}/{kind}.pem"
    subprocess.run(["openssl", "x509", "-inform", "DER", "-in", f"{DATA}/published/{kind}.cer",
                    "-out", authority], check=True)
    done = subprocess.run(["openssl", "ocsp", "-issuer", authority, "-CAfile", authority, "-serial",
                           str(serial), "-url", url + "ocsp"], capture_output=True, text=True,
                          timeout=30)
    return done.stdout + done.stderr


def check(name, number, service):
    rows = database("SELECT kind, serial, state, installed FROM certificate WHERE application = ?",
                    number)
    live = [row for row in rows if row[2] in (1, 2, 3)]
    tap.check(sorted(row[0] for row in live) == [0, 1] and all(row[3] for row in live),
              f"{name}: one live certificate of each kind, installed", rows)
    shown = subprocess.run(["pkcs15-tool", "--verify-pin", "--auth-id", "2", "--pin", PINS[1],
                            "--read-certificate", "2"], capture_output=True, text=True)
    serials = {row[0]: row[1] for row in live}
    for kind, index in KINDS.items():
        words = (["--verify-pin", "--auth-id", "2", "--pin", PINS[1]] if kind == "signature" else [])
        shown = subprocess.run(["pkcs15-tool", *words, "--read-certificate",
                                "2" if kind == "signature" else "1"], capture_output=True, text=True)
        serial = subprocess.run(["openssl", "x509", "-noout", "-serial"], input=shown.stdout,
                                capture_output=True, text=True).stdout
        found = re.search(r"serial=([0-9A-F]+)", serial)
        tap.check(found and int(found[1], 16) == serials.get(index), f"{name}: the card has it: {kind}",
                  shown.stderr + serial)
        answer = ocsp(kind, serials.get(index), service.urls["status"])
        tap.check(": good" in answer, f"{name}: OCSP says good: {kind}", answer)


def kill(readers, service, number, who, terminal):
    if who == "terminal":
        terminal.kill()
    elif who == "card":
        readers.cards[0].kill()
    else:
        os.kill(service.role(who), signal.SIGKILL)


def play(readers, resident, who, after):
    service = serve()
    number = open_application(readers, resident)
    terminal = go_on(number)
    wait_for_step(number, after)
    kill(readers, service, number, who, terminal)
    terminal.wait(90)
    service.stop()
    service = serve()
    readers.remove(0)
    readers.insert(0, f"{folder}/{resident}.card")
    ended = go_on(number).wait(120)
    tap.check(ended == 0, f"{who} killed after {after}: the same application goes on")
    check(f"{who} killed after {after}", number, service)
    readers.remove(0)
    service.stop()


POINTS = [(1001, "signer", "pin-set"), (1002, "commit", "issue"), (1005, "status", "issue"),
          (1006, "terminal", "issue"), (1009, "card", "pin-set"), (1011, "commit", "pin-set")]

try:
    status, errors = jpkid.init(DATA)
    tap.check(status == 0, "init", errors)
    with pcscd.Readers(1) as readers:
        for resident, who, after in POINTS:
            play(readers, resident, who, after)
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
