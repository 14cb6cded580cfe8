"""Faults 13, 19 and 20: persons who act, persons who log in, persons who are told of."""
import base64
import hashlib
import http.server
import os
import re
import sqlite3
import struct
import subprocess
import threading
import time

import acts
import centre
import jpkid
from centre import KINDS
from issuing import registered
from relying import Site
from scenes import TAKESHI
from world import MAKOTO, RSA, Visit, key_request, openssl


# --- 13 ---

def park(town, act, who, **fields):
    return town.service.must(act, who, **fields)["parked"]


def one_person_twice(see, world):
    with world.town() as town:
        serials = {kind: town.serial(TAKESHI, kind) for kind in KINDS}
        digests = {}
        for kind, serial in serials.items():
            text = f"{serial}\n"
            digests[kind] = hashlib.sha256(text.encode()).hexdigest()
            town.service.must("mass-list", "admin1", kind=kind, file=text, digest=digests[kind], **{"from": 0})
        asked = {"number": 1, "kind": "signature", "count": 1, "digest": digests["signature"], "note": "drill"}
        number = park(town, "mass-hold", "admin1", **asked)
        for who, code in (("admin1", "same-person"), ("daiei1", "role"), ("card2", "role"), ("auditor1", "role"), ("nobody", "nobody")):
            see(town.act("approve", who, number=number) == code, f"{who} cannot approve: {code}", town.act("approve", who, number=number))
        see(town.state(TAKESHI, "signature") == "good", "and nothing has happened")
        see(town.act("mass-hold", "admin2", **{**asked, "digest": "00" * 32}) == "another-list", "another list under the number")
        see(town.act("mass-hold", "admin2", **{**asked, "count": 2}) == "another-list", "another count")
        for column, value in (("fields", "'{}'"), ("act", "'mass-revoke'"), ("first", "'admin2'")):
            try:
                town.write(f"UPDATE parked SET {column} = {value} WHERE number = {number}")
                see(False, f"{column} of what waits cannot be changed")
            except sqlite3.IntegrityError:
                see(True, f"{column} of what waits cannot be changed")
        see(town.act("approve", "admin2", number=number, note="something else") not in ("done",), "an approval brings no content of its own")
        see(town.act("approve", "admin2", number=number) == "done", "another person of the role approves")
        see(town.act("approve", "admin2", number=number) == "no-parked-act", "once")
        see(town.wait(lambda: town.state(TAKESHI, "signature") == "revoked"), "then it happens")
        try:
            town.write("UPDATE staff SET uid = 4711 WHERE name IN ('card1', 'card2')")
            see(False, "no two accounts of one login")
        except sqlite3.IntegrityError:
            see(True, "no two accounts of one login")
    second_account(see, world)


def second_account(see, world):
    """Where the data are real, the kernel says who asks: a second name is not believed."""
    data = f"{world.folder}/real"
    jpkid.init(data)
    with sqlite3.connect(f"{data}/database/jpki.db") as database:
        for trigger in ("property_sample_stays", "property_sample_is_kept"):
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("DELETE FROM property WHERE name = 'sample'")
        database.execute("UPDATE staff SET uid = 0 WHERE name = 'daiei1'")
    os.remove(f"{data}/sample")
    with jpkid.Service(data) as service:
        see(service.is_ready, "the town without its mark is served", service.said())
        with acts.Connection(service.acts) as connection:
            answer = connection.ask("status", "admin2")
            see(answer.get("refused", {}).get("code") == "nobody", "a name beside the login's own is not taken", answer)


# --- 19 ---

