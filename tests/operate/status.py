#!/usr/bin/python3
"""jpki admin status: each thing that can be wrong is made wrong, and told with what to do."""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402

folder = tempfile.mkdtemp(prefix="jpki-status-")
DATA = os.path.join(folder, "data")
tap = Tap()


def jpki(*words):
    return subprocess.run([f"{jpkid.BUILD}/jpki", *words, "--socket", f"{DATA}/run/acts.sock"], capture_output=True,
                          text=True, timeout=60, env=dict(os.environ, LC_ALL="C.UTF-8"))


def status():
    done = jpki("admin", "status", "--as", "admin1", "--json")
    findings = json.loads(done.stdout).get("health", []) if done.stdout else []
    return done.returncode, {row["what"]: row for row in findings}


def must_be(name, what, level, says=""):
    code, found = status()
    row = found.get(what, {})
    is_japanese = not re.search(r"\b(run|look|make|set|every|plan|the|one)\b", row.get("ja", "the"))
    ok = row.get("level") == level and says in row.get("en", "") and is_japanese
    tap.check(ok and code >= {"ok": 0, "warn": 1, "wrong": 2}[level], name, (code, found))


def write(statement, *values):
    with sqlite3.connect(os.path.join(DATA, "database", "jpki.db"), timeout=10) as database:
        database.execute(statement, values)


def note_backup(age):
    with open(os.path.join(DATA, "journal", "backups"), "a") as file:
        file.write(f"{int(time.time()) - age} 5 {'0' * 64} /somewhere\n")


def backup(to):
    return subprocess.run([jpkid.PROGRAM, "backup", "--data", DATA, "--to", os.path.join(folder, to)], check=True,
                          capture_output=True)


def test_now():
    must_be("no backup yet: a warning", "backup", "warn", "jpkid backup")
    backup("b")
    for _ in range(100):
        code, found = status()
        if code == 0:
            break
        time.sleep(0.1)
    tap.check(code == 0 and len(found) >= 11 and {row["level"] for row in found.values()} == {"ok"},
              "with a backup all is well, and the exit status says so", (code, found))
    done = jpki("admin", "status", "--as", "admin1")
    tap.check(done.stdout.count("\n") == len(found) and done.stdout.startswith("ok "), "one line each", done.stdout)
    note_backup(30 * 3600)
    must_be("a backup of the day before yesterday: a warning", "backup", "warn", "30 h ago")
    note_backup(8 * 86400)
    must_be("none for a week: wrong", "backup", "wrong", "every day")
    note_backup(0)
    parked = jpki("counter", "hold-mistaken", "--resident", "1001", "--as", "daiei1")
    write("INSERT INTO parked (number, act, fields, first, made) VALUES (900, 'approve', '{}', 'admin1', ?)",
          int(time.time()) - 2 * 86400)
    must_be("an act that waits for two days: a warning", "waiting", "warn", "counter parked")
    tap.check(parked.returncode == 1, "(what may not wait is refused)", parked.stderr)


def test_clock():
    """The years go by, on the clock of sample data."""
    done = jpki("admin", "clock", "2033-01-01T00:00:00Z", "--as", "admin1")
    tap.check(done.returncode == 0, "four years before the authorities end", done.stderr)
    must_be("years ahead it is told that new certificates end with their authority", "authority of signature", "warn",
            "authority-new")
    jpki("admin", "clock", "2036-06-01T00:00:00Z", "--as", "admin1")
    must_be("in their last year that is wrong", "authority of authentication", "wrong", "authority-new")


def test_stale():
    """A start long ago: what was not made since is told before it is made."""
    write("UPDATE parked SET second = 'card1', finished = 1 WHERE number = 900")
    write("INSERT INTO crl VALUES (0, 1, 0, 99, ?, 1000, zeroblob(32))", int(time.time()) - 3 * 86400)
    must_be("a list that has ended: wrong", "list of signature", "wrong", "jpki admin crl")
    done = jpki("admin", "crl", "--as", "admin1")
    tap.check(done.returncode == 0, "what the line says to do", done.stderr)
    must_be("makes it well again", "list of signature", "ok")


def test_gone():
    done = jpki("admin", "status", "--as", "nobody")
    tap.check(done.returncode == 2, "who may not ask gets no answer that could pass for well", done.stderr)


try:
    code, errors = jpkid.init(DATA)
    tap.check(code == 0, "init", errors)
    with jpkid.Service(DATA) as service:
        tap.check(service.is_ready, "serve", service.said())
        test_now()
        test_stale()
        test_clock()
        test_gone()
    tap.check(jpki("admin", "status", "--as", "admin1").returncode == 2, "a service that does not run is wrong")
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
