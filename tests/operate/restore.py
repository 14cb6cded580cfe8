#!/usr/bin/python3
"""The restore drill: the last minutes are lost, and cards already carry what was issued in them. Nothing
repeats, OCSP says unknown of what is lost, and the cards bring it back at the counter. openssl judges.

Three losses are drilled from one backup: the machine alone (signed.log and the published lists were kept
elsewhere), signed.log as well, and everything. Each step of the story is one case."""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
import pcscd  # noqa: E402
from tap import Tap, skip_all  # noqa: E402
from town import BOTH, CARDS, HANAKO, KINDS, LATE, LOST, NEW, PINS, Town  # noqa: E402

gone = pcscd.missing("openssl")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

ADDRESS = "address=鳥取県東伯郡北栄町見本二丁目2番地2"
MARGIN = 1000
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-restore-")


def path(*names):
    return os.path.join(folder, *names)


def restore(data, *words, expect=0, source="backup"):
    fd = jpkid.lines_fd(jpkid.PASSPHRASE)
    done = subprocess.run([jpkid.PROGRAM, "restore", "--data", path(data), *(["--from", path(source)] if source else []),
                           *words, "--passphrase-fd", str(fd)], pass_fds=[fd], text=True, capture_output=True,
                          env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=60)
    os.close(fd)
    return done if done.returncode == expect else RuntimeError(f"{words}: {done.returncode} {done.stderr}{done.stdout}")


def list_of(data, kind):
    done = subprocess.run(["openssl", "crl", "-inform", "DER", "-in", path(data, "published", f"{kind}.crl"), "-noout",
                           "-text"], capture_output=True, text=True, check=True)
    serials = {int(serial, 16) for serial in re.findall(r"Serial Number: ([0-9A-F]+)", done.stdout)}
    number = int(re.search(r"CRL Number:\s+(\d+)", done.stdout)[1])
    return serials, number


# --- before ---

def story(readers):
    """What happened until the machine was lost. Returns the town, and what was issued."""
    town = Town(path("data"), readers)
    town.start()
    for resident in CARDS:
        town.make_card(resident)
    issued = {resident: town.issue(resident) for resident in (HANAKO, LOST, LATE)}
    tap.check(len(issued) == 3, "before the backup: three residents have both certificates", issued)
    done = subprocess.run([jpkid.PROGRAM, "backup", "--data", town.data, "--to", path("backup")], capture_output=True,
                          text=True)
    tap.check(done.returncode == 0, "a backup, while it runs", done.stderr)
    issued["old"] = issued[HANAKO]["signature"]
    town.must("admin", "event", "--resident", HANAKO, "--event", "moved-within", "--as", "register1", ADDRESS)
    issued[HANAKO] = town.issue(HANAKO, "change-reissue", "signature", PINS[1:]) | issued[HANAKO]
    issued[HANAKO]["signature"] = max(row[0] for row in town.rows(
        "SELECT serial FROM certificate WHERE resident = ? AND kind = 0", HANAKO))
    issued[NEW], issued[BOTH] = town.issue(NEW), town.issue(BOTH)
    town.hold(LOST)
    town.hold(BOTH)
    town.must("admin", "crl", "--as", "admin1")
    town.must("admin", "checkpoint", "--as", "admin1")
    shutil.copytree(f"{town.data}/published", path("published"))
    town.hold(LATE)
    tap.check(town.ocsp("signature", issued[LATE]["signature"]) == "revoked",
              "after it: one moves and has a new certificate, one has a first one, two are held")
    town.kill()
    shutil.copy(f"{town.data}/signer/signed.log", path("signed.log"))
    shutil.copy(f"{town.data}/journal/checkpoints", path("checkpoints"))
    return town, issued


# --- refusals ---

def refused(name, words, says, expect=1, **more):
    before = sorted(os.listdir(folder))
    done = restore("wrong", *words, expect=expect, **more)
    text = done.stderr if not isinstance(done, Exception) else str(done)
    tap.check(not isinstance(done, Exception) and says in text and sorted(os.listdir(folder)) == before, name, text)


def damaged(name, *changed):
    """A copy of the backup with a byte of a file changed; or without it."""
    shutil.copytree(path("backup"), path(name))
    target = path(name, *changed)
    with open(target, "r+b") as file:
        file.seek(20)
        byte = file.read(1)
        file.seek(20)
        file.write(bytes([byte[0] ^ 1]))
    return name


