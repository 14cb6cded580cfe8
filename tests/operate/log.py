#!/usr/bin/python3
"""What the service says: every line of every process in one form, through acts and faults, and nobody's data in it."""
import csv
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import acts  # noqa: E402
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402

folder = tempfile.mkdtemp(prefix="jpki-log-")
DATA = os.path.join(folder, "data")
PRIORITIES = {"error": "3", "warning": "4", "notice": "5", "info": "6"}
ROLES = {"parent", "signer", "commit", "web", "status"}
PAIR = re.compile(r'([a-z]+)=(?:"((?:[^"\\\x00-\x1f\x7f]|\\["\\])*)"|([!#-<>-\[\]-~]+))(?: |$)')
# Written into acts: words that can be told apart from everything else, should they come out again.
CARD, PIN, WORDS = "0003720000000013137220340514", "AB12CD34EF", "ひみつの備考 secret-note"
# A sanitizer that looks for leaks says in words of its own that it cannot look into what is not dumpable.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
tap = Tap()
seen = []


def parse(line, is_journal=False):
    """{key: value}; ValueError for what is not in the form."""
    if is_journal:
        if not re.match("<[3-6]>", line):
            raise ValueError(f"no priority: {line!r}")
        priority, line = line[1], line[3:]
    pairs, at = {}, 0
    while at < len(line):
        found = PAIR.match(line, at)
        if not found or found[1] in pairs:
            raise ValueError(f"no pair, or twice, at {at}: {line!r}")
        pairs[found[1]] = re.sub(r"\\(.)", r"\1", found[2]) if found[2] is not None else found[3]
        at = found.end()
    first = ["level", "role", "event", "msg"] if is_journal else ["time", "level", "role", "event", "msg"]
    if line.endswith(" ") or list(pairs)[:len(first)] != first:
        raise ValueError(f"other keys: {line!r}")
    if not is_journal and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", pairs["time"]):
        raise ValueError(f"no time: {line!r}")
    if pairs["role"] not in ROLES or EVENTS.get(pairs["event"]) != pairs["level"]:
        raise ValueError(f"no such role, event or level: {line!r}")
    if is_journal and PRIORITIES[pairs["level"]] != priority:
        raise ValueError(f"another priority than its level: {line!r}")
    return pairs


def lines_of(text, name, is_journal=False):
    """All lines, parsed; a line that is none fails the test."""
    found = []
    for line in text.splitlines():
        try:
            found.append(parse(line, is_journal))
        except ValueError as error:
            tap.check(False, f"{name}: a line in its form", str(error))
    seen.append(text)
    tap.check(len(found) > 0, f"{name}: {len(found)} lines, each in its form", text)
    return found


def has(lines, event, **pairs):
    return any(line["event"] == event and all(line.get(key) == value for key, value in pairs.items()) for line in lines)


def events():
    done = subprocess.run([jpkid.PROGRAM, "--events"], capture_output=True, text=True, timeout=20)
    return dict(line.split(": ") for line in done.stdout.splitlines())


def test_parser():
    good = 'time=2026-01-02T03:04:05Z level=info role=commit event=confined msg="a \\"b\\" ／"'
    tap.check(parse(good)["msg"] == 'a "b" ／' and parse(good + " signal=9")["signal"] == "9", "the parser takes what is right")
    for wrong in (good + " ", good + ' msg="x"', good.replace("info", "error"), good.replace("commit", "mayor"),
                  good.replace("confined", "party"), good[:-1], good.replace("2026-01-02T", ""), "jpkid: commit: sentence",
                  good + " a b", good.replace("／", "\x07")):
        try:
            parse(wrong)
            tap.check(False, "the parser refuses", wrong)
        except ValueError:
            tap.check(True, f"the parser refuses {wrong[-24:]!r}")


def wait_until(condition, seconds=15):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


def play_acts(service):
    """Acts with people in them: done, refused, failed, malformed."""
    with open(f"{jpkid.SOURCE}/etc/sample/residents.csv") as file:
        residents = list(csv.DictReader(file))
    with acts.Connection(service.acts) as connection:
        for resident in residents[:20]:
            connection.ask("resident-find", "daiei1", resident=int(resident["number"]))
            connection.ask("resident-find", "daiei1", name=resident["family"])
            connection.ask("resident-find", "auditor1", name=resident["family"])
        connection.ask("event", "register1", resident=1001, event="died", note=WORDS)
        connection.ask("card-register", "card1", card=CARD, point="04" + "11" * 64, nonce="22" * 16, statement="33" * 254)
        connection.ask("step", "daiei1", pin=PIN, note=WORDS)
        connection.ask(WORDS, WORDS, card=CARD)
        connection.ask("crl", "admin1")
    for hostile in (b"\xff" * 40, b'{"act":"' + PIN.encode() + b'\n<3>level=error"}', b"{}"):
        with acts.Connection(service.acts) as connection:
            connection.socket.sendall(acts.frame(hostile))
            try:
                connection.receive(4)
            except EOFError:
                pass


def play_faults(service):
    """What can go wrong while it runs."""
    connection = sqlite3.connect(f"{DATA}/database/jpki.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with acts.Connection(service.acts) as asking:
        asking.ask("resident-find", "daiei1", resident=1001)
    connection.execute("ROLLBACK")
    connection.close()
    for name in ("web", "status"):
        before = service.role(name)
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: service.roles().get(name) not in (None, before))


