"""A mass hold of a million certificates and its release, as two persons ask for it, over the acts socket: seconds from the
approval until the last part is on the disk and in the map; until the CRL shows it; and what another act waits meanwhile.
Limit: the same million rows changed, and as many change rows inserted, by plain SQL in one durable transaction, with no
law, no parts, no map."""
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time

import measure
import servers
import acts  # servers shows where
import jpkid  # servers shows where
import mass_data  # servers shows where

NAMES = ["mass-hold-1m"]
NUM = 10**6
CRL_SECONDS = 120


class Acts(acts.Connection):
    """Of which each answer is needed."""

    def __init__(self, path):
        super().__init__(path, timeout=None)

    def ask(self, act, who, **fields):
        said = super().ask(act, who, **fields)
        if "answer" not in said:
            raise RuntimeError(said)
        return said["answer"]


def prepare(folder):
    """A data folder with a million certificates, and their list."""
    data = os.path.join(folder, "model")
    status, errors = jpkid.init(data)
    if status:
        raise RuntimeError(errors)
    serials = mass_data.seed(data, NUM)
    return data, mass_data.write_list(os.path.join(folder, "list"), serials)


def request(service, *words):
    """The number of the parked act."""
    done = subprocess.run([f"{servers.BUILD}/jpki", "admin", *words, "--note", "bench", "--as", "admin1", "--json",
                           "--socket", service.acts], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["parked"]


class Watch(threading.Thread):
    """Sees in the database when an act is finished: the answers come later, since `commit` makes the CRL first."""

    def __init__(self, data, number):
        super().__init__()
        self.path, self.number, self.end = os.path.join(data, "database", "jpki.db"), number, None
        self.start()

    def run(self):
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)
        sql = "SELECT 1 FROM mass WHERE number = ? AND finished IS NOT NULL"
        while not connection.execute(sql, (self.number,)).fetchone():
            time.sleep(0.02)
        self.end = time.monotonic()
        connection.close()


def work(data, acts, parked):
    """(its number, when it was finished, seconds until then, the longest that another act waited until then)"""
    start, waits = time.monotonic(), []
    number = acts.ask("approve", "admin2", number=parked)["mass"]
    watch = Watch(data, number)
    while watch.end is None:
        before = time.monotonic()
        acts.ask("resident-find", "daiei1", name="nobody")
        waits.append((time.monotonic() - before, time.monotonic()))
        time.sleep(0.01)
    watch.join()
    said = acts.ask("mass-show", "auditor1", number=number)
    if said["outcomes"][0]["count"] != NUM:
        raise RuntimeError(said)
    return number, watch.end, watch.end - start, max(wait for wait, end in waits if end < watch.end)


def wait_for_crl(data, epoch, start):
    path = os.path.join(data, "published", "authentication.epoch")
    while time.monotonic() - start < CRL_SECONDS:
        with open(path) as file:
            if int(file.read() or 0) >= epoch:
                return time.monotonic() - start
        time.sleep(0.02)
    raise RuntimeError("the CRL does not come")


def act_turn(model, path):
    with tempfile.TemporaryDirectory(prefix="bench-mass-", dir=servers.BUILD) as folder:
        data = os.path.join(folder, "data")
        shutil.copytree(model, data)
        with jpkid.Service(data) as service:
            commit, acts = service.role("commit"), Acts(service.acts)
            start = time.monotonic()
            parked = request(service, "mass-hold", path, "--kind", "authentication")
            asked, before = time.monotonic() - start, measure.cpu_seconds(commit)
            number, end, hold, longest = work(data, acts, parked)
            used = measure.cpu_seconds(commit) - before
            crl = wait_for_crl(data, acts.ask("status", "admin1")["epoch"], end)
            parked = request(service, "mass-release", str(number))
            _, _, release, longest_of_release = work(data, acts, parked)
            return {"list": asked, "hold": hold, "release": release, "cpu": used, "crl": crl,
                    "delay": 1000 * max(longest, longest_of_release)}


def sql_turn(model):
    """What the database alone needs for the rows of a hold."""
    with tempfile.TemporaryDirectory(prefix="bench-mass-", dir=servers.BUILD) as folder:
        path = shutil.copy(os.path.join(model, "database", "jpki.db"), folder)
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_mode = WAL")
        start, before = time.monotonic(), time.process_time()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO change (epoch, authority, serial, state, reason, time, municipality)"
                           " SELECT (SELECT MAX(epoch) FROM change) + ROW_NUMBER() OVER (ORDER BY serial), kind, serial, 3,"
                           " 0, 1, 31372 FROM certificate WHERE kind = ? AND state = 2", (mass_data.KIND,))
        changed = connection.execute("UPDATE certificate SET state = 3, since = 1 WHERE kind = ? AND state = 2",
                                     (mass_data.KIND,)).rowcount
        connection.execute("COMMIT")
        connection.close()
        if changed != NUM:
            raise RuntimeError(f"{changed} rows")
        return {"seconds": time.monotonic() - start, "cpu": time.process_time() - before}


def run(names, report):
    with tempfile.TemporaryDirectory(prefix="bench-mass-", dir=servers.BUILD) as folder:
        model, path = prepare(folder)
        turns = measure.rounds({"ours": lambda: act_turn(model, path), "sql": lambda: sql_turn(model)})
    plain = {"plain SQL": measure.median(turns["sql"], "seconds")}
    report.add("mass-hold-1m", measure.median(turns["ours"], "hold"), plain, is_cost=True)
    report.add("mass-hold-1m-cpu", measure.median(turns["ours"], "cpu"),
               {"plain SQL": measure.median(turns["sql"], "cpu")}, is_cost=True)
    report.add("mass-hold-1m-crl", measure.median(turns["ours"], "crl"), is_cost=True)
    report.add("mass-hold-1m-list", measure.median(turns["ours"], "list"), is_cost=True)
    report.add("mass-release-1m", measure.median(turns["ours"], "release"), plain, is_cost=True)
    report.add("mass-1m-delay", measure.median(turns["ours"], "delay"), is_cost=True)