def test_refusals(town):
    kept = ("--signed-log", path("signed.log"))
    refused("without a word on signed.log: wrong usage", (), "--lost-log", expect=64)
    refused("with a margin of 0: wrong usage", ("--lost-log", "0"), "--lost-log", expect=64)
    for name in (("database", "jpki.db"), ("signer", "journal-1.key"), ("etc", "policy")):
        refused(f"one byte of {name[-1]} changed in the backup: refused", kept, "not as it was",
                source=damaged("damaged-" + name[-1], *name))
    shutil.copytree(path("backup"), path("missing"))
    os.remove(path("missing", "journal", "checkpoints"))
    refused("a file of the backup is missing: refused", kept, "missing", source="missing")
    refused("what is no backup: not done", kept, "manifest", expect=2, source="published")
    with open(path("signed.log"), "rb") as file:
        content = file.read()
    with open(path("short.log"), "wb") as file:
        file.write(content[:18 + 144 * 3])
    refused("a signed.log older than the backup's: refused", ("--signed-log", path("short.log")), "does not go on")
    with open(path("odd.log"), "wb") as file:
        file.write(content[:-200] + bytes([content[-200] ^ 1]) + content[-199:])
    refused("a signed.log that was edited: refused", ("--signed-log", path("odd.log")), "does not follow")
    shutil.copytree(path("published"), path("mixed"))
    shutil.copy(path("published", "signature.crl"), path("mixed", "authentication.crl"))
    refused("a list of the other authority: refused", (*kept, "--published", path("mixed")), "not the full one")
    status, errors = jpkid.init(path("other"))
    refused("lists of another town's authority: refused", (*kept, "--published", path("other", "published")),
            "not the full one")
    done = restore("data", *kept, expect=1)
    tap.check(not isinstance(done, Exception), "over a folder that is there: refused", done)
    done = restore("other", expect=1, source=None)
    tap.check(not isinstance(done, Exception) and "nothing was set back" in done.stderr,
              "where nothing was set back: refused", done)


def test_silent(town):
    """Whoever copies the files back and says nothing."""
    shutil.copytree(path("backup"), path("silent"))
    os.remove(path("silent", "manifest"))
    shutil.copy(path("signed.log"), path("silent", "signer", "signed.log"))
    status, errors = jpkid.run("serve", "--data", path("silent"), "--listen", "127.0.0.1:0")
    tap.check(status == 2 and "set back" in errors and "jpkid restore" in errors,
              "a database that was set back in silence is not served, and it says what to do", errors)
    status, errors = jpkid.run("serve", "--data", path("silent"), "--listen", "127.0.0.1:0")
    tap.check(status == 2 and "set back" in errors, "not at the second try either", errors)
    done = restore("silent", source=None)
    tap.check(not isinstance(done, Exception), "it is said afterwards, in place", done)
    with jpkid.Service(path("silent")) as service:
        tap.check(service.is_ready, "and then it is served", service.said())


# --- after ---

def rise(name, town, lost):
    """Everything that is signed from now on is above everything that was ever signed."""
    town.must("admin", "crl", "--as", "admin1")
    for kind in KINDS:
        before, after = lost.numbers(kind), None
        serials = [row[0] for row in town.rows("SELECT serial FROM signing WHERE kind = ? AND what = 2", KINDS[kind])]
        after = (max(serials), *town.rows("SELECT MAX(number), MAX(this_update) FROM crl WHERE kind = ?", KINDS[kind])[0])
        tap.check(all(a > b for a, b in zip(after, before)),
                  f"{name}: serial, CRL number and thisUpdate of {kind} go on above {before}", after)


def verify(name, town, *words, expect=0, says="the journal holds"):
    done = town.jpki("admin", "journal", "verify", "--as", "auditor1", *words)
    tap.check(done.returncode == expect and says in done.stdout + done.stderr, name, done.stdout + done.stderr)


def bring_back(name, town, issued):
    """Both ways back: the clerk's command, and a procedure that reads the card anyway."""
    for kind in KINDS:
        tap.check(town.ocsp(kind, issued[NEW][kind]) == "unknown", f"{name}: OCSP says unknown of a lost one: {kind}")
    town.put_in(NEW)
    for kind in KINDS:
        done = town.jpki("counter", "reenter", "--kind", kind, "--as", "daiei1", "--json", "--pin-fd", "{fd}",
                         lines=PINS[1:])
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
        tap.check(answer == {"serial": issued[NEW][kind], "state": "good"},
                  f"{name}: the card brings it back under its number: {kind}", done.stderr + done.stdout)
        tap.check(town.ocsp(kind, issued[NEW][kind]) == "good", f"{name}: then OCSP says good: {kind}")
    done = town.jpki("counter", "reenter", "--kind", "authentication", "--as", "daiei1")
    tap.check(done.returncode == 1 and "already" in done.stderr, f"{name}: twice: refused", done.stderr)
    row = town.rows("SELECT kind FROM journal WHERE kind LIKE 'certificate-reenter:%' ORDER BY sequence")
    tap.check([kind for kind, in row] == ["certificate-reenter:done"] * (3 if name == "log kept" else 2) + ["certificate-reenter:certificate-known"],
              f"{name}: each is in the journal", row)
    done = town.jpki("counter", "open", "--procedure", "new", "--resident", NEW, "--kind", "both", "--as", "daiei1")
    tap.check(done.returncode == 1, f"{name}: and nobody gets a second one beside it", done.stderr)


def hanako_returns(name, town, issued, pin):
    """She comes for another thing; her card brings the lost certificate back by the way."""
    number = town.open("pin-reset", HANAKO, "--kind", "signature", "--pin", "forgotten")
    town.put_in(HANAKO)
    done = town.go(number, pin)
    tap.check(done.returncode == 0, f"{name}: a card that comes for another thing", done.stderr)
    return town.ocsp("signature", issued[HANAKO]["signature"])


