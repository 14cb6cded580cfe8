#!/usr/bin/python3
"""jpkid follow: a node that follows the writer's PostgreSQL and answers OCSP. What it says, how old that may be, what
it says when the database is silent, and whom it obeys. openssl judges its answers, the real server its rights."""
import hashlib
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from postgres import QUICK, Postgres, as_user, programs, sql  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

if not programs():
    skip_all("PostgreSQL is not installed")
FEW = "--few" in sys.argv
SEEDED = 2000 if FEW else 20000  # more than one part of the feed
BOUND = 5  # seconds: what is answered is at most so old
USER = "jpki_follower"
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-follow-")
DATA = os.path.join(folder, "data")
NODE = os.path.join(folder, "node")


class Follower(jpkid.Service):
    """jpkid follow on a data folder, at a port that is free."""

    def __init__(self, data, *words):
        self.data, self.urls, self.is_ready = data, {}, False
        self.errors = tempfile.TemporaryFile("a+")
        self.process = subprocess.Popen([jpkid.PROGRAM, "follow", "--data", data, "--listen", "127.0.0.1:0", *words],
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        env={**os.environ, "LC_ALL": "C.UTF-8"})
        for line in self.process.stdout:
            word, _, rest = line.strip().partition(" ")
            self.urls[word] = rest
            if word in ("ready", "status"):  # without a database it is not ready, and answers all the same
                self.is_ready = word == "ready"
                break

    def wait_ready(self):
        """Its next line says so."""
        self.is_ready = self.is_ready or self.process.stdout.readline().strip() == "ready"
        return self


def follow(data, *words):
    return Follower(data, *words).wait_ready()


def refused(name, data, *words, expect, says):
    try:
        done = subprocess.run([jpkid.PROGRAM, "follow", "--data", data, "--listen", "127.0.0.1:0", *words],
                              capture_output=True, text=True, timeout=15, env={**os.environ, "LC_ALL": "C.UTF-8"})
    except subprocess.TimeoutExpired as error:
        tap.check(False, name, error)
        shutil.rmtree(data, ignore_errors=True)
        return
    tap.check(done.returncode == expect and says in done.stderr, name, (done.returncode, done.stderr))


def wait_for(check, seconds=60, pause=0.05):
    """True as soon as it is, or false when the time is over."""
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


# -- what people ask --

def ocsp(url, serial, kind="authentication"):
    """openssl's word: good, revoked, unknown, or what kept it from one."""
    done = subprocess.run(["openssl", "ocsp", "-issuer", f"{folder}/{kind}.pem", "-CAfile", f"{folder}/{kind}.pem", "-serial",
                           str(serial), "-url", url + "ocsp"], capture_output=True, text=True, timeout=30)
    found = re.search(rf"^{serial}: (\w+)", done.stdout, re.M)
    if found:
        return found[1] if "verify OK" in done.stderr else "not verified: " + done.stderr
    found = re.search(r"Responder Error: (\w+)", done.stdout + done.stderr)
    return found[1] if found else done.stdout + done.stderr


def get(url, path):
    try:
        with urllib.request.urlopen(url + path, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def feed_age(url):
    return float(re.search(r"^jpki_feed_age_seconds (\S+)$", get(url, "metrics")[2].decode(), re.M)[1])


# -- what staff do --

served = [DATA]  # the last is the writer's folder


def jpki(*words):
    return subprocess.run([f"{jpkid.BUILD}/jpki", *map(str, words), "--socket", f"{served[-1]}/run/acts.sock"],
                          capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "C.UTF-8"})


def must(*words):
    done = jpki(*words)
    if done.returncode:
        raise RuntimeError((words, done.stdout, done.stderr))
    return done.stdout


def two_persons(*words):
    parked = re.search(r"parked: (\d+)", must(*words, "--as", "admin1"))[1]
    return must("counter", "approve", parked, "--as", "admin2")


def change(act, *serials):
    path = f"{folder}/list"
    with open(path, "w") as file:
        file.write("".join(f"{serial}\n" for serial in sorted(serials)))
    two_persons("admin", act, path, "--kind", "authentication", "--note", "a test")


