#!/usr/bin/python3
"""A mass hold and its release as people do them, and kill -9 of commit while the list is worked off: each time the service
goes on behind the last part, and each certificate is held once: in the database, the changes, OCSP and the CRL."""
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
import mass_data  # noqa: E402
from tap import Tap  # noqa: E402

NUM, KILLS = 60000, 3
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-mass-")
DATA = f"{folder}/data"
NOTE = ["--note", "the chips of one series"]


def jpki(*words, person="admin1"):
    done = subprocess.run([f"{jpkid.BUILD}/jpki", *map(str, words), "--as", person, "--socket", f"{DATA}/run/acts.sock"],
                          capture_output=True, text=True, env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=120)
    return done.returncode, done.stdout, done.stderr


def answer(*words, person="admin1"):
    status, out, errors = jpki(*words, "--json", person=person)
    if status:
        raise RuntimeError(f"{words}: {status} {errors}")
    return json.loads(out)


def show(number):
    return answer("admin", "mass-show", number, person="auditor1")


def ask(sql, *values):
    connection = mass_data.connect(DATA)
    try:
        return connection.execute(sql, values).fetchone()
    finally:
        connection.close()


def begin(*words):
    parked = answer("admin", *words, *NOTE)["parked"]
    return answer("counter", "approve", parked, person="admin2")["mass"]


def serve():
    service = jpkid.Service(DATA)
    if not service.is_ready:
        raise RuntimeError(f"jpkid does not start: {service.said()}")
    return service


def wait_for(what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.01)
    return False


def kill_midway(service, number, before):
    """Kills commit once more is done than before, and says how much that was."""
    last = {}

    def has_moved():
        last.update(show(number))
        return last["done"] > before
    wait_for(has_moved)
    os.kill(service.role("commit"), signal.SIGKILL)
    service.stop()
    return last["done"]


def finish_with_kills(service, number, name):
    done = [0]
    for _ in range(KILLS):
        done.append(kill_midway(service, number, done[-1]))
        service = serve()
    tap.check(0 < done[1] < done[2] < done[3] < NUM, f"{name}: commit was killed {KILLS} times on the way", done)
    tap.check(wait_for(lambda: show(number)["state"] == "finished"), f"{name}: it ends", show(number))
    return service


def check_counts(number, outcome, name):
    said = show(number)
    tap.check(said["outcomes"] == [{"outcome": outcome, "count": NUM}] and said["done"] == NUM and said["remaining"] == 0,
              f"{name}: every certificate was counted once", said)


def check_changes(epoch, state, name):
    found = ask("SELECT COUNT(*), COUNT(DISTINCT serial), MIN(state), MAX(state), MAX(epoch) - ? FROM change"
                " WHERE epoch > ?", epoch, epoch)
    tap.check(found == (NUM, NUM, state, state, NUM), f"{name}: one change for each certificate", found)
    found = ask("SELECT COUNT(*), COUNT(held_by) FROM certificate WHERE state = ?", state)
    tap.check(found == (NUM, NUM if state == 3 else 0), f"{name}: each certificate's state", found)


def check_journal(act):
    kinds = [ask("SELECT COUNT(*) FROM journal WHERE kind = ?", f"{act}:{end}")[0] for end in ("parked", "done", "finished")]
    tap.check(kinds == [1, 1, 1], f"{act}: asked, opened and closed once in the journal", kinds)
    status, out, errors = jpki("admin", "journal", "verify", person="auditor1")
    tap.check(status == 0, f"{act}: the journal holds", errors + out)


