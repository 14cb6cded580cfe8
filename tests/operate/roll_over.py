#!/usr/bin/python3
"""The roll-over of an authority: what the old generation signed stays what it was, what comes is the new one's,
and each answers for its own, by OCSP and by list. openssl and `jpki verify` judge."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
import pcscd  # noqa: E402
from tap import Tap, skip_all  # noqa: E402
from town import PINS, Town  # noqa: E402

gone = pcscd.missing("openssl")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

OLD, NEW = 1001, 1002  # residents, with a certificate of the old generation and one of the new
THEN = 1006  # years later
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-roll-over-")


def path(*names):
    return os.path.join(folder, *names)


def authority_new(*words, kill_after=60, **more):
    return jpkid.run_for(kill_after, "authority-new", "--data", path("data"), *words, **more)


def openssl(*words, text=None):
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, input=text, timeout=30)
    return done.returncode, done.stdout + done.stderr


def pem(name, source, form="x509"):
    openssl(form, "-inform", "DER", "-in", source, "-out", path(name))
    return path(name)


class Judge:
    """openssl, with the two generations of the signature authority."""

    def __init__(self, town):
        self.town, self.served = town, town.service.urls["status"]
        published = f"{town.data}/published"
        self.authorities = [pem("first.pem", f"{published}/signature.cer"),
                            pem("second.pem", f"{published}/signature-2.cer")]

    def ocsp(self, serial, generation):
        authority = self.authorities[generation - 1]
        for _ in range(100):
            text = openssl("ocsp", "-issuer", authority, "-CAfile", authority, "-serial", str(serial), "-url",
                           self.served + "ocsp")[1]
            found = re.search(rf"^{serial}: (\w+)", text, re.M)
            if found and "verify OK" in text:
                return found[1]
            time.sleep(0.1)
        return text

    def verify(self, serial, generation):
        """By the list of that generation, fetched; what openssl says."""
        name = "signature" + ("" if generation == 1 else f"-{generation}")
        fetched = subprocess.run(["curl", "-sSf", self.served + f"crl/{name}.crl", "-o", path("list.der")],
                                 capture_output=True, text=True)
        return fetched.stderr + openssl("verify", "-crl_check", "-CAfile", self.authorities[generation - 1], "-CRLfile",
                                        pem("list.pem", path("list.der"), "crl"), self.town.leaf("signature", serial))[1]


def test_refusals(town):
    status, text = authority_new("--kind", "signature")
    tap.check(status == 2 and "another" in text, "while the service runs: not done", text)
    town.service.stop()
    before = sorted(os.listdir(path("data", "signer")))
    for words, wanted in ((("--kind", "both"), "--kind"), ((), "--kind")):
        status, text = authority_new(*words)
        tap.check(status == 64 and wanted in text, f"{words}: wrong usage", text)
    status, text = authority_new("--kind", "signature", passphrase="another one")
    tap.check(status == 2 and "passphrase" in text, "the wrong passphrase: not done", text)
    tap.check(sorted(os.listdir(path("data", "signer"))) == before, "what was refused made nothing")


def test_cut_short():
    """Killed at several moments: it goes on with the key that it made, and makes one generation."""
    for seconds in (0.05, 0.1, 0.2, 0.4):
        authority_new("--kind", "signature", kill_after=seconds)
    status, text = authority_new("--kind", "signature")
    made = [name for name in os.listdir(path("data", "signer")) if re.match(r"authority-signature-\d+\.cer", name)]
    return status, text, made


def test_both_generations(town, old, new):
    judge = Judge(town)
    tap.check(openssl("verify", "-CAfile", judge.authorities[1], town.leaf("signature", new["signature"]))[0] == 0 and
              openssl("verify", "-CAfile", judge.authorities[0], town.leaf("signature", new["signature"]))[0] != 0,
              "what is issued now is the second generation's")
    tap.check(openssl("verify", "-CAfile", judge.authorities[0], town.leaf("signature", old["signature"]))[0] == 0,
              "what was issued before is the first one's")
    tap.check(judge.ocsp(old["signature"], 1) == "good" and judge.ocsp(new["signature"], 2) == "good",
              "OCSP: each says good of its own")
    tap.check(judge.ocsp(old["signature"], 2) == "unknown" and judge.ocsp(new["signature"], 1) == "unknown",
              "OCSP: neither knows the other's")
    for serial, generation in ((old["signature"], 1), (new["signature"], 2)):
        text = judge.verify(serial, generation)
        tap.check(": OK" in text, f"by its list it is valid: generation {generation}", text)
    for resident in (OLD, NEW):
        town.hold(resident)
    town.must("admin", "crl", "--as", "admin1")
    tap.check(judge.ocsp(old["signature"], 1) == "revoked" and judge.ocsp(new["signature"], 2) == "revoked",
              "held: OCSP says so for both")
    for serial, generation in ((old["signature"], 1), (new["signature"], 2)):
        text = judge.verify(serial, generation)
        tap.check("certificate revoked" in text, f"held: its list says so: generation {generation}", text)
    numbers = [re.search(r"CRL Number:\s+(\d+)", openssl("crl", "-inform", "DER", "-noout", "-text", "-in",
                                                          path("data", "published", name))[1])[1]
               for name in ("signature.crl", "signature-2.crl")]
    tap.check(numbers[0] == numbers[1], "the lists of one batch have one number", numbers)
    status, text = openssl("ocsp", "-issuer", judge.authorities[0], "-serial", str(old["signature"]), "-issuer",
                           judge.authorities[1], "-serial", str(new["signature"]), "-url", judge.served + "ocsp")
    tap.check("unauthorized" in text, "a request about two generations has no answer", text)
    for address in ("crl/signature-3.crl", "ca/signature-3.cer", "push-set/signature-3", "crl/signature-1.crl",
                    "crl/signature-02.crl", "crl/../signer/signed.log"):
        code = subprocess.run(["curl", "-s", "--path-as-is", "-o", path("none"), "-w", "%{http_code}",
                               judge.served + address], capture_output=True, text=True).stdout
        tap.check(code in ("404", "400"), f"{address}: not there", code)
    for address in ("ca/signature-2.cer", "push-set/signature-2", "push-set/signature"):
        code = subprocess.run(["curl", "-s", "-o", path("there"), "-w", "%{http_code}", judge.served + address],
                              capture_output=True, text=True).stdout
        tap.check(code == "200", f"{address}: there", code)


def test_signing(town):
    """A document signed with the new card: valid by both authorities together, not by the first alone."""
    document = path("document.txt")
    with open(document, "w") as file:
        file.write("見本\n")
    fd = jpkid.lines_fd(PINS[1])
    done = subprocess.run([f"{jpkid.BUILD}/jpki", "sign", document, "--out", path("document.p7s"), "--pin-fd", str(fd)],
                          pass_fds=[fd], capture_output=True, text=True, env=town.environment, timeout=60)
    os.close(fd)
    tap.check(done.returncode == 0, "the new card signs", done.stderr)
    for authorities, wanted in ((f"{town.data}/published", 0), (f"{town.data}/published/signature.cer", 1)):
        done = subprocess.run([f"{jpkid.BUILD}/jpki", "verify", path("document.p7s"), "--content", document,
                               "--authority", authorities, "--ocsp", town.service.urls["status"] + "ocsp"],
                              capture_output=True, text=True, env=town.environment, timeout=60)
        tap.check(done.returncode == wanted, f"jpki verify with {os.path.basename(authorities)}: {wanted}",
                  done.stdout + done.stderr)


def test_end(town):
    """Years later: what the authority signs ends with it, and the operator is told."""
    town.start("--clock", "2031-03-01T01:00:00Z")
    town.make_card(THEN)
    issued = town.issue(THEN)
    ends = [openssl("x509", "-noout", "-enddate", "-in", town.leaf(kind, serial))[1] for kind, serial in issued.items()]
    tap.check(len(issued) == 2 and all("Feb 28" in end and "2035" in end for end in ends),
              "in 2031: a certificate ends with its authority, not after it", ends)
    state = json.loads(town.jpki("admin", "status", "--json", "--as", "admin1").stdout)
    warned = [row for row in state["health"] if row["what"] == "authority of authentication"]
    tap.check(warned[0]["level"] == "warn" and "authority-new" in warned[0]["en"],
              "admin status says years ahead that the next generation is to be made", warned)
    town.service.stop()


def run(readers):
    status, errors = jpkid.init(path("data"), "--clock", "2025-03-01T00:00:00Z")
    if status:
        raise RuntimeError(errors)
    town = Town(path("data"), readers)
    town.start()
    for resident in (OLD, NEW):
        town.make_card(resident)
    old = town.issue(OLD)
    test_refusals(town)
    status, text, made = test_cut_short()
    tap.check(status == 0 and "generation 2" in text and sorted(made) == ["authority-signature-1.cer",
                                                                          "authority-signature-2.cer"],
              "the second generation is made, once, although it was cut short", (text, made))
    town.start()
    new = town.issue(NEW)
    test_signing(town)
    test_both_generations(town, old, new)
    state = json.loads(town.jpki("admin", "status", "--json", "--as", "admin1").stdout)
    tap.check(all(row["level"] == "ok" for row in state["health"] if row["what"].startswith(("authority", "list"))),
              "admin status finds nothing wrong with authorities and lists", state)
    done = town.jpki("admin", "journal", "verify", "--as", "auditor1")
    tap.check(done.returncode == 0, "the journal holds", done.stderr + done.stdout)
    town.service.stop()
    test_end(town)


try:
    with pcscd.Readers(1) as readers:
        run(readers)
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