def seed(store, num):
    """Certificates as if they had been issued; only their states matter. The serials. The service must not run."""
    first = int(sql(store, "SELECT MAX(serial) + 1 FROM signing WHERE kind = 1")[0][0])
    each = f"FROM generate_series({first}, {first + num - 1}) serial"
    now = int(time.time())
    sql(store, f"""INSERT INTO card (id, point, made) VALUES ('0003720000009993137220340514', '\\x{"00" * 65}', {now});
        INSERT INTO signing (kind, serial, what, tbs, signature, is_refused) SELECT 1, serial, 1, '\\x00', '\\x00', 0 {each};
        INSERT INTO certificate (kind, serial, application, resident, card, key_digest, leaf_digest, common_name, issued,
        last_day, state, reason, since, installed) SELECT 1, serial, 1000000 + serial, 1000000 + serial,
        '0003720000009993137220340514', sha256(serial::text::bytea), '\\x{"00" * 32}', 'SAMPLE ' || serial, {now},
        {now // 86400 + 1500}, 2, 0, 0, {now} {each};
        INSERT INTO change (epoch, authority, serial, state, reason, time, municipality)
        SELECT (SELECT COALESCE(MAX(epoch), 0) FROM change) + serial - {first - 1}, 1, serial, 2, 0, 0, 31372 {each}""")
    return list(range(first, first + num))


def grants():
    """The statements that the manual tells the operator to run."""
    with open(os.path.join(jpkid.SOURCE, "man", "jpkid.8")) as file:
        lines = re.findall(r"^\.Dl ((?:CREATE ROLE|GRANT) .*;)$", file.read(), re.M)
    return " ".join(lines).replace("\\(aq", "'")


class Wire:
    """A way to the server that can be frozen, as by a network that loses everything, or cut."""

    def __init__(self, server):
        self.folder = tempfile.mkdtemp(dir=folder)
        self.target, self.pairs, self.is_open = f"{server.folder}/.s.PGSQL.5432", [], threading.Event()
        self.is_open.set()
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(f"{self.folder}/.s.PGSQL.5432")
        self.listening.listen(8)
        threading.Thread(target=self.accept, daemon=True).start()

    def store(self, server):
        return server.store.replace(server.folder, self.folder).replace("user=jpki", f"user={USER}")

    def accept(self):
        while True:
            near = self.listening.accept()[0]
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self.target)
            except OSError:
                near.close()
                continue
            self.pairs.append((near, far))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, one, other):
        try:
            while data := one.recv(65536):
                self.is_open.wait()
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def freeze(self):
        self.is_open.clear()

    def thaw(self):
        self.is_open.set()

    def cut(self):
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def stop_all(server, how):
    """A signal to the server and all its processes."""
    pids = [server.process.pid]
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == server.process.pid:
                    pids.append(int(entry))
        except OSError:
            continue
    for pid in pids:
        os.kill(pid, how)


def watch(url, serial, seconds):
    """[(seconds since now, answer)]; the time is that at which the question was asked."""
    start, seen = time.monotonic(), []
    while (asked := time.monotonic() - start) < seconds:
        seen.append((asked, ocsp(url, serial)))
        time.sleep(0.05)
    return seen


def check_silence(name, seen):
    """Old answers for five seconds at most, then tryLater and nothing else."""
    late = {answer for asked, answer in seen if asked > BOUND + 0.3}
    last = max([asked for asked, answer in seen if answer == "good"], default=0)
    tap.check(late == {"trylater"} and last <= BOUND + 0.3, f"{name}: the last good {last:.1f} s after it, then tryLater",
              seen[-5:])


# -- the tests, in their order: each goes on where the one before ended --

def test_refusals(server):
    refused("no --store at the first start", NODE, expect=64, says="--store is needed")
    refused("a file is no database to follow", NODE, "--store", f"{folder}/file.db", expect=64, says="address of PostgreSQL")
    refused("a folder of the writer", DATA, expect=1, says="was not made by jpkid follow")
    refused("a database user who may write", NODE, "--store", server.store, expect=2, says="it may write")
    refused("a server that is not there", NODE, "--store", f"postgres:host={folder} dbname=x password=hidden", expect=2,
            says="No such file")
    tap.check(sorted(os.listdir(folder)) == ["authentication.pem", "data", "signature.pem"], "nothing is left of any of them",
              os.listdir(folder))


