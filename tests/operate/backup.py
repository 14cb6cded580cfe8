#!/usr/bin/python3
"""jpkid backup: a copy that is made while acts go on, whole or not there at all."""
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402

folder = tempfile.mkdtemp(prefix="jpki-backup-")
DATA = os.path.join(folder, "data")
tap = Tap()


def path(*names):
    return os.path.join(folder, *names)


def program(name, *words):
    return subprocess.run([os.path.join(jpkid.BUILD, name), *words], capture_output=True, text=True,
                          env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=60)


def backup(to, *words, data=DATA):
    return program("jpkid", "backup", "--data", data, "--to", path(to), *words)


def database(where):
    with sqlite3.connect(f"file:{where}/database/jpki.db?immutable=1", uri=True) as connection:
        return (connection.execute("PRAGMA integrity_check").fetchone()[0],
                connection.execute("SELECT MAX(sequence) FROM journal").fetchone()[0])


def lines_of(name):
    with open(path(name, "manifest")) as file:
        return [line.split(" ") for line in file.read().splitlines()]


class Acts(threading.Thread):
    """Writes into the journal until it is told to stop."""

    def __init__(self, socket):
        super().__init__()
        self.socket, self.stops, self.num = socket, threading.Event(), 0

    def run(self):
        while not self.stops.is_set():
            done = program("jpki", "admin", "checkpoint", "--as", "admin1", "--socket", self.socket)
            self.num += done.returncode == 0


def test_while_running():
    with jpkid.Service(DATA) as service:
        acts = Acts(service.acts)
        acts.start()
        made = [backup(f"b{number}") for number in range(5)]
        acts.stops.set()
        acts.join()
        done = program("jpki", "admin", "journal", "verify", "--as", "auditor1", "--socket", service.acts)
    tap.check(all(one.returncode == 0 for one in made), "five backups while acts go on", made[0].stderr)
    tap.check(acts.num > 0 and done.returncode == 0, f"and {acts.num} acts beside them", done.stderr)
    for number in range(5):
        found, entries = database(path(f"b{number}"))
        said = {line[0]: line[1] for line in lines_of(f"b{number}") if line[0] != "file"}
        tap.check(found == "ok" and int(said["entries"]) == entries,
                  f"backup {number}: its database is whole, with the entries that the manifest says", (found, said))


def test_manifest():
    listed = {line[3]: line for line in lines_of("b0") if line[0] == "file"}
    there = {os.path.relpath(os.path.join(at, name), path("b0"))
             for at, _, names in os.walk(path("b0")) for name in names} - {"manifest", "lock"}
    tap.check(set(listed) == there, "every file stands in the manifest", there ^ set(listed))
    wrong = []
    for name, line in listed.items():
        with open(path("b0", name), "rb") as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != line[1] or len(content) != int(line[2]):
            wrong.append(name)
    tap.check(not wrong, "with its SHA-256 and its length", wrong)
    with open(path("data", "journal", "backups")) as file:
        notes = file.read().splitlines()
    with open(path("b0", "manifest"), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    tap.check(len(notes) == 5 and notes[0].split(" ")[2] == digest, "each is noted with its manifest's SHA-256", notes)


def mode(*names):
    return os.stat(path(*names)).st_mode & 0o777


def test_refusals():
    before = sorted(os.listdir(folder))
    done = backup("b0")
    tap.check(done.returncode == 1 and "exists" in done.stderr, "over a folder that is there: refused", done.stderr)
    done = backup("b9", data=path("b0"))
    tap.check(done.returncode == 1 and "backup itself" in done.stderr, "of a backup: refused", done.stderr)
    done = backup("b9", data=path("nothing"))
    tap.check(done.returncode == 2, "of what is no data folder: not done", done.stderr)
    done = backup("b9", "--dump", path("b0", "manifest"))
    tap.check(done.returncode == 1 and "PostgreSQL" in done.stderr, "a dump beside a database that is a file: refused",
              done.stderr)
    tap.check(sorted(os.listdir(folder)) == before, "and none of them leaves anything behind", os.listdir(folder))
    status, errors = jpkid.run("serve", "--data", path("b0"), "--listen", "127.0.0.1:0")
    tap.check(status == 1 and "jpkid restore" in errors, "a backup is not served as it is", errors)
    tap.check(mode("b0", "database", "jpki.db") == 0o600 and mode("b0", "signer") == 0o700 and
              mode("b0", "signer", "journal-1.key") == 0o600, "nobody else may read database and keys")


def test_damaged_database():
    """A database with a torn page is told, and not taken for a backup."""
    shutil.copytree(DATA, path("torn"), ignore=shutil.ignore_patterns("acts.sock"))
    with open(path("torn", "database", "jpki.db"), "r+b") as file:
        file.seek(4096 * 9)
        file.write(b"\xff" * 4096)
    done = backup("b9", data=path("torn"))
    tap.check(done.returncode == 2 and not os.path.exists(path("b9")), "a damaged database is no backup", done.stderr)


try:
    status, errors = jpkid.init(DATA)
    tap.check(status == 0, "init", errors)
    test_while_running()
    test_manifest()
    test_refusals()
    test_damaged_database()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
