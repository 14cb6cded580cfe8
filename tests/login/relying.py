"""What tests of card login need around them: an authority that is openssl, and the relying site with
a browser that talks raw HTTP."""
import base64
import hashlib
import http.client
import json
import os
import struct
import subprocess
import tempfile
import urllib.parse

import pcscd

SITE = os.path.join(pcscd.build_folder(), "tests", "relying-site")

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

    def certify(self, name, profile, public_key, serial):
        """A certificate for a key that is elsewhere."""
        self.openssl("req", "-new", "-key", "authority.key", "-out", name + ".csr", "-config", "openssl.cnf",
                     "-utf8", "-subj", f"/C=JP/CN={name}")
        self.write(name + ".pub", public_key)
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", "authority.pem", "-CAkey", "authority.key",
                     "-force_pubkey", name + ".pub", "-set_serial", str(serial), "-days", "365", "-extfile",
                     "openssl.cnf", "-extensions", profile, "-out", name + ".pem")
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
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([SITE, *options], stdout=subprocess.PIPE, text=True, stderr=self.log)
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

    def told(self):
        """What the site wrote on stderr so far."""
        self.log.seek(0)
        return self.log.read()

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
