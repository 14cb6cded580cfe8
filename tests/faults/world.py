"""The world in which faults are provoked: a town with two residents whose certificates are good, of which
each fault gets a copy of its own to break; a card whose key the test holds; a signer without its commit."""
import fcntl
import glob
import hashlib
import os
import shutil
import socket
import sqlite3
import struct
import subprocess
import time
import urllib.error
import urllib.request

import asn1
import centre
import jpkid
import scenes
from centre import KINDS
from scenes import TAKESHI

MISAKI, MAKOTO = 1005, 1009
CARD_IDS = {MISAKI: "0003720000000053137220340130", MAKOTO: "0003720000000093137220321103"}
scenes.CARD_IDS.update(CARD_IDS)
LEAF = 1  # what a row of `signing` is
FLOOR = 1234000  # TAKESHI's serials are above it: no other number looks like one
CLOCK = "2026-12-01T02:30:00Z"


class Town(scenes.Stage):
    """A copy of a disk, with its service."""

    def __init__(self, source, folder, memo):
        super().__init__(folder)
        shutil.copytree(source, self.disk, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
        os.makedirs(f"{self.data}/run", exist_ok=True)
        self.memo, self.clock = memo, CLOCK

    def at(self, clock):
        self.clock = clock
        return self

    def __enter__(self):
        return self.start(self.clock)

    def __exit__(self, *_):
        self.stop()

    def start(self, clock=CLOCK, fault=None):
        self.service = centre.Service(self.data, self.memo, clock=clock, fault=fault)
        if not self.service.is_ready:
            raise RuntimeError(f"jpkid does not start: {self.service.said()}")
        for kind in KINDS if clock >= CLOCK else ():
            self.service.ocsp(kind, [1])  # status has its certificates
        return self

    def stop(self):
        if self.service:
            self.service.stop()

    def kill(self):
        """The machine is gone: no process ends in order."""
        for pid in [self.service.process.pid, *self.service.roles().values()]:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue  # it died with its parent
        self.service.wait()

    def refuses_to_start(self):
        """What jpkid says instead of serving; "" when it serves."""
        with centre.Service(self.data, self.memo, clock=CLOCK) as service:
            return "" if service.is_ready else service.said()

    # the database

    def connect(self):
        return sqlite3.connect(glob.glob(f"{self.data}/database/*.db")[0], timeout=10)

    def rows(self, sql, *values):
        with self.connect() as database:
            return database.execute(sql, values).fetchall()

    def write(self, *statements, guards=True):
        """Past the service; without its guards, if one must not be in the way."""
        with self.connect() as database:
            if not guards:
                for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                    database.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                database.execute(*([statement] if isinstance(statement, str) else statement))
        database.close()

    def serial(self, resident, kind):
        """Of the last certificate."""
        return self.rows("SELECT MAX(serial) FROM certificate WHERE resident = ? AND kind = ?", resident,
                         KINDS.index(kind))[0][0]

    def certificates(self, *whats):
        """(kind, certificate) of all that was signed; of leaves alone: LEAF."""
        return [(KINDS[kind], asn1.certificate(tbs, signature)) for kind, what, tbs, signature in
                self.rows("SELECT kind, what, tbs, signature FROM signing WHERE length(signature) > 1")
                if not whats or what in whats]

    def certificate(self, kind, serial):
        return asn1.certificate(*self.rows("SELECT tbs, signature FROM signing WHERE kind = ? AND serial = ?",
                                           KINDS.index(kind), serial)[0])

    # what the world sees

    def act(self, name, who, **fields):
        """The code of what became of it: "done", or that of the refusal or error."""
        answer = self.service.act(name, who, **fields) or {"error": {"code": "closed"}}
        return "done" if "done" in answer else (answer.get("refused") or answer["error"])["code"]

    def jpki(self, *words):
        return centre.run(centre.JPKI, *words)

    def admin(self, *words, who="admin1"):
        return self.jpki("admin", *words, "--as", who, "--socket", self.service.acts)

    def ocsp(self, kind, serial):
        return self.service.ocsp(kind, [serial])[serial]

    def state(self, resident, kind):
        return self.ocsp(kind, self.serial(resident, kind))

    def authority(self, kind):
        """Path of the authority's certificate, PEM."""
        path = f"{self.data}.{kind}.pem"
        if not os.path.exists(path):
            openssl("x509", "-inform", "DER", "-in", f"{self.data}/published/{kind}.cer", "-out", path)
        return path

    def fetch(self, path, body=None, **headers):
        """(status, body, headers in small letters) from status."""
        asked = urllib.request.Request(self.service.urls["status"] + path, body, headers)
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status, answer.read(), {k.lower(): v for k, v in answer.headers.items()}
        except urllib.error.HTTPError as error:
            return error.code, error.read(), {k.lower(): v for k, v in error.headers.items()}

    def request(self, kind, serial, nonce=None):
        """An OCSPRequest about one serial; any integer."""
        with open(f"{self.data}/published/{kind}.cer", "rb") as file:
            tbs = asn1.parse(file.read())[0]
        name, key = tbs[5].encode(), tbs[6][1].body[1:]
        cert_id = asn1.sequence(
            asn1.sequence(asn1.oid(1, 3, 14, 3, 2, 26), asn1.Node(5, b"")),
            asn1.Node(4, hashlib.sha1(name).digest()), asn1.Node(4, hashlib.sha1(key).digest()), asn1.integer(serial))
        request = [asn1.sequence(asn1.sequence(cert_id))]
        if nonce is not None:
            value = asn1.Node(4, asn1.Node(4, nonce).encode())
            extension = asn1.sequence(asn1.oid(1, 3, 6, 1, 5, 5, 7, 48, 1, 2), value)
            request.append(asn1.Node(0xA2, [asn1.sequence(extension)]))
        return asn1.sequence(asn1.sequence(*request)).encode()

    def read_answer(self, kind, response):
        """(good, revoked or unknown; what openssl prints) of a response, its signature verified."""
        path = f"{self.folder}/response.der"
        with open(path, "wb") as file:
            file.write(response)
        authority = self.authority(kind)
        text = subprocess.run(["openssl", "ocsp", "-respin", path, "-CAfile", authority, "-issuer", authority, "-attime",
                               str(self.service.time), "-resp_text"], capture_output=True, text=True)
        printed = text.stdout + text.stderr
        found = [line.split(":")[1].strip() for line in printed.splitlines() if "Cert Status:" in line]
        return (found[0] if found and "Response verify OK" in printed else "", printed)

    def list_of(self, kind):
        """The list that is published, as openssl prints it, its signature verified."""
        path = f"{self.folder}/{kind}.crl"
        with open(path, "wb") as file:
            file.write(self.fetch(f"crl/{kind}.crl")[1])
        done = subprocess.run(["openssl", "crl", "-inform", "DER", "-in", path, "-noout", "-text", "-CAfile",
                               self.authority(kind)], capture_output=True, text=True)
        return done.stdout if "verify OK" in done.stdout + done.stderr else "no verified list"

    def serials_of_list(self, kind):
        return [int(line.split(":")[1], 16) for line in self.list_of(kind).splitlines() if "Serial Number:" in line]

    def wait(self, condition, seconds=10):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    # what happens to residents

    def hold(self, resident):
        """By telephone."""
        return self.apply("hold", resident, who="hotline1")

    def pass_time(self, clock):
        """Moves everybody's clock forward, openssl's with it."""
        self.service.must("clock", "admin1", time=centre.seconds(clock))
        self.service.time = centre.seconds(clock) + 60


class World:
    """What is made once: a recorded stage, and the town of which each fault takes a copy."""

    def __init__(self, folder):
        self.folder, self.num = folder, 0
        self.stage = scenes.record(f"{folder}/stage", "hold")
        self.base = Town(self.scene("hold").before, f"{folder}/base", self.stage.memo)
        self.base.write(*((f"INSERT INTO signing VALUES ({kind}, {FLOOR}, 1, x'00', NULL, 1)") for kind in (0, 1)))
        with self.base as town:
            town.register(TAKESHI)
            town.apply("new", TAKESHI, kinds="both", pin="never-set")
            town.service.must("crl", "admin1")

    def scene(self, name):
        return next(scene for scene in self.stage.scenes if scene.name == name)

    def town(self, source=None):
        """A copy that is not started."""
        self.num += 1
        return Town(source or self.base.disk, f"{self.folder}/town-{self.num}", self.stage.memo)

    def small_town(self):
        """HANAKO alone, whose serials are small: for readers that look at every serial."""
        return self.town(self.scene("hold").before)


# --- a card whose key the test holds ---

class SoftCard:
    """Registered like any other; it states whatever the test wants."""

    def __init__(self, folder, card_id):
        self.path, self.card_id = f"{folder}/{card_id}.pem", card_id
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.path)
        self.point = openssl("ec", "-in", self.path, "-pubout", "-outform", "DER")[-65:]

    def statement(self, nonce, spare=None, live=None):
        """spare: {kind: (application, digest)}; live: {kind: digest}; zeros for what is not there."""
        body = self.card_id.encode()
        for kind, tries in zip(KINDS, (5, 3)):
            application, digest = (spare or {}).get(kind, (bytes(16), bytes(32)))
            body += application + digest + (live or {}).get(kind, bytes(32)) + bytes([tries])
        signature = asn1.parse(openssl("dgst", "-sha256", "-sign", self.path, data=b"JPKI card 1" + nonce + body))
        numbers = (int.from_bytes(part.body, "big") for part in (signature[0], signature[1]))
        return (body + b"".join(number.to_bytes(32, "big") for number in numbers)).hex()

    def register(self, town):
        nonce = bytes.fromhex(town.service.must("nonce", "card1")["nonce"])
        parked = town.service.must("card-register", "card1", card=self.card_id, point=self.point.hex(),
                                   nonce=nonce.hex(), statement=self.statement(nonce), token="JPKIAPICCTOKEN2")
        town.service.must("approve", "card2", number=parked["parked"])


