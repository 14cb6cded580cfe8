"""Faults 14 and 15: a service that ends by itself, and one that is harmed by who asks."""
import json
import os
import random
import signal
import socket
import struct
import subprocess
import time

import acts
import asn1
import centre
import jpkid
from centre import KINDS
from openssl_authority import Authority
from scenes import TAKESHI

NUM_SILENT = 300
SLOWEST = 2.0  # seconds that an answer may take on a machine that has other things to do
SMALL, LARGE = 10, 200000  # entries of a list
GROWN = 16 * 1024  # KiB
# A small process measures: what a fork begins with counts as its child's.
MEASURE = "import resource, subprocess, sys; status = subprocess.call(sys.argv[1:]); " \
          "print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"


# --- 14 ---

def levels(town):
    _, out, _ = town.admin("status", "--json")
    return {row["what"]: row["level"] for row in json.loads(out)["health"]}


def ends_unannounced(see, world):
    with world.town() as town:
        found = levels(town)
        see(all(found[f"{what} of {kind}"] == "ok" for what in ("list", "OCSP", "authority") for kind in KINDS), "all is well", found)
        pid = town.service.role("status")
        os.kill(pid, signal.SIGSTOP)  # it asks for no new certificate
        town.service.must("clock", "admin1", time=centre.seconds("2026-12-01T17:00:00Z"))
        found = levels(town)
        see(found["OCSP of signature"] != "ok", "a responder's certificate that is not renewed is told hours before its end", found)
        os.kill(pid, signal.SIGCONT)
        town.service.time = centre.seconds("2026-12-01T17:01:00Z")
        see(town.wait(lambda: levels(town)["OCSP of signature"] == "ok", 15), "and renewed as soon as it can be", levels(town))
        town.service.must("clock", "admin1", time=centre.seconds("2031-06-01T00:00:00Z"))
        found = levels(town)
        see(found["authority of signature"] == "warn", "an authority's end is told years before", found)
        town.service.must("clock", "admin1", time=centre.seconds("2036-11-01T00:00:00Z"))
        found = levels(town)
        see(found["authority of signature"] == "wrong", "and as wrong in its last year", found)
    alone(see, world.town())


