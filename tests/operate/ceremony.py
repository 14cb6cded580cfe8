#!/usr/bin/python3
"""A ceremony: one file says who does what; shares take the place of a passphrase; what was made is written down,
and the journal signs for that. Judged with hashlib and openssl."""
import hashlib
import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-ceremony-")
GOOD = """title = 認証局の鍵生成
place = 見本市役所 3階
leader = 見本 花子
operator = 見本 太郎
witness-1 = 見本 一郎
witness-2 = 見本 二郎
holder-1 = 保持 一
holder-2 = 保持 二
holder-3 = 保持 三
holder-4 = 保持 四
holder-5 = 保持 五
threshold = 3
restart = holders
"""


def path(*names):
    return os.path.join(folder, *names)


def write(name, text):
    with open(path(name), "w") as file:
        file.write(text)
    return path(name)


def read(name, mode="r"):
    with open(path(name), mode) as file:
        return file.read()


def init(data, *words):
    """(status, what it said)"""
    done = subprocess.run([jpkid.PROGRAM, "init", "--data", path(data), "--sample", "--etc",
                           os.path.join(jpkid.SOURCE, "etc"), *words], text=True, capture_output=True, timeout=60,
                          env=dict(os.environ, LC_ALL="C.UTF-8"))
    return done.returncode, done.stdout + done.stderr


def test_refusals():
    before = sorted(os.listdir(folder))
    for change, wanted in (
            (("leader = 見本 花子", "leader = 見本 太郎"), "leader : the same person as the operator"),
            (("witness-2 = 見本 二郎", "witness-2 = 見本 一郎"), "witness-1 : the same person as the witness"),
            (("witness-1 = 見本 一郎", "witness-1 = 見本 太郎"), "witness-1 : the same person as the operator"),
            (("holder-2 = 保持 二", "holder-2 = 保持 一"), "holder-1 : the same person as the holder"),
            (("holder-5 = 保持 五", "holder-5 = 見本 太郎"), "holder-5 : the same person as the operator"),
            (("holder-3 = 保持 三\n", ""), "holder-3 : is missing"),
            (("place = 見本市役所 3階\n", ""), "place : is missing"),
            (("threshold = 3", "threshold = 6"), "threshold : more than there are holders"),
            (("threshold = 3", "threshold = 1"), "threshold : line 12: not a number from 2 to 16"),
            (("threshold = 3\n", ""), "threshold : is missing"),
            (("restart = holders\n", ""), "restart : is missing"),
            (("restart = holders", "restart = never"), "restart : line 13: neither holders nor unattended"),
            (("restart = holders", "restart = unattended"), "risk-accepted-by : stands there where"),
            (("restart = holders", "restart = holders\nrisk-accepted-by = 見本 花子"), "risk-accepted-by : stands there"),
            (("title = 認証局の鍵生成", "title = 認証局\ntitle = 二つ"), "title : line 2: stands there twice"),
            (("operator =", "operater ="), "known key : line 4: there is no such key"),
            (("holder-5 =", "holder-17 ="), "known key : line 11: there is no such key"),
            (("見本 花子", "長" * 65), "leader : line 3: not 1 to 64 characters")):
        wrong = write("wrong", GOOD.replace(*change))
        status, text = init("data", "--ceremony", wrong, "--dry-run")
        os.remove(wrong)
        tap.check(status == 2 and wanted in text, f"refused: {wanted}", text)
    good = write("file", GOOD)
    for words in (("--ceremony", good), ("--ceremony", good, "--shares", folder, "--dry-run"), ("--dry-run",),
                  ("--shares", folder), ("--ceremony", good, "--dry-run", "--token", "/x:y"),
                  ("--ceremony", good, "--dry-run", "--passphrase-fd", "0")):
        status, text = init("data", *words)
        tap.check(status == 64, f"wrong usage: {' '.join(words[::2])}", text)
    status, text = init("data", "--ceremony", good, "--shares", path("nowhere"))
    tap.check(status == 2 and "nowhere" in text, "shares that cannot be handed out: nothing is made", text)
    os.mkdir(path("used"))
    write("used/share-3-of-5", "")
    status, text = init("data", "--ceremony", good, "--shares", path("used"))
    tap.check(status != 0 and read("used/share-3-of-5") == "", "shares never take the place of others", text)
    status, text = init("data", "--ceremony", good, "--dry-run")
    tap.check(status == 0 and "nothing was kept" in text, "a dry run", text)
    tap.check(sorted(os.listdir(folder)) == sorted(before + ["file", "used"]), "none of that left a folder behind")


def test_made():
    os.mkdir(path("shares"))
    status, text = init("data", "--ceremony", path("file"), "--shares", path("shares"))
    tap.check(status == 0 and "any 3 of them" in text, "the ceremony", text)
    names = sorted(os.listdir(path("shares")))
    modes = {os.stat(path("shares", name)).st_mode & 0o777 for name in names}
    tap.check(names == [f"share-{i}-of-5" for i in range(1, 6)] and modes == {0o600}, "five shares, for their holders",
              (names, modes))
    lines = [read(f"shares/{name}").strip() for name in names]
    everything = "".join(read(os.path.join("data", name), "rb").decode("latin-1") for name in
                         ("journal/ceremony", "journal/checkpoints", "database/jpki.db"))
    tap.check(not any(group in everything for line in lines for group in line.split()[4:]),
              "no digit of a share is in record, journal or database")
    return lines