def test_rights(server):
    """What the manual grants is enough to follow, as the rest of the test shows; and nothing can be written with it."""
    def says(text, user=USER):
        try:
            return sql(server.store.replace("user=jpki", f"user={user}"), text)
        except RuntimeError as error:
            return str(error)
    tap.check("permission denied" not in str(says("SELECT * FROM change_shown LIMIT 1")), "the follower's user reads changes")
    for text in ("INSERT INTO change VALUES (999999, 0, 1, 2, 0, 0, 31372)", "UPDATE crl SET number = 1", "DELETE FROM follower",
                 "TRUNCATE crl_signature", "UPDATE writer SET fence = 9", "INSERT INTO follower VALUES (9, 'x', '\\x00', 0)",
                 "UPDATE own_certificate SET what = 1", "CREATE TABLE own (a int)", "DROP VIEW change_shown"):
        said = str(says("SET default_transaction_read_only = off; " + text))
        tap.check("permission denied" in said or "must be owner" in said, f"refused by the server: {text}", said)
    for text in ("SELECT tbs FROM signing", "SELECT signature FROM signing", "SELECT common_name FROM certificate",
                 "SELECT * FROM resident", "SELECT actor FROM journal", "SELECT * FROM journal_personal", "SELECT * FROM staff"):
        tap.check("permission denied" in str(says(text)), f"not the follower's to read: {text}")
    look = ("SET default_transaction_read_only = off; CREATE FUNCTION pg_temp.look(b bytea) RETURNS boolean LANGUAGE plpgsql"
            " COST 0.0000001 AS $$BEGIN IF length(b) = 1 THEN RAISE EXCEPTION 'it sees what was seeded'; END IF;"
            " RETURN true; END$$; SET enable_indexscan = off; SET enable_bitmapscan = off;"
            " SET enable_indexonlyscan = off; SELECT count(*) FROM own_certificate WHERE pg_temp.look(tbs)")
    said = says(look)
    tap.check(isinstance(said, list), "a function of the user's own sees no resident's certificate either", said)
    tap.check(sql(server.store, "SELECT count(*) FROM own_certificate WHERE what = 1") == [["0"]],
              "no resident's certificate is among those that it reads")


def test_unregistered(node, serials):
    url = node.urls["status"]
    mode = os.stat(f"{NODE}/follower.key").st_mode & 0o777
    tap.check(mode == 0o600 and f"{NODE}/follower.pem" in node.said(), "the key is its owner's; the public half is named",
              (oct(mode), node.said()))
    tap.check(wait_for(lambda: "this node's key is not registered" in node.said()), "a sentence says that it is not registered")
    tap.check(ocsp(url, serials[0]) == "trylater" and get(url, "health")[0] == 503, "and it answers tryLater", ocsp(url, serials[0]))
    tap.check(feed_age(url) < 2, "though it is fresh", feed_age(url))


def test_acts(serials, node):
    with open(f"{folder}/rsa.pem", "w") as file:
        file.write(subprocess.run("openssl genrsa 2048 2>/dev/null | openssl rsa -pubout 2>/dev/null", shell=True, capture_output=True,
                                  text=True).stdout)
    done = jpki("admin", "follower-add", "x", f"{folder}/rsa.pem", "--as", "admin1")
    tap.check(done.returncode != 0, "a key of RSA is refused", done.stderr)
    done = jpki("admin", "follower-add", "x", f"{folder}/authentication.pem", "--as", "admin1")
    tap.check(done.returncode != 0 and "PUBLIC KEY" in done.stderr, "what is no public key is refused", done.stderr)
    done = jpki("admin", "follower-add", "x", f"{NODE}/follower.pem", "--as", "daiei1")
    tap.check(done.returncode == 1, "a clerk may not", done.stderr)
    parked = re.search(r"parked: (\d+)", must("admin", "follower-add", "node-1", f"{NODE}/follower.pem", "--as", "admin1"))[1]
    done = jpki("counter", "approve", parked, "--as", "admin1")
    tap.check(done.returncode == 1 and "same-person" in done.stderr, "nobody approves their own", done.stderr)
    tap.check("node-1" in must("counter", "parked", "--as", "admin2"), "the second person reads the name")
    tap.check(ocsp(node.urls["status"], serials[0]) == "trylater", "until then it stays unregistered")
    start = time.monotonic()
    must("counter", "approve", parked, "--as", "admin2")
    tap.check(wait_for(lambda: ocsp(node.urls["status"], serials[0]) == "good"),
              f"registered, it answers ({time.monotonic() - start:.1f} s)", node.said())
    tap.check(get(node.urls["status"], "health")[0] == 200, "and is well")
    for name, path, code in (("node-2", f"{NODE}/follower.pem", "known-key"), ("node-1", None, "known-name")):
        other = path or f"{folder}/other.pem"
        subprocess.run(f"openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout -out {folder}/other.pem", shell=True,
                       check=True, capture_output=True)
        done = jpki("admin", "follower-add", name, other, "--as", "admin1")
        tap.check(done.returncode == 1 and code in done.stderr, f"refused: {code}", done.stderr)
    done = jpki("admin", "follower-remove", "nobody", "--as", "admin1")
    tap.check(done.returncode == 1 and "no-follower" in done.stderr, "nobody of that name can be removed", done.stderr)
    text = jpki("admin", "status", "--as", "admin1").stdout
    tap.check(re.search(r"^ok +follower node-1: its certificate ends in 2[34] h$", text, re.M), "admin status has a line for it", text)
    tap.check(len(re.findall("OCSP of .*: its certificate ends in 2[34] h", text)) == 2, "beside those of the writer's own status", text)


