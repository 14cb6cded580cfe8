"""Faults 3, 4, 6, 7, 17 and 18: what OCSP, lists, push sets and verifiers say of a certificate. openssl reads
the answers."""
import base64
import os
import random
import re
import signal
import subprocess
import threading
import time

import asn1
import centre
import jpkid
from centre import KINDS
from issuing import extension, moved, next_list, opened
from scenes import HANAKO, TAKESHI
from world import FLOOR, MAKOTO, Signer

POST = {"Content-Type": "application/ocsp-request"}
READER = os.path.join(jpkid.SOURCE, "tests", "status", "push_set_reader.py")


def path_of(request):
    return "ocsp/" + base64.b64encode(request).decode().replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def get(town, kind, serial):
    """What a GET says, and the headers."""
    _, body, headers = town.fetch(path_of(town.request(kind, serial)))
    return town.read_answer(kind, body)[0], headers


# --- 3 ---

def good_for_never_issued(see, world):
    with world.town() as town:
        for kind in KINDS:
            mine = town.serial(TAKESHI, kind)
            see(town.ocsp(kind, mine) == "good", f"{kind}: what was issued is good")
            for serial in (1, FLOOR, mine - 1, mine + 5, mine + 6, 2**32 + mine, 2**63 + mine, 2**64 + mine, 2**152 + mine,
                           0, -1, mine - 2**64):
                _, body, _ = town.fetch("ocsp", town.request(kind, serial), **POST)
                see(town.read_answer(kind, body)[0] != "good", f"{kind}: {serial} was never issued to anybody")
        town.register(MAKOTO)
        signer = town.service.role("signer")
        os.kill(signer, signal.SIGSTOP)  # what is stored is not signed yet
        issuing = threading.Thread(target=town.apply, args=("new", MAKOTO), kwargs={"kinds": "both", "pin": "never-set"})
        issuing.start()
        try:
            time.sleep(0.3)
        finally:
            os.kill(signer, signal.SIGCONT)
        is_caught = reserved(see, town, issuing, signer)
        issuing.join()
        see(is_caught, "a certificate was caught before it was signed")
        for kind, serial in town.rows("SELECT kind, serial FROM certificate"):
            see(town.ocsp(KINDS[kind], serial) == "good", "what was handed out is known", serial)


def reserved(see, town, issuing, signer):
    """Stops the signer until a certificate waits for it; nobody is told that it is good."""
    while issuing.is_alive():
        os.kill(signer, signal.SIGSTOP)
        time.sleep(0.03)
        waiting = town.rows("SELECT kind, serial FROM certificate WHERE state = 1")
        for kind, serial in waiting:
            see(town.ocsp(KINDS[kind], serial) == "unknown", "reserved and not signed is unknown", serial)
        os.kill(signer, signal.SIGCONT)
        if waiting:
            return True
        time.sleep(0.002)
    return False


# --- 4 ---

def push_set_lists(town, kind, serial):
    """Whether a reader that is not ours finds it; None: the set is older than the last change."""
    status, body, headers = town.fetch(f"push-set/{kind}")
    if status != 200 or int(headers["jpki-epoch"]) < last_epoch(town):
        return None
    path = f"{town.folder}/set"
    with open(path, "wb") as file:
        file.write(body)
    done = subprocess.run(["/usr/bin/python3", READER, path], capture_output=True, text=True)
    return done.returncode != 0 or str(serial) in re.search(r"^listed(.*)$", done.stdout, re.M)[1].split()


def last_epoch(town):
    return town.rows("SELECT MAX(epoch) FROM change")[0][0]


def views(town, kind, serial):
    """{view: is it good there?}, of one epoch."""
    town.service.must("crl", "admin1")
    if not town.wait(lambda: push_set_lists(town, kind, serial) is not None, 30):
        raise TimeoutError("no push set of this epoch")
    return {"OCSP": town.ocsp(kind, serial) == "good", "OCSP by GET": get(town, kind, serial)[0] == "good",
            "list": serial not in town.serials_of_list(kind), "push set": push_set_lists(town, kind, serial) is False,
            "openssl with the list": verified_with_list(town, kind, serial),
            "database": town.rows("SELECT state FROM certificate WHERE kind = ? AND serial = ?", KINDS.index(kind),
                                  serial)[0][0] == 2}


