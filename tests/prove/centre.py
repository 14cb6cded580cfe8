"""The service under proof: started on a folder, asked over its sockets, looked into from beside."""
import calendar
import glob
import json
import os
import socket
import sqlite3
import struct
import subprocess
import time

import trace

SOURCE = os.environ.get("JPKI_SOURCE", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BUILD = os.environ.get("JPKI_BUILD", os.path.join(SOURCE, "build"))
JPKI, JPKID = f"{BUILD}/jpki", f"{BUILD}/jpkid"
RECORDER, DESK = f"{BUILD}/tests/prove/librecorder.so", f"{BUILD}/tests/prove/prove-desk"
PASSPHRASE = "the passphrase of the proofs"
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


def run(*words, recording=None, passphrase=None, more=None, timeout=120):
    """Runs to its end: (status, standard output, standard error)."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **(recording.environment() if recording else {}), **(more or {})}
    fds = []
    if passphrase is not None:
        fds = [pipe(passphrase)]
        words = (*words, "--passphrase-fd", str(fds[0]))
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment,
                          timeout=timeout, pass_fds=fds)
    for fd in fds:
        os.close(fd)
    return done.returncode, done.stdout, done.stderr


def pipe(text):
    read_end, write_end = os.pipe()
    os.write(write_end, text.encode() + b"\n")
    os.close(write_end)
    return read_end


def init(data, memo_file, recording=None):
    more = {"JPKI_MEMO": memo_file, "LD_PRELOAD": RECORDER}
    status, _, errors = run(JPKID, "init", "--data", data, "--sample", "--etc", f"{SOURCE}/etc", "--clock", CLOCK,
                            passphrase=PASSPHRASE, recording=recording, more=more)
    return status, errors


class Service:
    """jpkid on a data folder. is_ready tells whether it came up; said what it said when it did not."""

    def __init__(self, data, memo_file, recording=None, clock=CLOCK, fault=None):
        self.data, self.url, self.is_ready = data, "", False
        self.time = seconds(clock) + 60  # for openssl, which would ask its own clock
        self.log = open(os.path.join(os.path.dirname(data), os.path.basename(data) + ".stderr"), "w+")
        environment = dict(os.environ, LC_ALL="C.UTF-8", LD_PRELOAD=RECORDER, JPKI_MEMO=memo_file)
        if recording:
            environment.update(recording.environment())
        if fault:
            environment["JPKI_FAULT"] = fault
        fd = pipe(PASSPHRASE)
        self.process = subprocess.Popen(
            [JPKID, "serve", "--data", data, "--listen", "127.0.0.1:0", "--clock", clock, "--passphrase-fd", str(fd)],
            pass_fds=[fd], stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        os.close(fd)
        for line in self.process.stdout:
            if line.startswith("status "):
                self.url = line.split()[1]
            if line.strip() == "ready":
                self.is_ready = True
                break

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        status = self.process.wait(20)
        self.process.stdout.close()
        return status

    def said(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read()

    def role(self, name):
        """The process id of a role."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
            for child in file.read().split():
                with open(f"/proc/{child}/cmdline", "rb") as line:
                    if line.read().split(b"\0")[1:3] == [b"role", name.encode()]:
                        return int(child)
        raise RuntimeError(f"no role {name}")

    @property
    def acts(self):
        return f"{self.data}/run/acts.sock"

    def act(self, name, who, timeout=30, **fields):
        """The answer object; None when there was none."""
        body = json.dumps({"act": name, "as": who, "fields": fields}).encode()
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(timeout)
                connection.connect(self.acts)
                connection.sendall(struct.pack(">I", len(body)) + body)
                return json.loads(receive(connection, struct.unpack(">I", receive(connection, 4))[0]))
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
                                   *words, "-url", self.url + "ocsp"], capture_output=True, text=True)
            if "verify OK" in done.stderr + done.stdout or time.monotonic() > end:
                break
            time.sleep(0.02)
        return {serial: next((line.split(": ")[1] for line in done.stdout.splitlines()
                              if line.startswith(f"{serial}: ")), "") for serial in serials}


def seconds(clock):
    return calendar.timegm(time.strptime(clock, "%Y-%m-%dT%H:%M:%SZ"))


def receive(connection, length):
    data = b""
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise EOFError
        data += part
    return data


TABLES = ("journal", "journal_personal", "journal_checkpoint", "change", "crl", "signing", "certificate", "card",
          "nonce", "permit", "parked", "application", "step", "resident")


def dump(data):
    """{table: [rows as dictionaries]} of the database as it stands, its write-ahead log included."""
    path = glob.glob(f"{data}/database/*.db")[0]
    with sqlite3.connect(path, timeout=10) as database:
        database.row_factory = sqlite3.Row
        return {table: [dict(row) for row in database.execute(f"SELECT * FROM {table}")] for table in TABLES}


def make_card(data, image, card_id, recording=None):
    status, _, errors = run(JPKI, "card", "make", image, "--permit-key", f"{data}/published/permit-key.pem",
                            "--card-id", card_id, recording=recording)
    if status:
        raise RuntimeError(f"card make: {errors}")
