#!/usr/bin/python3
"""Lists of municipalities as they are served: which there are, what is in them, when they are made again. openssl
and `jpki verify` judge: a leaf is covered by the full list and by its own town's, by no other."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
import mass_data  # noqa: E402
import pcscd  # noqa: E402
from tap import Tap, skip_all  # noqa: E402
from town import HANAKO, PINS, Town  # noqa: E402

gone = pcscd.missing("openssl")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

HERE, THERE, NOBODY = "31372", "31371", "31370"
NUM, NUM_REVOKED = 60, 20  # certificates of the other town
DAY = 86400
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-municipal-")
DATA = os.path.join(folder, "data")


def path(name):
    return os.path.join(folder, name)


def openssl(*words):
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, timeout=30)
    return done.stdout + done.stderr


def soon(look, seconds=60):
    """What is there within so many seconds, or None."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    return None


class Lists:
    def __init__(self, served):
        self.served = served

    def fetch(self, name):
        """(HTTP status, the file it is in, its JPKI-Epoch)."""
        file = path(name + ".der")
        done = subprocess.run(["curl", "-s", "-o", file, "-w", "%{http_code} %header{jpki-epoch}", f"{self.served}crl/{name}"],
                              capture_output=True, text=True, timeout=30)
        code, _, epoch = done.stdout.partition(" ")
        return int(code), file, epoch

    def text(self, name):
        code, file, _ = self.fetch(name)
        return openssl("crl", "-inform", "DER", "-in", file, "-noout", "-text") if code == 200 else ""

    def pem(self, name):
        out = path(name + ".pem")
        openssl("crl", "-inform", "DER", "-in", self.fetch(name)[1], "-out", out)
        return out


def number(text):
    return int((re.search(r"CRL Number:\s+(\d+)", text) or [0, "-1"])[1])


def issuing_point(der):
    """The DistributionPointName in the critical extension of a list."""
    with open(der, "rb") as file:
        content = file.read()
    at = content.index(b"\x55\x1d\x1c\x01\x01\xff\x04")
    length = content[at + 7]
    return content[at + 10:at + 8 + length]


def seed_other_town():
    serials = mass_data.seed(DATA, NUM, municipality=int(THERE))
    with mass_data.connect(DATA) as connection:
        epoch = connection.execute("SELECT MAX(epoch) FROM change").fetchone()[0]
        for i, serial in enumerate(serials[:NUM_REVOKED]):
            connection.execute("INSERT INTO change (epoch, authority, serial, state, reason, time, municipality)"
                               " VALUES (?, 1, ?, 4, 4, ?, ?)", (epoch + 1 + i, serial, int(time.time()) - 60, int(THERE)))


def test_which(lists):
    text = soon(lambda: lists.text(f"authentication.{THERE}.crl"))
    tap.check(text and text.count("Serial Number:") == NUM_REVOKED, "the other town's list has its own", text)
    tap.check("Issuing Distribution Point: critical" in (text or "") and "Kotoura-cho CRLDP" in text, "and says whose")
    for kind in ("signature", "authentication"):
        text = soon(lambda: lists.text(f"{kind}.{HERE}.crl"))
        tap.check(text and "No Revoked Certificates" in text, f"the town's own list of {kind} is there, empty", text)
    for name in (f"signature.{THERE}.crl", f"authentication.{NOBODY}.crl", f"authentication-2.{HERE}.crl",
                 f"authentication.{HERE}.tbs", "authentication.municipal.epoch", f"authentication.{HERE}"):
        tap.check(lists.fetch(name)[0] == 404, f"{name}: not there", lists.fetch(name))
    full, own = (number(lists.text(f"authentication{more}.crl")) for more in ("", f".{HERE}"))
    tap.check(0 < own and 0 < full, "both have a number", (full, own))