def verified_with_list(town, kind, serial):
    """A relying party's own check of the certificate, by the list."""
    with open(f"{town.folder}/leaf.der", "wb") as file:
        file.write(town.certificate(kind, serial))
    town.list_of(kind)
    done = town.jpki("verify", "--path", "--anchor", town.authority(kind), "--cert", f"{town.folder}/leaf.der", "--crl",
                     f"{town.folder}/{kind}.crl", "--time", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(town.service.time)))
    return done[0] == 0


def views_differ(see, world):
    with world.small_town() as town:
        serials = {kind: town.serial(HANAKO, kind) for kind in KINDS}
        for kind, serial in serials.items():
            found = views(town, kind, serial)
            see(all(found.values()), f"{kind}: good everywhere", found)
            see(get(town, kind, serial)[0] == "good", "and an answer is kept")
        before = {kind: town.fetch(f"crl/{kind}.crl")[1] for kind in KINDS}
        town.hold(HANAKO)
        for kind, serial in serials.items():  # at once
            see(get(town, kind, serial)[0] == "revoked", f"{kind}: the answer that was kept is given no more")
            see(town.ocsp(kind, serial) == "revoked", f"{kind}: OCSP says it from the acknowledgement on")
            _, body, headers = town.fetch("ocsp", town.request(kind, serial), **POST)
            see(int(headers["jpki-epoch"]) >= last_epoch(town), f"{kind}: and its epoch says so")
        see(town.wait(lambda: all(town.fetch(f"crl/{kind}.crl")[1] != before[kind] for kind in KINDS), 15),
            "a new list comes by itself")
        for kind, serial in serials.items():
            found = views(town, kind, serial)
            see(not any(found.values()), f"{kind}: good nowhere", found)
        town.apply("release", HANAKO, pin="known")
        found = views(town, "authentication", serials["authentication"])
        see(all(found.values()), "released: good everywhere", found)


# --- 6 ---

def facts_of(town, kind):
    """(number, thisUpdate, nextUpdate) of the published list."""
    text = town.list_of(kind)
    times = re.findall(r"(?:Last|Next) Update: (.*) GMT", text)
    return (int(re.search(r"CRL Number:\s+(\d+)", text)[1]),
            *(int(time.mktime(time.strptime(when, "%b %d %H:%M:%S %Y"))) for when in times))


def broken_lists(tree):
    """(name, list) of lists that must not be signed."""
    again, old, early = next_list(tree), next_list(tree), next_list(tree)
    opened(extension(again, 2, 5, 29, 20)).body = opened(extension(tree, 2, 5, 29, 20)).body
    yield "with a number that was used", again
    old.body[3].body = tree[3].body
    old.body[4].body = tree[4].body
    yield "with a thisUpdate that was used", old
    opened(extension(early, 2, 5, 29, 20)).body = b"\1"
    yield "with a number that goes back", early
    for name, at in (("without an end", None), ("that ends after more than two days", 10 * 86400), ("that ended before it began", -3 * 86400)):
        odd = next_list(tree, 20)
        if at is None:
            del odd.body[4]
        else:

            moved(odd[4], at)
        yield name, odd
    empty = next_list(tree, 30)
    empty.body.insert(5, asn1.sequence())
    yield "with an empty list of entries", empty


def list_goes_back(see, world):
    town = world.town()
    with open(f"{town.data}/published/signature.tbs", "rb") as file:
        tree = asn1.parse(file.read())
    see(tree[5].tag == 0xA0, "without anybody revoked there is no element for it", hex(tree[5].tag))
    with Signer(town.data) as signer:
        for name, broken in broken_lists(tree):
            said = signer.crl("signature", broken.encode())
            see(said != "none", f"a list {name} is not signed", said)
        see(signer.crl("signature", next_list(tree, 40).encode()) == "none", "and one that is right is")
    town = world.town()
    with town:
        before = facts_of(town, "signature")
        see(before[2] - before[1] == 48 * 3600, "a list lives 48 hours", before)
    for clock in ("2026-12-01T01:30:00Z", "2026-11-20T00:00:00Z"):  # the clock was set back
        with town.at(clock):
            town.service.must("crl", "admin1")
            after = facts_of(town, "signature")
            see(after[0] > before[0] and after[1] > before[1], "number and thisUpdate rise under a clock that went back",
                (before, after))
            before = after
    with world.town() as town:
        in_time(see, town)