def drill_machine(lost, issued, readers):
    """The machine is lost; signed.log, the lists and the checkpoints were kept elsewhere."""
    name = "log kept"
    done = restore("kept", "--signed-log", path("signed.log"), "--published", path("published"))
    tap.check(not isinstance(done, Exception) and "unknown" in done.stdout and "hotline's own record" in done.stdout,
              f"{name}: restored, and it is said what people must do", done)
    town = Town(path("kept"), readers)
    town.start()
    tap.check(town.ocsp("signature", issued[LOST]["signature"]) == "revoked",
              f"{name}: who was held and on the list is held from the first answer on")
    tap.check(town.ocsp("signature", issued["old"]) == "revoked", f"{name}: so is what the move had revoked")
    tap.check(town.ocsp("signature", issued[LATE]["signature"]) == "good",
              f"{name}: a hold that no list had is lost (that is why the hotline keeps a record)")
    town.hold(LATE)
    tap.check(town.ocsp("signature", issued[LATE]["signature"]) == "revoked", f"{name}: until it is entered again")
    serial = issued[BOTH]["authentication"]
    tap.check(town.ocsp("authentication", serial) == "revoked", f"{name}: one that was issued and held since is held")
    rise(name, town, lost)
    tap.check(serial in list_of("kept", "authentication")[0], f"{name}: and stays on the lists")
    town.put_in(BOTH)
    done = town.jpki("counter", "reenter", "--kind", "authentication", "--as", "daiei1", "--json")
    tap.check('"state": "held"' in done.stdout, f"{name}: its card brings it back as held", done.stdout + done.stderr)
    tap.check(town.ocsp("authentication", serial) == "revoked", f"{name}: which never made it good")
    bring_back(name, town, issued)
    town.must("admin", "event", "--resident", HANAKO, "--event", "moved-within", "--as", "register1", ADDRESS)
    tap.check(hanako_returns(name, town, issued, "AGAIN2026") == "good",
              f"{name}: after her move was entered again, her new certificate is good")
    serials, _ = list_of("kept", "signature")
    tap.check(issued[LOST]["signature"] in serials and issued["old"] in serials,
              f"{name}: the new list has all that the last one had", serials)
    town.must("admin", "checkpoint", "--as", "admin1")
    verify(f"{name}: the journal verifies, and names the restore", town, says="was restored")
    verify(f"{name}: also against the checkpoints that were carried away", town, "--against", path("checkpoints"),
           says="of lost entries")
    town.service.stop()
    test_faked(town)


def test_faked(town):
    """An operator who cuts the journal without a restore, or moves the restore's time, is found."""
    with sqlite3.connect(f"{town.data}/database/jpki.db") as connection:
        names = [name for name, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for trigger in names:
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE journal SET time = time + 100000 WHERE kind = 'restore:done'")
    town.start()
    verify("a restore whose time was moved: found", town, expect=1, says="was changed")
    town.service.stop()


def drill_log(lost, issued, readers):
    """signed.log is lost as well; a relying party still has the lists."""
    name = "log lost"
    done = restore("lost", "--lost-log", str(MARGIN), "--published", path("published"))
    tap.check(not isinstance(done, Exception), f"{name}: restored above a margin", done)
    town = Town(path("lost"), readers)
    town.start()
    tap.check(town.ocsp("signature", issued[LOST]["signature"]) == "revoked", f"{name}: holds on the lists are there")
    rise(name, town, lost)
    bring_back(name, town, issued)
    tap.check(hanako_returns(name, town, issued, "AGAIN2027") == "revoked",
              f"{name}: a certificate of another address than the register's comes back revoked")
    verify(f"{name}: the journal verifies against the checkpoints that were carried away", town, "--against",
           path("checkpoints"))
    town.service.stop()


def drill_all(lost, issued, readers):
    """Nothing but the backup is left."""
    name = "all lost"
    done = restore("nothing", "--lost-log", str(MARGIN))
    tap.check(not isinstance(done, Exception) and "good again" in done.stdout,
              f"{name}: restored, and it is said that holds are lost", done)
    town = Town(path("nothing"), readers)
    town.start()
    tap.check(town.ocsp("signature", issued[NEW]["signature"]) == "unknown", f"{name}: OCSP says unknown of lost ones")
    tap.check(town.ocsp("signature", issued[LOST]["signature"]) == "good", f"{name}: a lost hold is lost")
    town.hold(LOST)
    tap.check(town.ocsp("signature", issued[LOST]["signature"]) == "revoked", f"{name}: until it is entered again")
    rise(name, town, lost)
    town.service.stop()


try:
    status, errors = jpkid.init(path("data"))
    tap.check(status == 0, "init", errors)
    with pcscd.Readers(1) as readers:
        lost, issued = story(readers)
        test_refusals(lost)
        test_silent(lost)
        drill_log(lost, issued, readers)
        if "--few" not in sys.argv:
            drill_machine(lost, issued, readers)
            drill_all(lost, issued, readers)
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
