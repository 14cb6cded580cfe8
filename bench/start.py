"""How long a start of the whole service takes with ten million certificates in its database, beside ten thousand: until
it says that it is ready, and the CPU time of `commit` until then. And once, when nothing says how far the status maps are
on the disk, so that they are made again from all changes."""
import contextlib
import os
import sqlite3
import tempfile
import time

import measure
import servers
import jpkid  # servers shows where
import mass_data  # servers shows where

NAMES = ["start-10m"]
SMALL, LARGE = 10**4, 10**7


def prepare(folder, num):
    data = os.path.join(folder, str(num))
    status, errors = jpkid.init(data)
    if status:
        raise RuntimeError(errors)
    mass_data.seed_log(data, mass_data.seed(data, num))
    return data


def start_turn(data):
    begin = time.monotonic()
    with jpkid.Service(data) as service:
        seconds = time.monotonic() - begin
        if not service.is_ready:
            raise RuntimeError(service.said())
        return {"seconds": seconds, "cpu": measure.cpu_seconds(service.role("commit")),
                "memory": measure.memory(service.role("commit")), "again": "made again" in service.said()}


def wait_for_lists(data, seconds=300):
    """Until the municipality's lists of both kinds are made: what they know is not looked at again."""
    end = time.monotonic() + seconds
    with jpkid.Service(data):
        while time.monotonic() < end:
            with contextlib.closing(sqlite3.connect(os.path.join(data, "database", "jpki.db"))) as database:
                if database.execute("SELECT COUNT(*) FROM crl_done WHERE epoch > 0").fetchone() == (2,):
                    return
            time.sleep(0.5)
    raise RuntimeError("no lists")


def again_turn(data):
    os.remove(os.path.join(data, "status", "synced"))
    turn = start_turn(data)
    if not turn["again"]:
        raise RuntimeError("the maps were not made again")
    return turn


def run(names, report):
    with tempfile.TemporaryDirectory(prefix="bench-start-", dir=servers.BUILD) as folder:
        small, large = prepare(folder, SMALL), prepare(folder, LARGE)
        for data in (small, large):
            wait_for_lists(data)
        again = {"small": again_turn(small), "large": again_turn(large)}
        turns = measure.rounds({"small": lambda: start_turn(small), "large": lambda: start_turn(large)})
    if any(turn["again"] for turn in turns["large"] + turns["small"]):
        raise RuntimeError("the maps were made again")
    beside = f"{SMALL} certificates"
    report.add("start-10m", measure.median(turns["large"], "seconds"), {beside: measure.median(turns["small"], "seconds")},
               is_cost=True)
    report.add("start-10m-cpu", measure.median(turns["large"], "cpu"), {beside: measure.median(turns["small"], "cpu")},
               is_cost=True)
    report.add("start-10m-memory", measure.median(turns["large"], "memory"),
               {beside: measure.median(turns["small"], "memory")}, is_cost=True)
    report.add("start-10m-again", again["large"]["seconds"], {beside: again["small"]["seconds"]}, is_cost=True)