class Login:
    """MAKOTO's authentication certificate, of this very service, and its key."""

    def __init__(self, town):
        (number, card), = registered(town, MAKOTO)
        self.key = f"{town.folder}/login.key"
        answer = Visit(town, number, card).issue("authentication", *key_request(self.key, *RSA))
        self.cert = bytes.fromhex(answer["answer"]["certificate"])

    def token(self, origin, nonce):
        message = b"JPKI login 1" + hashlib.sha256(origin.encode()).digest() + hashlib.sha256(nonce).digest()
        signature = openssl("dgst", "-sha256", "-sign", self.key, data=message)
        return base64.b64encode(b"".join(struct.pack(">I", len(part)) + part for part in (self.cert, signature)))


def login_accepted(see, world):
    with world.town() as town:
        login = Login(town)
        site = Site("--authority", town.authority("authentication"), "--ocsp", town.service.urls["status"] + "ocsp",
                    "--clock", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(town.service.time - 45)))
        try:
            challenges(see, site, login)
            hold_by_telephone(town, MAKOTO)
            nonce = site.begin()
            answer = site.log_in(nonce, login.token(site.origin, nonce))
            see(answer[0] == 403 and answer[1]["reason"] == "lost-or-held", "held: refused at once", answer)
            town.service.must("event", "register1", resident=MAKOTO, event="died")
            nonce = site.begin()
            answer = site.log_in(nonce, login.token(site.origin, nonce))
            see(answer[0] == 403 and answer[1]["verdict"] == "invalid", "revoked: refused", answer)
            told = site.told()
            see(str(town.serial(MAKOTO, "authentication")) not in told, "the site's log tells no serial", told)
        finally:
            site.close()


def hold_by_telephone(town, resident):
    """All of it is the officer's: no card is at hand."""
    answer = town.service.must("application-open", "hotline1", procedure="hold", resident=resident, applicant="holder")
    while answer.get("next"):
        act, about = ("execute", {}) if answer["next"]["step"] == "hold" else ("step", {"step": answer["next"]["step"]})
        answer = town.service.must(act, "hotline1", number=answer["number"], **about)


def challenges(see, site, login):
    nonce = site.begin()
    session, token = site.cookie, login.token(site.origin, nonce)
    answer = site.log_in(nonce, token)
    see(answer[0] == 200, "a login with a good certificate of this service", answer)
    answer = site.log_in(nonce, token)
    see(answer[0] != 200, "the same challenge again", answer)
    site.cookie = session
    answer = site.log_in(nonce, token)
    see(answer[0] != 200, "the same challenge in the session that had it", answer)
    for origin in ("https://evil.example", site.origin + "/", site.origin.replace("127.0.0.1", "localhost")):
        nonce = site.begin()
        answer = site.log_in(nonce, login.token(origin, nonce))
        see(answer[0] == 403, f"a token for {origin}", answer)
        answer = site.log_in(nonce, login.token(site.origin, nonce))
        see(answer[0] == 403, "and its challenge has counted: the right token comes too late", answer)
    nonce = site.begin()
    token = login.token(site.origin, nonce)
    site.cookie = None
    site.begin()
    answer = site.log_in(nonce, token)
    see(answer[0] == 403, "a challenge of another session", answer)
    answer = site.log_in(b"\0" * 32, login.token(site.origin, b"\0" * 32))
    see(answer[0] == 403, "a challenge that nobody gave", answer)


# --- 20 ---

class Proxy(http.server.BaseHTTPRequestHandler):
    """Between a verifier and the responder: what a third party on the way sees in addresses."""
    seen, target = [], None

    def do_POST(self):
        self.seen.append(self.requestline + str(self.headers))
        status, body, _ = self.target.fetch("ocsp", self.rfile.read(int(self.headers["Content-Length"])),
                                            **{"Content-Type": "application/ocsp-request"})
        self.send_response(status)
        self.send_header("Content-Type", "application/ocsp-response")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.seen.append(self.requestline + str(self.headers))
        self.send_error(404)

    def log_message(self, *_):
        pass