def test_judges(town, lists, serials):
    authority = path("authority.pem")
    openssl("x509", "-inform", "DER", "-in", f"{DATA}/published/authentication.cer", "-out", authority)
    leaf = town.leaf("authentication", serials["authentication"])
    with open(town.beside("leaf.der"), "rb") as file:
        names = issuing_point(lists.fetch(f"authentication.{HERE}.crl")[1]) in file.read()
    tap.check(names, "the list names its point by the very bytes of the certificate")
    full, own, other = (lists.pem(f"authentication{more}.crl") for more in ("", f".{HERE}", f".{THERE}"))
    signed = openssl("crl", "-in", own, "-noout", "-CAfile", authority)
    tap.check("verify OK" in signed, "openssl verifies its signature", signed)
    for check, extended, files, wanted in (
            ("-crl_check_all", [], [full], ": OK"), ("-crl_check_all", [], [full, own], ": OK"),
            ("-crl_check_all", ["-extended_crl"], [full, own], ": OK"),
            ("-crl_check_all", [], [own], "different CRL scope"), ("-crl_check", [], [own], ": OK"),
            ("-crl_check", [], [other], "different CRL scope"),
            ("-crl_check", ["-extended_crl"], [other], "different CRL scope")):
        words = [word for file in files for word in ("-CRLfile", file)]
        told = openssl("verify", check, *extended, "-CAfile", authority, *words, leaf)
        tap.check(wanted in told, f"openssl {check} {extended} {[os.path.basename(file) for file in files]}: {wanted}", told)


def verdict(town, lists, name):
    done = town.jpki("verify", path("paper.p7s"), "--content", path("paper"), "--authority",
                     f"{DATA}/published/signature.cer", "--crl", lists.fetch(name)[1])
    return done.returncode, done.stdout.split()[:2]


def test_verify(town, lists):
    with open(path("paper"), "w") as file:
        file.write("見本／SAMPLE\n")
    town.put_in(HANAKO)
    done = town.jpki("sign", path("paper"), "--output", path("paper.p7s"), "--pin-fd", "{fd}", lines=PINS[1:])
    tap.check(done.returncode == 0, "she signs", done.stderr)
    for name, wanted in (("signature.crl", (0, ["valid", "good"])), (f"signature.{HERE}.crl", (0, ["valid", "good"])),
                         (f"authentication.{HERE}.crl", (2, ["cannot-tell", "status-refused"])),
                         (f"authentication.{THERE}.crl", (2, ["cannot-tell", "status-refused"]))):
        told = verdict(town, lists, name)
        tap.check(told == wanted, f"jpki verify by {name}: {wanted[1]}", told)


def test_change(town, lists, serials):
    """Only the town with the change gets a new list, and it is out within a minute."""
    before = {code: number(lists.text(f"authentication.{code}.crl")) for code in (HERE, THERE)}
    town.hold(HANAKO)
    begun = time.monotonic()
    text = soon(lambda: (lambda told: told if "Certificate Hold" in told else None)(lists.text(f"signature.{HERE}.crl")))
    tap.check(text and f"{serials['signature']:X}" in text, f"held: her town's list has it ({time.monotonic() - begun:.0f} s)", text)
    soon(lambda: number(lists.text(f"authentication.{HERE}.crl")) > before[HERE])
    after = {code: number(lists.text(f"authentication.{code}.crl")) for code in (HERE, THERE)}
    tap.check(after[HERE] > before[HERE] and after[THERE] == before[THERE], "the other town's stays", (before, after))
    full = number(lists.text("authentication.crl"))
    tap.check(full == after[HERE], "the full list and hers are of one batch", (full, after))
    epoch = town.rows("SELECT MAX(epoch) FROM change")[0][0]
    tap.check(soon(lambda: lists.fetch(f"authentication.{THERE}.crl")[2] == str(epoch)),
              "still the other one says that it knows every change", lists.fetch(f"authentication.{THERE}.crl"))
    told = soon(lambda: verdict(town, lists, f"signature.{HERE}.crl"))
    tap.check(told == (1, ["invalid", "lost-or-held"]), "jpki verify: held", told)
    leaf = town.leaf("authentication", serials["authentication"])
    told = openssl("verify", "-crl_check", "-CAfile", path("authority.pem"), "-CRLfile",
                   lists.pem(f"authentication.{HERE}.crl"), leaf)
    tap.check("certificate revoked" in told, "openssl: revoked", told)