class Visit:
    """An application for both certificates at a terminal that the test is, with such a card."""

    def __init__(self, town, resident, card):
        self.town, self.card = town, card
        answer = town.service.must("application-open", "daiei1", procedure="new", resident=resident,
                                   applicant="holder", kinds="both", pin="never-set")
        self.number, self.identity = answer["number"], bytes.fromhex(answer["identity"])
        self.go_on(answer)

    def nonce(self):
        return bytes.fromhex(self.town.service.must("nonce", "daiei1", number=self.number)["nonce"])

    def go_on(self, answer):
        """Up to the next certificate."""
        while answer["next"]["step"] not in ("issue", "install"):
            step, kind = answer["next"]["step"], answer["next"]["kind"]
            about = {"kind": kind} if kind else {}
            nonce = self.nonce()
            proof = {"nonce": nonce.hex(), "statement": self.card.statement(nonce)}
            if step == "card-present":
                answer = self.town.service.must(step, "daiei1", number=self.number, token="JPKIAPICCTOKEN2", **proof)
            elif step in ("pin", "pin-set"):
                answer = self.town.service.must("pin", "daiei1", number=self.number, **about, **proof)
            else:
                answer = self.town.service.must("step", "daiei1", number=self.number, step=step, **about)

    def issue(self, kind, request, spki, changed=None):
        """The whole answer of `issue`; changed: fields to replace."""
        nonce = self.nonce()
        spare = {kind: (self.identity, hashlib.sha256(spki).digest())}
        fields = {"number": self.number, "kind": kind, "nonce": nonce.hex(), "request": request.hex(),
                  "statement": self.card.statement(nonce, spare)}
        return self.town.service.act("issue", "daiei1", **{**fields, **(changed or {})})

    def install(self, kind, certificate):
        nonce, live = self.nonce(), {kind: hashlib.sha256(bytes.fromhex(certificate)).digest()}
        self.go_on(self.town.service.must("receipt", "daiei1", number=self.number, kind=kind, nonce=nonce.hex(),
                                          statement=self.card.statement(nonce, live=live)))


