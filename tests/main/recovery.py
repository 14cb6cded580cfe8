#!/usr/bin/python3
"""What a start finds on the disk after a power cut, a restored database or a long pause: the status
map, the certificates that nobody installed. openssl asks, and the answers are what was acknowledged."""
import hashlib
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["JPKI_SOURCE"], "tests"))
import jpkid
from tap import Tap

folder = tempfile.mkdtemp(prefix="jpkid-test-")
DATA = os.path.join(folder, "data")
KINDS = ("signature", "authentication")
ISSUED = int(time.time()) - 30 * 86400
GOOD, HELD = 2, 3
NOTE = os.path.join(DATA, "status", "synced")
HEAD, EPOCH_AT, GENERATION_AT = 4096, 40, 56
tap = Tap()


class Service(jpkid.Service):
    def __init__(self):
        super().__init__(DATA)

    def ask(self, serial):
        """What openssl says of a serial of the signature kind, once there is a responder."""
        pem = os.path.join(folder, "signature.pem")
        subprocess.run(["openssl", "x509", "-inform", "DER", "-in", os.path.join(DATA, "published", "signature.cer"),
                        "-out", pem], check=True)
        for _ in range(100):
            done = subprocess.run(["openssl", "ocsp", "-issuer", pem, "-CAfile", pem, "-serial", str(serial), "-url",
                                   self.urls["status"] + "ocsp"], capture_output=True, text=True, timeout=30)
            if "verify OK" in done.stdout + done.stderr:
                break
            time.sleep(0.1)
        return done.stdout

    def stop(self):
        """Its standard error."""
        super().stop()
        return self.said()


def write(statements):
    with sqlite3.connect(os.path.join(DATA, "database", "jpki.db")) as database:
        for statement, values in statements:
            database.execute(statement, values)


def rows_of_certificate(serial, states, installed):
    """A certificate as the centre stores it, with its changes."""
    key = struct.pack(">32x")[:-8] + struct.pack(">Q", serial)
    yield "INSERT INTO signing VALUES (0, ?, 1, x'00', x'00', 0)", (serial,)
    yield ("INSERT INTO certificate (kind, serial, application, resident, card, key_digest, leaf_digest, common_name,"
           " issued, last_day, state, reason, since, installed) VALUES (0, ?, ?, 1001, '0003720000000013137220340514', ?, ?, ?, ?, ?, ?, 0, ?, ?)",
           (serial, serial, key, key, str(serial), ISSUED, ISSUED // 86400 + 1000, states[-1],
            ISSUED if states[-1] == HELD else 0, installed))
    for state in states:
        yield ("INSERT INTO change SELECT COALESCE(MAX(epoch), 0) + 1, 0, ?, ?, 0, ?, 31372, NULL FROM change",
               (serial, state, ISSUED if state == HELD else 0))


def map_path(kind):
    return os.path.join(DATA, "status", kind + ".map")


def map_word(serial):
    with open(map_path("signature"), "rb") as file:
        file.seek(HEAD + 8 * serial)
        return struct.unpack("=Q", file.read(8))[0]


def write_note(content):
    with open(NOTE, "wb") as file:
        file.write(content)


def poke(kind, offset, word):
    with open(map_path(kind), "r+b") as file:
        file.seek(offset)
        file.write(struct.pack("=Q", word))


def state_of(word):
    return word >> 59 & 15


def serials_of_list():
    path = os.path.join(DATA, "published", "signature.crl")
    return subprocess.run(["openssl", "crl", "-inform", "DER", "-in", path, "-noout", "-text"], capture_output=True,
                          text=True).stdout


def test_lost_page():
    """The power went after a hold was in the map, and before that was synced: its page is lost, the head is not."""
    with open(NOTE, "rb") as file:
        note = file.read()
    write(rows_of_certificate(4000, [GOOD, HELD], ISSUED))
    Service().stop()
    tap.check(state_of(map_word(4000)) == HELD, "a later hold stands in the map")
    poke("signature", HEAD + 8 * 4000, map_word(1001))
    write_note(note)
    service = Service()
    answer = service.ask(4000)
    tap.check("4000: revoked" in answer, "a hold whose page a power cut took from the map is held again", answer)
    tap.check("made again" not in service.stop(), "by the changes that are newer than the note")
    poke("signature", HEAD + 8 * 1001, 0)
    service = Service()
    tap.check("1001: unknown" in service.ask(1001), "what the note covers is not replayed: a start reads what is new")
    service.stop()
    os.remove(NOTE)
    service = Service()
    tap.check("1001: good" in service.ask(1001), "without a note everything is")
    tap.check("made again" in service.stop(), "and that is said")


def test_map_ahead():
    for kind in KINDS:
        poke(kind, EPOCH_AT, 1000000)
    write(rows_of_certificate(5000, [GOOD, HELD], ISSUED))
    poke("signature", HEAD + 8 * 5001, map_word(1001))
    service = Service()
    answer = service.ask(5000)
    tap.check("5000: revoked" in answer, "a map that is ahead of a restored database takes what comes", answer)
    answer = service.ask(5001)
    tap.check("5001: unknown" in answer, "and says nothing of what that database does not know", answer)
    tap.check("made again" in service.stop(), "it was made again")


