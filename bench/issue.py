"""Issuance: certificates a second over the acts socket, each with its proof of possession, its lint and its journal
entries, durable when it is acknowledged. The requests were made beforehand. Limit: the signatures, and for P-256 the
verifications beside them, that all cores make. Peer: cfssl with PostgreSQL (bench/issue_peer.py). The client's share of
the machine is told: what it uses, the service cannot."""
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import time

import issue_peer
import measure
import servers
import jpkid  # servers shows where
import mass_data  # servers shows where
import softhsm  # servers shows where

NAMES = ["issue-rsa2048", "issue-p256", "issue-token", "flatness-issue-p256"]
ALGORITHMS = {"issue-rsa2048": "rsa-2048", "issue-p256": "p-256"}  # of the authorities, in etc/profile
TOKEN = "issue-token"  # rsa-2048 in SoftHSM, beside the same in sealed files; other tokens have other speeds
LIMITS = {"rsa2048": ("signing on all cores", "rate"), "p256": ("signing and verifying on all cores", "pair_rate")}
FLATNESS = "flatness-issue-p256"  # with many certificates stored beside few
SIZES = {"small": 10**4, "large": 10**7}
NUM, CONNECTIONS = 2000, 64
KIND, KIND_NUMBER = "signature", 0
FIRST = 1000000  # number of the first application and of its resident
CORES = len(os.sched_getaffinity(0))


def requests(num=NUM):
    """Lines of build/bench/requests-NUM, made once."""
    path = os.path.join(servers.BUILD, "bench", f"requests-{num}")
    if not os.path.exists(path):
        with open(path + ".new", "w") as out:
            subprocess.run([os.path.join(servers.BUILD, "bench", "bench-requests"), str(num), KIND], stdout=out, check=True)
        os.rename(path + ".new", path)
    with open(path) as lines:
        return [line.split() for line in lines]


def prepare(data, lines, first=FIRST):
    """Residents with cards and open applications whose next step is the certificate."""
    connection = sqlite3.connect(os.path.join(data, "database", "jpki.db"))
    connection.execute("PRAGMA synchronous = OFF")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(resident)")]
    model = dict(zip(columns, connection.execute("SELECT * FROM resident WHERE number = 1001").fetchone()))
    now = int(time.time())
    for number, (card, point, identity, nonce, _, _) in enumerate(lines, first):
        resident = dict(model, number=number, card_id=card)
        connection.execute(f"INSERT INTO resident VALUES ({', '.join('?' * len(columns))})",
                           [resident[column] for column in columns])
        connection.execute("INSERT INTO card (id, point, made) VALUES (?, ?, ?)", (card, bytes.fromhex(point), now))
        connection.execute("INSERT INTO application (number, identity, procedure, applicant, kinds, resident, card,"
                           " fee, state, opened, opened_by) VALUES (?, ?, 'new', 'holder', ?, ?, ?, 0, 0, ?, 'daiei1')",
                           (number, bytes.fromhex(identity), 1 << KIND_NUMBER, number, card, now))
        for place, step in enumerate(("issue", "install"), 1):
            connection.execute("INSERT INTO step (application, position, name, kind, visit) VALUES (?, ?, ?, ?, 1)",
                               (number, place, step, KIND_NUMBER))
        connection.execute("INSERT INTO nonce (nonce, application, made) VALUES (?, ?, ?)",
                           (bytes.fromhex(nonce), number, now))
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def acts(lines, first):
    return "".join(json.dumps({"act": "issue", "as": "daiei1", "fields": {
        "number": number, "kind": KIND, "nonce": nonce, "statement": statement, "request": request}}) + "\n"
        for number, (_, _, _, nonce, statement, request) in enumerate(lines, first))


def write_profile(folder, algorithm):
    path = os.path.join(folder, "profile")
    with open(os.path.join(jpkid.SOURCE, "etc", "profile")) as delivered, open(path, "w") as file:
        file.write(re.sub(r"(?m)^(algorithm\s*=).*$", rf"\1 {algorithm}", delivered.read()))
    return path


def children_seconds(times):
    return times.children_user + times.children_system


def token_turn(lines):
    """The same with the keys in a token."""
    with softhsm.Token(jpkid.PASSPHRASE) as token:
        return issue_turn(lines, "rsa-2048", token)


def init(data, folder, algorithm, words=(), environment=None):
    status, errors = jpkid.init(data, "--profile", write_profile(folder, algorithm), *words, environment=environment)
    if status:
        raise RuntimeError(errors)