def test_record():
    record = dict(line.split(" = ", 1) for line in read("data/journal/ceremony").splitlines())
    wanted = {key: hashlib.sha256(read(f"data/published/{kind}.cer", "rb")).hexdigest()
              for kind in ("signature", "authentication") for key in [f"authority-{kind}-certificate"]}
    tap.check(all(record[key] == value for key, value in wanted.items()), "the record names both authorities", record)
    point = subprocess.run(["openssl", "pkey", "-pubin", "-in", path("data/published/permit-key.pem"), "-outform", "DER"],
                           capture_output=True, check=True).stdout[-65:]
    tap.check(record["permit-key"] == hashlib.sha256(point).hexdigest(), "and the permit key")
    tap.check(record["file"] == hashlib.sha256(GOOD.encode()).hexdigest(), "and the file that it followed")
    tap.check(all(f"{line}\n" in read("data/journal/ceremony") for line in GOOD.splitlines() if line), "and who was there")


def serve(*lines):
    """Whether it starts, and what it said."""
    service = jpkid.Service(path("data"), passphrase="\n".join(lines))
    with service:
        return service.is_ready, service.said()


def test_serve(lines):
    for chosen in ((0, 1, 2), (4, 0, 2), (2, 3, 4)):
        is_ready, text = serve(*(lines[i] for i in chosen))
        tap.check(is_ready, f"it serves with the shares {[i + 1 for i in chosen]}", text)
    for chosen, wanted in (((0, 1), "passphrase"), ((0, 0, 1), "number 1 twice")):
        is_ready, text = serve(*(lines[i] for i in chosen))
        tap.check(not is_ready and wanted in text, f"not with {[i + 1 for i in chosen]}", text)
    is_ready, text = serve(lines[0], lines[1], lines[2].replace(lines[2].split()[5], "00000000"))
    tap.check(not is_ready and "digit" in text, "a share that was read wrong is found", text)
    os.mkdir(path("others"))
    init("other", "--ceremony", path("file"), "--shares", path("others"))
    is_ready, text = serve(lines[0], lines[1], read("others/share-3-of-5").strip())
    tap.check(not is_ready and "another set" in text, "a share of another ceremony is found", text)
    others = [read(f"others/share-{i}-of-5").strip() for i in (1, 2, 3)]
    is_ready, text = serve(*others)
    tap.check(not is_ready and "wrong passphrase" in text, "the shares of another ceremony open nothing", text)


def test_terminal(lines):
    """Each holder at the keyboard; what they type is not shown."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(jpkid.PROGRAM, [jpkid.PROGRAM, "serve", "--data", path("data"), "--listen", "127.0.0.1:0"],
                  dict(os.environ, LC_ALL="C.UTF-8"))
    seen = ""

    def until(text):
        nonlocal seen
        end = time.monotonic() + 20
        while text not in seen and time.monotonic() < end:
            seen += os.read(terminal, 4096).decode(errors="replace")
        return text in seen

    asked = []
    for i, prompt in ((3, "Passphrase: "), (1, "Share 2 of 3: "), (0, "Share 3 of 3: ")):
        asked.append(until(prompt))
        os.write(terminal, (lines[i] + "\n").encode())
    is_ready = until("ready")
    os.kill(child, 15)
    os.waitpid(child, 0)
    os.close(terminal)
    tap.check(all(asked) and is_ready, "at the terminal three holders are asked, one after the other", seen)
    tap.check(not any(group in seen for line in lines for group in line.split()[4:]), "and nothing of it is shown")


def test_journal(lines):
    """The journal verifies, its entry names the record, and what the signer signed before the first day covers it."""
    service = jpkid.Service(path("data"), passphrase="\n".join(lines[:3]))
    with service:
        done = subprocess.run([f"{jpkid.BUILD}/jpki", "admin", "journal", "verify", "--against",
                               path("data/journal/checkpoints"), "--as", "auditor1"], capture_output=True, text=True,
                              env=dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=service.acts), timeout=60)
    tap.check(done.returncode == 0, "the journal verifies against its checkpoints", done.stdout + done.stderr)
    with sqlite3.connect(path("data/database/jpki.db")) as connection:
        found = connection.execute("SELECT j.sequence, p.data FROM journal j JOIN journal_personal p USING (sequence)"
                                   " WHERE j.kind = 'ceremony:done'").fetchall()
        first = connection.execute("SELECT MIN(sequence) FROM journal_checkpoint").fetchone()[0]
    digest = hashlib.sha256(read("data/journal/ceremony", "rb")).hexdigest()
    tap.check(len(found) == 1 and json.loads(found[0][1])["record"] == digest, "one entry names the record", found)
    tap.check(first >= found[0][0], "and the first checkpoint covers it", (first, found))


def test_unattended():
    choice = GOOD.replace("restart = holders", "restart = unattended\nrisk-accepted-by = 見本 花子")
    os.mkdir(path("third"))
    status, text = init("unattended", "--ceremony", write("choice", choice), "--shares", path("third"))
    record = read("unattended/journal/ceremony")
    tap.check(status == 0 and "restart = unattended\n" in record and "risk-accepted-by = 見本 花子\n" in record,
              "an unattended restart stands in the record, with who answers for it", text)


try:
    test_refusals()
    made = test_made()
    test_record()
    test_serve(made)
    test_terminal(made)
    test_journal(made)
    test_unattended()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
