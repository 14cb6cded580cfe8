"""Faults 5, 9, 10 and 11: what a certificate may be, and for which key. The signer is asked by a commit that
was taken over, the counter by a terminal that was; openssl says what was issued."""
import concurrent.futures
import copy
import math
import random
import re
import sqlite3
import subprocess
import time

import asn1
import promises
from centre import KINDS, seconds
from scenes import HANAKO, TAKESHI
from world import CARD_IDS, FLOOR, LEAF, MAKOTO, MISAKI, RSA, Signer, SoftCard, Visit, key_request, openssl

# of a TBSCertificate; of the TBSCertList
SERIAL, ALGORITHM, ISSUER, VALIDITY, SUBJECT, SPKI = range(1, 7)
THIS_UPDATE, NEXT_UPDATE, REVOKED = 3, 4, 5


def leaves(town):
    """{kind: the content of TAKESHI's certificate, as a tree}"""
    return {kind: asn1.parse(town.rows("SELECT tbs FROM signing WHERE kind = ? AND serial = ?", KINDS.index(kind),
                                       town.serial(TAKESHI, kind))[0][0]) for kind in KINDS}


def with_serial(tree, body):
    tree = copy.deepcopy(tree)
    tree[SERIAL].body = body if isinstance(body, bytes) else asn1.integer(body).body
    return tree


def moved(node, by):
    """A time, by so many seconds."""
    year = "%y" if node.tag == 0x17 else "%Y"
    then = seconds(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.strptime(node.body.decode(), f"{year}%m%d%H%M%SZ")))
    node.body = time.strftime(f"{year}%m%d%H%M%SZ", time.gmtime(then + by)).encode()


def next_list(tree, by=10):
    """The list that could follow: a new number, both times moved."""
    tree = copy.deepcopy(tree)
    crl_number(tree).body = asn1.integer(int.from_bytes(crl_number(tree).body, "big") + by).encode()[2:]
    moved(tree[THIS_UPDATE], by)
    moved(tree[NEXT_UPDATE], by)
    return tree


class Wrapped(asn1.Node):
    """DER inside of an OCTET STRING, opened."""

    def encode(self):
        inner = b"".join(node.encode() for node in self.body)
        return asn1.Node(4, inner).encode()


def extensions(tree):
    return tree[len(tree.body) - 1][0]


def opened(extension):
    """The value of an extension; what is changed in it stays changed."""
    if not isinstance(extension.body[-1], Wrapped):
        extension.body[-1] = Wrapped(4, [asn1.parse(extension.body[-1].body)])
    return extension.body[-1].body[0]


def extension(tree, *number):
    wanted = asn1.oid(*number).body
    return next(node for node in extensions(tree).body if node[0].body == wanted)


def crl_number(tree):
    return opened(extension(tree, 2, 5, 29, 20))


def refusals(see, signer, kind, tree, cases, first):
    """Each change of the tree is refused; and the tree without it is signed, before and after."""
    see(signer.certificate(kind, with_serial(tree, first).encode()) == "none", f"{kind}: what is right is signed")
    for at, (name, change) in enumerate(cases):
        broken = with_serial(tree, first + 1 + at)
        tbs = change(broken)
        said = signer.certificate(kind, tbs if isinstance(tbs, bytes) else broken.encode())
        see(said.startswith(("denied", "malformed")), f"{kind}: {name} is not signed", said)
    see(signer.certificate(kind, with_serial(tree, first + 100).encode()) == "none", f"{kind}: nor is anything broken then")


# --- 5 ---