def numbers(lists):
    names = [f"signature.{HERE}.crl", f"authentication.{HERE}.crl", f"authentication.{THERE}.crl"]
    return [number(lists.text(name)) for name in names]


def restart(town, *words):
    town.service.stop()
    town.start(*words)
    return Lists(town.service.urls["status"])


def test_restart(town, lists):
    before = numbers(lists)
    lists = restart(town)
    time.sleep(3)
    tap.check(numbers(lists) == before, "a start makes no list that is there", (before, numbers(lists)))
    town.service.stop()
    os.unlink(f"{DATA}/published/authentication.{THERE}.crl")
    shutil.copy(f"{DATA}/published/authentication.{HERE}.crl", f"{DATA}/published/signature.{HERE}.crl")
    town.start()
    lists = Lists(town.service.urls["status"])
    tap.check(soon(lambda: numbers(lists)[2] > before[2] and numbers(lists)[0] > before[0]),
              "one that is missing, or is another, is made again", (before, numbers(lists)))
    tap.check(numbers(lists)[1] == before[1], "and no other", (before, numbers(lists)))
    return lists


def test_act(town, lists):
    before = numbers(lists)
    town.must("admin", "crl", "--as", "admin1")
    tap.check(soon(lambda: min(b - a for a, b in zip(before, numbers(lists))) > 0), "admin crl: all are made anew",
              (before, numbers(lists)))


def test_daily(town, lists):
    before = numbers(lists)
    town.must("admin", "clock", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + DAY)), "--as", "admin1")
    tap.check(soon(lambda: min(b - a for a, b in zip(before, numbers(lists))) > 0),
              "after 00:30 all are made, the unchanged too", (before, numbers(lists)))
    lists, before = restart(town), numbers(lists)
    town.must("admin", "crl", "--as", "admin1")
    tap.check(soon(lambda: min(b - a for a, b in zip(before, numbers(lists))) > 0, 20),
              "a clock that was further on before holds up none", (before, numbers(lists)))


def test_backup(town):
    done = subprocess.run([jpkid.PROGRAM, "backup", "--data", DATA, "--to", path("backup")], capture_output=True, text=True)
    names = os.listdir(path("backup/published")) if done.returncode == 0 else []
    tap.check("signature.crl" in names and not any(HERE in name or "municipal" in name for name in names),
              "a backup has the full lists alone", (names, done.stderr))
    town.service.stop()
    process = jpkid.begin("restore", "--from", path("backup"), "--data", path("restored"), "--signed-log",
                          f"{DATA}/signer/signed.log", "--published", f"{DATA}/published", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    text = process.communicate(timeout=60)[0]
    tap.check(process.returncode == 0, "lists of municipalities in the published folder confuse no restore", text)
    with jpkid.Service(path("restored")) as service:
        lists = Lists(service.urls["status"]) if service.is_ready else None
        tap.check(lists and soon(lambda: min(numbers(lists)) > 0), "a restored service makes them again", service.said())
        held = lists.text(f"signature.{HERE}.crl") if lists else ""
        tap.check("Certificate Hold" in held, "with what was held", held)


def run(readers):
    code, errors = jpkid.init(DATA)
    if code:
        raise RuntimeError(errors)
    seed_other_town()
    town = Town(DATA, readers)
    town.start()
    lists = Lists(town.service.urls["status"])
    test_which(lists)
    town.make_card(HANAKO)
    serials = town.issue(HANAKO)
    test_judges(town, lists, serials)
    test_verify(town, lists)
    test_change(town, lists, serials)
    lists = test_restart(town, lists)
    test_act(town, lists)
    test_daily(town, lists)
    test_backup(town)


try:
    with pcscd.Readers(1) as readers:
        run(readers)
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
