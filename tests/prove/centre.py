"""The service under proof: started on a folder, asked over its sockets, looked into from beside."""
import calendar
import glob
import json
import os
import re
import sqlite3
import subprocess
import time

import acts
import cluster
import jpkid
import trace

JPKI, DESK = f"{jpkid.BUILD}/jpki", f"{jpkid.BUILD}/tests/prove/prove-desk"
RECORDER = f"{jpkid.BUILD}/tests/prove/librecorder.so"
CLOCK = "2026-12-01T01:00:00Z"
PINS = ("PROVE26", "2468")
KINDS = ("signature", "authentication")


def memo(folder):
    """A file for memo.c."""
    path = os.path.join(folder, "memo")
    if not os.path.exists(path):
        with open(path, "wb") as file:
            file.truncate(64 * 196)
    return path


class Recording:
    """What a process needs to be recorded: everything below root goes to the file."""

    def __init__(self, root, file):
        self.root, self.file = root, file
        trace.create(file)

    def environment(self, **more):
        return dict(LD_PRELOAD=RECORDER, JPKI_RECORD=self.file, JPKI_RECORD_ROOT=self.root, **more)


def run(*words, recording=None, timeout=120):
    """Runs to its end: (status, standard output, standard error)."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **(recording.environment() if recording else {})}
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment,
                          timeout=timeout)
    return done.returncode, done.stdout, done.stderr


def environment_of(memo_file, recording, **more):
    return {"JPKI_MEMO": memo_file, "LD_PRELOAD": RECORDER, **(recording.environment() if recording else {}), **more}


def init(data, memo_file, recording=None, *words):
    return jpkid.init(data, "--clock", CLOCK, *words, environment=environment_of(memo_file, recording), timeout=120)


class Service(jpkid.Service):
    def __init__(self, data, memo_file, recording=None, clock=CLOCK, fault=None):
        self.time = seconds(clock) + 60  # for openssl, which would ask its own clock
        super().__init__(data, "--clock", clock, environment=environment_of(
            memo_file, recording, **({"JPKI_FAULT": fault} if fault else {})))

    def act(self, name, who, timeout=30, **fields):
        """The answer object; None when there was none."""
        try:
            with acts.Connection(self.acts, timeout) as connection:
                return connection.ask(name, who, **fields)
        except (OSError, EOFError):
            return None

    def must(self, name, who, **fields):
        answer = self.act(name, who, **fields)
        if not answer or "done" not in answer:
            raise RuntimeError(f"{name}: {answer}")
        return answer["answer"]

    def desk(self, image, who, *words, recording=None):
        """prove-desk at this service: (status, answer, errors)."""
        status, out, errors = run(DESK, self.acts, image, who, *words, recording=recording)
        return status, json.loads(out) if out.strip() else None, errors

    def ocsp(self, kind, serials, timeout=20):
        """What openssl says of each serial: good, revoked, unknown; "" when it says nothing."""
        authority = f"{self.data}.{kind}.pem"
        subprocess.run(["openssl", "x509", "-inform", "DER", "-in", f"{self.data}/published/{kind}.cer", "-out",
                        authority], capture_output=True)
        if not os.path.exists(authority):
            return {serial: "" for serial in serials}
        words = [word for serial in serials for word in ("-serial", str(serial))]
        end = time.monotonic() + timeout
        while True:
            done = subprocess.run(["openssl", "ocsp", "-issuer", authority, "-CAfile", authority, "-attime", str(self.time),
                                   "-validity_period", "1000000000",
                                   *words, "-url", self.urls["status"] + "ocsp"], capture_output=True, text=True)
            if "verify OK" in done.stderr + done.stdout or time.monotonic() > end:
                break
            time.sleep(0.02)
        return {serial: next((line.split(": ")[1] for line in done.stdout.splitlines()
                              if line.startswith(f"{serial}: ")), "") for serial in serials}


def seconds(clock):
    return calendar.timegm(time.strptime(clock, "%Y-%m-%dT%H:%M:%SZ"))


TABLES = ("journal", "journal_personal", "journal_checkpoint", "change", "crl", "crl_signature", "signing", "certificate", "card",
          "card_permit_key", "nonce", "permit", "parked", "application", "step", "resident", "mass", "mass_entry",
          "mass_count")


def dump(data):
    """{table: [rows as dictionaries]} of the database as it stands, its write-ahead log included."""
    if os.path.exists(f"{data}/database/address"):
        with open(f"{data}/database/address") as file:
            return cluster.dump(re.search(r"host=(\S+)", file.read())[1], TABLES)
    path = glob.glob(f"{data}/database/*.db")[0]
    with sqlite3.connect(path, timeout=10) as database:
        database.row_factory = sqlite3.Row
        database.execute("BEGIN")  # one moment for all tables
        return {table: [dict(row) for row in database.execute(f"SELECT * FROM {table}")] for table in TABLES}


def make_card(data, image, card_id, recording=None):
    status, _, errors = run(JPKI, "card", "make", image, "--permit-key", f"{data}/published/permit-key.pem",
                            "--card-id", card_id, recording=recording)
    if status:
        raise RuntimeError(f"card make: {errors}")