def in_time(see, town):
    """Time passes: nothing is served past its end, and a revoked one is listed until one list after its own."""
    serial, kind = town.serial(TAKESHI, "signature"), "signature"
    town.apply("revoke", TAKESHI, kinds="signature")
    kept = town.fetch(path_of(town.request(kind, serial)))[1]
    town.pass_time("2026-12-01T02:50:00Z")
    town.service.time = centre.seconds("2026-12-01T02:51:00Z")
    answer = town.read_answer(kind, town.fetch(path_of(town.request(kind, serial)))[1])[1]
    see(kept != town.fetch(path_of(town.request(kind, serial)))[1] and "Next Update: Dec  1 03:0" in answer,
        "an answer that was kept is not given past its end", answer[:600])
    end = town.rows("SELECT last_day FROM certificate WHERE kind = 0 AND serial = ?", serial)[0][0] * 86400
    for clock in ("2026-12-05T00:00:00Z", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end - 86400))):
        town.pass_time(clock)
        now = town.service.time - 60
        see(town.wait(lambda: facts_of(town, kind)[1] <= now + 60 < facts_of(town, kind)[2] and
                      facts_of(town, kind)[1] > now - 86400), f"at {clock} the list is of that day", facts_of(town, kind))
        see(serial in town.serials_of_list(kind), f"at {clock} a revoked one is listed")
    town.pass_time(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end + 2 * 86400)))
    number = facts_of(town, kind)[0]
    see(town.wait(lambda: facts_of(town, kind)[1] > end + 86400), "the first list after its end comes")
    see(facts_of(town, kind)[0] >= number and serial in town.serials_of_list(kind), "and still has it")
    town.service.must("crl", "admin1")
    see(serial not in town.serials_of_list(kind), "the next one need not, and has it no more")


# --- 7 ---

def revoked_lives_again(see, world):
    with world.town() as town:
        mine = {kind: town.serial(TAKESHI, kind) for kind in KINDS}
        town.hold(TAKESHI)
        see(get(town, "authentication", mine["authentication"])[0] == "revoked", "held")
        town.apply("release", TAKESHI, pin="known")
        see(get(town, "authentication", mine["authentication"])[0] == "good", "released: no answer of before is kept")
        see(town.ocsp("signature", mine["signature"]) == "revoked", "the signature certificate is not released with it")
        town.apply("revoke", TAKESHI, kinds="both")
        for kind in KINDS:
            ways_back(see, town, kind, mine[kind])
        town.service.must("crl", "admin1")
        for kind in KINDS:
            text = town.list_of(kind)
            entry = text[text.find(f"{mine[kind]:X}\n"):][:300].split("Serial Number:")[0]
            see("Certificate Hold" not in entry and f"{mine[kind]:X}" in entry, f"{kind}: listed, and not as held", entry)


def ways_back(see, town, kind, serial):
    """All that could give a revoked certificate another state, asked for."""
    for who, procedure in (("hotline1", "hold"), ("daiei1", "release")):
        try:
            town.apply(procedure, TAKESHI, who=who, **({"pin": "known"} if procedure == "release" else {}))
        except RuntimeError:
            pass  # refused: as good
        see(state(town, kind, serial) == 4, f"{kind}: {procedure} leaves what is revoked")
    town.act("hold-mistaken", "daiei1", resident=TAKESHI, note="it was not lost")
    digest = subprocess.run(["sha256sum"], input=f"{serial}\n".encode(), capture_output=True).stdout.split()[0].decode()
    for act in ("mass-hold", "mass-release"):
        if act == "mass-hold":
            listed = town.service.must("mass-list", "admin1", kind=kind, file=f"{serial}\n", digest=digest, **{"from": 0})
        parked = town.service.must(act, "admin1", number=listed["number"], kind=kind, count=1, digest=digest, note="x")
        town.service.must("approve", "admin2", number=parked["parked"])
        town.wait(lambda: town.service.must("mass-show", "admin1", number=listed["number"])["state"] == "finished")
        see(state(town, kind, serial) == 4, f"{kind}: {act} leaves what is revoked")
    for value in (2, 3):
        try:
            town.write(f"UPDATE certificate SET state = {value} WHERE kind = {KINDS.index(kind)} AND serial = {serial}")
        except Exception:
            pass
        see(state(town, kind, serial) == 4, f"{kind}: the database itself refuses")
    see(town.ocsp(kind, serial) == "revoked", f"{kind}: OCSP says revoked")
    reasons = town.rows("SELECT reason FROM certificate WHERE kind = ? AND serial = ?", KINDS.index(kind), serial)
    _, body, _ = town.fetch("ocsp", town.request(kind, serial), **POST)
    see("certificateHold" not in town.read_answer(kind, body)[1], f"{kind}: and not held", reasons)


