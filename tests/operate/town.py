"""The sample town of a test, as the people at its counter use it: cards, procedures, and what openssl says of
the result."""
import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import time

import asn1
import jpkid

PINS = ["1357", "KILL2026"]  # authentication, then signature
KINDS = {"signature": 0, "authentication": 1}
# residents of etc/sample, and the ids of their cards
HANAKO, LOST, LATE, NEW, BOTH = 1001, 1002, 1005, 1006, 1009
CARDS = {HANAKO: "0003720000000013137220340514", LOST: "0003720000000023137220330302",
         LATE: "0003720000000053137220340130", NEW: "0003720000000063137220360615",
         BOTH: "0003720000000093137220321103"}


class Town:
    """A data folder, its service, and the counter before one reader. Cards lie beside the data."""

    def __init__(self, data, readers):
        self.data, self.readers, self.service = data, readers, None
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=f"{self.data}/run/acts.sock")

    def beside(self, name):
        return os.path.join(os.path.dirname(self.data), name)

    def start(self, *words):
        self.service = jpkid.Service(self.data, *words)
        if not self.service.is_ready:
            raise RuntimeError(f"jpkid does not start: {self.service.said()}")

    def jpki(self, *words, lines=()):
        fd = jpkid.lines_fd(*lines)
        words = [f"{jpkid.BUILD}/jpki"] + [str(word).replace("{fd}", str(fd)) for word in words]
        done = subprocess.run(words, pass_fds=[fd], text=True, env=self.environment, capture_output=True, timeout=120)
        os.close(fd)
        return done

    def must(self, *words, **more):
        done = self.jpki(*words, **more)
        if done.returncode:
            raise RuntimeError(f"{words}: {done.returncode} {done.stderr}{done.stdout}")
        return done.stdout

    def put_in(self, resident):
        if self.readers.cards[0]:
            self.readers.remove(0)
        self.readers.insert(0, self.beside(f"{resident}.card"))

    def make_card(self, resident, key="permit-key.pem"):
        image = self.beside(f"{resident}.card")
        self.must("card", "make", image, "--permit-key", f"{self.data}/published/{key}", "--card-id",
                  CARDS[resident])
        self.put_in(resident)
        parked = json.loads(self.must("admin", "card-register", image + ".pub", "--as", "card1", "--json"))["parked"]
        self.must("counter", "approve", parked, "--as", "card2")

    def open(self, procedure, resident, *more, actor="daiei1"):
        return json.loads(self.must("counter", "open", "--procedure", procedure, "--resident", resident, *more,
                                    "--as", actor, "--json"))["number"]

    def go(self, number, *pins, actor="daiei1"):
        return self.jpki("counter", "run", number, "--yes", "--json", "--as", actor, "--pin-fd", "{fd}", lines=pins)

    def issue(self, resident, procedure="new", kinds="both", pins=PINS):
        number = self.open(procedure, resident, "--kind", kinds,
                           *(["--pin", "never-set"] if procedure == "new" else []))
        self.put_in(resident)
        done = self.go(number, *pins)
        if done.returncode:
            raise RuntimeError(f"issue {resident}: {done.stderr}")
        return {row["kind"]: row["serial"] for row in json.loads(done.stdout)["certificates"] if row["state"] == "good"}

    def hold(self, resident):
        done = self.go(self.open("hold", resident, actor="hotline1"), actor="hotline1")
        if done.returncode:
            raise RuntimeError(done.stderr)

    def rows(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.data}/database/jpki.db?mode=ro", uri=True,
                                                timeout=10)) as connection:
            return connection.execute(sql, values).fetchall()

    def leaf(self, kind, serial):
        """A file with this certificate, PEM."""
        der, out = self.beside("leaf.der"), self.beside(f"{kind}-{serial}.pem")
        with open(der, "wb") as file:
            file.write(asn1.certificate(*self.rows("SELECT tbs, signature FROM signing WHERE kind = ? AND serial = ?",
                                                   KINDS[kind], serial)[0]))
        subprocess.run(["openssl", "x509", "-inform", "DER", "-in", der, "-out", out], check=True)
        return out

    def ocsp(self, kind, serial):
        """good, revoked or unknown, as openssl reads it."""
        authority = self.beside(f"{kind}.pem")
        subprocess.run(["openssl", "x509", "-inform", "DER", "-in", f"{self.data}/published/{kind}.cer", "-out",
                        authority], check=True)
        for _ in range(100):
            done = subprocess.run(["openssl", "ocsp", "-issuer", authority, "-CAfile", authority, "-serial",
                                   str(serial), "-url", self.service.urls["status"] + "ocsp"],
                                  capture_output=True, text=True, timeout=30)
            found = re.search(rf"^{serial}: (\w+)", done.stdout, re.M)
            if found and "verify OK" in done.stderr + done.stdout:
                return found[1]
            time.sleep(0.1)
        return done.stdout + done.stderr

    def kill(self):
        """The machine is gone: no process ends in order."""
        for pid in [self.service.process.pid, *self.service.roles().values()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it died with its parent
        self.service.wait()

    def numbers(self, kind):
        """Highest serial, CRL number and thisUpdate that ever left this data folder."""
        with open(f"{self.data}/signer/signed.log", "rb") as file:
            content = file.read()[18:]
        serials, numbers, times = [0], [0], [0]
        for at in range(0, len(content) - 143, 144):
            record = content[at:at + 144]
            if record[17] != KINDS[kind]:
                continue
            number, when = (int.from_bytes(record[50 + i:58 + i], "big") for i in (0, 8))
            if record[16] in (1, 2, 3):
                serials.append(number)
            elif record[16] == 4:
                numbers.append(number)
                times.append(when)
        return max(serials), max(numbers), max(times)