def secrets_of(town, resident):
    """What names a resident: name, address, common names, serials in each way of writing."""
    family, given, address = town.rows("SELECT family, given, address FROM resident WHERE number = ?", resident)[0]
    words = [given, address, *(name for name, in town.rows("SELECT common_name FROM certificate WHERE resident = ?", resident))]
    for kind in KINDS:
        serial = town.serial(resident, kind)
        words += [str(serial), f"{serial:x}"]
    return words


def citizen_told(see, world):
    with world.town() as town:
        words = secrets_of(town, TAKESHI)

        def silent(name, *texts):
            for text in texts:
                found = [word for word in words if word.lower() in text.lower()]
                see(not found, f"{name} tells of a citizen", (found, text[-500:]))

        for kind in KINDS:
            town.ocsp(kind, town.serial(TAKESHI, kind))
        town.hold(TAKESHI)
        town.act("event", "register1", resident=TAKESHI, event="moved-within", changes={"address": "x"})
        town.act("issue", "daiei1", number=1, kind="signature")
        for path, body in (("ocsp/" + "A" * 300, None), ("ocsp", b"x" * 5000), ("ocsp", b"junk")):
            town.fetch(path, body)
        town.service.must("crl", "admin1")
        silent("jpkid's own log", town.service.said())
        metrics = re.sub(r"jpki_map_highest_serial\S+ \d+", "", town.fetch("metrics")[1].decode())  # a count: of nobody
        silent("the metrics", metrics, town.fetch("health")[1].decode())
        silent("the operator's status", *town.admin("status")[1:], *town.admin("status", "--json")[1:])
        for kind in KINDS:
            _, _, headers = town.fetch("ocsp", town.request(kind, town.serial(TAKESHI, kind)))
            silent("a header of an answer", str(headers))
        verifier(see, silent, town)
        for role, pid in town.service.roles().items():
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                silent(f"the command line of {role}", file.read().decode())


def verifier(see, silent, town):
    """jpki verify and a site, over a proxy: neither puts a serial into an address or a report."""
    login = Login(town)
    Proxy.target, Proxy.seen = town, []
    server = http.server.HTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/ocsp"
    site = Site("--authority", town.authority("authentication"), "--ocsp", address,
                "--clock", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(town.service.time - 45)))
    try:
        nonce = site.begin()
        answer = site.log_in(nonce, login.token(site.origin, nonce))
        see(answer[0] == 200, "the site asked through the proxy", (answer, Proxy.seen))
        serial, spoken = town.serial(MAKOTO, "authentication"), " ".join(Proxy.seen)
        see(Proxy.seen and all(re.match(r"POST /ocsp HTTP/1.1", line) for line in Proxy.seen), "it asks by POST, not in the address", Proxy.seen)
        for name, text in (("address", spoken), ("answer", str(answer)), ("log", site.told())):
            see(str(serial) not in text and f"{serial:x}" not in text.lower(), f"no serial in the site's {name}", text)
        path = f"{town.folder}/login.cer"
        with open(path, "wb") as file:
            file.write(login.cert)
        openssl("x509", "-inform", "DER", "-in", path, "-out", path + ".pem")
        with open(f"{town.folder}/document", "w") as file:
            file.write("text")
        subprocess.run(["openssl", "cms", "-sign", "-cades", "-binary", "-in", f"{town.folder}/document", "-signer", path + ".pem",
                        "-inkey", login.key, "-outform", "DER", "-out", f"{town.folder}/p7s", "-nosmimecap"], check=True)
        for more in ([], ["--json"]):
            done = centre.run(centre.JPKI, "verify", f"{town.folder}/p7s", "--content", f"{town.folder}/document", "--authority",
                              town.authority("authentication"), "--ocsp", address, *more)
            name = town.rows("SELECT common_name FROM certificate WHERE kind = 1 AND serial = ?", serial)[0][0]
            see(done[0] in (1, 2) and not any(word in "".join(done[1:]).lower() for word in (str(serial), f"{serial:x}", name.lower())),
                "no serial and no name in a report", done)
    finally:
        site.close()
        server.shutdown()
        server.server_close()
