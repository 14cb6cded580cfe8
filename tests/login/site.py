#!/usr/bin/python3
"""Card login at a real relying site, with everything foreign that can be: keys, certificates, lists
and the responder are made by openssl, the requests are raw HTTP. Speaks TAP."""
import base64
import hashlib
import http.client
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse

BUILD = os.environ.get("JPKI_BUILD", "build")
SITE = os.path.join(BUILD, "tests", "relying-site")

CONFIG = """
[ca]
default_ca = authority
[authority]
dir = $ENV::FOLDER
database = $dir/index.txt
serial = $dir/serial
crlnumber = $dir/crlnumber
new_certs_dir = $dir
certificate = $dir/authority.pem
private_key = $dir/authority.key
default_md = sha256
default_days = 365
default_crl_days = 2
policy = any
unique_subject = no
copy_extensions = none
crl_extensions = crl
[any]
countryName = optional
commonName = supplied
[crl]
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
prompt = no
[name]
C = JP
CN = tests
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[authentication]
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[signature]
keyUsage = critical, digitalSignature, nonRepudiation
subjectAltName = @basic_four
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[basic_four]
otherName.1 = 1.2.392.200149.8.5.5.1;UTF8:見本　花子
otherName.2 = 1.2.392.200149.8.5.5.4;UTF8:419900102
otherName.3 = 1.2.392.200149.8.5.5.3;UTF8:2
otherName.4 = 1.2.392.200149.8.5.5.5;UTF8:鳥取県
otherName.5 = 1.2.392.200149.8.5.5.2;UTF8:00000
otherName.6 = 1.2.392.200149.8.5.5.6;UTF8:000
[responder]
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


class Authority:
    """An openssl authority in a folder of its own: leaves, lists, a responder."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.write("openssl.cnf", CONFIG)
        self.write("index.txt", "")
        self.write("serial", "0705D990\n")
        self.write("crlnumber", "01\n")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "authority.key", "-out",
                     "authority.pem", "-extensions", "root", "-days", "3650", "-config", "openssl.cnf",
                     "-utf8", "-subj", "/C=JP/O=JPKI/OU=JPKI for user authentication")
        self.responder = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def openssl(self, *words, data=None):
        result = subprocess.run(["openssl", *words], cwd=self.folder, input=data, capture_output=True,
                                env=dict(os.environ, FOLDER=self.folder), timeout=60)
        if result.returncode:
            raise RuntimeError(f"openssl {' '.join(words)}: {result.stderr.decode()}")
        return result.stdout

    def issue(self, name, profile):
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", name + ".key", "-out", name + ".csr",
                     "-config", "openssl.cnf", "-utf8", "-subj", f"/C=JP/CN={name}")
        self.openssl("ca", "-batch", "-config", "openssl.cnf", "-utf8", "-in", name + ".csr", "-out",
                     name + ".pem", "-extensions", profile)
        self.openssl("x509", "-in", name + ".pem", "-outform", "DER", "-out", name + ".der")

    def revoke(self, name, reason):
        self.openssl("ca", "-config", "openssl.cnf", "-revoke", name + ".pem", "-crl_reason", reason)

    def publish(self):
        self.openssl("ca", "-config", "openssl.cnf", "-gencrl", "-out", "list.pem")
        self.openssl("crl", "-in", "list.pem", "-outform", "DER", "-out", "new.crl")
        os.replace(self.path("new.crl"), self.path("list.crl"))

    def serve_status(self):
        """`openssl ocsp` on a port of its own choice; it reads the index once, at its start."""
        self.stop_status()
        self.responder = subprocess.Popen(
            ["openssl", "ocsp", "-index", "index.txt", "-CA", "authority.pem", "-rsigner", "responder.pem",
             "-rkey", "responder.key", "-nmin", "15", "-port", "0", "-ignore_err"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.responder.stdout:  # ACCEPT 0.0.0.0:39415 PID=7
            if line.startswith("ACCEPT"):
                return f"http://127.0.0.1:{line.split()[1].rsplit(':', 1)[1]}/"
        raise RuntimeError("openssl ocsp did not start")

    def stop_status(self):
        if self.responder:
            stop(self.responder)
            self.responder = None


def stop(process):
    process.terminate()
    process.wait(10)
    if process.stdout:
        process.stdout.close()


class Site:
    """relying-site, and a browser that keeps one session with it."""

    def __init__(self, *options):
        self.process = subprocess.Popen([SITE, *options], stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL)
        self.port = int(self.process.stdout.readline())
        self.origin = f"http://127.0.0.1:{self.port}"
        self.cookie = None

    def ask(self, method, path, body=None, headers=None, cookie=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = dict(headers or {})
        if cookie:
            headers["Cookie"] = cookie
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def begin(self):
        """Fetches the login page; returns the nonce. The cookie is kept."""
        answer, text = self.ask("GET", "/login", headers={"Accept": "application/json"}, cookie=self.cookie)
        self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        page = json.loads(text)
        assert page["return"] == self.origin + "/return", page
        return base64.b64decode(page["nonce"])

    def post(self, nonce, token):
        form = urllib.parse.urlencode({"nonce": base64.b64encode(nonce), "token": token})
        return self.ask("POST", "/return", form, {"Content-Type": "application/x-www-form-urlencoded"})

    def bring(self, nonce, token):
        """Posts without a cookie; returns where the answer waits."""
        answer, _ = self.post(nonce, token)
        assert answer.status == 303, answer.status
        return answer.getheader("Location")

    def fetch(self, location):
        answer, text = self.ask("GET", location, cookie=self.cookie)
        if answer.getheader("Set-Cookie"):
            self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        return answer.status, json.loads(text)

    def log_in(self, nonce, token):
        return self.fetch(self.bring(nonce, token))

    def close(self):
        stop(self.process)
        return self.process.returncode


def make_token(authority, name, origin, nonce, key=None, more=b""):
    message = b"JPKI login 1" + hashlib.sha256(origin.encode()).digest() + hashlib.sha256(nonce).digest()
    signature = authority.openssl("dgst", "-sha256", "-sign", (key or name) + ".key", data=message)
    with open(authority.path(name + ".der"), "rb") as file:
        cert = file.read()
    sized = struct.pack(">I", len(cert)) + cert + struct.pack(">I", len(signature)) + signature
    return base64.b64encode(sized + more)


# the cases: each gets the authority and a site that takes its list and asks its responder


def logs_in(authority, site):
    """a card's login is accepted, and the session id renewed"""
    nonce = site.begin()
    before = site.cookie
    status, answer = site.log_in(nonce, make_token(authority, "resident", site.origin, nonce))
    assert (status, answer["verdict"]) == (200, "valid"), answer
    assert site.cookie != before, "the session id is the old one"
    assert site.ask("GET", "/account", cookie=before)[0].status == 403, "the old session is logged in"
    found, text = site.ask("GET", "/account", cookie=site.cookie)
    assert found.status == 200 and json.loads(text)["pseudonym"] == answer["pseudonym"]
    with open(authority.path("resident.der"), "rb") as file:
        thumbprint = hashlib.sha256(file.read()).hexdigest()
    told = json.dumps(answer).lower()
    assert "0705d990" not in told and "resident" not in told and thumbprint not in told, told


def refuses(answer, reason):
    status, body = answer
    assert (status, body["verdict"], body["reason"]) == (403, "invalid", reason), body
    assert "pseudonym" not in body, body


def refuses_a_replay(authority, site):
    """the same token again is refused, in the same session and in another"""
    nonce = site.begin()
    token = make_token(authority, "resident", site.origin, nonce)
    session = site.cookie
    assert site.log_in(nonce, token)[0] == 200
    refuses(site.log_in(nonce, token), "nonce-used")
    site.cookie = session
    refuses(site.log_in(nonce, token), "no-session")


def refuses_a_used_handle(authority, site):
    """a handle is good for one GET, even when that one had no session"""
    nonce = site.begin()
    where = site.bring(nonce, make_token(authority, "resident", site.origin, nonce))
    kept, site.cookie = site.cookie, None
    refuses(site.fetch(where), "no-session")
    site.cookie = kept
    refuses(site.fetch(where), "no-handle")
    refuses(site.fetch("/welcome"), "no-handle")
    refuses(site.fetch("/welcome?handle=../../etc/passwd"), "no-handle")


def refuses_another_origin(authority, site):
    """a signature for another origin is refused, and its nonce is gone"""
    for origin in ("https://evil.example", "http://localhost:%d" % site.port, site.origin + "/", ""):
        nonce = site.begin()
        refuses(site.log_in(nonce, make_token(authority, "resident", origin, nonce)), "changed")
        refuses(site.log_in(nonce, make_token(authority, "resident", site.origin, nonce)), "nonce-used")


def refuses_another_session(authority, site):
    """a token brought under somebody else's session is refused"""
    nonce = site.begin()
    token = make_token(authority, "resident", site.origin, nonce)
    site.cookie = None
    site.begin()
    refuses(site.log_in(nonce, token), "nonce-other-session")


def refuses_a_signature_certificate(authority, site):
    """a signature certificate cannot log in, though all else is right"""
    nonce = site.begin()
    refuses(site.log_in(nonce, make_token(authority, "signer", site.origin, nonce)), "kind")


def refuses_another_key(authority, site):
    """the signature of another key under the resident's certificate is refused"""
    nonce = site.begin()
    refuses(site.log_in(nonce, make_token(authority, "resident", site.origin, nonce, key="signer")), "changed")


def refuses_broken_tokens(authority, site):
    """trailing bytes, no base64, nothing at all"""
    for more in (b"\0", b"\0\0\0\0"):
        nonce = site.begin()
        refuses(site.log_in(nonce, make_token(authority, "resident", site.origin, nonce, more=more)), "malformed")
    for token in (b"", b"%%%", b"AAAA", b"A" * 16384):
        refuses(site.log_in(site.begin(), token), "malformed")


def refuses_broken_forms(authority, site):
    """a POST that is no login is answered 400 and harms nobody"""
    form = "application/x-www-form-urlencoded"
    for body, kind in (("", form), ("nonce=%", form), ("nonce=AAAA", form), ("token=AAAA", form),
                       ("nonce=AAAA&nonce=AAAA&token=x", form), ("nonce=!&token=x", form),
                       ("nonce=" + "A" * 64 + "&token=x", form), ("nonce=AAAA&token=x", "text/plain")):
        answer, _ = site.ask("POST", "/return", body, {"Content-Type": kind})
        assert answer.status == 400, (body, answer.status)
    answer, _ = site.ask("POST", "/return", "nonce=AAAA&token=" + "A" * 100000, {"Content-Type": form})
    assert answer.status == 413, answer.status
    logs_in(authority, site)


def refuses_other_authorities(authority, site):
    """a certificate of another authority with the same name is refused"""
    other = Authority(authority.path("other"))
    other.issue("resident", "authentication")
    nonce = site.begin()
    refuses(site.log_in(nonce, make_token(other, "resident", site.origin, nonce)), "authority")


def refuses_the_revoked(authority, site):
    """revoked: refused as soon as the status says so"""
    nonce = site.begin()
    assert site.log_in(nonce, make_token(authority, "leaver", site.origin, nonce))[0] == 200
    authority.revoke("leaver", "superseded")
    authority.publish()
    nonce = site.begin()
    refuses(site.log_in(nonce, make_token(authority, "leaver", site.origin, nonce)), "renewed")


def cannot_tell(authority, site):
    """without a status nobody is logged in, and nobody is called invalid"""
    site.cookie = None
    os.rename(authority.path("list.crl"), authority.path("away.crl"))
    try:
        nonce = site.begin()
        status, answer = site.log_in(nonce, make_token(authority, "resident", site.origin, nonce))
        assert (status, answer["verdict"]) == (503, "cannot-tell"), answer
        assert site.ask("GET", "/account", cookie=site.cookie)[0].status == 403
    finally:
        os.rename(authority.path("away.crl"), authority.path("list.crl"))


def by_ocsp(authority, _):
    """the answers of `openssl ocsp`: good, then held"""
    site = Site("--authority", authority.path("authority.pem"), "--ocsp", authority.serve_status())
    try:
        logs_in(authority, site)
    finally:
        site.close()
    authority.revoke("loser", "certificateHold")
    site = Site("--authority", authority.path("authority.pem"), "--ocsp", authority.serve_status())
    try:
        nonce = site.begin()
        refuses(site.log_in(nonce, make_token(authority, "loser", site.origin, nonce)), "lost-or-held")
        authority.stop_status()
        nonce = site.begin()
        status, answer = site.log_in(nonce, make_token(authority, "resident", site.origin, nonce))
        assert (status, answer["verdict"]) == (503, "cannot-tell"), answer
    finally:
        site.close()


def after_its_end(authority, _):
    """a site whose clock stands after the certificate's end refuses it"""
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 366 * 86400))
    site = Site("--authority", authority.path("authority.pem"), "--crl", authority.path("list.crl"), "--clock", later)
    try:
        nonce = site.begin()
        refuses(site.log_in(nonce, make_token(authority, "resident", site.origin, nonce)), "ended")
    finally:
        site.close()


CASES = [logs_in, refuses_a_replay, refuses_a_used_handle, refuses_another_origin, refuses_another_session,
         refuses_a_signature_certificate, refuses_another_key, refuses_broken_tokens, refuses_broken_forms,
         refuses_other_authorities, refuses_the_revoked, cannot_tell, by_ocsp, after_its_end]


def main():
    print(f"1..{len(CASES)}")
    if not shutil.which("openssl"):
        for number, case in enumerate(CASES, 1):
            print(f"ok {number} - {case.__doc__} # SKIP openssl is not installed")
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(os.path.join(folder, "authority"))
        for name, profile in (("resident", "authentication"), ("leaver", "authentication"),
                              ("loser", "authentication"), ("signer", "signature"), ("responder", "responder")):
            authority.issue(name, profile)
        authority.publish()
        site = Site("--authority", authority.path("authority.pem"), "--crl", authority.path("list.crl"))
        for number, case in enumerate(CASES, 1):
            try:
                case(authority, site)
                print(f"ok {number} - {case.__doc__}", flush=True)
            except Exception as error:
                failed += 1
                print(f"# {type(error).__name__}: {error}")
                print(f"not ok {number} - {case.__doc__}", flush=True)
        authority.stop_status()
        if site.close() != 0:
            print("# relying-site did not end cleanly")
            failed += 1
    return 1 if failed else 0


sys.exit(main())