def serial_twice(see, world):
    """Serials are counted up, as the profile of the real service has it (発行番号). The random bits that others
    demand are against forged collisions of the signature's hash (MD5, 2008); here that is SHA-256, and what
    comes before the resident's key in an authentication certificate has 70 random bits of its own."""
    town = world.town()
    with Signer(town.data) as signer:
        for kind, tree in leaves(town).items():
            new = with_serial(tree, FLOOR + 50)
            see(signer.certificate(kind, new.encode()) == "none", f"{kind}: a serial that rises is signed")
            see(signer.certificate(kind, new.encode()) == "none", f"{kind}: the same bytes are, again")
            moved(new[VALIDITY][0], 1)
            see(signer.certificate(kind, new.encode()) == "denied: serial rises", f"{kind}: other bytes under it")
            for body in (b"\xff", b"\xff\x00", b"\x00", b"\x00\x7f", b"", b"\x7f" * 9, b"\x7f" * 20, b"\x7f" * 21):
                said = signer.certificate(kind, with_serial(tree, body).encode())
                see(said.startswith(("denied", "malformed")), f"{kind}: serial {body.hex()} is not signed", said)
    with Signer(town.data) as signer:
        said = signer.certificate("signature", new.encode())
        see(said.startswith("denied"), "nor after a new start of the signer", said)
    with world.town() as town:
        visits = [Visit(town, number, card) for number, card in registered(town, MISAKI, MAKOTO)]
        keys = [key_request(f"{town.folder}/key-{at}", *RSA) for at in range(2)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:  # at the same moment
            for done in pool.map(lambda visit, key: visit.issue("authentication", *key), visits, keys):
                see("done" in done, "two are issued at once", done)
        every_serial(see, town)
        every_list(see, town)
        try:
            town.write("INSERT INTO signing SELECT kind, serial, what, tbs, NULL, 0 FROM signing WHERE what = 1")
            see(False, "the database refuses a serial twice")
        except sqlite3.IntegrityError:
            see(True, "the database refuses a serial twice")
        town.hold(TAKESHI)
        town.service.must("crl", "admin1")
        with open(f"{town.data}/published/signature.tbs", "rb") as file:
            tree = asn1.parse(file.read())
    with Signer(town.data) as signer:
        see(signer.crl("signature", next_list(tree, 10).encode()) == "none", "a list that rises is signed")
        double = next_list(tree, 20)
        double[REVOKED].body.append(double[REVOKED][0])
        said = signer.crl("signature", double.encode())
        see(said.startswith(("denied", "malformed")), "a list with a serial twice is not signed", said)


def registered(town, *people):
    """Cards whose keys the test holds, of these residents: (number, card)."""
    found = [(number, SoftCard(town.folder, CARD_IDS[number])) for number in people]
    for _, card in found:
        card.register(town)
    return found


def every_serial(see, town):
    """What openssl reads in every certificate that was ever signed."""
    found, names = [], []
    for kind, der in town.certificates():
        text = openssl("x509", "-inform", "DER", "-noout", "-serial", "-issuer", "-subject", "-text", data=der).decode()
        serial = int(re.search(r"^serial=(-?[0-9A-F]+)$", text, re.M)[1], 16)
        found.append((re.search(r"^issuer=(.*)$", text, re.M)[1], serial))
        see(0 < serial < 2**63, "a serial is positive and of at most eight bytes", serial)
        see(set(re.findall(r"Signature Algorithm: (\S+)", text)) == {"sha256WithRSAEncryption"}, "signed over SHA-256",
            text[:200])
        if kind == "authentication":
            names += set(re.findall(r"CN = ([0-9A-Z]{14})[0-9]", text))
    see(len(set(found)) == len(found) > 6, "no issuer and serial twice", found)
    see(len(set(names)) == len(names) >= 4, "each authentication certificate has a random name", names)


def every_list(see, town):
    """A certificate that is held by two, released by one, revoked: it stands in the list once."""
    serial = town.serial(HANAKO, "authentication")
    digest = subprocess.run(["sha256sum"], input=f"{serial}\n".encode(), capture_output=True).stdout.split()[0].decode()
    town.hold(HANAKO)
    listed = town.service.must("mass-list", "admin1", kind="authentication", file=f"{serial}\n", digest=digest,
                               **{"from": 0})
    parked = town.service.must("mass-hold", "admin1", number=listed["number"], kind="authentication", count=1,
                               digest=digest, note="twice")
    town.service.must("approve", "admin2", number=parked["parked"])
    town.apply("revoke", HANAKO, kinds="both")
    town.service.must("crl", "admin1")
    for kind in KINDS:
        serials = town.serials_of_list(kind)
        see(serials.count(town.serial(HANAKO, kind)) == 1 and len(serials) == len(set(serials)),
            f"the list of {kind} has a serial once", serials)


# --- 9 ---

def remove(at):
    def change(tree):
        del extensions(tree).body[at]
    return change


def swap(tree):
    inner = extensions(tree).body
    inner[0], inner[1] = inner[1], inner[0]


def add_unknown(tree):
    extensions(tree).body.append(asn1.sequence(asn1.oid(1, 2, 3), asn1.Node(4, b"\5\0")))


def twice(tree):
    extensions(tree).body.append(extensions(tree)[0])


def not_critical(tree):
    del extension(tree, 2, 5, 29, 15).body[1]


def last_byte(*number):
    """Of the value of an extension, changed."""
    def change(tree):
        value = extension(tree, *number).body[-1]
        value.body = value.body[:-1] + bytes([value.body[-1] ^ 1])
    return change


def sha1(tree):
    tree[ALGORITHM][0].body = asn1.oid(1, 2, 840, 113549, 1, 1, 5).body


def version(tree):
    tree[0][0].body = b"\1"


def exponent(tree):
    key = asn1.parse(tree[SPKI][1].body[1:])
    key[1].body = b"\3"
    tree[SPKI][1].body = b"\0" + key.encode()


def bytes_behind(tree):
    return tree.encode() + b"\0"


def not_der(tree):
    der = tree.encode()
    return der[:1] + b"\x83\0" + der[2:]


LINTED = (("without an extension", remove(2)), ("with extensions in another order", swap),
          ("with an unknown extension", add_unknown), ("with an extension twice", twice),
          ("with a keyUsage that is not critical", not_critical),
          ("with another authorityKeyIdentifier", last_byte(2, 5, 29, 35)),
          ("with another subjectKeyIdentifier", last_byte(2, 5, 29, 14)),
          ("with another issuerAltName", last_byte(2, 5, 29, 18)), ("over SHA-1", sha1), ("of version 2", version),
          ("for an exponent of 3", exponent), ("with a byte behind it", bytes_behind), ("in BER", not_der))


def unlinted(see, world):
    town = world.town()
    trees = leaves(town)
    with Signer(town.data) as signer:
        for kind, tree in trees.items():
            refusals(see, signer, kind, tree, LINTED, FLOOR + 100)
    town = world.town()
    bad = with_serial(trees["signature"], FLOOR + 40)
    swap(bad)
    town.write(("INSERT INTO signing VALUES (0, ?, 1, ?, NULL, 0)", (FLOOR + 40, bad.encode())),
               ("INSERT INTO certificate SELECT kind, ?, 99, resident, card, randomblob(32), NULL, 'bad', issued,"
                " last_day, 1, 0, 0, NULL, NULL FROM certificate WHERE kind = 0 AND serial = ?",
                (FLOOR + 40, town.serial(HANAKO, "signature"))))
    with town:
        row = town.rows("SELECT signature, is_refused FROM signing WHERE kind = 0 AND serial = ?", FLOOR + 40)
        see(row == [(None, 1)], "what waits and is not of the profile is refused at the start", row)
        see(town.rows("SELECT 1 FROM journal WHERE kind = 'sign:refused'"), "and that stands in the journal")
        see(town.ocsp("signature", FLOOR + 40) in ("unknown", "revoked"), "OCSP does not call it good")
        town.apply("hold", HANAKO, who="hotline1")
        see(town.ocsp("signature", town.serial(HANAKO, "signature")) == "revoked", "and the service goes on")
        try:
            town.write(("UPDATE signing SET tbs = ? WHERE serial = ?", (bad.encode(), town.serial(TAKESHI, "signature"))))
            see(False, "what is to be signed cannot be changed")
        except sqlite3.IntegrityError:
            see(True, "what is to be signed cannot be changed")
        signed_as_linted(see, town)


def signed_as_linted(see, town):
    """Every certificate has the content that was stored, and the signer's log the digest of that."""
    with open(f"{town.data}/signer/signed.log", "rb") as file:
        logged = {record.digest.hex() for record in promises.log_records(file.read(), [])}
    for kind, serial, tbs in town.rows("SELECT kind, serial, tbs FROM signing WHERE length(signature) > 1"):
        der = town.certificate(KINDS[kind], serial)
        digest = subprocess.run(["sha256sum"], input=tbs, capture_output=True).stdout.split()[0].decode()
        see(digest in logged, f"certificate {serial} was signed over other bytes than were logged")
        strict(see, town, KINDS[kind], serial, der)


def strict(see, town, kind, serial, der):
    path = f"{town.folder}/{serial}.pem"
    openssl("x509", "-inform", "DER", "-out", path, data=der)
    done = subprocess.run(["openssl", "verify", "-x509_strict", "-partial_chain", "-attime", str(town.service.time),
                           "-trusted", town.authority(kind), path], capture_output=True, text=True)
    see(done.returncode == 0, f"openssl finds certificate {serial} of {kind} in order", done.stderr)


# --- 10 ---

def usage(tree):
    bits = opened(extension(tree, 2, 5, 29, 15))
    bits.body = bytes([2]) + bytes([bits.body[1] | 0x04])  # keyCertSign


def no_usage(tree):
    opened(extension(tree, 2, 5, 29, 15)).body = b"\x05\x20"  # keyEncipherment


def policy(tree):
    opened(extension(tree, 2, 5, 29, 32)).find(lambda node: node.tag == 6).body = asn1.oid(1, 2, 392, 1).body


def names_in_another_order(tree):
    tree[SUBJECT].body.append(tree[SUBJECT].body.pop(0))


def without_a_name(tree):
    del tree[SUBJECT].body[1]


def longer(by):
    def change(tree):
        moved(tree[VALIDITY][1], by)
    return change


def beyond_authority(tree):
    moved(tree[VALIDITY][0], 6 * 366 * 86400)
    moved(tree[VALIDITY][1], 6 * 366 * 86400)


def before_authority(tree):
    moved(tree[VALIDITY][0], -86400)




def make_authority(tree):
    extensions(tree).body.append(asn1.sequence(asn1.oid(2, 5, 29, 19), asn1.Node(1, b"\xff"), asn1.Node(4, bytes.fromhex("30030101ff"))))


def server(tree):
    value = asn1.sequence(asn1.oid(1, 3, 6, 1, 5, 5, 7, 3, 1)).encode()
    found = [node for node in extensions(tree).body if node[0].body == asn1.oid(2, 5, 29, 37).body]
    if found:
        found[0].body[-1] = asn1.Node(4, value)
    else:
        extensions(tree).body.insert(1, asn1.sequence(asn1.oid(2, 5, 29, 37), asn1.Node(4, value)))


MARKS = (("for the signing of certificates", usage), ("for encipherment", no_usage), ("for a server", server),
         ("of an authority", make_authority), ("under another policy", policy),
         ("with names in another order", names_in_another_order), ("without a name", without_a_name),
         ("one second longer", longer(1)), ("one second shorter", longer(-1)), ("for seven years", longer(2 * 365 * 86400)),
         ("that ends after its authority", beyond_authority), ("that begins before its authority", before_authority))


def wrong_marks(see, world):
    town = world.town()
    trees = leaves(town)
    with Signer(town.data) as signer:
        for kind, other in (KINDS, KINDS[::-1]):
            refusals(see, signer, kind, trees[kind], MARKS, FLOOR + 100)
            for profile in (0, 2):
                said = signer.certificate(kind, with_serial(trees[kind], FLOOR + 300).encode(), profile)
                see(said.startswith("denied"), f"a leaf of {kind} as profile {profile}", said)
            said = signer.certificate(other, with_serial(trees[kind], FLOOR + 301).encode())
            see(said.startswith("denied"), f"a leaf of {kind} under the authority of {other}", said)
            renamed = with_serial(trees[kind], FLOOR + 302)
            renamed.body[ISSUER] = trees[other][ISSUER]
            said = signer.certificate(kind, renamed.encode())
            see(said.startswith("denied"), f"a leaf of {kind} that names the authority of {other}", said)
    with world.town() as town:
        for kind, other in (KINDS, KINDS[::-1]):
            judge_marks(see, town, kind, other)


def judge_marks(see, town, kind, other):
    """What openssl reads in what was issued."""
    der = town.certificate(kind, town.serial(TAKESHI, kind))
    path = f"{town.folder}/{kind}.pem"
    text = openssl("x509", "-inform", "DER", "-text", "-out", path, data=der) or openssl("x509", "-in", path, "-text")
    text = text.decode()
    wanted = {"signature": "Digital Signature, Non Repudiation\n", "authentication": "Digital Signature\n"}[kind]
    see(wanted in text and "Certificate Sign" not in text and "CA:TRUE" not in text, f"{kind}: keyUsage", text)
    see(("TLS Web Client Authentication\n" in text) == (kind == "authentication"), f"{kind}: extKeyUsage", text)
    see(re.search(r"Not After : \w+ +\d+ 14:59:59 \d+ GMT", text), f"{kind}: it ends with a day in Japan", text)
    for authority, right in ((kind, True), (other, False)):
        done = subprocess.run(["openssl", "verify", "-attime", str(town.service.time), "-CAfile",
                               town.authority(authority), path], capture_output=True, text=True)
        see((done.returncode == 0) == right, f"{kind}: openssl verify under the authority of {authority}", done.stderr)


# --- 11 ---

def wrong_key(see, world):
    chance = random.Random(11)
    with world.town() as town:
        (number, card), (other_number, other_card) = registered(town, MISAKI, MAKOTO)
        visit, other = Visit(town, number, card), Visit(town, other_number, other_card)

        def refused(who, name, code, request, spki, **changed):
            answer = who.issue("authentication", request, spki, changed)
            see(answer and answer.get("refused", answer.get("error", {})).get("code") == code, f"{name}: {code}", answer)

        good, spki = key_request(f"{town.folder}/good", *RSA)
        third, third_spki = key_request(f"{town.folder}/third", *RSA)
        refused(visit, "a request whose signature was changed", "no-proof", good[:-1] + bytes([good[-1] ^ 1]), spki)
        tree, foreign = asn1.parse(good), asn1.parse(third)
        tree[0].body[2] = foreign[0][2]
        refused(visit, "another's key under one's own signature", "no-proof", tree.encode(), third_spki)
        refused(visit, "a key that is not in the card", "key-not-in-card", good, third_spki)
        for name, how in weak_keys(town.folder, chance):
            refused(visit, name, "key-quality", *how)
        answer = visit.issue("authentication", good, spki)
        see("done" in answer, "a good key is certified", answer)
        refused(other, "the key of another citizen", "key-known", good, spki)
        visit.install("authentication", answer["answer"]["certificate"])
        answer = visit.issue("signature", good, spki)
        see(answer.get("refused", {}).get("code") == "key-known", "one's own key for the other kind: key-known", answer)
        keys = [openssl("x509", "-inform", "DER", "-noout", "-pubkey", data=der) for _, der in
                town.certificates(LEAF)]
        see(len(keys) == len(set(keys)), "no key stands in two certificates")


def weak_keys(folder, chance):
    """(name, (request, key)) of keys that must not be certified, each with a proof that is right."""
    yield "a key of 1024 bits", key_request(f"{folder}/1024", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
    yield "an exponent of 3", key_request(f"{folder}/3", *RSA, "-pkeyopt", "rsa_keygen_pubexp:3")
    yield "a curve", key_request(f"{folder}/curve", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    p = int(openssl("prime", "-generate", "-bits", "1024"))
    yield "primes that are neighbours", key_of(f"{folder}/near", p, next_prime(p + 2))
    yield "a small factor", key_of(f"{folder}/small", 3, int(openssl("prime", "-generate", "-bits", "2047")))
    yield "the form of ROCA", key_of(f"{folder}/roca", roca_prime(chance), roca_prime(chance))


def key_of(path, p, q):
    """RSAPrivateKey of two primes, and its request."""
    d = pow(65537, -1, (p - 1) * (q - 1))
    numbers = (0, p * q, 65537, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    with open(path + ".der", "wb") as file:
        file.write(asn1.sequence(*map(asn1.integer, numbers)).encode())
    openssl("rsa", "-inform", "DER", "-in", path + ".der", "-out", path)
    return key_request(path)


PRIMES = [n for n in range(2, 702) if all(n % d for d in range(2, int(n**0.5) + 1))]
PRODUCT = math.prod(PRIMES)  # of the first 126


def is_prime(n):
    return math.gcd(n, PRODUCT) == 1 and pow(2, n - 1, n) == 1 and (n - 1) % 65537


def next_prime(n):
    while not is_prime(n):
        n += 2
    return n


def roca_prime(chance):
    """k·M + (65537^a mod M), M the product of the first 126 primes (CVE-2017-15361)."""
    while True:
        k = chance.randrange((3 << 1022) // PRODUCT, (1 << 1024) // PRODUCT)
        n = k * PRODUCT + pow(65537, chance.getrandbits(64), PRODUCT)
        if is_prime(n):
            return n
