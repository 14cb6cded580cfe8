#!/usr/bin/python3
"""Another permit key: cards that come to the counter get it in the same visit, the others obey the old one until
they come; and whoever has stolen the old one can do nothing with a card that was led away from it."""
import hashlib
import json
import os
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "../faults"), os.path.join(HERE, "../prove")]
import jpkid  # noqa: E402
import pcscd  # noqa: E402
import world  # noqa: E402
from tap import Tap, skip_all  # noqa: E402
from town import BOTH, CARDS, HANAKO, KINDS, LATE, NEW, PINS, Town  # noqa: E402

gone = pcscd.missing("openssl")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

MAKE_KEY, RESET_PIN, NEW_PERMIT_KEY = 1, 4, 5  # purposes
GOOD, REVOKED = 2, 4
SELECT_JPKI = "00A4040C0AD392F000260100000001"
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-permit-key-")


def path(*names):
    return os.path.join(folder, *names)


def permit_key_new(*words, kill_after=60, **more):
    return jpkid.run_for(kill_after, "permit-key-new", "--data", path("data"), *words, **more)


def point(generation):
    """As it is published."""
    name = "permit-key.pem" if generation == 1 else f"permit-key-{generation}.pem"
    return subprocess.run(["openssl", "ec", "-pubin", "-in", path("data", "published", name), "-outform", "DER"],
                          capture_output=True, check=True).stdout[-65:]


def obeys(image, generation):
    """The image has this point, and not the other one."""
    with open(image, "rb") as file:
        content = file.read()
    return point(generation) in content and point(3 - generation) not in content


def counts(town):
    """Registered cards of each generation, as the operator is told."""
    state = json.loads(town.jpki("admin", "status", "--json", "--as", "admin1").stdout)
    return {row["what"]: int(row["en"].split()[0]) for row in state["health"] if row["what"].startswith("permit key")}


def purposes(town, application):
    """Of the permits that were given for it, in their order."""
    return [row[0] for row in town.rows("SELECT purpose FROM permit WHERE application = ? ORDER BY rowid", application)]


def state(town, kind, serial):
    return town.rows("SELECT state FROM certificate WHERE kind = ? AND serial = ?", KINDS[kind], serial)[0][0]


def present(town, number):
    """Up to the first PIN, which nobody types: the resident leaves."""
    town.go(number)
    done = town.rows("SELECT card FROM application WHERE number = ?", number)[0][0]
    if not done or purposes(town, number):
        raise RuntimeError(f"application {number}: card {done}, permits {purposes(town, number)}")


def last_application(town):
    return town.rows("SELECT MAX(number) FROM application")[0][0]


class Card:
    """A card in a reader that the test is: whatever a thief may send to it."""

    def __init__(self, image):
        self.listener = socket.socket(socket.AF_UNIX)
        self.path = image + ".sock"
        self.listener.bind(self.path)
        self.listener.listen(1)
        self.listener.settimeout(20)
        self.process = subprocess.Popen([f"{jpkid.BUILD}/jpki", "card", "emulate", image, self.path])
        self.wire = self.listener.accept()[0]
        self.wire.settimeout(30)
        self.order(b"\x01")

    def order(self, order):
        self.wire.sendall(struct.pack(">I", len(order)) + order)
        size, = struct.unpack(">I", self.wire.recv(4, socket.MSG_WAITALL))
        return self.wire.recv(size, socket.MSG_WAITALL)

    def ask(self, apdu):
        """(data, status word in hexadecimal)"""
        answer = self.order(b"\x03" + (bytes.fromhex(apdu) if isinstance(apdu, str) else apdu))
        return answer[:-2], answer[-2:].hex().upper()

    def challenge(self):
        self.ask(SELECT_JPKI)
        return self.ask("0084000010")[0]

    def present(self, permit):
        return self.ask(bytes.fromhex("00820000B3") + permit)[1]

    def close(self):
        self.wire.close()
        self.process.wait(20)
        self.listener.close()
        os.unlink(self.path)


def permit_of(generation, purpose, card, challenge, digest=bytes(32)):
    """The part that is signed."""
    kind = 0 if purpose == NEW_PERMIT_KEY else 0x1A
    return (b"JPKI permit 1" + hashlib.sha256(point(generation)).digest()[:8] + bytes([purpose, kind]) + bytes(16) +
            card.encode() + challenge + digest)


def sign(signer, permit):
    """(the whole permit, or None; what the signer said)"""
    name, rest = signer.ask(b"\x03" + struct.pack(">I", len(permit)) + permit)
    if name == "none":
        return permit + rest, name
    return None, f"{name}: {world.sized(rest)[0]}"