def state(town, kind, serial):
    return town.rows("SELECT state FROM certificate WHERE kind = ? AND serial = ?", KINDS.index(kind), serial)[0][0]


# --- 17 ---

def nonce_or_address_misread(see, world):
    with world.town() as town:
        kind, mine = "authentication", town.serial(TAKESHI, "authentication")
        bare = town.fetch("ocsp", town.request(kind, mine), **POST)
        for nonce in (b"\1" * 16, b"\2" * 16, b"\1" * 16, b"\3" * 32, b"\4"):
            status, body, headers = town.fetch("ocsp", town.request(kind, mine, nonce), **POST)
            said, text = town.read_answer(kind, body)
            see(said == "good" and nonce in body and headers["cache-control"] == "no-store", "a nonce is answered with itself",
                (nonce.hex(), text[:300]))
            see(town.fetch(path_of(town.request(kind, mine, nonce)))[2]["cache-control"] == "no-store", "and kept nowhere")
        see("Nonce" not in town.read_answer(kind, town.fetch("ocsp", town.request(kind, mine), **POST)[1])[1]
            and "Nonce" not in town.read_answer(kind, bare[1])[1], "without one there is none")
        wanted = {"+": [], "/": [], "//": [], "=": [], "==": []}
        chance = random.Random(17)
        for number in range(300):
            request = town.request(kind, mine, chance.randbytes(16 + number % 3) + b"\xff\xff\xff\xfb\xef\xbe")
            text = base64.b64encode(request).decode()
            for mark, found in wanted.items():
                if mark in text and (mark != "=" or not text.endswith("==")):
                    found.append(request)
        for mark, found in wanted.items():
            text = base64.b64encode(found[0]).decode()
            for way, path in (("as it is", "ocsp/" + text), ("with %", path_of(found[0]))):
                status, body, _ = town.fetch(path)
                nonce = found[0][-6:]
                see(status == 200 and town.read_answer(kind, body)[0] == "good" and nonce in body,
                    f"GET with {mark} {way}", (status, path))


# --- 18 ---

def age(headers):
    found = re.search(r"max-age=(\d+)", headers.get("cache-control", ""))
    return int(found[1]) if found else 0 if "no-store" in headers.get("cache-control", "") else None


def negative_kept(see, world):
    with world.town() as town:
        kind, mine = "signature", town.serial(TAKESHI, "signature")
        town.hold(HANAKO)
        said, headers = get(town, kind, mine)
        positive = age(headers)
        see(said == "good" and positive and positive <= 900, "a positive answer has an age", headers)
        for name, serial in (("revoked", town.serial(HANAKO, kind)), ("unknown", mine + 100)):
            said, headers = get(town, kind, serial)
            see(said == name and age(headers) is not None and age(headers) <= positive, f"{name} is kept no longer", headers)
        for path, body in ((path_of(b"nonsense"), None), ("ocsp/%%%", None), ("ocsp/", None), ("nothing", None), ("crl/x.crl", None),
                           ("push-set/x", None), ("ocsp", None), ("ocsp", b""), ("ocsp", b"x" * 5000), ("health", None),
                           (path_of(asn1.sequence(asn1.sequence(asn1.sequence())).encode()), None)):
            status, _, headers = town.fetch(path, body, **(POST if body is not None else {}))
            see(age(headers) == 0, f"what is no answer is kept nowhere: {path[:20]}", (status, headers))
        lists = [town.fetch(f"crl/{name}.crl")[2] for name in KINDS]
        see(all(age(one) is not None and age(one) <= 60 for one in lists), "a list is asked for again within a minute", lists)
        os.remove(f"{town.data}/published/signature.crl")
        status, _, headers = town.fetch("crl/signature.crl")
        see(status == 404 and age(headers) == 0, "one that is not there is not remembered", headers)
    with world.town() as town:
        os.kill(town.service.role("status"), signal.SIGKILL)  # and for a moment there is no responder
        for _ in range(40):
            try:
                status, body, headers = town.fetch(path_of(town.request(kind, mine)))
            except OSError:
                time.sleep(0.05)
                continue
            if body == bytes.fromhex("30030a0103"):
                see(age(headers) == 0, "try later is kept nowhere", headers)
                break
            if status == 200:
                break