def issue_turn(lines, algorithm, token=None):
    """A new data folder, and all requests at it."""
    words, environment = (token.words, token.environment) if token else ([], {})
    with tempfile.TemporaryDirectory(prefix="bench-issue-", dir=servers.BUILD) as folder:
        data = os.path.join(folder, "data")
        init(data, folder, algorithm, words, environment)
        return requests_turn(data, lines, FIRST, environment)


def requests_turn(data, lines, first, environment=None):
    """All requests at the service, which is started; `first` is the number of their first application."""
    prepare(data, lines, first)
    with jpkid.Service(data, environment=environment) as service:
        pids = service.roles().values()
        before = sum(map(measure.cpu_seconds, pids))
        client = os.times()
        said = subprocess.run([os.path.join(servers.BUILD, "bench", "bench-acts"), service.acts, str(CONNECTIONS)],
                              input=acts(lines, first), capture_output=True, text=True, check=True)
        used = sum(map(measure.cpu_seconds, pids)) - before
        client = children_seconds(os.times()) - children_seconds(client)
    found = re.match(r"(\d+) done, (\d+) refused, ([\d.]+) s, p50 [\d.]+ ms, p99 ([\d.]+) ms", said.stdout)
    if not found or int(found[1]) != len(lines):
        raise RuntimeError(said.stdout + said.stderr)
    return {"rate": len(lines) / float(found[3]), "p99": float(found[4]), "cpu": used / len(lines) * 1e6,
            "client": client / len(lines) * 1e6}


class Stored:
    """A service that has so many certificates of the kind already; each turn brings NUM more."""

    def __init__(self, folder, num):
        self.data, self.num_turns = os.path.join(folder, str(num)), 0
        init(self.data, folder, ALGORITHMS["issue-p256"])
        mass_data.seed_log(self.data, mass_data.seed(self.data, num, KIND_NUMBER), KIND_NUMBER)
        with jpkid.Service(self.data) as service:  # its maps and its index are made
            if not service.is_ready:
                raise RuntimeError(service.said())

    def __call__(self):
        begin = self.num_turns * NUM
        self.num_turns += 1
        lines = requests(measure.ROUNDS * NUM)[begin:begin + NUM]
        return requests_turn(self.data, lines, 10 * max(SIZES.values()) + begin)


def run_one(name, lines, report):
    key = name.removeprefix("issue-")
    with tempfile.TemporaryDirectory(prefix="bench-issue-peer-", dir=servers.BUILD) as folder:
        peer = issue_peer.Peer(folder, [line[-1] for line in lines], ALGORITHMS[name])
        try:
            turns = measure.rounds({"ours": lambda: issue_turn(lines, ALGORITHMS[name]),
                                    "openssl": measure.speed_turn(key), "cfssl": peer})
        finally:
            peer.stop()
    limit, rate = LIMITS[key]
    report.add(name, measure.median(turns["ours"], "rate"), {limit: CORES * measure.median(turns["openssl"], rate)},
               {"cfssl with PostgreSQL": measure.median(turns["cfssl"], "rate")})
    report.add(f"{name}-p99", measure.median(turns["ours"], "p99"), is_cost=True)
    report.add(f"{name}-cpu", measure.median(turns["ours"], "cpu"), is_cost=True)
    report.add(f"{name}-client-cpu", measure.median(turns["ours"], "client"), is_cost=True)


def run_token(lines, report):
    turns = measure.rounds({"token": lambda: token_turn(lines), "sealed files": lambda: issue_turn(lines, "rsa-2048")})
    report.add(TOKEN, measure.median(turns["token"], "rate"),
               peers={"sealed files": measure.median(turns["sealed files"], "rate")})


def run_flatness(report):
    with tempfile.TemporaryDirectory(prefix="bench-flatness-", dir=servers.BUILD) as folder:
        turns = measure.rounds({name: Stored(folder, num) for name, num in SIZES.items()})
    for suffix, key in (("", "rate"), ("-p99", "p99"), ("-cpu", "cpu")):
        report.add(FLATNESS + suffix, measure.median(turns["large"], key),
                   {f"{SIZES['small']} certificates": measure.median(turns["small"], key)}, is_cost=key != "rate")


def run(names, report):
    lines = requests()
    for name in names:
        if name == TOKEN:
            run_token(lines, report)
        elif name == FLATNESS:
            run_flatness(report)
        else:
            run_one(name, lines, report)