def alone(see, town):
    """Started where no connection can be made, not even to itself: nothing of its own OCSP is needed."""
    fd = jpkid.lines_fd(jpkid.PASSPHRASE)
    process = subprocess.Popen(["unshare", "-r", "-n", jpkid.PROGRAM, "serve", "--data", town.data, "--listen", "0.0.0.0:0", "--clock",
                                "2026-12-20T00:00:00Z", "--passphrase-fd", str(fd)], pass_fds=[fd], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(fd)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("ready"):
            break
    process.terminate()
    said = process.communicate(timeout=20)[1]
    see(lines and lines[-1].startswith("ready"), "it starts without a network, weeks after its last OCSP certificate", said)


# --- 15 ---

def harmed_by_client(see, world):
    with world.town() as town:
        before, memory = town.service.roles(), memory_of(town)
        quick(see, town, "while it is quiet")
        nonsense(see, town)
        crowd = silent(town)
        quick(see, town, f"beside {NUM_SILENT} clients that are slow or silent")
        see("done" in (town.service.act("status", "admin1") or {}), "acts go on, too")
        for one in crowd:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
        aborted(town)
        quick(see, town, "after all of them were reset")
        for size in (5000, 10**6, 3 * 10**6):
            see(oversized(town, size) in (413, 0), f"a request of {size} bytes is refused")
        see(town.service.roles() == before, "nobody died", (before, town.service.roles(), town.service.said()[-500:]))
        grown = {role: now - memory[role] for role, now in memory_of(town).items()}
        see(all(value < GROWN for value in grown.values()), "and nobody grew", grown)
    verifier_memory(see, world)


def memory_of(town):
    """{role: KiB that it really holds}"""
    found = {}
    for role, pid in town.service.roles().items():
        with open(f"/proc/{pid}/status") as file:
            found[role] = int(file.read().split("RssAnon:")[1].split()[0])
    return found


def port_of(town):
    return int(town.service.urls["status"].rstrip("/").rsplit(":", 1)[1])


def connect(town):
    return socket.create_connection(("127.0.0.1", port_of(town)), timeout=5)


def quick(see, town, when):
    start = time.monotonic()
    status, body, _ = town.fetch("ocsp", town.request("signature", town.serial(TAKESHI, "signature")),
                                 **{"Content-Type": "application/ocsp-request"})
    took = time.monotonic() - start
    see(status == 200 and town.read_answer("signature", body)[0] == "good" and took < SLOWEST, f"OCSP answers {when}", took)


def nonsense(see, town):
    """Requests with something changed; frames that are none. Each gets an answer or is hung up on."""
    chance = random.Random(15)
    right = town.request("signature", 5, b"n" * 16)
    cases = [right[:cut] for cut in range(0, len(right), 7)] + [b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 2000, b"\x30" * 4000]
    for _ in range(150):
        odd = bytearray(right)
        for _ in range(chance.randrange(1, 4)):
            odd[chance.randrange(len(odd))] = chance.randrange(256)
        cases.append(bytes(odd))
    for case in cases:
        see(town.fetch("ocsp", case, **{"Content-Type": "application/ocsp-request"})[0] in (200, 400, 413), "malformed DER is answered")
    for head in (b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /ocsp HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                 b"POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", b"GET /" + b"a" * 100000,
                 b"GET /ocsp HTTP/1.1\r\n" + b"A: b\r\n" * 5000, b"POST /ocsp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
                 b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
        with connect(town) as one:
            try:
                one.sendall(head)
                one.shutdown(socket.SHUT_WR)
                one.recv(4096)
            except OSError:
                pass  # hung up on: as good
    for frame in (b"\xff\xff\xff\xff", acts.frame(b""), acts.frame(b"{"), acts.frame(b'{"act":' + b"[" * 100000), acts.frame(b"\xff" * 1000)):
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(5)
            one.connect(town.service.acts)
            try:
                one.sendall(frame)
                one.shutdown(socket.SHUT_WR)
                one.recv(4096)
            except OSError:
                pass


def silent(town):
    crowd = []
    for number in range(NUM_SILENT):
        one = connect(town)
        one.sendall((b"", b"GET /ocsp/ME", b"POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Length: 70\r\n\r\n0D")[number % 3])
        crowd.append(one)
    for _ in range(20):
        one = socket.socket(socket.AF_UNIX)
        one.connect(town.service.acts)
        one.sendall(b"\0\0")
        crowd.append(one)
    return crowd


def aborted(town):
    """Clients that ask and are gone before the answer comes."""
    for _ in range(200):
        one = connect(town)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.sendall(b"GET /crl/signature.crl HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        one.close()
    for _ in range(20):
        one = socket.socket(socket.AF_UNIX)
        one.connect(town.service.acts)
        one.sendall(acts.frame(json.dumps({"act": "status", "as": "admin1", "fields": {}}).encode()))
        one.close()


def oversized(town, size):
    """The status; 0 when it was hung up on."""
    with connect(town) as one:
        try:
            one.sendall(b"POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\nContent-Length: %d\r\n\r\n" % size)
            one.sendall(b"\x30" * size)
        except OSError:
            pass
        try:
            return int(one.recv(100).split()[1])
        except (OSError, IndexError):
            return 0


def verifier_memory(see, world):
    """A relying party that checks a signature holds the list that it was given, and nothing for its entries."""
    town = Authority(f"{world.folder}/large")
    town.issue("resident", "signature")
    town.write("document", "text")
    town.openssl("cms", "-sign", "-cades", "-binary", "-in", "document", "-signer", "resident.pem", "-inkey", "resident.key",
                 "-nosmimecap", "-outform", "DER", "-out", "document.p7s")
    town.publish()
    used = [list_memory(see, town, num) for num in (SMALL, LARGE)]
    see(used[1] - used[0] < GROWN, "a verifier's memory does not grow with the entries", used)


def list_memory(see, town, num):
    """KiB that jpki verify takes with a list of so many entries, the list itself left out."""
    with open(town.path("list.crl"), "rb") as file:
        tree = asn1.parse(file.read())
    content = tree[0]
    content.body.insert(5, asn1.Node(0x30, [asn1.sequence(asn1.integer(10**9 + at), content[3]) for at in range(num)]))
    with open(town.path("list.tbs"), "wb") as file:
        file.write(content.encode())
    tree.body[2] = asn1.Node(3, b"\0" + town.openssl("dgst", "-sha256", "-sign", "authority.key", "list.tbs"))
    with open(town.path("large.crl"), "wb") as file:
        file.write(tree.encode())
    done = subprocess.run(["/usr/bin/python3", "-c", MEASURE, centre.JPKI, "verify", town.path("document.p7s"), "--content",
                           town.path("document"), "--authority", town.path("authority.pem"), "--crl", town.path("large.crl")],
                          capture_output=True, text=True)
    status, most = map(int, done.stdout.split()[-2:])
    see(status == 0, f"a list of {num} entries is read", done.stdout)
    return most - os.path.getsize(town.path("large.crl")) // 1024