def test_notes_that_are_not_believed():
    """Each damages the note that then stands: one bit, its end, another database's, other maps'."""
    def sealed(body):
        return body + hashlib.sha256(body).digest()
    for name, damage, is_believed in (
            ("as it is", lambda note: note, True), ("sealed again", lambda note: sealed(note[:-32]), True),
            ("with a flipped bit", lambda note: note[:25] + bytes([note[25] ^ 1]) + note[26:], False),
            ("cut short", lambda note: note[:-1], False), ("of no bytes", lambda note: b"", False),
            ("of another journal", lambda note: sealed(note[:34] + bytes(32) + note[66:-32]), False),
            ("of a longer journal", lambda note: sealed(note[:26] + struct.pack(">Q", 10**6) + note[34:-32]), False),
            ("of changes to come", lambda note: sealed(note[:18] + struct.pack(">Q", 10**6) + note[26:-32]), False),
            ("of other maps", lambda note: sealed(note[:-33] + bytes([note[-33] ^ 1])), False)):
        with open(NOTE, "rb") as file:
            note = file.read()
        write_note(damage(note))
        service = Service()
        tap.check("1001: good" in service.ask(1001), f"a note {name}: answers are right")
        errors = service.stop()
        tap.check(("made again" in errors) != is_believed, f"and it is {'' if is_believed else 'not '}believed", errors)


def test_unpublished_list():
    """The power went when a list was stored and signed, and the file was still the one before."""
    published = os.path.join(DATA, "published")
    for name in ("signature.crl", "signature.epoch"):
        shutil.copy(os.path.join(published, name), os.path.join(folder, name))
    write(rows_of_certificate(5100, [GOOD, HELD], ISSUED))
    Service().stop()
    tap.check("13EC" in serials_of_list(), "a start publishes a list with what was held", serials_of_list())
    for name in ("signature.crl", "signature.epoch"):
        shutil.copy(os.path.join(folder, name), os.path.join(published, name))
    tap.check("13EC" not in serials_of_list(), "the list before does not have it", serials_of_list())
    Service().stop()
    tap.check("13EC" in serials_of_list(), "a list that was stored and not published is published at the next start",
              serials_of_list())


def test_torn_checkpoint():
    """The power went in the midst of a line of the file that is carried away."""
    path = os.path.join(DATA, "journal", "checkpoints")
    with open(path, "a") as file:
        file.write("999 17")
    service = Service()
    for words in (["checkpoint"], ["journal", "verify", "--against", path]):
        done = subprocess.run([os.path.join(jpkid.BUILD, "jpki"), "admin", *words, "--as", "auditor1", "--socket", service.acts],
                              capture_output=True, text=True)
        tap.check(done.returncode == 0, f"after a torn line: {words[0]}", done.stderr)
    service.stop()


def main():
    status, errors = jpkid.init(DATA)
    tap.check(status == 0, "init", errors)
    write([("INSERT INTO card VALUES ('0003720000000013137220340514', ?, 0)", (b"\4" * 65,))])
    write(rows_of_certificate(1000, [GOOD, HELD], ISSUED))
    write(rows_of_certificate(1001, [GOOD], ISSUED))

    service = Service()
    tap.check("1000: revoked" in service.ask(1000) and "1001: good" in service.ask(1001),
              "what the database says is answered", service.ask(1000))
    service.stop()
    tap.check(state_of(map_word(1000)) == HELD, "the hold stands in the map")

    test_lost_page()
    test_map_ahead()
    test_notes_that_are_not_believed()
    test_unpublished_list()
    test_torn_checkpoint()
    os.remove(map_path("signature"))
    service = Service()
    answer = service.ask(5000)
    tap.check("5000: revoked" in answer and "1001: good" in service.ask(1001),
              "a map that is gone is made again from the changes", answer)
    errors = service.stop()
    tap.check(errors.count("made again") == 1 and "was missing" in errors, "and that is said once",
              errors)
    for name, damage in (("of zeros", b"\0" * 64), ("of the other kind", b"JPKI map 1\n" + b"\0" * 5 + struct.pack("=Q", 1))):
        with open(map_path("signature"), "r+b") as file:
            file.write(damage)
        service = Service()
        tap.check("5000: revoked" in service.ask(5000), f"a head {name} is made again")
        tap.check("made again" in service.stop(), "and that is said")
    with open(map_path("signature"), "r+b") as file:
        file.truncate(100)
    service = Service()
    tap.check("5000: revoked" in service.ask(5000), "a map that was cut is made again")
    service.stop()
    poke("signature", GENERATION_AT, 0)
    service = Service()
    tap.check("1001: good" in service.ask(1001), "a map that lost its authority's key has it again")
    tap.check("made again" not in service.stop(), "a map that is whole is not made again")
    os.remove(map_path("signature"))
    os.mkdir(map_path("signature"))
    status, errors = jpkid.run("serve", "--data", DATA, "--listen", "127.0.0.1:0")
    tap.check(status == 2, "what is no file is left alone, and there is no service", errors)
    os.rmdir(map_path("signature"))

    for serial in range(2000, 2130):
        write(rows_of_certificate(serial, [GOOD], None))
    service = Service()
    tap.check(service.is_ready, "more certificates that nobody installed than one sweep takes: it starts")
    tap.check("2000: revoked" in service.ask(2000), "the first of them is revoked")
    errors = service.stop()
    tap.check("more than" not in errors, "and complains of nothing", errors)
    shutil.rmtree(folder)
    tap.end()


main()