def test_answers(node, writer, serials):
    url, own = node.urls["status"], writer.urls["status"]
    tap.check([ocsp(url, serials[0]), ocsp(url, serials[-1]), ocsp(url, serials[-1] + 1000)] == ["good", "good", "unknown"],
              "good for the first and the last of thousands, unknown for what was never issued")
    times = []
    for serial in serials[10:10 + (3 if FEW else 10)]:
        change("mass-hold", serial)
        wait_for(lambda: ocsp(own, serial) == "revoked", pause=0)
        start = time.monotonic()
        wait_for(lambda: ocsp(url, serial) == "revoked", pause=0)
        times.append(time.monotonic() - start)
    tap.check(max(times) < BOUND, f"held at the writer, revoked at the follower: median {statistics.median(times) * 1000:.0f} ms, "
              f"at most {max(times) * 1000:.0f} ms later", times)
    epochs = get(own, "metrics")[2], get(url, "metrics")[2]
    epochs = [re.findall(rb"^jpki_map_epoch.* (\d+)$", text, re.M) for text in epochs]
    tap.check(epochs[0] == epochs[1], "both know the same epoch", epochs)

    def same(path):
        here, there = get(url, path), get(own, path)
        return here[0] == there[0] == 200 and here[2] == there[2] and here[1]["JPKI-Epoch"] == there[1]["JPKI-Epoch"]
    for path in ("crl/signature.crl", "crl/authentication.crl", "ca/signature.cer", "ca/authentication.cer"):
        tap.check(wait_for(lambda: same(path)), f"/{path} is the writer's, byte for byte", (get(url, path)[:2], get(own, path)[:2]))
    held = serials[10]
    listed = subprocess.run(["openssl", "crl", "-inform", "DER", "-noout", "-text"], input=get(url, "crl/authentication.crl")[2],
                            capture_output=True).stdout.decode()
    tap.check(wait_for(lambda: f"{held:X}" in re.findall(r"Serial Number: 0*([0-9A-F]+)", subprocess.run(
        ["openssl", "crl", "-inform", "DER", "-noout", "-text"], input=get(url, "crl/authentication.crl")[2],
        capture_output=True).stdout.decode())), "and what is held is on it", listed)
    tap.check(get(url, "push-set/authentication")[0] == 200, "it makes its own push sets")
    change("mass-revoke", serials[20])
    tap.check(wait_for(lambda: ocsp(url, serials[20]) == "revoked"), "what is revoked is revoked")