def num_entries(town):
    return town.rows("SELECT COUNT(*) FROM journal WHERE kind = 'permit-key:done'")[0][0]


def test_refusals(town):
    status, text = permit_key_new()
    tap.check(status == 2 and "another" in text, "while the service runs: not done", text)
    town.service.stop()
    before = sorted(os.listdir(path("data", "signer")))
    status, text = permit_key_new("--kind", "signature")
    tap.check(status == 64, "it has no kind: wrong usage", text)
    status, text = permit_key_new(passphrase="another one")
    tap.check(status == 2 and "passphrase" in text, "the wrong passphrase: not done", text)
    tap.check(sorted(os.listdir(path("data", "signer"))) == before, "what was refused made nothing")


def test_cut_short(town):
    """Cut between the key and its entry, which is the longest way: the next run finishes it, and makes no other."""
    key = path("data", "signer", "permit-2.key")
    for _ in range(100):
        process = jpkid.begin("permit-key-new", "--data", path("data"), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
        while process.poll() is None and not os.path.exists(key):
            pass
        process.kill()
        process.wait()
        if os.path.exists(key):
            break
    with open(key, "rb") as file:
        begun = file.read()
    settled = town.rows("SELECT value FROM property WHERE name = 'permit-keys'")
    tap.check(settled == [], "it was killed with the key made, and nothing written down", settled)
    for _ in range(50):  # what it had started holds the folder until it has seen its parent's end
        status, text = permit_key_new()
        if "another jpkid serves this folder" not in text:
            break
        time.sleep(0.2)
    with open(key, "rb") as file:
        kept = file.read() == begun
    made = sorted(name for name in os.listdir(path("data", "signer")) if name.startswith("permit-"))
    tap.check(status == 0 and "generation 2" in text and kept and made == ["permit-1.key", "permit-2.key"],
              "the next run finishes with that key", (text, made))
    tap.check(num_entries(town) == 1, "the journal has one entry", num_entries(town))


def test_renewal(town, old):
    """The old card comes for a renewal: new key and new certificates, in one visit."""
    shutil.copy(town.beside(f"{HANAKO}.card"), town.beside("before.card"))
    tap.check(counts(town) == {"permit key 1": 2, "permit key 2": 0}, "the operator sees: no card has moved", counts(town))
    new = town.issue(HANAKO, procedure="renewal")
    given = purposes(town, last_application(town))
    tap.check(given[0] == NEW_PERMIT_KEY and given.count(NEW_PERMIT_KEY) == 1 and given.count(MAKE_KEY) == 2,
              "one more permit, before the others", given)
    tap.check(obeys(town.beside(f"{HANAKO}.card"), 2), "the card obeys the new key alone")
    states = {kind: [state(town, kind, serials[kind]) for serials in (old, new)] for kind in new}
    tap.check(states == {"signature": [REVOKED, GOOD], "authentication": [REVOKED, GOOD]},
              "and its certificates are renewed", states)
    tap.check(counts(town) == {"permit key 1": 1, "permit key 2": 1}, "the operator sees it", counts(town))


def test_goes_on(town, number):
    """It was present before there was the new key: it gets it before its next step."""
    town.put_in(LATE)
    done = town.go(number, *PINS)
    tap.check(done.returncode == 0 and obeys(town.beside(f"{LATE}.card"), 2),
              "an application that goes on after the roll-over brings the key, too", done.stderr)
    tap.check(purposes(town, number)[0] == NEW_PERMIT_KEY, "before its first permit", purposes(town, number))


def test_made_after(town):
    town.make_card(BOTH, "permit-key-2.pem")
    tap.check(counts(town) == {"permit key 2": 3}, "a card made with the new key is known as such from its registration",
              counts(town))
    issued = town.issue(BOTH)
    given = purposes(town, last_application(town))
    tap.check(len(issued) == 2 and NEW_PERMIT_KEY not in given, "and gets certificates without another permit", given)


def forget(town, resident):
    """What a lost receipt leaves: the card has the new key, and the centre does not know."""
    town.service.stop()
    with sqlite3.connect(path("data", "database", "jpki.db")) as database:
        database.execute("UPDATE card_permit_key SET generation = 1 WHERE card = ?", [CARDS[resident]])
    database.close()
    town.start("--clock", "2031-03-04T01:00:00Z")


def generation(town, resident):
    return town.rows("SELECT generation FROM card_permit_key WHERE card = ?", CARDS[resident])[0][0]


def test_lost_receipt(town):
    forget(town, HANAKO)
    number = town.open("pin-reset", HANAKO, "--kind", "signature")
    town.put_in(HANAKO)
    done = town.go(number, "KILL2027")
    tap.check(done.returncode == 0 and generation(town, HANAKO) == 2 and purposes(town, number) == [RESET_PIN],
              "a lost receipt: the card says it at its next visit", (done.stderr, purposes(town, number)))
    number = town.open("pin-reset", HANAKO, "--kind", "signature")
    present(town, number)
    forget(town, HANAKO)
    done = town.go(number, "KILL2028")
    tap.check(done.returncode == 0 and generation(town, HANAKO) == 2 and
              purposes(town, number) == [NEW_PERMIT_KEY, RESET_PIN],
              "or when it does not know the key of a permit", (done.stderr, purposes(town, number)))
    tap.check(obeys(town.beside(f"{HANAKO}.card"), 2), "it has the new key as before")


def test_policy(town):
    town.service.stop()
    policy = path("data", "etc", "policy")
    with open(policy) as file:
        text = file.read()
    with open(policy, "w") as file:
        file.write(text.replace("new-permit-key = yes", "new-permit-key = no"))
    town.start("--clock", "2031-03-05T01:00:00Z")
    town.make_card(NEW)
    issued = town.issue(NEW)
    given = purposes(town, last_application(town))
    tap.check(len(issued) == 2 and NEW_PERMIT_KEY not in given and obeys(town.beside(f"{NEW}.card"), 1),
              "where the policy says no, a card with the old key keeps it and is served", given)
    tap.check(counts(town) == {"permit key 1": 1, "permit key 2": 3}, "the operator sees it", counts(town))


def test_thief(town):
    """Whoever has the old key, and whoever has taken over commit."""
    before, after = Card(town.beside("before.card")), Card(town.beside(f"{HANAKO}.card"))
    with world.Signer(path("data")) as signer:
        permit, said = sign(signer, permit_of(1, RESET_PIN, CARDS[HANAKO], before.challenge()))
        word = before.present(permit) if permit else said
        tap.check(word == "9000", "a card that obeys the old key takes its permits", word)
        permit, said = sign(signer, permit_of(1, RESET_PIN, CARDS[HANAKO], after.challenge()))
        word = after.present(permit) if permit else said
        tap.check(word == "6A88", "the same card led to the new key refuses them", word)
        after.ask("00A4020C02001B")
        tap.check(after.ask("0020008008" + b"KILL2028".hex())[1] == "9000", "and its PIN is as it was")
        foreign = subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-outform", "DER"],
                                 capture_output=True, check=True).stdout
        foreign = subprocess.run(["openssl", "ec", "-inform", "DER", "-pubout", "-outform", "DER"], input=foreign,
                                 capture_output=True, check=True).stdout[-65:]
        for from_, to, what in ((1, foreign, "a key of the thief"), (2, foreign, "the same, from the newest"),
                                (2, point(1), "the old one again"), (1, point(1), "the one that it has")):
            permit, said = sign(signer, permit_of(from_, NEW_PERMIT_KEY, CARDS[HANAKO], os.urandom(16),
                                                  hashlib.sha256(to).digest()))
            tap.check(said == "denied: new permit key", f"the signer leads no card to {what}", said)
        permit, said = sign(signer, permit_of(1, NEW_PERMIT_KEY, CARDS[HANAKO], before.challenge(),
                                              hashlib.sha256(point(2)).digest()))
        tap.check(permit and before.present(permit) == "9000", "only to its own newest one", said)
    tap.check(before.ask(b"\x00\xD6\x00\x00\x41" + foreign)[1] == "9000" and before.ask("00440000")[1] == "6A80",
              "and the card keeps no other than that, whatever is brought to it")
    before.close()
    after.close()


def run(readers):
    status, errors = jpkid.init(path("data"), "--clock", "2026-12-01T01:00:00Z")
    if status:
        raise RuntimeError(errors)
    town = Town(path("data"), readers)
    town.start("--clock", "2026-12-01T01:10:00Z")
    town.make_card(HANAKO)
    old = town.issue(HANAKO)
    town.make_card(LATE)
    number = town.open("new", LATE, "--kind", "both", "--pin", "never-set")
    town.put_in(LATE)
    present(town, number)
    test_refusals(town)
    test_cut_short(town)
    town.start("--clock", "2031-03-03T01:00:00Z")
    test_renewal(town, old)
    test_goes_on(town, number)
    test_made_after(town)
    test_lost_receipt(town)
    test_policy(town)
    done = town.jpki("admin", "journal", "verify", "--as", "auditor1")
    tap.check(done.returncode == 0 and num_entries(town) == 1, "the journal holds, with that one entry after all starts",
              done.stderr + done.stdout)
    readers.remove(0)
    town.service.stop()
    test_thief(town)


try:
    with pcscd.Readers(1) as readers:
        run(readers)
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