def openssl(*words, data=None):
    done = subprocess.run(["openssl", *words], input=data, capture_output=True, timeout=60)
    if done.returncode:
        raise RuntimeError(f"openssl {' '.join(words)}: {done.stderr.decode()}")
    return done.stdout


def key_request(path, *how):
    """Makes a key by openssl; its PKCS#10 request and SubjectPublicKeyInfo, DER."""
    if how:
        openssl("genpkey", *how, "-out", path)
    request = openssl("req", "-new", "-key", path, "-subj", "/", "-outform", "DER")
    return request, openssl("pkey", "-in", path, "-pubout", "-outform", "DER")


RSA = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")


# --- the signer without its commit ---

class Signer:
    """The real role signer on a data folder; the test is the commit that was taken over."""

    def __init__(self, data):
        ours, theirs = socket.socketpair()
        ready_read, ready_write = os.pipe()
        passphrase = jpkid.lines_fd(jpkid.PASSPHRASE)
        os.set_blocking(passphrase, True)
        wanted = (ready_write, theirs.fileno(), passphrase)

        def place():
            high = [os.dup2(fd, 60 + at) for at, fd in enumerate(wanted)]
            for at, fd in enumerate(high):
                os.dup2(fd, 3 + at)
            os.closerange(6, 60 + len(wanted))
        self.process = subprocess.Popen([jpkid.PROGRAM, "role", "signer", data, str(os.getpid()), "real", "2", ""],
                                        close_fds=False, preexec_fn=place, stderr=subprocess.PIPE, text=True)
        self.socket = ours
        theirs.close()
        os.close(ready_write)
        os.close(passphrase)
        if os.read(ready_read, 1) == b"":
            raise RuntimeError(f"signer: {self.process.stderr.read()}")
        os.close(ready_read)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.wait(20)
        self.process.stderr.close()

    def ask(self, question, descriptor=None):
        """(name of the error, what follows)"""
        frame = struct.pack(">I", len(question)) + question
        socket.send_fds(self.socket, [frame], [descriptor] if descriptor is not None else [])
        head = self.socket.recv(4, socket.MSG_WAITALL)
        return sized(self.socket.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL))

    def certificate(self, kind, tbs, profile=1):
        """"none" when it was signed, else the error and its rule."""
        question = bytes([1, 1, KINDS.index(kind), profile]) + struct.pack(">I", len(tbs)) + tbs
        name, rest = self.ask(question)
        if name == "none":
            name, rest = sized(rest)
        return name if name == "none" else f"{name}: {sized(rest)[0]}"

    def crl(self, kind, tbs):
        memory = os.memfd_create("list", os.MFD_ALLOW_SEALING)
        try:
            os.write(memory, tbs)
            fcntl.fcntl(memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
            name, rest = self.ask(bytes([2, KINDS.index(kind)]), memory)
        finally:
            os.close(memory)
        return name if name == "none" else f"{name}: {sized(rest)[0]}"


def sized(data):
    size = struct.unpack(">I", data[:4])[0]
    return data[4:4 + size].decode(), data[4 + size:]