def check_ocsp(service, serials, word):
    issuer = f"{folder}/issuer.pem"
    subprocess.run(["openssl", "x509", "-inform", "DER", "-in", f"{DATA}/published/authentication.cer", "-out", issuer],
                   check=True)
    for serial in (serials[0], serials[NUM // 2], serials[-1]):
        said = subprocess.run(["openssl", "ocsp", "-issuer", issuer, "-CAfile", issuer, "-serial", str(serial), "-url",
                               service.urls["status"] + "ocsp"], capture_output=True, text=True, timeout=30)
        tap.check(f": {word}" in said.stdout, f"OCSP says {word} of {serial}", said.stdout + said.stderr)


def num_in_crl():
    said = subprocess.run(["openssl", "crl", "-inform", "DER", "-noout", "-text", "-in",
                           f"{DATA}/published/authentication.crl"], capture_output=True, text=True, check=True)
    return said.stdout.count("Certificate Hold")


def check_refusals(serials):
    bad = mass_data.write_list(f"{folder}/bad", [serials[0], serials[2], serials[1]])
    status, _, errors = jpki("admin", "mass-hold", bad, "--kind", "authentication", *NOTE)
    tap.check(status == 1 and "[bad-list]" in errors and "list : line 3 : not above the line before" in errors,
              "a bad line refuses the list and is named", (status, errors))
    nobody = mass_data.write_list(f"{folder}/nobody", [*serials[:6000], serials[-1] + 5])
    status, _, errors = jpki("admin", "mass-hold", nobody, "--kind", "authentication", *NOTE)
    tap.check(status == 1 and "list : line 6001 : no certificate" in errors, "a serial of nobody's too, in the second part",
              (status, errors))
    status, _, errors = jpki("admin", "mass-hold", f"{folder}/list", "--kind", "authentication")
    tap.check(status == 64 and "--note" in errors, "without a reason it is not asked for", (status, errors))
    status, _, errors = jpki("admin", "mass-hold", f"{folder}/list", "--kind", "authentication", *NOTE, person="daiei1")
    tap.check(status == 1 and "[role]" in errors, "the counter has no mass acts", (status, errors))
    status, _, errors = jpki("admin", "mass-release", 1, *NOTE)
    tap.check(status == 1 and "[no-hold]" in errors, "a list that was never held is not released", (status, errors))


def check_second_person(path):
    parked = answer("admin", "mass-hold", path, "--kind", "authentication", *NOTE)["parked"]
    status, _, errors = jpki("counter", "approve", parked)
    tap.check(status == 1 and "[same-person]" in errors, "nobody approves their own", (status, errors))
    shown = jpki("counter", "parked", person="admin2")[1]
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    tap.check(digest in shown and str(NUM) in shown and NOTE[1] in shown,
              "the second person reads digest, count and reason", shown)
    return parked


def play(serials):
    path = mass_data.write_list(f"{folder}/list", serials)
    service = serve()
    check_refusals(serials)
    parked = check_second_person(path)
    again = answer("admin", "mass-revoke", path, "--kind", "authentication", *NOTE)["parked"]
    epoch = ask("SELECT MAX(epoch) FROM change")[0]
    hold = answer("counter", "approve", parked, person="admin2")["mass"]
    status, _, errors = jpki("counter", "approve", again, person="admin2")
    tap.check(status == 1 and "[list-runs]" in errors, "nothing else is done with a list that runs", (status, errors))
    status, _, errors = jpki("admin", "mass-release", hold, *NOTE)
    tap.check(status == 1 and "[no-hold]" in errors, "a hold that runs is not released", (status, errors))
    service = finish_with_kills(service, hold, "hold")
    check_counts(hold, "held", "hold")
    check_changes(epoch, 3, "hold")
    check_ocsp(service, serials, "revoked")
    tap.check(wait_for(lambda: num_in_crl() == NUM, 30), "the CRL lists all of them", num_in_crl())
    check_journal("mass-hold")
    epoch = ask("SELECT MAX(epoch) FROM change")[0]
    release = begin("mass-release", hold)
    service = finish_with_kills(service, release, "release")
    check_counts(release, "released", "release")
    check_changes(epoch, 2, "release")
    check_ocsp(service, serials, "good")
    check_journal("mass-release")
    service.stop()


try:
    status, errors = jpkid.init(DATA)
    tap.check(status == 0, "init", errors)
    play(mass_data.seed(DATA, NUM))
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