def test_life():
    """From the start over acts and faults to the end."""
    with jpkid.Service(DATA, "--web", "127.0.0.1:0") as service:
        play_acts(service)
        play_faults(service)
    lines = lines_of(service.logged(), "a life")
    tap.check({line["role"] for line in lines if line["event"] == "confined"} == ROLES - {"parent"}, "each role says what it gave up",
              lines)
    tap.check(has(lines, "ready", role="parent") and has(lines, "sample") and has(lines, "stopping")
              and has(lines, "ended", ended="web", signal="9") and has(lines, "ended", ended="status", signal="9"),
              "what happened is told by its name", lines)
    tap.check(not has(lines, "failed"), "and nothing that did not happen", lines)


def test_vital_end():
    with jpkid.Service(DATA) as service:
        os.kill(service.role("signer"), signal.SIGKILL)
        status = service.wait()
    lines = lines_of(service.logged(), "an end")
    tap.check(status == 2 and has(lines, "ended", ended="signer", signal="9") and has(lines, "service-ends", ended="signer")
              and has(lines, "no-web"), "the service tells why it ends", lines)


def logged_run(name, *words, passphrase=jpkid.PASSPHRASE, environment=None):
    """A service that may not start: its lines."""
    with open(os.path.join(folder, "errors"), "w+") as file:
        process = jpkid.begin("serve", *words, passphrase=passphrase, environment=environment, stdout=subprocess.DEVNULL,
                              stderr=file)
        try:
            status = process.wait(10)
        except subprocess.TimeoutExpired:
            process.terminate()
            status = process.wait(20)
        file.seek(0)
        return status, lines_of(file.read(), name)


def test_starts():
    """Starts that fail, and starts that find something."""
    here = ["--data", DATA, "--listen", "127.0.0.1:0"]
    status, lines = logged_run("a wrong passphrase", *here, passphrase=PIN)
    tap.check(status == 2 and has(lines, "failed", role="signer"), "the signer says that it fails", lines)
    status, lines = logged_run("no such folder", "--data", f'{folder}/a "b"\\\nlevel=error', "--listen", "127.0.0.1:0")
    tap.check(status == 2 and has(lines, "failed", role="parent", error="not-found"),
              "a name with a line break makes no second line", lines)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, lines = logged_run("a port in use", "--data", DATA, "--listen", "127.0.0.1:%d" % taken.getsockname()[1])
    tap.check(status == 2 and has(lines, "failed", error="exists"), "a port in use", lines)
    with open(f"{DATA}/signer/signed.log", "ab") as file:
        file.write(b"torn")
    os.unlink(f"{DATA}/status/synced")
    status, lines = logged_run("after a power cut", *here)
    tap.check(status == 0 and has(lines, "log-cut", role="signer") and has(lines, "maps-again", role="commit"),
              "what a start found is told", lines)


def test_language():
    with jpkid.Service(DATA, environment={"LC_ALL": "ja_JP.UTF-8"}) as service:
        pass
    lines = lines_of(service.logged(), "in Japanese")
    tap.check(any("全プロセス" in line["msg"] for line in lines) and has(lines, "ready"),
              "sentences go by the locale, names do not", lines)


def test_journal():
    """Where systemd reads it: its priority and no time; only where it is truly its stream."""
    for name, change, is_journal in (("systemd's journal", 0, True), ("another stream than systemd's", 1, False)):
        file = open(os.path.join(folder, "journal"), "w+")
        info = os.fstat(file.fileno())
        environment = {"JOURNAL_STREAM": f"{info.st_dev}:{info.st_ino + change}"}
        process = jpkid.begin("serve", "--data", DATA, "--listen", "127.0.0.1:0", environment=environment,
                              stdout=subprocess.PIPE, stderr=file)
        for line in process.stdout:
            if line == "ready\n":
                break
        process.terminate()
        process.stdout.close()
        process.wait(20)
        file.seek(0)
        lines = lines_of(file.read(), name, is_journal)
        tap.check({line["role"] for line in lines} >= {"parent", "signer", "commit", "status"}, f"{name}: of all roles", lines)
        file.close()


def test_nobody():
    """None of the sample town's people stands there, nor what was written into acts."""
    text = "".join(seen)
    with open(f"{jpkid.SOURCE}/etc/sample/residents.csv") as file:
        rows = list(csv.DictReader(file))
    words = {CARD, PIN, WORDS, "ひみつ", jpkid.PASSPHRASE}
    for row in rows:
        words |= {row["given"], row["family"] + " " + row["given"]}
        words |= {row[key] for key in ("kana", "born", "address", "telephone", "card_id")}
    words = {word for word in words if len(word) > 1}
    with open(f"{jpkid.SOURCE}/etc/sample/staff.csv") as file:
        for row in csv.DictReader(file):
            words |= {row["name"], row["label"]}
    found = {word for word in words if word in text}
    tap.check(len(words) > 100 and len(text) > 5000, f"{len(words)} words of people, {len(text)} bytes of what was said")
    tap.check(not found, "none of them is there", found)


EVENTS = events()
try:
    tap.check(len(EVENTS) > 10 and set(EVENTS.values()) <= PRIORITIES.keys(), "the program lists its events", EVENTS)
    test_parser()
    status, errors = jpkid.init(DATA)
    tap.check(status == 0, "init", errors)
    test_life()
    test_vital_end()
    test_starts()
    test_language()
    test_journal()
    test_nobody()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
