"""Mass acts cut on their way: a list of certificates is held, released and revoked; after each cut they go on by
themselves, to the right counts, and nothing is done twice."""
import collections
import hashlib
import time

import centre
import mass_data
import sweep

NUM = 600  # three parts
KIND = "authentication"


def before(stage):
    stage.serials = mass_data.seed(stage.data, NUM)


def mass(stage):
    text = "".join(f"{serial}\n" for serial in stage.serials)
    held = begin(stage, "mass-hold", send(stage, text))
    begin(stage, "mass-release", held)
    begin(stage, "mass-revoke", send(stage, text))


def send(stage, text):
    return stage.service.must("mass-list", "admin1", kind=KIND, file=text,
                              digest=hashlib.sha256(text.encode()).hexdigest(), **{"from": 0})


def begin(stage, act, listed):
    """Asked for by one, approved by another; what it shows when it is finished."""
    parked = stage.service.must(act, "admin1", number=listed["number"], kind=KIND, count=listed["count"],
                                digest=listed["digest"], note="the chips of one series")["parked"]
    number = stage.service.must("approve", "admin2", number=parked)["mass"]
    for _ in range(1000):
        shown = stage.service.must("mass-show", "auditor1", number=number)
        if shown["state"] == "finished":
            return shown
        time.sleep(0.01)
    raise RuntimeError(f"{act} does not end: {shown}")


def waiting(database):
    return [row["number"] for row in database["mass"] if row["act"] is not None and row["finished"] is None]


def check_counts(database, wrong):
    """Each certificate of a list counted once, and changed once by each act."""
    for row in database["mass"]:
        num = sum(count["count"] for count in database["mass_count"] if count["mass"] == row["number"])
        if row["act"] is not None and row["finished"] is not None and num != row["count"]:
            wrong.append(f"mass act {row['number']} counts {num} of {row['count']}")
    states = collections.defaultdict(list)
    for row in sorted(database["change"], key=lambda row: row["epoch"]):
        states[row["authority"], row["serial"]].append(row["state"])
    for where, found in states.items():
        if any(a == b for a, b in zip(found, found[1:])):
            wrong.append(f"done twice: {where} {found}")
            return


class MassSweep(sweep.Sweep):
    def settle(self, service, moment):
        end = time.monotonic() + 20
        while service.is_ready and waiting(centre.dump(service.data)) and time.monotonic() < end:
            time.sleep(0.05)
        if service.is_ready and "done" not in (service.act("crl", "admin1") or {}):
            moment.wrong.append("no list after a mass act")

    def check_running(self, data, moment, owed, database):
        super().check_running(data, moment, owed, database)
        database = centre.dump(data)
        if waiting(database):
            moment.wrong.append(f"mass acts do not go on: {waiting(database)}")
        check_counts(database, moment.wrong)