def test_silence(node, wire, server, serials):
    url = node.urls["status"]
    wire.freeze()
    change("mass-hold", serials[30])
    seen = watch(url, serials[30], BOUND + 3)
    check_silence("the way to the database is dead, and the writer held it", seen)
    health = get(url, "health")[0], get(url, "crl/authentication.crl")[0], feed_age(url)
    tap.check(health[0] == 503 and health[1] == 200 and health[2] > BOUND, "health says so; lists, which have their own dates, stay", health)
    wire.thaw()
    start = time.monotonic()
    answers = []
    tap.check(wait_for(lambda: answers.append(ocsp(url, serials[30])) or answers[-1] == "revoked") and "good" not in answers,
              f"it is there again: revoked after {time.monotonic() - start:.1f} s, and never good", answers)
    stop_all(server, signal.SIGSTOP)
    try:
        seen = watch(url, serials[31], BOUND + 2)
    finally:
        stop_all(server, signal.SIGCONT)
    check_silence("PostgreSQL stands still (SIGSTOP)", seen)
    tap.check(wait_for(lambda: ocsp(url, serials[31]) == "good"), "goes on: good again")
    wire.cut()
    change("mass-hold", serials[32])
    tap.check(wait_for(lambda: ocsp(url, serials[32]) == "revoked") and "feed: database : " in node.said()
              and "feed ended with" in node.said(),
              "a connection that is cut is made again", node.said())


def test_deaths(node, serials):
    url = node.urls["status"]
    for role in ("feed", "status"):
        before = node.role(role)
        os.kill(before, signal.SIGKILL)
        tap.check(wait_for(lambda: node.roles().get(role, before) != before) and
                  wait_for(lambda: (ocsp(url, serials[0]), ocsp(url, serials[30])) == ("good", "revoked")),
                  f"{role} is killed: it is started again, and answers", node.said())


def test_set_back(server, node, serials):
    """The last change disappears behind an open connection, as in a restore of the data alone."""
    change("mass-hold", serials[35])
    wait_for(lambda: ocsp(node.urls["status"], serials[35]) == "revoked")
    columns = "epoch, authority, serial, state, reason, time, municipality, application"
    sql(server.store, "ALTER TABLE change DISABLE TRIGGER ALL; CREATE TABLE saved AS SELECT * FROM change ORDER BY epoch DESC LIMIT 1;"
        " DELETE FROM change WHERE epoch = (SELECT epoch FROM saved)")
    told = wait_for(lambda: "the database was set back" in node.said())
    answers = []
    tap.check(told and wait_for(lambda: answers.append(ocsp(node.urls["status"], serials[35])) or answers[-1] == "good")
              and set(answers) <= {"revoked", "trylater", "unknown", "good"} and "made again" in node.said(),
              "a database that was set back: what it does not have any more is forgotten", (answers, node.said()))
    sql(server.store, f"INSERT INTO change ({columns}) SELECT {columns} FROM saved; DROP TABLE saved;"
        " ALTER TABLE change ENABLE TRIGGER ALL")
    tap.check(wait_for(lambda: ocsp(node.urls["status"], serials[35]) == "revoked"), "and what it has again, known")


def start_again(words=()):
    node = follow(NODE, *words)
    wait_for(lambda: get(node.urls["status"], "health")[0] == 200)
    return node


def right(node, serials):
    return [ocsp(node.urls["status"], serials[i]) for i in (0, 30, 20)] == ["good", "revoked", "revoked"]


def note_other_history(path):
    """The note as it would be beside a database whose journal went another way."""
    with open(path, "r+b") as file:
        note = bytearray(file.read()[:-32])
        note[-40] ^= 1  # of the journal's head
        file.seek(0)
        file.write(note + hashlib.sha256(note).digest())


def test_restarts(server, serials):
    node = start_again()
    tap.check(right(node, serials) and "made again" not in node.said(), "started again, it goes on from its note", node.said())
    node.stop()
    os.unlink(f"{NODE}/status/authentication.map")
    node = start_again()
    tap.check(right(node, serials) and "missing or damaged" in node.said(), "a map that was deleted is made again", node.said())
    node.stop()
    note_other_history(f"{NODE}/status/synced")
    node = start_again()
    tap.check(right(node, serials) and "made again" in node.said(), "a database with another history: all is read again", node.said())
    node.stop()
    node = Follower(NODE, "--store", f"postgres:host={folder} dbname=postgres user={USER}")
    answer = ocsp(node.urls["status"], serials[0])
    tap.check(answer == "trylater" and feed_age(node.urls["status"]) == -1 and wait_for(lambda: "No such file" in node.said()),
              "started without its database: tryLater, however fresh it was before", (answer, node.said()))
    tap.check(len(re.findall("No such file", node.said())) == 1, "and says once why", node.said())
    node.stop()


def test_standby(server, serials):
    """A standby may lag and not know it: it is refused, also as one of two hosts."""
    standby = Postgres(QUICK)
    standby.folder = tempfile.mkdtemp(prefix="jpki-standby-")
    try:
        if os.geteuid() == 0:
            shutil.chown(standby.folder, "postgres")
        subprocess.run([*as_user(), f"{programs()}/pg_basebackup", "-h", server.folder, "-U", "jpki", "-R", "-c", "fast", "-D",
                        f"{standby.folder}/data"], check=True, cwd="/", capture_output=True, timeout=60)
        standby.begin()
        address = standby.store.replace("user=jpki", f"user={USER}")
        refused("a standby is refused", f"{folder}/other", "--store", address, expect=2, says="is a standby, which may lag")
        both = address.replace(standby.folder, f"{standby.folder},{server.folder}")
        node = start_again(("--store", both + " target_session_attrs=primary"))
        tap.check(right(node, serials), "of two servers libpq finds the primary (target_session_attrs)", node.said())
        node.stop()
    finally:
        standby.stop()


def test_renewal(server, serials):
    """At half of their life, which is moved to now."""
    def made(name):
        return int(sql(server.store, "SELECT count(*) FROM follower_certificate c JOIN follower f ON f.number = c.follower"
                       f" WHERE f.name = '{name}'")[0][0])
    two_persons("admin", "follower-add", "node-2", f"{folder}/other.pem")
    tap.check(wait_for(lambda: made("node-2") == 2) and made("node-1") == 2, "each follower has a certificate of each authority")
    two_persons("admin", "follower-remove", "node-2")
    left = int(sql(server.store, "SELECT max(renewal) FROM follower_certificate")[0][0]) - time.time()
    tap.check(12 * 3600 - 60 < left <= 12 * 3600, "to be renewed after 12 hours", left)
    sql(server.store, "ALTER TABLE follower_certificate DISABLE TRIGGER ALL; UPDATE follower_certificate SET renewal = 1")
    tap.check(wait_for(lambda: made("node-1") == 4), "from then on there are new ones")
    time.sleep(3)
    tap.check(made("node-2") == 2 and made("node-1") == 4, "none for one that was removed; and none too many")
    done = jpki("admin", "follower-add", "node-2", f"{folder}/other.pem", "--as", "admin1")
    tap.check(done.returncode == 1 and "known-key" in done.stderr, "a key that was removed does not come back", done.stderr)
    node = start_again(("--store", server.store.replace("user=jpki", f"user={USER}")))
    tap.check(right(node, serials), "the node takes the new ones", node.said())
    node.stop()
    sql(server.store, "UPDATE follower_certificate SET follower = 3 - follower, renewal = 4102444800")
    node = follow(NODE)
    tap.check(wait_for(lambda: "the certificate is for another" in node.said()) and ocsp(node.urls["status"], serials[0]) == "trylater",
              "a certificate for another follower's key is refused", node.said())
    sql(server.store, "UPDATE follower_certificate SET follower = 3 - follower; ALTER TABLE follower_certificate ENABLE TRIGGER ALL")
    tap.check(wait_for(lambda: ocsp(node.urls["status"], serials[0]) == "good"), "its own is taken")
    return node


def test_writers(server, node, writer, serials):
    """The writer dies; another takes over; then the server itself dies."""
    url = node.urls["status"]
    writer.process.kill()
    writer.wait()
    time.sleep(BOUND + 1)
    tap.check(ocsp(url, serials[0]) == "good", "without a writer it is as fresh as the database: good", node.said())
    copy = f"{folder}/copy"
    shutil.copytree(DATA, copy, ignore=lambda path, names: [name for name in names if name.endswith(".sock")])
    with jpkid.Service(copy) as second:
        tap.check(second.is_ready, "another writer takes over", second.said())
        served.append(copy)
        change("mass-hold", serials[40])
        tap.check(wait_for(lambda: ocsp(url, serials[40]) == "revoked"), "the follower goes on with what it does", node.said())
        two_persons("admin", "follower-remove", "node-1")
        tap.check(ocsp(url, serials[0]) == "good", "removed: what it has lasts a day at most")
        server.end(signal.SIGKILL)
        seen = watch(url, serials[0], BOUND + 2)
        check_silence("PostgreSQL is killed", seen)
        server.begin()
        tap.check(wait_for(lambda: ocsp(url, serials[0]) == "good") and ocsp(url, serials[40]) == "revoked",
                  "it is there again: right answers", node.said())
    node.stop()
    node = follow(NODE)
    tap.check(wait_for(lambda: "or was removed" in node.said()) and ocsp(node.urls["status"], serials[0]) == "trylater",
              "removed and started again: no certificate, tryLater", node.said())
    node.stop()


def read_and_die(name):
    """A start that reads what is new, and is killed before it notes that it is on the disk: when it is about to rename
    the second note of one reading."""
    errors = f"{folder}/{name}"
    with open(errors, "w") as file:
        tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", "-P", f"{NODE}/status/synced.new", "-e",
                                   "trace=rename,renameat,renameat2", "-e", "inject=rename,renameat,renameat2:signal=KILL:when=2",
                                   jpkid.PROGRAM, "follow", "--data", NODE, "--listen", "127.0.0.1:0"],
                                  stdout=subprocess.DEVNULL, stderr=file, env={**os.environ, "LC_ALL": "C.UTF-8"})

    def has_died():
        with open(errors) as file:
            return "feed was ended by signal 9" in jpkid.in_words(file.read())
    died = wait_for(has_died)
    with open(f"/proc/{tracer.pid}/task/{tracer.pid}/children") as file:
        for child in file.read().split():
            os.kill(int(child), signal.SIGKILL)
    tracer.wait()
    return died


def news(server, serial):
    """What a writer does, without one: an entry of the journal and a change."""
    sql(server.store, "INSERT INTO journal SELECT sequence + 1, hash, commitment, kind, actor, role, second, time,"
        " sha256(hash) FROM journal ORDER BY sequence DESC LIMIT 1; INSERT INTO change (epoch, authority, serial, state,"
        f" reason, time, municipality) SELECT MAX(epoch) + 1, 1, {serial}, 3, 0, 1, 31372 FROM change")


def test_killed_in_a_reading(server, serials):
    """Its map is ahead of its note then. Where the database goes another way, it must not be believed."""
    news(server, serials[45])
    died = read_and_die("killed-1")
    node = follow(NODE)
    tap.check(died and "made again" not in node.said(), "killed in a reading: it goes on from its note", node.said())
    node.stop()
    news(server, serials[46])
    died = read_and_die("killed-2")
    sql(server.store, "ALTER TABLE journal DISABLE TRIGGER ALL; UPDATE journal SET hash = sha256('another')"
        " WHERE sequence = (SELECT MAX(sequence) FROM journal); ALTER TABLE change DISABLE TRIGGER ALL;"
        f" UPDATE change SET serial = {serials[47]} WHERE epoch = (SELECT MAX(epoch) FROM change)")
    node = follow(NODE)
    tap.check(died and "made again" in node.said(), "and not where what it read is another's history", node.said())
    node.stop()


def story(server):
    code, errors = jpkid.init(DATA, "--store", server.store)
    tap.check(code == 0, "init", errors)
    serials = seed(server.store, SEEDED)
    sql(server.store, grants())
    for kind in ("signature", "authentication"):
        subprocess.run(["openssl", "x509", "-inform", "DER", "-in", f"{DATA}/published/{kind}.cer", "-out", f"{folder}/{kind}.pem"],
                       check=True)
    test_refusals(server)
    test_rights(server)
    wire = Wire(server)
    with jpkid.Service(DATA) as writer:
        node = follow(NODE, "--store", wire.store(server))
        test_unregistered(node, serials)
        test_acts(serials, node)
        test_answers(node, writer, serials)
        test_silence(node, wire, server, serials)
        test_deaths(node, serials)
        test_set_back(server, node, serials)
        tap.check(node.stop() == 0, "SIGTERM ends it with 0")
        status, errors = jpkid.run("serve", "--data", NODE, "--listen", "127.0.0.1:0")
        tap.check(status == 1 and "follows another node" in errors, "jpkid serve does not take its folder", errors)
        test_restarts(server, serials)
        test_standby(server, serials)
        node = test_renewal(server, serials)
        test_writers(server, node, writer, serials)
    test_killed_in_a_reading(server, serials)


try:
    with Postgres(QUICK) as postgres:
        story(postgres)
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
